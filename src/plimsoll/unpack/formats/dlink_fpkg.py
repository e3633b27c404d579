"""Opens FPKG and CPKG archives, the firmware of D-Link's DFL firewalls.

Source: the handler for this format in unblob (MIT). All numbers are big-endian.

offset  size  header
0       4     magic FPKG or CPKG
4       4     01 00 00 00
8       4     offset of the first entry

offset  size  entry
0       4     length of the entry's header, 28
4       2     kind: 0x100 and 0x101 a file, 0x102 a checksum, 0x103 a signature
8       4     length of the content
12      16    name, filled up with zeros or blanks
28            content; the next entry follows

There is no end mark: entries go on as long as they are sound.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.limits import Budget

MAGICS = (b"FPKG\x01\0\0\0", b"CPKG\x01\0\0\0")
MOST_ENTRIES = 4096

_HEADER = struct.Struct(">8sI")
_ENTRY = struct.Struct(">IHxxI16s")
_FURTHEST_START = 4096
_CONTENTS: dict[int, Content] = {0x100: "image", 0x101: "image", 0x102: "known", 0x103: "known"}


def open_fpkg(view: View, budget: Budget) -> Container:
    """Open the archive at the beginning of a view; raise NotThisFormat when its first entry is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, position = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic not in MAGICS or not _HEADER.size <= position <= _FURTHEST_START:
        raise NotThisFormat
    parts: list[Part] = []
    problems: list[Message] = []
    while len(parts) < MOST_ENTRIES and (part := _read_entry(view, position)) is not None:
        budget.take_entries(1)
        position = part.offset + part.length
        if position > view.size:
            missing = position - view.size
            problems.append(message("{name}: cut short: {missing} bytes are missing", name=part.name, missing=missing))
            position = view.size
            part = Part(part.offset, position - part.offset, part.name, part.content)
        parts.append(part)
    if not parts:
        raise NotThisFormat
    return Container(position, tuple(part for part in parts if part.length), f"{len(parts)} entries", tuple(problems))


FORMAT = Format("dlink-fpkg", "D-Link FPKG archive", tuple(map(Magic, MAGICS)), open_fpkg)


def _read_entry(view: View, offset: int) -> Part | None:
    """Give the content of an entry as its header has it; None where there is no sound entry."""
    if offset + _ENTRY.size > view.size:
        return None
    header, kind, size, name = _ENTRY.unpack(view.slice(offset, _ENTRY.size))
    if header != _ENTRY.size or kind not in _CONTENTS or size > LARGEST:
        return None
    try:
        shown = read_text(name, fill=b" ")
    except NotThisFormat:
        return None
    return Part(offset + header, size, shown, _CONTENTS[kind]) if shown else None
