"""Opens firmware of TP-Link's and Mercury's routers that run VxWorks or another small operating system.

Source: the structure in binwalk 3 (MIT), and the sign IMG0 in the magic file of binwalk 2 (MIT). All numbers are
big-endian.

offset  size  header
0       4     magic 00 14 2F C0
4       16    not known
20      4     IMG0
24      4     length of the image, counted from offset 20
28      2     number of the model
30      1     revision of the hardware
148           image: boot loader, operating system, MINIFS
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"\x00\x14\x2f\xc0"
HEADER_BYTES = 148

_HEADER = struct.Struct(">4s16x4sIHB")
_SIGN = b"IMG0"
_COUNTED_FROM = 20


def open_tplink_rtos(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, sign, size, model, revision = _HEADER.unpack(view.slice(0, _HEADER.size))
    end = _COUNTED_FROM + size
    if magic != MAGIC or sign != _SIGN or not HEADER_BYTES < end <= LARGEST:
        raise NotThisFormat
    budget.check_time()
    there = min(end, view.size)
    label = f"model {model:x}, hardware {revision:x}"
    return Container(there, (Part(HEADER_BYTES, there - HEADER_BYTES, "image"),), label, cut_short(view, end))


FORMAT = Format("tplink-rtos", "TP-Link RTOS firmware", (Magic(MAGIC),), open_tplink_rtos)
