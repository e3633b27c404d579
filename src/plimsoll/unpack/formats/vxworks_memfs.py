"""Opens the file system in memory of routers that run VxWorks, as TP-Link, Linksys and others sell them.

Source: the Kaitai Struct description of the format in BANG, which is in the public domain (CC0), and the articles on
such routers that it names. Numbers are big-endian.

offset  size  header                                 offset  size  file
0       32    magic, `ow` sixteen times              0       40    name
32      4     version, 1                             40      4     length
36      4     number of files                        44      4     offset from the header's first byte
44            files, 48 bytes each

Files are mostly streams of LZMA, which are opened in their turn.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries, Stretch
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

MAGIC = b"ow" * 16

_HEADER = struct.Struct(">32sII4x")
_FILE = struct.Struct(">40sII")
_VERSION = 1
_MOST_FILES = 16_384
_PRINTABLE = bytes(range(0x20, 0x7F))


def open_vxworks_memfs(view: View, budget: Budget) -> Archive:
    """Open the file system at the beginning of a view; raise NotThisFormat when not all its files make sense."""
    if view.size < _HEADER.size + _FILE.size:
        raise NotThisFormat
    magic, version, count = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + count * _FILE.size
    if magic != MAGIC or version != _VERSION or not 0 < count <= _MOST_FILES or start > view.size:
        raise NotThisFormat
    budget.take_entries(count)
    entries = Entries(budget)
    end = start
    for name, length, offset in _FILE.iter_unpack(view.slice(_HEADER.size, start - _HEADER.size)):
        path = name.partition(b"\0")[0]
        if not path or path.translate(None, _PRINTABLE) or (length and offset < start) or offset + length > LARGEST:
            raise NotThisFormat
        there = max(min(length, view.size - offset), 0)
        if there < length:
            entries.problem(path, message("cut short: {missing} bytes are missing", missing=length - there))
        entries.add(Node(path, "file", 0o644, size=there), Stretch(min(offset, view.size), there))
        end = max(end, min(offset + there, view.size) if length else 0)
    return entries.archive(view, end, f"{count} files")


FORMAT = Format("vxworks-memfs", "VxWorks file system in memory", (Magic(MAGIC),), open_vxworks_memfs)
