"""Opens firmware of ANJVision's cameras, which many brands sell.

Source: the Kaitai Struct description of the format in BANG, which is in the public domain (CC0). All numbers are
little-endian.

offset  size  header
0       8     magic ANJOY888
12      4     length of the file
16      4     3
20      4     length of the header
24      4     length of the boot loader, which follows the header; then comes the file system
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"ANJOY888"

_HEADER = struct.Struct("<8s4xIIII4x")
_KIND = 3
_LONGEST_HEADER = 1 << 20


def open_anjvision(view: View, budget: Budget) -> Container:
    """Open the firmware at the beginning of a view; raise NotThisFormat when its lengths do not fit together."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, length, kind, header, loader = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or kind != _KIND or not _HEADER.size <= header <= _LONGEST_HEADER:
        raise NotThisFormat
    if not header + loader < length <= LARGEST or header >= view.size:
        raise NotThisFormat
    budget.check_time()
    there = min(length, view.size)
    cuts = [(header, header + loader, "boot loader"), (header + loader, length, "file system")]
    parts = tuple(Part(one, min(end, there) - one, name) for one, end, name in cuts if one < min(end, there))
    return Container(there, parts, "", cut_short(view, length))


FORMAT = Format("anjvision", "ANJVision firmware", (Magic(MAGIC),), open_anjvision)
