"""Opens BNEG images, the firmware of Instar's older cameras.

Source: the handler for this format in unblob (MIT). All numbers are little-endian.

offset  size  header
0       4     magic BNEG
4       8     version 1.1, two numbers
12      8     lengths of two partitions
20            the partitions
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"BNEG" + struct.pack("<II", 1, 1)

_HEADER = struct.Struct("<12sII")


def open_bneg(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when the first partition is not all there."""
    if view.size <= _HEADER.size:
        raise NotThisFormat
    magic, first, second = _HEADER.unpack(view.slice(0, _HEADER.size))
    end = _HEADER.size + first + second
    if magic != MAGIC or not 0 < first <= view.size - _HEADER.size or not second or end > LARGEST:
        raise NotThisFormat
    budget.check_time()
    claims = (("partition 1", _HEADER.size, first), ("partition 2", _HEADER.size + first, second))
    parts = tuple(
        Part(offset, min(size, view.size - offset), name) for name, offset, size in claims if offset < view.size
    )
    return Container(min(end, view.size), parts, "version 1.1", cut_short(view, end))


FORMAT = Format("instar-bneg", "Instar BNEG firmware", (Magic(MAGIC),), open_bneg)
