"""Package URLs (ECMA-427): the part of it that components of firmware need."""

from __future__ import annotations

from urllib.parse import quote


def purl(type: str, namespace: str, name: str, version: str, architecture: str = "") -> str:
    """Write a package URL; parts that are empty are left out."""
    path = "/".join(encode(part) for part in (namespace, name) if part)
    at = f"@{encode(version)}" if version else ""
    arch = f"?arch={encode(architecture)}" if architecture else ""
    return f"pkg:{type}/{path}{at}{arch}"


def encode(text: str) -> str:
    """Write one part of a package URL; `/` is escaped too."""
    return quote(text, safe=":~")
