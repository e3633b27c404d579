"""The software bill of materials as SPDX 2.3, in JSON and as tag and value.

Files are not listed by themselves: SPDX 2.3 asks for the SHA-1 of each, and an assessment keeps SHA-256. The places
stand in the source information of each package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import plimsoll
from plimsoll.model.assessment import Assessment
from plimsoll.report import words
from plimsoll.report._document import Plain, clean, identity, image_of, moment, product_purl, to_json, without_empty
from plimsoll.report._inventory import Item, inventory

MOST_PLACES = 50
"""Places that are named of one package."""

_PRODUCT = "SPDXRef-Product"
_EXPRESSION = re.compile(r"[A-Za-z0-9.()+ -]{1,200}")
_TAGS = re.compile(r"</?text>", re.IGNORECASE)
_PURPOSES = {
    "operating-system": "OPERATING-SYSTEM", "application": "APPLICATION", "library": "LIBRARY", "firmware": "FIRMWARE",
}  # fmt: skip


def render(assessment: Assessment) -> str:
    """Write it in JSON."""
    return to_json(_document(assessment))


def render_tag_value(assessment: Assessment) -> str:
    """Write it as tag and value."""
    return "\n".join(_lines(_document(assessment))) + "\n"


def _document(assessment: Assessment) -> Plain:
    items = inventory(assessment)
    name = clean(words.product_name(assessment.product, assessment.sources))
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", _PRODUCT)]
    relations += [(_PRODUCT, "CONTAINS", _id(item.ref)) for item in items]
    relations += [(_id(item.ref), "DEPENDS_ON", _id(ref)) for item in items for ref in item.uses]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name or "unnamed",
        "documentNamespace": f"urn:uuid:{identity(assessment, 'spdx')}",
        "creationInfo": {
            "created": moment(assessment),
            "creators": [f"Tool: plimsoll-{plimsoll.__version__}"],
            "comment": "Made from what was seen in the image. What gives no sign of itself is not in it.",
        },
        "packages": [_product(assessment, name), *map(_package, items)],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relations
        ],
    }


def _product(assessment: Assessment, name: str) -> Plain:
    product, image = assessment.product, image_of(assessment)
    checksums = (
        [{"algorithm": "SHA256", "checksumValue": image.sha256}] if image and image.sha256 and not image.folder else []
    )
    return without_empty(
        {
            "SPDXID": _PRODUCT,
            "name": name or "unnamed",
            "versionInfo": clean(product.version),
            "packageFileName": clean(image.name) if image else "",
            "supplier": f"Organization: {clean(product.maker)}" if product.maker else "NOASSERTION",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "checksums": checksums,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "externalRefs": [_reference("PACKAGE-MANAGER", "purl", clean(product_purl(assessment)))],
            "primaryPackagePurpose": "FIRMWARE" if image else "DEVICE",
        }
    )


def _package(item: Item) -> Plain:
    references = [_reference("PACKAGE-MANAGER", "purl", clean(purl)) for purl in item.purls or (item.purl,)]
    references += [_reference("SECURITY", "cpe23Type", cpe) for cpe in item.cpes]
    return without_empty(
        {
            "SPDXID": _id(item.ref),
            "name": clean(item.name) or "unnamed",
            "versionInfo": clean(item.version),
            "supplier": "NOASSERTION",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "checksums": [{"algorithm": "SHA256", "checksumValue": item.sha256}] if item.sha256 else [],
            "sourceInfo": _source(item),
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": item.licence if _EXPRESSION.fullmatch(item.licence) else "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "externalRefs": references,
            "primaryPackagePurpose": _PURPOSES[item.kind],
        }
    )


def _source(item: Item) -> str:
    """Say how the component is known and where it was seen."""
    told = [
        f"{one.basis} at {one.where}" + (f" (file sha256 {one.sha256})" if one.sha256 else "")
        for one in item.sights[:MOST_PLACES]
    ]
    more = len(item.sights) - len(told)
    stated = [f"stated as {clean(one)}" for one in item.stated]
    return "; ".join([*told, *([f"and {more} more places"] if more > 0 else []), *stated])


def _reference(category: str, kind: str, locator: str) -> Plain:
    return {"referenceCategory": category, "referenceType": kind, "referenceLocator": locator}


def _id(ref: str) -> str:
    return f"SPDXRef-{ref}"


def _lines(document: Plain) -> Iterator[str]:
    """Give the lines of the tag and value form, in the order in which the specification lists the tags."""
    info = document["creationInfo"]
    yield f"SPDXVersion: {document['spdxVersion']}"
    yield f"DataLicense: {document['dataLicense']}"
    yield f"SPDXID: {document['SPDXID']}"
    yield f"DocumentName: {document['name']}"
    yield f"DocumentNamespace: {document['documentNamespace']}"
    for creator in info["creators"]:
        yield f"Creator: {creator}"
    yield f"Created: {info['created']}"
    yield f"CreatorComment: {_text(info['comment'])}"
    for package in document["packages"]:
        yield ""
        yield from _package_lines(package)
    yield ""
    for one in document["relationships"]:
        yield f"Relationship: {one['spdxElementId']} {one['relationshipType']} {one['relatedSpdxElement']}"


def _package_lines(package: Plain) -> Iterator[str]:
    for tag, key in _PACKAGE_TAGS:
        if key in package:
            value: Any = package[key]
            yield f"{tag}: {str(value).lower() if isinstance(value, bool) else _text(value) if tag in _LONG else value}"
        if tag == "FilesAnalyzed":
            for one in package.get("checksums", ()):
                yield f"PackageChecksum: {one['algorithm']}: {one['checksumValue']}"
    for one in package.get("externalRefs", ()):
        yield f"ExternalRef: {one['referenceCategory']} {one['referenceType']} {one['referenceLocator']}"


_PACKAGE_TAGS = (
    ("PackageName", "name"),
    ("SPDXID", "SPDXID"),
    ("PackageVersion", "versionInfo"),
    ("PackageFileName", "packageFileName"),
    ("PackageSupplier", "supplier"),
    ("PackageDownloadLocation", "downloadLocation"),
    ("FilesAnalyzed", "filesAnalyzed"),
    ("PackageSourceInfo", "sourceInfo"),
    ("PackageLicenseConcluded", "licenseConcluded"),
    ("PackageLicenseDeclared", "licenseDeclared"),
    ("PackageCopyrightText", "copyrightText"),
    ("PrimaryPackagePurpose", "primaryPackagePurpose"),
)
_LONG = frozenset({"PackageSourceInfo", "PackageCopyrightText"})


def _text(value: str) -> str:
    """Wrap a long text; what would end it early is broken up."""
    if value == "NOASSERTION":
        return value
    return f"<text>{_TAGS.sub(lambda tag: tag[0].replace('<', '< '), value)}</text>"
