"""Rule on telemetry and whether it is told of: capability 5, EN 303 645, provision 6-5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import Standings
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import KnownHost, MakerPage, SentIdentifier, TelemetrySwitch
from plimsoll.model.facts.privacy import IdentifierKind
from plimsoll.model.message import message
from plimsoll.model.verdict import Effect

_REPORTING = ("analytics", "advertising", "crash-reporting")
_PAGES = "maker-product-pages"
_IDENTIFIERS: Mapping[IdentifierKind, str] = {
    "mac": "the address of its network card",
    "serial": "its serial number",
    "imei": "the number of its modem",
    "uuid": "an identifier of the unit",
}


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    """Name what reports, unless a page of the maker speaks of telemetry for the model."""
    if any(page.subject == "telemetry" and page.names_model for _, page in evidence.of(MakerPage)):
        return
    read = any(one.inspector == _PAGES and one.status == "completed" for one in evidence.inspections)
    ending = "no page that was read tells of it" if read else "whether the maker's pages tell of it was not seen"
    effect: Effect = "suspects" if read else "blocks"
    switched = [(one, fact) for one, fact in evidence.of(TelemetrySwitch) if fact.active and fact.state == "on"]
    if switched:
        names = list(dict.fromkeys(fact.name for _, fact in switched))
        why = message("reporting of use is switched on as delivered ({names}); " + ending, names=", ".join(names[:4]))
        yield Weight(effect, why, tuple(one for one, _ in switched))
    services: dict[str, list[Observation]] = {}
    for observation, host in evidence.of(KnownHost):
        if host.kind in _REPORTING:
            services.setdefault(host.service, []).append(observation)
    yield from _identifiers(evidence, effect, ending)
    for service, ones in services.items():
        why = message("the image names hosts of {service}; " + ending, service=service)
        yield Weight(effect, why, tuple(ones))


def _identifiers(evidence: Evidence, effect: Effect, ending: str) -> Iterator[Weight]:
    """Name what started programs send of the unit itself, by host."""
    standings = evidence.once(Standings)
    sent: dict[str, list[tuple[Observation, SentIdentifier]]] = {}
    for observation, fact in evidence.of(SentIdentifier):
        if standings.of_file(observation.where)[0] != "never":
            sent.setdefault(fact.host, []).append((observation, fact))
    for host, ones in sorted(sent.items()):
        kinds = ", ".join(sorted({_IDENTIFIERS[fact.kind] for _, fact in ones}))
        template = "what is started sends {kinds} to {host}; " if host else "what is started can send {kinds}; "
        yield Weight(effect, message(template + ending, kinds=kinds, host=host), tuple(one for one, _ in ones))


TOLD = Rule(
    id="telemetry-is-told",
    criterion="telemetry-is-told",
    needs=("telemetry-switches", "known-hosts", "sent-identifiers", "startup"),
    what=(
        "Switches of telemetry that are on as delivered, hosts of services for analytics, advertising and crash "
        "reports, and identifiers of the unit that something started sends, set against the maker's pages: where "
        "those were read and none tells of telemetry for the model, it is a suspicion; where they were not given it "
        "stays open."
    ),
    limits="Whether a page tells all, and whether the user agrees at set-up, is not seen.",
    weigh=_weigh,
)
