"""Opens the header before TRX images of Linksys routers with Broadcom processors.

Source: the structure and signature in binwalk 3 (MIT). The header says nothing of the length of what follows, which is
looked at on its own.

offset  size  header
0       4     code of the board, four letters
4       4     zero
8       4     date
12      2     version of the firmware
14      4     magic U2ND
18      1     kind of the hardware, 0 to 3
19      11    zeros
30      2     not known
"""

from __future__ import annotations

import re
import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

MAGIC = b"U2ND"
HEADER_BYTES = 32

_HEADER = struct.Struct("<4s4s4xBB4sB11s")
_BOARD = re.compile(rb"[\x21-\x7e]{4}\Z")
_HARDWARE = ("4702", "4712", "4712L", "4704")


def open_linksys_bin(view: View, budget: Budget) -> Container:
    """Open the header at the beginning of a view; raise NotThisFormat when it is not sound."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    board, first, major, minor, magic, hardware, last = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or any(first) or any(last) or hardware >= len(_HARDWARE) or not _BOARD.match(board):
        raise NotThisFormat
    budget.check_time()
    label = f"board {board.decode('ascii')}, hardware {_HARDWARE[hardware]}, version {major}.{minor}"
    return Container(HEADER_BYTES, (), label)


FORMAT = Format("linksys-bin", "Linksys firmware header", (Magic(MAGIC, 14),), open_linksys_bin)
