"""Rule on telemetry and whether it is told of: capability 5, EN 303 645, provision 6-5."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import KnownHost, MakerPage, TelemetrySwitch
from plimsoll.model.message import message

_REPORTING = ("analytics", "advertising", "crash-reporting")
_PAGES = "maker-product-pages"


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    """Name what reports, unless a page of the maker speaks of telemetry for the model."""
    if any(page.subject == "telemetry" and page.names_model for _, page in evidence.of(MakerPage)):
        return
    read = any(one.inspector == _PAGES and one.status == "completed" for one in evidence.inspections)
    ending = "no page that was read tells of it" if read else "whether the maker's pages tell of it was not seen"
    effect = "suspects" if read else "blocks"
    switched = [(one, fact) for one, fact in evidence.of(TelemetrySwitch) if fact.active and fact.state == "on"]
    if switched:
        names = list(dict.fromkeys(fact.name for _, fact in switched))
        why = message("reporting of use is switched on as delivered ({names}); " + ending, names=", ".join(names[:4]))
        yield Weight(effect, why, tuple(one for one, _ in switched))  # type: ignore[arg-type]  # one of two words
    services: dict[str, list[Observation]] = {}
    for observation, host in evidence.of(KnownHost):
        if host.kind in _REPORTING:
            services.setdefault(host.service, []).append(observation)
    for service, ones in services.items():
        why = message("the image names hosts of {service}; " + ending, service=service)
        yield Weight(effect, why, tuple(ones))  # type: ignore[arg-type]  # one of two words


TOLD = Rule(
    id="telemetry-is-told",
    criterion="telemetry-is-told",
    needs=("telemetry-switches", "known-hosts"),
    what=(
        "Switches of telemetry that are on as delivered, and hosts of services for analytics, advertising and crash "
        "reports, set against the maker's pages: where those were read and none tells of telemetry for the model, it "
        "is a suspicion; where they were not given it stays open."
    ),
    limits="Whether a page tells all, and whether the user agrees at set-up, is not seen.",
    weigh=_weigh,
)
