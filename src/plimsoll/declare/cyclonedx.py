"""A declaration as CycloneDX 1.6 attestations (ECMA-424, `declarations` and `definitions.standards`), there and back.

| of a declaration | in CycloneDX |
| --- | --- |
| product | `metadata.component`, and every field of it in `metadata.properties` |
| provision | a requirement of the standard EN 303 645 in `definitions.standards` |
| row of the ICS | a claim, with Detail as its reasoning, and an entry in the maker's own attestation |
| row of the IXIT | an entry under `evidence`, its fields as named data; the claims that are tested against it name it |

CycloneDX calls the last one evidence; here it is what the maker says, and proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import tables_by_id
from plimsoll.declare._bom import Document, Entry, Metadata
from plimsoll.declare.write import plain
from plimsoll.errors import InputError
from plimsoll.model.declaration import FORMAT, DeclarationForm, Identity, Support, normal
from plimsoll.sources.document import form_of
from plimsoll.sources.nesting import bound_nesting

LARGEST_BYTES = 32 << 20
_STANDARD = "EN 303 645"
_PROPERTY = "plimsoll:declaration:"
_PREDICATES: dict[Support, str] = {
    "Y": "The provision is supported.",
    "N": "The provision is not supported.",
    "N/A": "The provision is not applicable.",
    "": "The provision is not answered.",
}
_SCORES: dict[Support, int] = {"Y": 1, "N": 0}
_DEEPEST = 64
_SPEC_VERSIONS = ("1.6", "1.7")


def to_cyclonedx(form: DeclarationForm) -> bytes:
    """Write a CycloneDX 1.6 document in JSON; the same form gives the same bytes."""
    kept, product = plain(form), normal(form).product
    rows = [(table, number, row) for table, several in kept["ixit"].items() for number, row in enumerate(several, 1)]
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": _metadata(product),
        "declarations": {
            "assessors": [{"bom-ref": "maker", "thirdParty": False, **_organization(product)}],
            "attestations": [{"summary": "The maker's own statement.", "assessor": "maker", "map": _map(kept["ics"])}],
            "claims": [_claim(provision, row, rows) for provision, row in kept["ics"].items()],
            "evidence": [_evidence(*row) for row in rows],
            "targets": {"components": [{"bom-ref": "target", **_component(product)}]},
        },
        "definitions": {"standards": [_standard(kept["ics"])]},
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _organization(product: Identity) -> dict[str, Any]:
    return {"organization": {"name": product.maker}} if product.maker else {}


def _component(product: Identity) -> dict[str, Any]:
    version = {"version": product.software_version} if product.software_version else {}
    return {"type": "device", "name": product.model or "unnamed", **version}


def _metadata(product: Identity) -> dict[str, Any]:
    properties = [{"name": f"{_PROPERTY}format", "value": FORMAT}] + [
        {"name": f"{_PROPERTY}{field}", "value": text}
        for field, value in msgspec.structs.asdict(product).items()
        for text in (value if isinstance(value, tuple) else (value,))
        if text
    ]
    return {"component": {"bom-ref": "product", **_component(product)}, "properties": properties}


def _map(ics: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"requirement": f"requirement/{provision}", "claims": [f"ics/{provision}"], **_conformance(row.get("support"))}
        for provision, row in ics.items()
    ]


def _conformance(support: Any) -> dict[str, Any]:
    return {"conformance": {"score": _SCORES[support]}} if support in _SCORES else {}


def _claim(provision: str, row: Mapping[str, Any], rows: Iterable[tuple[str, int, Any]]) -> dict[str, Any]:
    tested = [
        f"ixit/{table}/{number}"
        for table, number, _ in rows
        if table in tables_by_id() and provision in tables_by_id()[table].provisions
    ]
    return {
        "bom-ref": f"ics/{provision}",
        "target": "target",
        "predicate": _PREDICATES[row.get("support", "")],
        **({"reasoning": row["detail"]} if "detail" in row else {}),
        **({"evidence": tested} if tested else {}),
    }


def _evidence(table: str, number: int, row: Mapping[str, str]) -> dict[str, Any]:
    data = [
        {"name": field, "contents": {"attachment": {"contentType": "text/plain", "content": text}}}
        for field, text in row.items()
    ]
    return {
        "bom-ref": f"ixit/{table}/{number}",
        "propertyName": f"{_PROPERTY}ixit:{table}",
        "description": "A row of the IXIT: what the maker says, which proves nothing.",
        "data": data,
    }


def _standard(ics: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.id: one for one in load().provisions}
    requirements = [{"identifier": one.id, "title": one.title, "text": one.summary} for one in known.values()] + [
        {"identifier": id} for id in ics if id not in known
    ]
    return {
        "bom-ref": "standard",
        "name": _STANDARD,
        "version": "V3.1.3",
        "description": "Provisions by number; titles and texts are in Plimsoll's own words.",
        "owner": "ETSI",
        "requirements": [{"bom-ref": f"requirement/{one['identifier']}", **one} for one in requirements],
    }


def from_cyclonedx(data: bytes) -> DeclarationForm:
    """Read a CycloneDX document of 1.6 or 1.7 in JSON.

    Of one that another tool wrote, attestations of EN 303 645 are taken: a conformance of 1 as Y, of 0 as N, with its
    rationale, else the reasoning of its claims, as Detail. Raise InputError when there is no declaration in it.
    """
    document = _document(data)
    ics = dict(_answers(document))
    ixit: dict[str, list[dict[str, str]]] = {}
    for evidence in document.declarations.evidence:
        if evidence.propertyName.startswith(f"{_PROPERTY}ixit:"):
            ixit.setdefault(evidence.propertyName.removeprefix(f"{_PROPERTY}ixit:"), []).append(
                {one.name: one.contents.attachment.content for one in evidence.data}
            )
    product, own = _product(document.metadata)
    if not ics and not ixit and not own:
        raise InputError("the CycloneDX document declares nothing on EN 303 645")
    form, _ = form_of({"product": product, "ics": ics, "ixit": ixit}, "the CycloneDX document")
    return form


def _document(data: bytes) -> Document:
    if len(data) > LARGEST_BYTES:
        raise InputError(f"the CycloneDX document has {len(data)} bytes, and may have {LARGEST_BYTES}")
    try:
        bound_nesting(data.decode("utf-8-sig"), toml=False, deepest=_DEEPEST)
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=Document)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"this is not a CycloneDX document in JSON: {error}") from error
    if document.bomFormat != "CycloneDX" or document.specVersion not in _SPEC_VERSIONS:
        raise InputError(
            f"this is {document.bomFormat!r:.40} {document.specVersion!r:.40}, and declarations are read of CycloneDX "
            + " and ".join(_SPEC_VERSIONS)
        )
    return document


def _answers(document: Document) -> Iterator[tuple[str, dict[str, str]]]:
    requirements = {
        one.ref: one.identifier
        for standard in document.definitions.standards
        if "303645" in standard.name.replace(" ", "").replace("-", "")
        for one in standard.requirements
    }
    claims = {claim.ref: claim for claim in document.declarations.claims}
    ours = {predicate: support for support, predicate in _PREDICATES.items()}
    for attestation in document.declarations.attestations:
        for entry in attestation.map:
            if entry.requirement not in requirements:
                continue
            made = [claims[ref] for ref in entry.claims if ref in claims]
            support = ours.get(made[0].predicate) if len(made) == 1 else None
            detail = entry.conformance.rationale or "\n".join(claim.reasoning for claim in made if claim.reasoning)
            answer = {"support": _scored(entry) if support is None else support, "detail": detail}
            yield requirements[entry.requirement], answer


def _scored(entry: Entry) -> Support:
    match entry.conformance.score:
        case 1:
            return "Y"
        case 0:
            return "N"
    return ""


def _product(metadata: Metadata) -> tuple[dict[str, Any], bool]:
    """Give the product, and whether the document is one of ours."""
    product: dict[str, Any] = {}
    if not any(one.name == f"{_PROPERTY}format" for one in metadata.properties):
        return {"model": metadata.component.name, "software_version": metadata.component.version}, False
    for one in metadata.properties:
        field = one.name.removeprefix(_PROPERTY)
        if field == one.name or field not in Identity.__struct_fields__:
            continue
        if isinstance(getattr(Identity(), field), tuple):
            product.setdefault(field, []).append(one.value)
        else:
            product[field] = one.value
    return product, True
