"""Which vulnerabilities the change log of a package says were mended in it.

Source: Debian policy, 12.7 (`usr/share/doc/PACKAGE/changelog.Debian`); the folders of documentation that other systems
keep in the same place.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from plimsoll.inspect.inspector import Cut, Inspector, Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import PatchNote
from plimsoll.model.message import message
from plimsoll.regex import regex

LARGEST = 4 << 20
"""Bytes of a change log that are read."""
MOST_IDS = 2_000

_LOG = regex(
    rb"(?:.*/)?usr/(?:local/)?share/doc/(?:packages/)?([^/]{1,100})/(?:changelog|ChangeLog|NEWS)[^/]{0,20}", re.DOTALL
)
_ID = regex(rb"\bCVE-(?:199|20\d)\d-\d{4,7}\b")


class PatchNotes(Inspector):
    """Gives each CVE id that a change log names, once."""

    id = "patch-notes"
    title = "Which vulnerabilities do change logs say were mended?"
    what = "The CVE ids that the change logs of packages below usr/share/doc name, also compressed by gzip."
    limits = "A change log may name what was looked at and not mended; most images leave change logs out."

    def wants(self, look: Look) -> bool:
        """Take change logs by their path."""
        return b"/share/doc/" in look.path and _LOG.fullmatch(look.path) is not None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the ids; the place of those in a compressed log is the whole file."""
        match = _LOG.fullmatch(look.path)
        package = printable(match[1]) if match else ""
        packed = look.data.startswith(b"\x1f\x8b")
        seen: set[bytes] = set()
        for found in _ID.finditer(_text(look.data) if packed else look.data[:LARGEST]):
            if found[0] in seen:
                continue
            if len(seen) >= MOST_IDS:
                yield Cut(message("more than {most} ids in {file}", most=MOST_IDS, file=look.file.at()))
                return
            seen.add(found[0])
            fact = PatchNote(package, found[0].decode("ascii"))
            yield Seen(fact) if packed else Seen(fact, found.start(), len(found[0]))


def _text(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data, LARGEST)
    except zlib.error:
        return b""
