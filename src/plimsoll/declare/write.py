"""A declaration as TOML (v1.0.0) and JSON (RFC 8259), as `sources.document` reads them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import tomli_w

from plimsoll.model.declaration import DeclarationForm, normal


def to_toml(form: DeclarationForm) -> bytes:
    """Write TOML in UTF-8; what is not filled in is left out."""
    return tomli_w.dumps(plain(form)).encode()


def to_json(form: DeclarationForm) -> bytes:
    """Write JSON in UTF-8, indented; what is not filled in is left out."""
    return (json.dumps(plain(form), ensure_ascii=False, indent=2) + "\n").encode()


def plain(form: DeclarationForm) -> dict[str, Any]:
    """Give a form as plain tables, lists and texts, the ICS and the IXIT in the order of the standard."""
    kept = normal(form)
    return {
        "format": kept.format,
        "product": {key: value for key, value in msgspec.to_builtins(kept.product).items() if value},
        "ics": {
            provision: {key: value for key, value in msgspec.to_builtins(row).items() if value}
            for provision, row in sorted(kept.ics.items(), key=lambda item: natural(item[0]))
        },
        "ixit": {table: list(rows) for table, rows in sorted(kept.ixit.items(), key=lambda item: natural(item[0]))},
    }


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Give a sort key by which 5.3-10 comes after 5.3-9, and 10-SecParam after 9-ReplSup."""
    parts: list[tuple[int, str]] = []
    for part in name.replace(".", "-").split("-"):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        parts.append((int(digits[:9] or 0), part))
    return tuple(parts)
