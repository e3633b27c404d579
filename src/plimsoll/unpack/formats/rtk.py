"""Opens firmware with the header RTK0, which cameras with Realtek's processors have.

Source: the structure and signature in binwalk 3 (MIT). All numbers are little-endian.

offset  size  header
0       4     magic RTK0
4       4     length of the file
8       4     checksum, of which no source says how it is made
16      4     length of the header without its first four bytes
28      4     identity
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"RTK0"

_HEADER = struct.Struct("<4sI8xI8xI")
_MOST_HEADER_BYTES = 4096


def open_rtk(view: View, budget: Budget) -> Container:
    """Open the file that a view consists of; raise NotThisFormat unless it is as long as its header says."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, size, header, identity = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = header + len(MAGIC)
    if magic != MAGIC or size != view.size or not _HEADER.size <= start <= min(_MOST_HEADER_BYTES, view.size - 1):
        raise NotThisFormat
    budget.check_time()
    return Container(view.size, (Part(start, view.size - start, "image"),), f"identity {identity:08x}")


FORMAT = Format("rtk", "Realtek RTK0 firmware", (Magic(MAGIC),), open_rtk, carve=False)
