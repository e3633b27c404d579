"""The known vulnerabilities with their status as CSAF 2.0, profile `csaf_vex` (OASIS, section 4.5).

Each component in a version is a product of its own, and is put into the assessed product by a relationship. That
profile needs at least one vulnerability; where none is known the document has the profile `csaf_base`, and a note that
says of which knowledge. Who reads the data is the publisher, and that is a tool and no maker: category `other`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import plimsoll
from plimsoll.model.assessment import Assessment
from plimsoll.report import words
from plimsoll.report._document import (
    TOOL,
    Plain,
    clean,
    component_purl,
    identity,
    image_of,
    moment,
    product_purl,
    to_json,
    without_empty,
)
from plimsoll.report._holes import ORDER, Hole, finder, holes, maker_word
from plimsoll.report._inventory import Item, inventory
from plimsoll.report.openvex import action
from plimsoll.report.visible import say

NAMESPACE = "urn:plimsoll:tool"
"""Whose document it is; a maker or laboratory that publishes one puts its own name and address here."""

_GROUPS = {
    "affected": "known_affected",
    "under-investigation": "under_investigation",
    "fix-may-be-backported": "under_investigation",
    "not-built-in": "known_not_affected",
    "not-affected": "known_not_affected",
}
_RANGE = re.compile(r"[<>]|(?i:after|all|before|earlier|later|prior|versions)")
"""Signs of a range, which the name of a single version must not bear (mandatory test 6.1.31)."""

_PRODUCT = "PRODUCT"
_Parts = dict[tuple[str, str], tuple[str, Item | None]]
"""Product id, and component where it is at hand, by name and version."""


def render(assessment: Assessment) -> str:
    """Write the document in JSON."""
    known = holes(assessment)
    parts = _parts(known, inventory(assessment))
    return to_json(
        without_empty(
            {
                "document": _head(assessment, bool(known)),
                "product_tree": _tree(assessment, parts),
                "vulnerabilities": [_vulnerability(id, ones, parts) for id, ones in _by_id(known)],
            }
        )
    )


def _head(assessment: Assessment, is_vex: bool) -> Plain:
    name = clean(words.product_name(assessment.product, assessment.sources))
    day = moment(assessment)
    return {
        "category": "csaf_vex" if is_vex else "csaf_base",
        "csaf_version": "2.0",
        "notes": [{"category": "general", "title": "What this rests on", "text": _ground(assessment, is_vex)}],
        "publisher": {"category": "other", "name": TOOL, "namespace": NAMESPACE},
        "title": f"Known vulnerabilities of the software in {name or 'a product without a name'}",
        "tracking": {
            "current_release_date": day,
            "generator": {"engine": {"name": TOOL, "version": plimsoll.__version__}},
            "id": f"plimsoll-{identity(assessment, 'csaf')}",
            "initial_release_date": day,
            "revision_history": [{"date": day, "number": "1", "summary": "Made from an assessment."}],
            "status": "final",
            "version": "1",
        },
    }


def _ground(assessment: Assessment, is_vex: bool) -> str:
    data = "; ".join(say(words.known(one)) for one in assessment.knowledge) or "no data on vulnerabilities"
    lead = "Status by version" if is_vex else "No vulnerability is known, which is not to say that there is none"
    return f"{lead}; knowledge used: {data}"


def _parts(known: Iterable[Hole], items: Sequence[Item]) -> _Parts:
    """Number the components that are spoken of, in their order."""
    find = finder(items)
    names = sorted({(hole.component, hole.version): hole for hole in known}.items())
    return {
        key: (f"COMPONENT-{number:04}", next(iter(find(hole)), None)) for number, (key, hole) in enumerate(names, 1)
    }


def _tree(assessment: Assessment, parts: _Parts) -> Plain:
    product, image = assessment.product, image_of(assessment)
    name = clean(words.product_name(product, assessment.sources)) or "unnamed"
    version = clean(product.version)
    if not version or _RANGE.search(version):
        version = "not stated"
    helper: Plain = {"purl": clean(product_purl(assessment))}
    if image and image.sha256 and not image.folder:
        hashes = [{"algorithm": "sha256", "value": image.sha256}]
        helper = {"hashes": [{"file_hashes": hashes, "filename": clean(image.name) or "image"}], **helper}
    leaf = {"name": f"{name} {version}", "product_id": _PRODUCT, "product_identification_helper": helper}
    model = clean(product.model) or name
    branches = [_branch("product_version", version, product=leaf)]
    branches = [_branch("product_name", model, branches=branches)]
    return without_empty(
        {
            "branches": [_branch("vendor", clean(product.maker) or "not stated", branches=branches)],
            "full_product_names": [_component(key, id, item) for key, (id, item) in parts.items()],
            "relationships": [_relationship(key, id, name) for key, (id, _) in parts.items()],
        }
    )


def _branch(category: str, name: str, **below: object) -> Plain:
    return {**below, "category": category, "name": name}


def _component(key: tuple[str, str], id: str, item: Item | None) -> Plain:
    name, version = key
    helper = without_empty(
        {
            "cpe": item.cpes[0] if item and item.cpes else "",
            "purl": clean(item.purl if item else component_purl(name, version)),
        }
    )
    return {"name": _named(key), "product_id": id, "product_identification_helper": helper}


def _relationship(key: tuple[str, str], id: str, product: str) -> Plain:
    return {
        "category": "default_component_of",
        "full_product_name": {"name": f"{_named(key)} in {product}", "product_id": f"{id}-IN-PRODUCT"},
        "product_reference": id,
        "relates_to_product_reference": _PRODUCT,
    }


def _named(key: tuple[str, str]) -> str:
    return clean(" ".join(part for part in key if part)) or "unnamed"


def _by_id(known: Iterable[Hole]) -> Iterator[tuple[str, list[Hole]]]:
    """Group by vulnerability, in order of first mention."""
    groups: dict[str, list[Hole]] = {}
    for hole in known:
        groups.setdefault(hole.id, []).append(hole)
    yield from groups.items()


def _vulnerability(id: str, ones: Sequence[Hole], parts: _Parts) -> Plain:
    ids = {(hole.component, hole.version): f"{parts[hole.component, hole.version][0]}-IN-PRODUCT" for hole in ones}
    status: dict[str, list[str]] = {}
    for hole in sorted(ones, key=lambda one: ORDER.index(one.status)):
        status.setdefault(_GROUPS[hole.status], []).append(ids[hole.component, hole.version])
    told = [(hole, ids[hole.component, hole.version]) for hole in ones]
    named = {"cve": id} if ones[0].is_cve else {"ids": [{"system_name": "other", "text": clean(id) or "unnamed"}]}
    return without_empty(
        {
            **named,
            "flags": [
                {"label": "vulnerable_code_not_present", "product_ids": [product]}
                for hole, product in told
                if hole.status == "not-built-in"
            ],
            "notes": [_note(hole) for hole in ones],
            "product_status": status,
            "remediations": [_remediation(hole, product) for hole, product in told if hole.status == "affected"],
            "threats": [
                {"category": "impact", "details": clean(hole.why) or "not affected", "product_ids": [product]}
                for hole, product in told
                if hole.status == "not-affected"
            ],
        }
    )


def _note(hole: Hole) -> Plain:
    maker = maker_word(hole)
    told = [hole.why, "listed as exploited" if hole.exploited else "", f"the maker says: {maker}" if maker else ""]
    text = clean("; ".join(one for one in told if one)) or hole.status
    return {"category": "details", "title": _named((hole.component, hole.version)), "text": text}


def _remediation(hole: Hole, product: str) -> Plain:
    category = "vendor_fix" if hole.fixed else "none_available"
    return {"category": category, "details": action(hole), "product_ids": [product]}
