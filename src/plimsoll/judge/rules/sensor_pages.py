"""Rule on what a maker's pages say of sensors: EN 303 645, provision 5.8-3.

The pages are set against what the firmware shows, for only that tells which sensors there are to be named.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._looked_through import is_looked_through
from plimsoll.judge.rules._sensor_words import SENSES, sensor_words
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import MakerPage, Search, Sensor
from plimsoll.model.message import message


class SensorPages(msgspec.Struct, frozen=True):
    """What pages that name the model say of sensors, by the quoted words."""

    naming: dict[str, tuple[Observation, ...]]
    """Pages that name a kind of Sensor."""
    denying: dict[str, tuple[Observation, ...]]
    """Pages that say that there is none of a kind."""


def sensor_pages(evidence: Evidence) -> SensorPages:
    """Read the quoted words of each page on the sensors of the model."""
    naming: dict[str, tuple[Observation, ...]] = {}
    denying: dict[str, tuple[Observation, ...]] = {}
    for observation, page in evidence.of(MakerPage):
        if page.subject == "sensors" and page.names_model and observation.excerpt is not None:
            words = sensor_words(observation.excerpt.text)
            for kinds, found in ((words.named, naming), (words.denied, denying)):
                found.update({kind: (*found.get(kind, ()), observation) for kind in kinds})
    return SensorPages(naming, denying)


def _named(evidence: Evidence) -> Iterator[Weight]:
    """Set each kind of sensor that the firmware serves against the pages, where pages were looked at."""
    if all(one.window != "maker" for one in evidence.inspections):
        return
    seen: dict[str, tuple[Observation, ...]] = {}
    for observation, sensor in evidence.of(Sensor):
        seen[sensor.kind] = (*seen.get(sensor.kind, ()), observation)
    pages = sensor_pages(evidence)
    open_kinds = [one for kind in sorted(seen) if (one := _open(kind, seen[kind], pages)) is not None]
    yield from open_kinds
    yield from _searches(evidence)
    if not is_looked_through(evidence, "sensors", "declared-sensors", "app-permissions"):
        yield Weight("blocks", message("the firmware was not looked through as a whole for sensors to be named"))
    elif not seen:
        yield Weight("blocks", message("no sensor was seen in the firmware to set the maker's pages against"))
    elif not open_kinds:
        kinds = ", ".join(SENSES[kind] for kind in sorted(seen))
        why = message("the maker's pages on the model name every sensor that was seen: {kinds}", kinds=kinds)
        grounds = (one for kind in sorted(seen) for one in (*seen[kind], *pages.naming[kind]))
        yield Weight("confirms", why, tuple(dict.fromkeys(grounds)))


def _open(kind: str, seen: tuple[Observation, ...], pages: SensorPages) -> Weight | None:
    """Say why a kind of sensor is not shown to be documented; None when it is."""
    if kind in pages.denying:
        why = message("the software serves {sensor}, and a page on the model denies it", sensor=SENSES[kind])
        return Weight("suspects", why, (*seen, *pages.denying[kind]))
    if kind not in pages.naming:
        why = message("the software serves {sensor}, and no page that was read names it", sensor=SENSES[kind])
        return Weight("blocks", why, seen)
    return None


_ENDED = {
    "unreachable": "a page that may name the sensors did not answer",
    "refused": "the maker's site keeps visitors of this kind out of a page that may name the sensors",
    "not-looked-at": "no page that may name the sensors was known, or the visit ended before",
}


def _searches(evidence: Evidence) -> Iterator[Weight]:
    for observation, search in evidence.of(Search):
        if search.subject == "sensors" and search.outcome in _ENDED:
            yield Weight("blocks", message(_ENDED[search.outcome]), (observation,))


PAGES = Rule(
    id="sensors-are-named-on-pages",
    criterion="sensors-are-documented",
    needs=("maker-product-pages",),
    what=(
        "Pages that name the model and speak of its sensors, set against the kinds of sensor that the firmware serves. "
        "Where the firmware was looked through as a whole and the quoted words name each kind, it is shown to hold. A "
        "page that denies a sensor which the software serves is a suspicion; one that is not named leaves it open."
    ),
    limits=(
        "A sensor that leaves no sign in the firmware is not missed on the pages, and manuals in other forms than web "
        "pages are not read."
    ),
    weigh=_named,
    window="maker",
)
