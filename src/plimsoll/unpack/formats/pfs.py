"""Opens PFS archives, in which DrayTek's routers and others hold their web pages.

Source: the plugin for this format in binwalk 2 and its signature (MIT); draytek-arsenal by Faraday (MIT). All numbers
are little-endian.

offset  size  header
0       4     PFS/
4       8     version, such as 0.9, filled up with zeros
14      2     number of files

offset  size  file
0             name, filled up with zeros, with backslashes between folders; how long the field is no source says
-12     4     number
-8      4     offset
-4      4     length

The contents follow the list one after the other in its order. The field of the name is as long as the first name and
the zeros behind it.
"""

from __future__ import annotations

import re
import struct

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries, Stretch
from plimsoll.unpack.formats._archive import cut_short as missing_at_end
from plimsoll.unpack.limits import Budget

MAGIC = b"PFS/"
MOST_NAME_BYTES = 128

_HEADER_BYTES = 16
_VERSION = re.compile(rb"PFS/(\d\.\d{1,3})\0")
_NAME = re.compile(rb"([\x21-\x7e][\x20-\x7e]*)\0*\Z")
_PLACE = struct.Struct("<4xII")


def open_pfs(view: View, budget: Budget) -> Archive:
    """Open the archive at the beginning of a view; raise NotThisFormat when its list is not sound."""
    head = view.read(0, min(view.size, _HEADER_BYTES + MOST_NAME_BYTES))
    version = _VERSION.match(head)
    count = int.from_bytes(head[14:16], "little")
    if version is None or not count:
        raise NotThisFormat
    field = _name_bytes(head[_HEADER_BYTES:])
    pitch = field + _PLACE.size
    start = _HEADER_BYTES + count * pitch
    if start > view.size:
        raise NotThisFormat
    budget.take_entries(count)
    entries = Entries(budget)
    position = start
    for at in range(_HEADER_BYTES, start, pitch):
        name = _NAME.match(view.read(at, field))
        if name is None:
            raise NotThisFormat
        _, size = _PLACE.unpack(view.slice(at + field, _PLACE.size))
        entries.add(Node(name[1].replace(b"\\", b"/"), "file", size=size), Stretch(position, size))
        position += size
        if position - start > budget.limits.output_bytes:
            raise NotThisFormat
    if position > view.size:
        entries.problem(b"", missing_at_end(position - view.size).reason)
    return entries.archive(view, min(position, view.size), f"version {version[1].decode('ascii')}")


FORMAT = Format("pfs", "PFS archive", (Magic(MAGIC),), open_pfs)


def _name_bytes(data: bytes) -> int:
    """Give how long the field of the name is; raise NotThisFormat when nothing follows the zeros behind it."""
    end = data.find(b"\0")
    rest = data[end:].lstrip(b"\0") if end > 0 else b""
    if not rest:
        raise NotThisFormat
    return len(data) - len(rest)
