"""Security advisories and VEX documents in the form CSAF 2.0.

Source: CSAF 2.0 (OASIS), sections 3.2.1 to 3.2.3, and profiles 4.4 and 4.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers._csaf_products import CsafProduct, csaf_products
from plimsoll.knowledge.importers.importer import (
    DocumentImporter,
    Read,
    Record,
    Statement,
    Unusable,
    day,
    is_id,
    moment,
    score,
    shown,
    typed,
    weaknesses,
)
from plimsoll.knowledge.products import authority_of
from plimsoll.knowledge.vulnerability import Vulnerability
from plimsoll.model.message import message

SOURCE = "csaf"
_AFFECTED = ("known_affected", "first_affected", "last_affected")
_FIXED = ("fixed", "first_fixed")


class _Tracking(msgspec.Struct):
    id: str
    current_release_date: str = ""


class _Publisher(msgspec.Struct):
    category: str = ""
    name: str = ""
    namespace: str = ""


class _Head(msgspec.Struct):
    csaf_version: str
    tracking: _Tracking
    publisher: _Publisher = msgspec.field(default_factory=_Publisher)


class _Cvss(msgspec.Struct):
    version: str = ""
    vectorString: str = ""
    baseScore: float | None = None


class _Score(msgspec.Struct):
    cvss_v3: _Cvss | None = None
    cvss_v2: _Cvss | None = None


class _Id(msgspec.Struct):
    text: str = ""


class _Weakness(msgspec.Struct):
    id: str = ""


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    ids: list[_Id] = []
    cwe: _Weakness = msgspec.field(default_factory=_Weakness)
    release_date: str = ""
    scores: list[_Score] = []
    product_status: dict[str, list[str]] = {}


class _Document(msgspec.Struct):
    document: _Head
    product_tree: dict[str, Any] = {}
    vulnerabilities: list[Any] = []


class Csaf(DocumentImporter):
    """Reads CSAF 2.0 documents."""

    id = "csaf"
    title = "Is this a CSAF document?"
    what = "Id, score, CWE id, and which versions are affected, fixed and not affected, by Package URL or CPE name."
    limits = (
        "Products that are only named in words, components within other products but for packages, what is under "
        "investigation, remedies and all texts are left."
    )
    source = SOURCE
    licence = "by document"
    holes = "Holds what was imported."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its version."""
        head = seen.get("document")
        return isinstance(head, dict) and "csaf_version" in head

    def read_document(self, document: Mapping[str, Any]) -> Iterator[Read]:
        """Give the vulnerabilities of a document as one record."""
        held = typed(document, _Document, "the document")
        if isinstance(held, Unusable):
            yield held
            return
        tracking, publisher = held.document.tracking, held.document.publisher
        name = f"{publisher.namespace.rstrip('/')}/{tracking.id}".lstrip("/").replace(" ", "_")
        if not is_id(name) or not held.document.csaf_version.startswith("2."):
            yield Unusable(shown(name), message("the id or the version of the form cannot be used"))
            return
        speaker = f"{publisher.name} {publisher.namespace}" if publisher.category == "vendor" else ""
        products = csaf_products(held.product_tree)
        found: list[Vulnerability] = []
        made: list[Statement] = []
        for number, value in enumerate(held.vulnerabilities, 1):
            one = typed(value, _Vulnerability, f"{name}, vulnerability {number}")
            if isinstance(one, Unusable):
                yield one
                continue
            if not is_id(id := one.cve or next((other.text for other in one.ids), "")):
                yield Unusable(shown(f"{name}, vulnerability {number}"), message("it has no id that can be used"))
                continue
            base, vector = _score(one.scores)
            found.append(Vulnerability(id, day(one.release_date), base, vector, cwe=weaknesses((one.cwe.id,))))
            made += _statements(id, one.product_status, products, speaker)
        yield Record(SOURCE, name, moment(tracking.current_release_date), tuple(found), tuple(made))


def _statements(
    id: str, status: Mapping[str, list[str]], products: Mapping[str, CsafProduct], publisher: str
) -> Iterator[Statement]:
    """Join what is said of the ids of one product; what is denied of no version that is named is left."""
    said: dict[str, tuple[list[CsafProduct], list[CsafProduct], list[CsafProduct]]] = {}
    for place, names in enumerate((_AFFECTED, _FIXED, ("known_not_affected",))):
        for product_id in (one for name in names for one in status.get(name, [])):
            if product := products.get(product_id):
                said.setdefault(product.key, ([], [], []))[place].append(product)
    for key, (affected, fixed, clear) in said.items():
        authority = authority_of(key, publisher)
        mended = tuple(dict.fromkeys(version for one in fixed for version in one.versions))
        if affected:
            yield Statement(id, (key,), authority, *_joined(affected), mended)
        ranges, versions = _joined([*clear, *fixed])
        if ranges or versions:
            yield Statement(id, (key,), authority, ranges, versions, mended, unaffected=True)


def _joined(products: list[CsafProduct]) -> tuple[Any, Any]:
    return (
        tuple(dict.fromkeys(span for one in products for span in one.ranges)),
        tuple(dict.fromkeys(version for one in products for version in one.versions)),
    )


def _score(scores: list[_Score]) -> tuple[float | None, str]:
    for one in scores:
        for held, text in ((one.cvss_v3, "3.1"), (one.cvss_v2, "2.0")):
            if held:
                return score(held.version or text, held.vectorString, held.baseScore)
    return None, ""
