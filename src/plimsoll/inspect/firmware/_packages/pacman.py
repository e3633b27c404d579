"""The packages that pacman lists: a folder for each, with a file `desc`.

Source: alpm's description of its local database: a name between percent signs on a line of its own, then values, one a
line, up to an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.package import Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

LARGEST_DESC = 1 << 20
_PATH = regex(rb"(?:.*/)?lib/pacman/local/[^/]+/desc")
_FIELD = regex(rb"^%([A-Z]{1,16})%\n([^\n]+)", re.MULTILINE)


def _read(look: Look) -> Iterator[Package]:
    fields: dict[bytes, bytes] = {}
    for match in _FIELD.finditer(look.data[:LARGEST_DESC]):
        fields.setdefault(match[1], match[2])
    if fields.get(b"NAME") and fields.get(b"VERSION"):
        architecture, source = text(fields.get(b"ARCH", b"")), text(fields.get(b"BASE", b""))
        yield Package(text(fields[b"NAME"]), text(fields[b"VERSION"]), None, None, architecture, source)


PACMAN = Reader(
    "alpm",
    "package-database",
    lambda look: _PATH.fullmatch(look.path) is not None,
    _read,
    names=frozenset((b"desc",)),
    is_of_system=True,
)
