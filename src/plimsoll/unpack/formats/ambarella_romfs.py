"""Opens the romfs of Ambarella's processors, which are in cameras; it is not the one of Linux.

Source: the Kaitai Struct description of the format in BANG, which is in the public domain (CC0), and the report that
it names. All numbers are little-endian.

offset  size  header                                 offset  size  file
0       4     number of files                        0       116   name
4       4     magic 8A 32 FC 66                      116     4     offset from the header's first byte
8       2040  FF                                     120     4     length
2048          files                                  124     4     76 AB 87 23
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries, Stretch
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

MAGIC = b"\x8a\x32\xfc\x66"
FILE_MAGIC = b"\x76\xab\x87\x23"

_HEADER_BYTES = 2048
_FILE = struct.Struct("<116sII4s")
_MOST_FILES = 4096
_FILLED = 64
"""Bytes of the header's filling that tell it from chance."""


def open_ambarella_romfs(view: View, budget: Budget) -> Archive:
    """Open the file system at the beginning of a view; raise NotThisFormat when not all its files make sense."""
    if view.size < _HEADER_BYTES + _FILE.size or view.slice(4, 4) != MAGIC:
        raise NotThisFormat
    count = int.from_bytes(view.slice(0, 4), "little")
    start = _HEADER_BYTES + count * _FILE.size
    if not 0 < count <= _MOST_FILES or start > view.size or view.slice(8, _FILLED) != b"\xff" * _FILLED:
        raise NotThisFormat
    budget.take_entries(count)
    entries = Entries(budget)
    end = start
    for name, offset, length, magic in _FILE.iter_unpack(view.slice(_HEADER_BYTES, start - _HEADER_BYTES)):
        path = name.partition(b"\0")[0]
        if magic != FILE_MAGIC or not path or (length and offset < start) or offset + length > LARGEST:
            raise NotThisFormat
        there = max(min(length, view.size - offset), 0)
        if there < length:
            entries.problem(path, message("cut short: {missing} bytes are missing", missing=length - there))
        entries.add(Node(path, "file", 0o644, size=there), Stretch(min(offset, view.size), there))
        end = max(end, min(offset + there, view.size) if length else 0)
    return entries.archive(view, end, f"{count} files")


FORMAT = Format("ambarella-romfs", "Ambarella romfs", (Magic(MAGIC + b"\xff" * 8, 4),), open_ambarella_romfs)
