"""The parts of a CycloneDX 1.6 document (ECMA-424) as plain tables, their keys in the order of the XML schema.

Confidence is ours, by what states a component: a package database and what a build tool wrote are near certain, a
banner is the program's own word, a file's name is a guess. The list itself is marked as incomplete: what no database
lists and what gives no version is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import plimsoll
from plimsoll.model.assessment import Assessment
from plimsoll.report import words
from plimsoll.report._document import Plain, clean, identity, image_of, moment, product_purl, without_empty
from plimsoll.report._holes import Hole, maker_word
from plimsoll.report._inventory import Item
from plimsoll.report.visible import say

CONFIDENCE = {
    "package-database": 0.95, "build-info": 0.95, "os-release": 0.9, "kernel": 0.95, "module": 0.9, "symbol": 0.8,
    "banner": 0.8, "file-name": 0.4, "lock-file": 0.4,
}  # fmt: skip
"""How sure a component is, by its basis, 0.0 to 1.0."""

TECHNIQUES = {
    "package-database": "manifest-analysis", "build-info": "manifest-analysis", "os-release": "manifest-analysis",
    "lock-file": "manifest-analysis", "file-name": "filename",
}  # fmt: skip
"""CycloneDX's words for how; the rest is binary-analysis."""

MOST_PLACES = 1_000
"""Places that are given of one component."""

PRODUCT = "product"

_STATES = {
    "affected": "exploitable",
    "under-investigation": "in_triage",
    "fix-may-be-backported": "in_triage",
    "not-built-in": "not_affected",
    "not-affected": "not_affected",
}
_AFFECTED = {"affected": "affected", "not-built-in": "unaffected", "not-affected": "unaffected"}


def envelope(assessment: Assessment, kind: str) -> Plain:
    """Give the head of a document, with the product as its subject."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{identity(assessment, kind)}",
        "version": 1,
        "metadata": {
            "timestamp": moment(assessment),
            "lifecycles": [{"phase": "post-build"}],
            "tools": {"components": [{"type": "application", "name": "plimsoll", "version": plimsoll.__version__}]},
            "component": _product(assessment),
            "properties": _ground(assessment),
        },
    }


def component(item: Item) -> Plain:
    """Tell one component with its evidence."""
    return without_empty(
        {
            "type": item.kind,
            "bom-ref": item.ref,
            "name": clean(item.name) or "unnamed",
            "version": clean(item.version),
            "hashes": [{"alg": "SHA-256", "content": item.sha256}] if item.sha256 else [],
            "licenses": [{"expression": clean(item.licence)}] if item.licence else [],
            "cpe": item.cpes[0] if item.cpes else "",
            "purl": clean(item.purl),
            "properties": _properties(item),
            "evidence": _evidence(item),
        }
    )


def dependencies(items: Sequence[Item]) -> list[Plain]:
    """Tell what depends on what: the product on everything, a program on what it loads or holds a copy of."""
    made = [{"ref": PRODUCT, "dependsOn": [item.ref for item in items]}]
    return [without_empty(one) for one in [*made, *({"ref": one.ref, "dependsOn": list(one.uses)} for one in items)]]


def compositions() -> list[Plain]:
    """Say that neither the list of components nor that of dependencies is complete."""
    return [{"aggregate": "incomplete", "assemblies": [PRODUCT], "dependencies": [PRODUCT]}]


def vulnerability(hole: Hole, refs: Sequence[str]) -> Plain:
    """Tell one vulnerability of one component, with our status and the maker's word."""
    maker = maker_word(hole)
    ratings = [{"score": hole.cvss, "method": "other"}] if hole.cvss is not None else []
    properties = [
        ("plimsoll:status", hole.status),
        ("plimsoll:exploited", "yes" if hole.exploited else ""),
        ("plimsoll:epss", "" if hole.epss is None else f"{hole.epss:g}"),
        ("plimsoll:maker-says", maker),
    ]
    not_built_in = {"justification": "code_not_present"} if hole.status == "not-built-in" else {}
    return without_empty(
        {
            "id": clean(hole.id),
            "source": {"name": "CVE"} if hole.is_cve else {},
            "ratings": ratings,
            "analysis": {"state": _STATES[hole.status], **not_built_in, "detail": clean(hole.why)},
            "affects": [
                {
                    "ref": ref,
                    "versions": [{"version": clean(hole.version), "status": _AFFECTED.get(hole.status, "unknown")}]
                    if hole.version
                    else [],
                }
                for ref in refs
            ],
            "properties": _named(properties),
        }
    )


def _product(assessment: Assessment) -> Plain:
    product, image = assessment.product, image_of(assessment)
    hashes = [{"alg": "SHA-256", "content": image.sha256}] if image and image.sha256 and not image.folder else []
    properties = [("plimsoll:image", image.name), ("plimsoll:image-bytes", str(image.size_bytes))] if image else []
    return without_empty(
        {
            "type": "firmware" if image else "device",
            "bom-ref": PRODUCT,
            "manufacturer": {"name": clean(product.maker)} if product.maker else {},
            "name": clean(words.product_name(product, assessment.sources)) or "unnamed",
            "version": clean(product.version),
            "hashes": hashes,
            "purl": clean(product_purl(assessment)),
            "properties": _named(properties),
        }
    )


def _ground(assessment: Assessment) -> list[Plain]:
    """Say what was given, how far it was understood, and which knowledge was used."""
    pairs = [("plimsoll:source", say(words.source(one))) for one in assessment.sources]
    pairs += [("plimsoll:understood", say(words.understood(one))) for one in assessment.images]
    pairs += [("plimsoll:knowledge", say(words.known(one))) for one in assessment.knowledge]
    return _named(pairs)


def _properties(item: Item) -> list[Plain]:
    pairs = [("plimsoll:basis", item.basis)]
    pairs += [("plimsoll:stated-version", one) for one in item.stated]
    pairs += [("plimsoll:source-package", one) for one in item.sources]
    pairs += [("plimsoll:other-cpe", one) for one in item.cpes[1:]]
    pairs += [("plimsoll:other-purl", one) for one in item.purls[1:]]
    more = len(item.sights) - MOST_PLACES
    return _named([*pairs, ("plimsoll:places-not-listed", str(more) if more > 0 else "")])


def _evidence(item: Item) -> Plain:
    bases = list(dict.fromkeys(sight.basis for sight in item.sights)) or [item.basis]
    methods = [
        {
            "technique": TECHNIQUES.get(basis, "binary-analysis"),
            "confidence": CONFIDENCE.get(basis, 0.3),
            "value": basis,
        }
        for basis in bases
    ]
    confidence = CONFIDENCE.get(item.basis, 0.3)
    told = [("name", item.name)] + ([("version", item.version)] if item.version else [])
    occurrences: list[Plain] = [
        without_empty({"location": sight.where, "additionalContext": _context(sight.sha256)})
        for sight in item.sights[:MOST_PLACES]
    ]
    return {
        "identity": [
            {"field": field, "confidence": confidence, "concludedValue": clean(value) or "unnamed", "methods": methods}
            for field, value in told
        ],
        "occurrences": occurrences,
    }


def _context(sha256: str) -> str:
    return f"file sha256 {sha256}" if sha256 else ""


def _named(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    return [{"name": name, "value": clean(value)} for name, value in pairs if value]
