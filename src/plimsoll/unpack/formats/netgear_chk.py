"""Opens Netgear's CHK images: a header with the name of the board, then kernel and root file system.

Source: the handler for this format in unblob (MIT) and the structure in binwalk 3 (MIT). All numbers are big-endian.

offset  size  header
0       4     magic 2A 23 24 5E, `*#$^`
4       4     length of the header
8       8     region and version
16      8     checksums of kernel and root file system
24      8     lengths of kernel and root file system; the latter is often 0, and both in the former
32      8     checksums of the image and of the header
40            name of the board, to the end of the header

The checksums are sums of the maker's own kind that no source we may use describes, and are not verified.
"""

from __future__ import annotations

import re
import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"*#$^"
MOST_BOARD_BYTES = 64

_HEADER = struct.Struct(">4sI8xIIII8x")
_BOARD = re.compile(rb"[A-Za-z0-9][\w.+-]*\0*\Z")


def open_chk(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, start, _, _, kernel, root = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not _HEADER.size < start <= _HEADER.size + MOST_BOARD_BYTES or start > view.size:
        raise NotThisFormat
    board = view.read(_HEADER.size, start - _HEADER.size)
    end = start + kernel + root
    if not _BOARD.match(board) or end == start or end > LARGEST:
        raise NotThisFormat
    budget.check_time()
    claims = (("kernel", start, kernel), ("root file system", start + kernel, root))
    parts = tuple(
        Part(offset, min(size, view.size - offset), name)
        for name, offset, size in claims
        if size and offset < view.size
    )
    label = f"board {board.rstrip(bytes(1)).decode('ascii')}"
    return Container(min(end, view.size), parts, label, cut_short(view, end))


FORMAT = Format("netgear-chk", "Netgear CHK image", (Magic(MAGIC),), open_chk)
