"""The packages that apk lists.

Source: the Alpine wiki on the apk database (`P:` package, `V:` version, `A:` architecture, `o:` origin).
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.control import paragraphs
from plimsoll.inspect.firmware._packages.package import LARGEST_DATABASE, MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

_PATH = regex(rb"(?:.*/)?lib/apk/db/installed")
_LETTERS = frozenset((b"P", b"V", b"A", b"o"))


def _read(look: Look) -> Iterator[Package]:
    for number, (offset, paragraph) in enumerate(paragraphs(look.data[:LARGEST_DATABASE])):
        if number >= MOST_PACKAGES:
            return
        fields: dict[bytes, bytes] = {}
        for line in paragraph.split(b"\n"):
            if line[1:2] == b":" and line[:1] in _LETTERS:
                fields.setdefault(line[:1], line[2:])
        if fields.get(b"P") and fields.get(b"V"):
            name, version = text(fields[b"P"]), text(fields[b"V"])
            architecture, source = text(fields.get(b"A", b"")), text(fields.get(b"o", b""))
            yield Package(name, version, offset, len(paragraph), architecture, source)


APK = Reader(
    "apk",
    "package-database",
    lambda look: _PATH.fullmatch(look.path) is not None,
    _read,
    names=frozenset((b"installed",)),
    is_of_system=True,
)
