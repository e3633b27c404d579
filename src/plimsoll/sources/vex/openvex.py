"""OpenVEX 0.2.0 (openvex/spec), and what 0.0 wrote otherwise: a vulnerability as a text, products as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from plimsoll.model.facts.vex import VexStatus
from plimsoll.sources.vex.statement import Stated, named_by_cpe, named_by_purl, statement

_STATUSES: dict[str, VexStatus] = {
    "not_affected": "not-affected",
    "affected": "affected",
    "fixed": "fixed",
    "under_investigation": "under-investigation",
}


class _Vulnerability(msgspec.Struct):
    name: str = ""
    id: str = msgspec.field(name="@id", default="")
    aliases: list[str] = []


class _Part(msgspec.Struct):
    id: str = msgspec.field(name="@id", default="")
    identifiers: dict[str, str] = {}


class _Product(_Part):
    subcomponents: list[_Part | str] = []


class _Statement(msgspec.Struct):
    vulnerability: _Vulnerability | str
    status: str
    products: list[_Product | str] = []
    justification: str = ""
    impact_statement: str = ""
    action_statement: str = ""
    status_notes: str = ""


class _Document(msgspec.Struct):
    statements: list[_Statement]


def statements(tree: Any) -> Iterator[Stated]:
    """Give the statements; one whose status is none of the four is refused."""
    for number, one in enumerate(msgspec.convert(tree, _Document).statements):
        if one.status not in _STATUSES:
            raise msgspec.ValidationError(f"{one.status!r:.60} is no status - at `$.statements[{number}].status`")
        hole = _Vulnerability(one.vulnerability) if isinstance(one.vulnerability, str) else one.vulnerability
        id = hole.name or hole.id.rpartition("/")[2]
        if not id:
            raise msgspec.ValidationError(f"it names no vulnerability - at `$.statements[{number}].vulnerability`")
        fact = statement(
            id,
            _STATUSES[one.status],
            products=[_told(product) for product in one.products],
            components=[pair for product in one.products for pair in _parts(product)],
            justification=one.justification,
            text=one.impact_statement or one.action_statement or one.status_notes,
            aliases=hole.aliases,
        )
        yield Stated(f"statements/{number}", fact)


def _parts(product: _Product | str) -> Iterator[tuple[str, str]]:
    """Name the parts that a statement is limited to."""
    for part in () if isinstance(product, str) else product.subcomponents:
        if isinstance(part, str):
            yield named_by_purl(part)
            continue
        names = (named_by_purl(part.identifiers.get("purl", "")), named_by_purl(part.id))
        cpe = named_by_cpe(part.identifiers.get("cpe23", ""))
        yield next((one for one in (*names, cpe) if one[0]), (part.id or "unnamed", ""))


def _told(product: _Product | str) -> str:
    if isinstance(product, str):
        return product
    return product.id or product.identifiers.get("purl", "")
