"""OpenVEX documents: what a maker or packager says of vulnerabilities in what it ships.

Source: the OpenVEX specification 0.2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers.importer import (
    DocumentImporter,
    Read,
    Record,
    Statement,
    Unusable,
    is_id,
    moment,
    shown,
    typed,
    version,
)
from plimsoll.knowledge.products import authority_of, parse_cpe, split_purl
from plimsoll.knowledge.vulnerability import VersionRange, Vulnerability
from plimsoll.model.message import message

SOURCE = "openvex"


class _Name(msgspec.Struct):
    name: str = ""
    id: str = msgspec.field(default="", name="@id")


class _Product(msgspec.Struct):
    id: str = msgspec.field(default="", name="@id")
    identifiers: dict[str, str] = {}
    subcomponents: list[Any] = []


class _Statement(msgspec.Struct):
    vulnerability: _Name | str
    status: str
    products: list[_Product | str] = []


class _Document(msgspec.Struct):
    id: str = msgspec.field(name="@id")
    author: str = ""
    timestamp: str = ""
    last_updated: str = ""
    statements: list[Any] = []


class OpenVex(DocumentImporter):
    """Reads OpenVEX documents."""

    id = "openvex"
    title = "Is this an OpenVEX document?"
    what = "Affected, fixed and not affected versions of products that are named by Package URL or CPE."
    limits = (
        "What is under investigation is left. A statement of a component within a product holds for that product "
        "alone and is left: give the document with the assessment."
    )
    source = SOURCE
    licence = "by document"
    holes = "Holds what was imported."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its context."""
        return "openvex.dev/" in str(seen.get("@context", ""))[:200]

    def read_document(self, document: Mapping[str, Any]) -> Iterator[Read]:
        """Give the statements of a document as one record."""
        name = document.get("@id", "")
        held = typed(document, _Document, name)
        if isinstance(held, Unusable):
            yield held
            return
        if not is_id(held.id):
            yield Unusable(shown(held.id), message("the id cannot be used"))
            return
        made: list[Statement] = []
        for number, value in enumerate(held.statements, 1):
            told = _statements(value, f"{held.id}, statement {number}", held.author)
            if isinstance(told, Unusable):
                yield told
            else:
                made += told
        ids = tuple(dict.fromkeys(one.vulnerability for one in made))
        yield Record(SOURCE, held.id, moment(held.last_updated or held.timestamp),
                     tuple(map(Vulnerability, ids)), tuple(made))  # fmt: skip


def _statements(value: object, name: str, author: str) -> list[Statement] | Unusable:
    given = typed(value, _Statement, name)
    if isinstance(given, Unusable):
        return given
    named = given.vulnerability
    id = named if isinstance(named, str) else named.name or named.id.rstrip("/").rpartition("/")[2]
    if not is_id(id):
        return Unusable(shown(name), message("the vulnerability has no id that can be used"))
    if given.status not in ("affected", "not_affected", "fixed"):
        return Unusable(
            shown(name), message("the status {status} says nothing of versions", status=shown(given.status))
        )
    made = [one for product in given.products if (one := _statement(id, given.status, product, author))]
    if not made:
        return Unusable(shown(name), message("no product of it is named by Package URL or CPE and stands for itself"))
    return made


def _statement(id: str, status: str, given: _Product | str, author: str) -> Statement | None:
    if isinstance(given, _Product) and given.subcomponents:
        return None
    names = [given] if isinstance(given, str) else [*given.identifiers.values(), given.id]
    found = next((one for name in names if (one := _product(name))), None)
    if found is None or (status == "fixed" and not version(found[1])):
        return None
    key, text = found
    single = version(text)
    ranges = () if single else (VersionRange(),)
    return Statement(
        id,
        (key,),
        authority_of(key, author),
        ranges,
        versions=(single,) if single else (),
        fixed=(single,) if status == "fixed" else (),
        unaffected=status != "affected",
    )


def _product(name: str) -> tuple[str, str] | None:
    if name.startswith("cpe:"):
        cpe = parse_cpe(name)
        return (cpe.key, cpe.release) if cpe else None
    return split_purl(name)
