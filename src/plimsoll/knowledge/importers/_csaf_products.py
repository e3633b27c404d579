"""Products of a CSAF document: which name, and which version or range, each of its ids stands for.

Source: CSAF 2.0, sections 3.1.2 and 3.1.3 (branches, full product names), 3.2.2 (product tree); the vers specification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from plimsoll.knowledge.importers.importer import version
from plimsoll.knowledge.products import PACKAGED, parse_cpe, split_purl
from plimsoll.knowledge.vulnerability import VersionRange

_DEPTH = 30
_SIGNS = (">=", "<=", "!=", ">", "<", "=")


class CsafProduct(NamedTuple):
    """What an id stands for."""

    key: str
    ranges: tuple[VersionRange, ...]
    versions: tuple[str, ...]


def csaf_products(tree: Mapping[str, Any]) -> dict[str, CsafProduct]:
    """Read the tree; ids whose product has neither a CPE name nor a Package URL are left out."""
    found: dict[str, CsafProduct] = {}
    for given, names in _products(tree, (), _DEPTH):
        if isinstance(id := given.get("product_id"), str) and (product := _product(given, names)):
            found[id] = product
    for relation in _dicts(tree.get("relationships")):
        given = relation.get("full_product_name")
        inner = found.get(str(relation.get("product_reference")))
        if not (isinstance(given, dict) and isinstance(id := given.get("product_id"), str) and inner):
            continue
        # What is said of a library within a product holds for that product alone.
        if (product := _product(given, ()) or inner).key.startswith(PACKAGED):
            found[id] = product
    return found


def _products(node: Mapping[str, Any], names: tuple[tuple[str, str], ...], depth: int) -> Iterator[Any]:
    """Give each product with the categories and names of the branches above it."""
    if depth:
        for branch in _dicts(node.get("branches")):
            below = (*names, (str(branch.get("category")), str(branch.get("name"))))
            if isinstance(product := branch.get("product"), dict):
                yield product, below
            yield from _products(branch, below, depth - 1)
    for product in _dicts(node.get("full_product_names")):
        yield product, names


def _product(given: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> CsafProduct | None:
    helper = given.get("product_identification_helper")
    helper = helper if isinstance(helper, dict) else {}
    found: tuple[str, str] | None = None
    if isinstance(purl := helper.get("purl"), str):
        found = split_purl(purl)
    if found is None and isinstance(name := helper.get("cpe"), str) and (cpe := parse_cpe(name)):
        found = cpe.key, cpe.release
    if found is None:
        return None
    for category, text in reversed(names):
        if category == "product_version_range" and (spans := parse_vers(text)):
            return CsafProduct(found[0], *spans)
        if category == "product_version" and not version(found[1]) and version(text):
            return CsafProduct(found[0], (), (version(text),))
    single = version(found[1])
    return CsafProduct(found[0], (), (single,) if single else ())


def parse_vers(text: str) -> tuple[tuple[VersionRange, ...], tuple[str, ...]] | None:
    """Read a range such as `vers:generic/>=1.0|<1.4|2.0`, or one without its head; None when it cannot be read."""
    if text.startswith("vers:"):
        text = text.partition("/")[2]
    spans: list[VersionRange] = []
    singles: list[str] = []
    start: tuple[str, bool] | None = None
    for one in text.replace(" ", "").split("|"):
        sign = next((sign for sign in _SIGNS if one.startswith(sign)), "")
        bound = version(one[len(sign) :])
        if one == "*":
            return (VersionRange(),), ()
        if not bound or sign == "!=" or (not sign and not bound[0].isdigit()):
            return None
        if sign in (">=", ">"):
            if start:
                return None
            start = bound, sign == ">="
        elif sign in ("<", "<="):
            spans.append(VersionRange(*(start or ("", True)), end=bound, end_included=sign == "<="))
            start = None
        else:
            singles.append(bound)
    if start:
        spans.append(VersionRange(*start))
    return (tuple(spans), tuple(singles)) if spans or singles else None


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
