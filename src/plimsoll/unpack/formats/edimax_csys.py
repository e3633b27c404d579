"""Opens the kernel in firmware of Edimax's and Sweex's routers, CSYS.

Source: the public description of the firmware of the BR-6104K by those who change it. Numbers are little-endian.

offset  size  header
0       4     magic CSYS
4       4     address that it is loaded to, 80500000
8       4     length of the kernel, which is compressed with gzip, or with bzip2 in later firmware
12            kernel

Before it stand the pages of the device, which are found by their own sign. A header counts as one only when one of the
two signs follows it; of other devices, whose header is longer, no description is free of the GPL.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"CSYS"

_HEADER = struct.Struct("<4sII3s")
_START = 12
_MEMORY = range(0x80000000, 0x90000000, 4)
"""Where processors of the kind MIPS have their memory."""
_SIGNS = (b"\x1f\x8b\x08", b"BZh")
_LARGEST = 16 << 20


def open_edimax_csys(view: View, budget: Budget) -> Container:
    """Open the kernel at the beginning of a view; raise NotThisFormat when its header makes no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, address, size, sign = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or address not in _MEMORY or not len(sign) < size <= _LARGEST or sign not in _SIGNS:
        raise NotThisFormat
    budget.check_time()
    there = min(size, view.size - _START)
    label = f"loaded to {address:#010x}"
    return Container(_START + there, (Part(_START, there, "kernel"),), label, cut_short(view, _START + size))


FORMAT = Format("edimax-csys", "Edimax kernel", (Magic(MAGIC),), open_edimax_csys)
