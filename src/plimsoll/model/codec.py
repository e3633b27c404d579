"""JSON of an assessment: canonical on the way out, checked on the way in, with its schema."""

from __future__ import annotations

from typing import Any

import msgspec

from plimsoll.errors import InputError
from plimsoll.model.assessment import FORMAT, Assessment

_FAMILY = FORMAT.partition("/")[0] + "/"
_HINT = "`plimsoll assess IMAGE -o FILE.json` writes one"
_ENCODER = msgspec.json.Encoder(order="deterministic")


def encode(assessment: Assessment) -> bytes:
    """Write canonical JSON: UTF-8, keys sorted, one line; equal assessments give equal bytes."""
    return _ENCODER.encode(assessment)


def decode(data: bytes) -> Assessment:
    """Read what encode() wrote; raise InputError when it is something else or of another version."""
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format.startswith(_FAMILY) and head.format != FORMAT:
            raise InputError(
                f"the assessment is in format {head.format!r:.60}, and this version reads {FORMAT!r}",
                hint="use the version of Plimsoll that wrote it, or assess the product again",
            )
        if head.format != FORMAT:
            raise InputError("this is not an assessment: it does not name its format", hint=_HINT)
        return msgspec.json.decode(data, type=Assessment)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"this is not an assessment: {error}", hint=_HINT) from error


class _Head(msgspec.Struct):
    format: str = ""


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of an assessment."""
    (body,), components = msgspec.json.schema_components([Assessment], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Assessment",
        "description": f"A Plimsoll assessment, format {FORMAT}.",
        **body,
        "$defs": dict(sorted(components.items())),
    }
