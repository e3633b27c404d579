"""Opens the header that Linksys' WRT54G and its kin have before a TRX image.

Source: the structure in binwalk 3 and the magic file of binwalk 2 (MIT). Numbers are little-endian.

offset  size  header
0       4     board, text
4       4     zeros
8       3     date: year, month, day
11      3     version of the firmware
14      4     U2ND
18      1     processor: 0 4702, 1 4712, 2 4712L, 3 4704
19      13    zeros; in later firmware some of them hold more
32            image, which has a length of its own
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"U2ND"
HEADER_BYTES = 32
PROCESSORS = ("4702", "4712", "4712L", "4704")

_HEADER = struct.Struct("<4sI3B3B4sB3x10s")


def open_linksys_u2nd(view: View, budget: Budget) -> Container:
    """Read the header at the beginning of a view; raise NotThisFormat when a field of it makes no sense."""
    if view.size < HEADER_BYTES:
        raise NotThisFormat
    board, zeros, year, month, day, *version, magic, processor, filling = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or zeros or any(filling) or processor >= len(PROCESSORS):
        raise NotThisFormat
    name = read_text(board)
    if len(name) != len(board) or not 0 < month <= 12 or not 0 < day <= 31 or year > 99:
        raise NotThisFormat
    budget.check_time()
    label = f"board {name}, version {'.'.join(map(str, version))}, processor {PROCESSORS[processor]}"
    return Container(HEADER_BYTES, (), label)


FORMAT = Format("linksys-u2nd", "Linksys header before TRX", (Magic(MAGIC, 14),), open_linksys_u2nd)
