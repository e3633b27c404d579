"""Until when the software of an image is cared for by those who make it, and how old its newest part was when built.

A line of releases is taken to be over when it was by the date of the data: what a later day brings is not guessed.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from plimsoll.errors import PlimsollError
from plimsoll.knowledge import ended_libraries
from plimsoll.knowledge.components import KnownComponent
from plimsoll.knowledge.vulnerability import Lifetime
from plimsoll.match._copies import copies
from plimsoll.match._knowledge import KnowledgeStore, OpenStore, newest_date, open_knowledge
from plimsoll.match._products import LINUX
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import BuildDate, OperatingSystem, SoftwareAge, SupportEnd
from plimsoll.model.message import message

_SYSTEMS = {
    "alpine": "alpine-linux", "lede": "openwrt", "rocky": "rocky-linux", "opensuse-leap": "opensuse",
    "amzn": "amazon-linux", "ol": "oracle-linux", "poky": "yocto",
}  # fmt: skip
"""What endoflife.date calls the systems whose id in os-release is another."""

_OTHER_NAMES = {"linux": ("linux", "linux-kernel")}
"""What endoflife.date called a product in other years, too."""
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
MOST_PLACES = 16


class Lifetimes(Matcher):
    """Looks up the line of releases of the kernel, the distribution and each component."""

    id = "lifetimes"
    title = "Is the software still cared for by those who make it?"
    what = (
        "The line of releases that the Linux kernel, the distribution and each component belong to, with the day on "
        "which its security support ends, and how old the newest of them was on the day of the build."
    )
    limits = (
        "Only lines of releases that endoflife.date lists, and a few more libraries of TLS, are known, and only what "
        "was over by the date of the data counts as over. Who sells a product may care for a line longer than those "
        "who make it."
    )

    def __init__(self, open_store: OpenStore = open_knowledge) -> None:
        """Take how the knowledge is opened."""
        self._open = open_store

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list that goes with the program; the rest is named with the store."""
        known = ended_libraries.load()
        return (Knowledge("ended libraries", known.date, f"{len(known.lines)} lines; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give the end of support of each line, and the age."""
        try:
            with self._open() as store:
                yield from self._matched(evidence, store)
        except PlimsollError as error:
            why = message("the knowledge of lifetimes cannot be used: {error}", error=str(error))
            yield Inspection(self.id, "skipped", reason=why)

    def _matched(self, evidence: Evidence, store: KnowledgeStore) -> Iterator[Observation]:
        sources = store.sources()
        ended = ended_libraries.load()
        dates = {one.name: one.date for one in sources} | {one.source: ended.date for one in ended.lines}
        newest = newest_date(sources)
        born: list[tuple[str, str, Observation]] = []
        for name, kind, version, product, observations in _subjects(evidence):
            names = _OTHER_NAMES.get(product, (product,))
            line = _line([one for other in names for one in store.lifetimes(other)], version)
            if line is None and kind == "component":
                line = _line(ended.of(product), version)
            if line is not None:
                if line.released_on:
                    born.append((line.released_on, name, observations[0]))
                fact = _support_end(name, kind, version, line, dates.get(line.source, newest))
                yield self._observation(fact, observations)
        yield from self._age(evidence, born)

    def _age(self, evidence: Evidence, born: Sequence[tuple[str, str, Observation]]) -> Iterator[Observation]:
        """Set the newest line of releases against the newest sign of the day of the build."""
        built = max(evidence.of(BuildDate), key=lambda one: (one[1].date, one[0].where), default=None)
        if built is None:
            return
        observation, date = built
        earlier = [one for one in born if one[0] <= date.date]
        if earlier:
            released, name, of = max(earlier, key=lambda one: (one[0], one[1]))
            days = (datetime.date.fromisoformat(date.date) - datetime.date.fromisoformat(released)).days
            yield self._observation(SoftwareAge(date.date, date.subject, name, released, days), (observation, of))

    def _observation(self, fact: SupportEnd | SoftwareAge, of: Sequence[Observation]) -> Observation:
        because = tuple(dict.fromkeys(where for one in of for where in one.because or (one.where,)))[:MOST_PLACES]
        return Observation(fact, of[0].where, self.id, None, "derived", of[0].window, because)


_Kind = Literal["kernel", "distribution", "component"]


def _subjects(evidence: Evidence) -> Iterator[tuple[str, _Kind, str, str, tuple[Observation, ...]]]:
    """Give name, kind, version, the product whose lines to ask for, and what each rests on; each once."""
    systems: dict[tuple[str, str], list[Observation]] = {}
    for observation, fact in evidence.of(OperatingSystem):
        systems.setdefault((fact.id, fact.version), []).append(observation)
    for (id, version), seen in sorted(systems.items()):
        yield id, "distribution", version, _SYSTEMS.get(id, id), tuple(seen)
    told: dict[tuple[str, str], list[Observation]] = {}
    products: dict[str, tuple[_Kind, str]] = {}
    for one in copies(evidence):
        product = _product(one.known)
        if product and one.version:
            told.setdefault((one.name, one.version), []).append(one.observation)
            products[one.name] = "kernel" if one.known is LINUX else "component", product
    for (name, version), seen in sorted(told.items(), key=lambda one: one[0]):
        yield name, products[name][0], version, products[name][1], tuple(seen)


def _product(known: KnownComponent | None) -> str:
    """Give the name under which the lines of a component are listed; empty when they are not."""
    if known is None:
        return ""
    return known.lifetime or (known.name if ended_libraries.load().of(known.name) else "")


def _line(lines: Iterable[Lifetime], version: str) -> Lifetime | None:
    """Give the line whose name is the longest beginning of a version; None when there is none."""
    match = _NUMBERS.search(version)
    if match is None:
        return None
    own = [int(part) for part in match[0].split(".")]
    fitting = []
    for line in lines:
        cycle = _NUMBERS.fullmatch(line.cycle)
        numbers = [int(part) for part in line.cycle.split(".")] if cycle else []
        if numbers and own[: len(numbers)] == numbers:
            fitting.append((len(numbers), line.released_on, line.security_ends_on, line))
    return max(fitting, key=lambda one: one[:3])[3] if fitting else None


def _support_end(name: str, kind: _Kind, version: str, line: Lifetime, known_on: str) -> SupportEnd:
    ends_on = line.security_ends_on
    is_over = (ends_on <= known_on) if ends_on and known_on else line.is_over
    return SupportEnd(name, kind, version, line.cycle, ends_on, is_over, known_on, line.latest, line.source)
