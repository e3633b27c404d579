"""What documents for other programs have in common: safe text, one identity, one moment, canonical JSON.

A document's identity is made of the assessment that it is written from, so that the same assessment gives the same
bytes, and its moment is the day on which the product was judged.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from plimsoll.model import codec
from plimsoll.model.assessment import Assessment
from plimsoll.model.product import FirmwareImage
from plimsoll.report.visible import clip, visible

TOOL = "Plimsoll"
LONGEST_TEXT = 1_000
"""Characters of one text that go into a document; CycloneDX allows 1,024 in a version or a package URL."""

Plain = dict[str, Any]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def clean(text: str) -> str:
    """Make a text safe for any document: printable, free of lone surrogates, bounded."""
    return clip(visible(text), LONGEST_TEXT)


def digest(assessment: Assessment) -> str:
    """Give the SHA-256 of the assessment's canonical JSON."""
    return hashlib.sha256(codec.encode(assessment)).hexdigest()


def identity(assessment: Assessment, kind: str) -> uuid.UUID:
    """Give the document's identity: of version 5 (RFC 9562), made of its kind and the assessment."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"plimsoll {kind} {digest(assessment)}")


def moment(assessment: Assessment) -> str:
    """Give midnight UTC of the day of the assessment; of 1970-01-01 where a stored one holds no day."""
    day = assessment.assessed_on if _DAY.fullmatch(assessment.assessed_on) else "1970-01-01"
    return f"{day}T00:00:00Z"


def image_of(assessment: Assessment) -> FirmwareImage | None:
    """Give the firmware that was looked at."""
    return next((one for one in assessment.sources if isinstance(one, FirmwareImage)), None)


def product_purl(assessment: Assessment) -> str:
    """Name the product as a generic package URL; its image's digest tells two of one version apart."""
    product, image = assessment.product, image_of(assessment)
    name = product.model or (image.name if image else "") or "product"
    parts = [_part(product.maker), _part(name)]
    text = "pkg:generic/" + "/".join(part for part in parts if part)
    if product.version:
        text += f"@{_part(product.version)}"
    if image and not image.folder and _SHA256.fullmatch(image.sha256):
        text += f"?checksum=sha256:{image.sha256}"
    return text


def component_purl(name: str, version: str) -> str:
    """Name a component that has no package URL of its own."""
    return f"pkg:generic/{_part(name) or 'unnamed'}" + (f"@{_part(version)}" if version else "")


def to_json(document: Mapping[str, Any]) -> str:
    """Write JSON for people to read too, with a newline at its end."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def without_empty(entry: Mapping[str, Any]) -> Plain:
    """Leave out what is empty."""
    return {key: value for key, value in entry.items() if value not in ("", None, [], {}, ())}


_SHA256 = re.compile(r"[0-9a-f]{64}")


def _part(text: str) -> str:
    return quote(clip(visible(text), 200), safe="")
