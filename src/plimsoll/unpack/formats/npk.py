"""Opens packages of MikroTik's RouterOS: records of a kind and a length, of which one may be a squashfs.

Sources: the description in npk-tools by Sergey Ryazanov (ISC); the public description as a Kaitai structure. Numbers
are little-endian.

offset  size  header                record
0       4     magic 1E F1 D0 BA     2  kind
4       4     length of the rest    4  length of the content
8             records               6  content

Kind 4 is a list of files in a zlib stream, which stays as it is; it is opened from there by `npk_files`.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"\x1e\xf1\xd0\xba"
MOST_RECORDS = 4096

_HEADER = struct.Struct("<4sI")
_RECORD = struct.Struct("<HI")
_MOST_KINDS = 256
_KINDS: dict[int, tuple[str, Content]] = {
    1: ("package", "known"),
    2: ("description", "known"),
    3: ("dependencies", "known"),
    4: ("files", "image"),
    7: ("install script", "known"),
    8: ("uninstall script", "known"),
    9: ("signature", "known"),
    16: ("architecture", "known"),
    18: ("main package", "known"),
    21: ("squashfs", "image"),
    23: ("digest", "known"),
    24: ("release", "known"),
}


def open_npk(view: View, budget: Budget) -> Container:
    """Open the package at the beginning of a view; raise NotThisFormat when its records do not fill its length."""
    if view.size < _HEADER.size + _RECORD.size:
        raise NotThisFormat
    magic, rest = _HEADER.unpack(view.slice(0, _HEADER.size))
    end = _HEADER.size + rest
    if magic != MAGIC or not _RECORD.size <= rest <= LARGEST:
        raise NotThisFormat
    parts: list[Part] = []
    problems: list[Message] = list(cut_short(view, end))
    position = _HEADER.size
    records = 0
    while position + _RECORD.size <= min(end, view.size) and records < MOST_RECORDS:
        budget.check_time()
        kind, size = _RECORD.unpack(view.slice(position, _RECORD.size))
        position += _RECORD.size
        if position + size > end or not 0 < kind < _MOST_KINDS:
            if not records:
                raise NotThisFormat
            problems.append(message("record {number} is not sound; the rest is left out", number=records + 1))
            break
        name, content = _KINDS.get(kind, (f"kind {kind}", "image"))
        there = min(size, view.size - position)
        if there:
            parts.append(Part(position, there, name, content))
        position += size
        records += 1
    if not records:
        raise NotThisFormat
    return Container(min(end, view.size), tuple(parts), _label(view, parts), tuple(problems))


FORMAT = Format("npk", "MikroTik package", (Magic(MAGIC),), open_npk)


def _label(view: View, parts: list[Part]) -> str:
    """Give the name of the package, which its first record begins with."""
    for part in parts:
        if part.name in ("package", "main package") and part.length >= 16:
            name = view.read(part.offset, 16).partition(b"\0")[0]
            return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in name)
    return ""
