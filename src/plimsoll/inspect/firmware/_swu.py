"""Reads the description of a SWUpdate bundle: which files it names, and with which SHA-256.

Source: SWUpdate's public documentation. The description is a text of libconfig or JSON: groups in braces, with settings
`name = value;` or `"name": value`. One that installs a file names it by `filename`, and by `sha256` when it is signed.
The archive holds it as `sw-description`, its signature as `sw-description.sig`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.regex import regex

DESCRIPTION, SIGNATURE = b"sw-description", b"sw-description.sig"
LONGEST = 1 << 20
"""Bytes of the longest description that is read."""
MOST_FILES = 1000
_DEEPEST = 32

_TOKEN = regex(
    rb'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<name>[A-Za-z*][A-Za-z0-9_*-]*)|(?P<mark>[{}=:])|#[^\n]*|//[^\n]*|/\*.*?\*/',
    re.DOTALL,
)


class Named(msgspec.Struct, frozen=True):
    """A file that the description installs."""

    name: bytes
    sha256: str
    """Hexadecimal, lower case; empty when none is stated."""
    is_encrypted: bool


def read_description(data: bytes) -> list[Named]:
    """Give the files that a description names, in its order."""
    return [one for group in _groups(data) if (one := _named(group)) is not None][:MOST_FILES]


def _named(group: dict[bytes, bytes]) -> Named | None:
    name = group.get(b"filename", b"")
    if not name:
        return None
    digest = group.get(b"sha256", b"").decode("ascii", "replace").lower()
    return Named(name, digest, group.get(b"encrypted", b"").lower() in (b"true", b"aes-cbc"))


def _groups(data: bytes) -> Iterator[dict[bytes, bytes]]:
    """Give the settings of each group in braces, those within it left out."""
    stack: list[dict[bytes, bytes]] = [{}]
    before, name, awaited = b"", b"", False
    for match in _TOKEN.finditer(data):
        word = match["text"] if match["text"] is not None else match["name"]
        if word is not None:
            if awaited:
                stack[-1].setdefault(name, word)
            before, awaited = word, False
            continue
        match match["mark"]:
            case b"=" | b":":
                name, awaited = before, True
            case b"{":
                awaited = False
                if len(stack) > _DEEPEST:
                    return
                stack.append({})
            case b"}":
                awaited = False
                if len(stack) > 1:
                    yield stack.pop()
