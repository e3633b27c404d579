"""Opens D-Link's firmware of the DKBS kind, as its access points and others have it.

Source: the structure and signature in binwalk 3 (MIT). The header is that of WRGG images without their magic.

offset  size  header
0       32    board, with `_dkbs_` at 7
40      32    version
104     4     length of the image, in either order of bytes: big-endian unless its high byte is not zero
112     32    device that it goes to
160           image
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"_dkbs_"
HEADER_BYTES = 160

_HEADER = struct.Struct("32s8x32s32x4s4x32s")


def open_dkbs(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    first, second, number, third = _HEADER.unpack(view.slice(0, _HEADER.size))
    board, version, device = map(read_text, (first, second, third))
    size = int.from_bytes(number, "little" if number[0] else "big")
    if first[7 : 7 + len(MAGIC)] != MAGIC or not version or not device or not 0 < size <= LARGEST:
        raise NotThisFormat
    budget.check_time()
    end = HEADER_BYTES + size
    there = min(end, view.size)
    part = Part(HEADER_BYTES, there - HEADER_BYTES, "image")
    return Container(there, (part,), f"{board}, {version}, {device}", cut_short(view, end))


FORMAT = Format("dlink-dkbs", "D-Link DKBS firmware", (Magic(MAGIC, 7),), open_dkbs)
