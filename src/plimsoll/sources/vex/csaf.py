"""VEX in CSAF 2.0 (OASIS): `vulnerabilities[].product_status`, with the names of the product tree.

| group | status |
| --- | --- |
| known_affected, first_affected, last_affected | affected |
| known_not_affected | not affected |
| fixed, first_fixed | fixed |
| under_investigation | under investigation |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from plimsoll.model.facts.vex import VexStatus
from plimsoll.sources.vex.statement import Stated, named_by_cpe, named_by_purl, statement

_GROUPS: dict[str, VexStatus] = {
    "known_affected": "affected",
    "first_affected": "affected",
    "last_affected": "affected",
    "known_not_affected": "not-affected",
    "fixed": "fixed",
    "first_fixed": "fixed",
    "under_investigation": "under-investigation",
}
DEEPEST = 40
"""Branches inside branches that are followed."""


class _Helper(msgspec.Struct):
    purl: str = ""
    cpe: str = ""


class _Product(msgspec.Struct):
    name: str
    id: str = msgspec.field(name="product_id")
    helper: _Helper = msgspec.field(name="product_identification_helper", default_factory=_Helper)


class _Branch(msgspec.Struct):
    product: _Product | None = None
    branches: list[_Branch] = []


class _Relationship(msgspec.Struct):
    product: _Product = msgspec.field(name="full_product_name")
    part: str = msgspec.field(name="product_reference")


class _Tree(msgspec.Struct):
    branches: list[_Branch] = []
    full_product_names: list[_Product] = []
    relationships: list[_Relationship] = []


class _Flag(msgspec.Struct):
    label: str
    product_ids: list[str] = []


class _Remark(msgspec.Struct):
    category: str = ""
    details: str = ""
    product_ids: list[str] = []


class _Id(msgspec.Struct):
    text: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    ids: list[_Id] = []
    product_status: dict[str, list[str]] = {}
    flags: list[_Flag] = []
    threats: list[_Remark] = []
    remediations: list[_Remark] = []


class _Document(msgspec.Struct):
    product_tree: _Tree = msgspec.field(default_factory=_Tree)
    vulnerabilities: list[_Vulnerability] = []


class _Names(msgspec.Struct):
    products: dict[str, _Product]
    parts: dict[str, str]
    """Id of the part, by the id of the part in its product."""


def statements(tree: Any) -> Iterator[Stated]:
    """Give a statement for each product in each group of each vulnerability."""
    document = msgspec.convert(tree, _Document)
    names = _names(document.product_tree)
    for number, one in enumerate(document.vulnerabilities):
        id = one.cve or next((other.text for other in one.ids if other.text), "")
        if not id:
            raise msgspec.ValidationError(f"it names no vulnerability - at `$.vulnerabilities[{number}]`")
        for group, products in sorted(one.product_status.items()):
            if group not in _GROUPS:
                continue
            for position, product in enumerate(products):
                pointer = f"vulnerabilities/{number}/product_status/{group}/{position}"
                yield Stated(pointer, _statement(id, _GROUPS[group], product, one, names))


def _statement(id: str, status: VexStatus, product: str, one: _Vulnerability, names: _Names) -> Any:
    part = names.products.get(names.parts.get(product, ""))
    told = names.products.get(product)
    remarks = [
        remark.details
        for remark in (*one.threats, *one.remediations)
        if product in remark.product_ids and (status != "not-affected" or remark.category == "impact")
    ]
    return statement(
        id,
        status,
        products=[told.name if told else product],
        components=[_named(part)] if part else [],
        justification=next((flag.label for flag in one.flags if product in flag.product_ids), ""),
        text=next(iter(remarks), ""),
        aliases=[other.text for other in one.ids],
    )


def _named(part: _Product) -> tuple[str, str]:
    """Name a part by its package URL or CPE; else by its name, whose last word may be a version."""
    for name, version in (named_by_purl(part.helper.purl), named_by_cpe(part.helper.cpe)):
        if name:
            return name, version
    name, _, version = part.name.rpartition(" ")
    return (name, version) if name and version[:1].isdigit() else (part.name, "")


def _names(tree: _Tree) -> _Names:
    products = {one.id: one for one in (*tree.full_product_names, *_leaves(tree.branches))}
    parts: dict[str, str] = {}
    for relationship in tree.relationships:
        products[relationship.product.id] = relationship.product
        parts[relationship.product.id] = relationship.part
    return _Names(products, parts)


def _leaves(branches: list[_Branch], depth: int = 0) -> Iterator[_Product]:
    for one in branches:
        if one.product is not None:
            yield one.product
        if depth < DEEPEST:
            yield from _leaves(one.branches, depth + 1)
