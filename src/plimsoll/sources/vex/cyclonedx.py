"""VEX in CycloneDX 1.4 to 1.7 (ECMA-424): `vulnerabilities` with an analysis.

| state | status |
| --- | --- |
| resolved, resolved_with_pedigree | fixed |
| exploitable | affected |
| in_triage | under investigation |
| false_positive, not_affected | not affected |

A vulnerability without an analysis says nothing of the maker's view, and is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.model.facts.vex import VexStatus
from plimsoll.sources.vex.statement import Stated, named_by_purl, statement

_STATES: dict[str, VexStatus] = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under-investigation",
    "false_positive": "not-affected",
    "not_affected": "not-affected",
}
DEEPEST = 32
"""Components inside components that are followed."""


class _Component(msgspec.Struct):
    name: str = ""
    version: str = ""
    ref: str = msgspec.field(name="bom-ref", default="")
    purl: str = ""
    components: list[_Component] = []


class _Metadata(msgspec.Struct):
    component: _Component | None = None


class _Analysis(msgspec.Struct):
    state: str = ""
    justification: str = ""
    detail: str = ""


class _Target(msgspec.Struct):
    ref: str


class _Reference(msgspec.Struct):
    id: str = ""


class _Vulnerability(msgspec.Struct):
    id: str = ""
    analysis: _Analysis | None = None
    affects: list[_Target] = []
    references: list[_Reference] = []


class _Document(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    components: list[_Component] = []
    vulnerabilities: list[_Vulnerability] = []


def statements(tree: Any) -> Iterator[Stated]:
    """Give a statement for each vulnerability with an analysis; a state that is none of the six is refused."""
    document = msgspec.convert(tree, _Document)
    subject = document.metadata.component
    known = {one.ref: one for one in _all(document.components) if one.ref}
    for number, one in enumerate(document.vulnerabilities):
        if one.analysis is None or not one.analysis.state:
            continue
        if one.analysis.state not in _STATES:
            where = f"$.vulnerabilities[{number}].analysis.state"
            raise msgspec.ValidationError(f"{one.analysis.state!r:.60} is no state - at `{where}`")
        if not one.id:
            raise msgspec.ValidationError(f"it names no vulnerability - at `$.vulnerabilities[{number}].id`")
        fact = statement(
            one.id,
            _STATES[one.analysis.state],
            products=[_told(subject)] if subject else [],
            components=_parts(one, subject, known),
            justification=one.analysis.justification,
            text=one.analysis.detail,
            aliases=[other.id for other in one.references],
        )
        yield Stated(f"vulnerabilities/{number}", fact)


def _parts(
    one: _Vulnerability, subject: _Component | None, known: Mapping[str, _Component]
) -> Iterator[tuple[str, str]]:
    """Name what a statement is limited to; nothing when it is said of the subject itself.

    A reference may be to another document (a BOM-Link): its last part is a name there, which is kept as it is.
    """
    refs = [target.ref for target in one.affects]
    if subject is not None and subject.ref in refs:
        return
    for ref in refs:
        found = known.get(ref) or known.get(ref.rpartition("#")[2])
        if found:
            yield found.name, found.version
        else:
            name, version = named_by_purl(ref.rpartition("#")[2])
            yield name or ref, version


def _all(components: list[_Component], depth: int = 0) -> Iterator[_Component]:
    for one in components:
        yield one
        if depth < DEEPEST:
            yield from _all(one.components, depth + 1)


def _told(component: _Component) -> str:
    return " ".join(part for part in (component.name, component.version) if part)
