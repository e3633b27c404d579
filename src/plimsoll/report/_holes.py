"""The known vulnerabilities of an assessment, each of a component once, with what the maker says of it.

The facts are told by what they give (`component`, `version`, `id`, `status`, `why`), so that a stored assessment reads
whichever matcher wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, Protocol, cast, runtime_checkable

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import VexStatement
from plimsoll.model.facts.vulnerability import Reason
from plimsoll.model.locator import Place
from plimsoll.model.message import Message, message
from plimsoll.report._inventory import Item
from plimsoll.report._vulnerability_words import reason
from plimsoll.report.visible import say

HoleStatus = Literal["affected", "under-investigation", "fix-may-be-backported", "not-built-in", "not-affected"]
ORDER: tuple[HoleStatus, ...] = (
    "affected", "under-investigation", "fix-may-be-backported", "not-built-in", "not-affected",
)  # fmt: skip
"""What is most open first: of two that say different things of one component, the first counts."""

STATUSES: dict[str, Message] = {
    "affected": message("affected"),
    "under-investigation": message("under investigation"),
    "fix-may-be-backported": message("in range, but the fix may be back-ported"),
    "not-built-in": message("not affected: not built in"),
    "not-affected": message("not affected"),
    "fixed": message("fixed"),
}
"""What people read for our statuses and for a maker's."""

OPEN: tuple[HoleStatus, ...] = ("affected", "under-investigation", "fix-may-be-backported")
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")


@runtime_checkable
class KnownVulnerability(Protocol):
    """What is asked of the fact."""

    component: str
    version: str
    id: str
    status: str
    why: object


class Hole(msgspec.Struct, frozen=True):
    """One vulnerability of one component in one version."""

    id: str
    component: str
    version: str
    status: HoleStatus
    why: str
    """In one line."""
    places: tuple[Place, ...]
    """Of the component, sorted."""
    cvss: float | None = None
    epss: float | None = None
    exploited: bool = False
    """Listed as exploited."""
    fixed: tuple[str, ...] = ()
    """Versions that are stated to put it right."""
    matcher: str = ""
    """Id of what told it."""
    maker: tuple[VexStatement, ...] = ()
    """What the maker says of it, in the order of the maker's documents."""

    @property
    def is_cve(self) -> bool:
        """Tell whether its id is a CVE's."""
        return _CVE.fullmatch(self.id) is not None


def holes(assessment: Assessment) -> tuple[Hole, ...]:
    """List them: exploited first, then by EPSS and CVSS; the same for equal assessments."""
    said = [one.fact for one in assessment.observations if isinstance(one.fact, VexStatement)]
    found: dict[tuple[str, str, str], list[tuple[Observation, KnownVulnerability]]] = {}
    for one in assessment.observations:
        if isinstance(one.fact, KnownVulnerability) and one.fact.status in ORDER:
            found.setdefault((one.fact.id, one.fact.component, one.fact.version), []).append((one, one.fact))
    made = [_hole(key, ones, said) for key, ones in found.items()]
    return tuple(sorted(made, key=_urgency))


def applies(said: VexStatement, id: str, component: str, version: str) -> bool:
    """Tell whether a maker's statement speaks of a vulnerability in a component.

    One that names components speaks of those alone, and of a version alone where it names one; one that names none
    speaks of the product as a whole.
    """
    if id not in (said.vulnerability, *said.aliases):
        return False
    if not said.components:
        return True
    return any(name == component.lower() and stated in ("", version) for name, stated in said.components)


def finder(items: Iterable[Item]) -> Callable[[Hole], tuple[Item, ...]]:
    """Give what finds the components that a hole is one of, by name and version."""
    named: dict[str, list[Item]] = {}
    for item in items:
        named.setdefault(item.name, []).append(item)

    def find(hole: Hole) -> tuple[Item, ...]:
        ones = named.get(hole.component, ())
        return tuple(item for item in ones if hole.version in (item.version, *item.stated))

    return find


def maker_word(hole: Hole) -> str:
    """Say in one line what the maker says of it; empty when nothing."""
    return "; ".join(dict.fromkeys(map(_word, hole.maker)))


def _word(said: VexStatement) -> str:
    """Say the status, of which products where the document names them, and the ground."""
    words = say(STATUSES[said.status])
    if said.products:
        more = len(said.products) - 2
        named = ", ".join(said.products[:2]) + (f" and {more} more" if more > 0 else "")
        words = say(message("{words} (said of {products})", words=words, products=named))
    ground = said.statement or said.justification.replace("_", " ")
    return say(message("{words}: {ground}", words=words, ground=ground)) if ground else words


def _hole(
    key: tuple[str, str, str],
    ones: Sequence[tuple[Observation, KnownVulnerability]],
    said: Iterable[VexStatement],
) -> Hole:
    id, component, version = key
    first = min((fact for _, fact in ones), key=lambda fact: ORDER.index(cast(HoleStatus, fact.status)))
    return Hole(
        id,
        component,
        version,
        cast(HoleStatus, first.status),
        _why(first.why),
        tuple(sorted({place for one, _ in ones for place in (one.where, *one.because)})),
        getattr(first, "cvss", None),
        getattr(first, "epss", None),
        bool(getattr(first, "exploited", False) or getattr(first, "exploited_since", "")),
        tuple(getattr(first, "fixed", ())),
        ones[0][0].inspector,
        tuple(one for one in said if applies(one, id, component, version)),
    )


def _why(why: object) -> str:
    """Say why, from a message, several, or a word."""
    if isinstance(why, Message):
        return say(why)
    if isinstance(why, Reason):
        return say(reason(why))
    if isinstance(why, tuple | list):
        return "; ".join(_why(one) for one in why)
    return str(why)


def _urgency(hole: Hole) -> tuple[object, ...]:
    return (
        ORDER.index(hole.status) if hole.status not in OPEN else 0,
        not hole.exploited,
        -(hole.epss or 0.0),
        -(hole.cvss or 0.0),
        hole.id,
        hole.component,
        hole.version,
    )
