"""Opens DMS firmware, in which each two numbers of 16 bits are exchanged.

Source: the structure, the signature and the extractor in binwalk 3 (MIT). Of the clear bytes, all numbers big-endian:

offset  size  header
0       2     not known
2       2     MG
4       4     <10>
12      4     length, header included
16            image
"""

from __future__ import annotations

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"0><1"
HEADER_BYTES = 16

_SIGN = b"MG<10>"
_SHORTEST = 256


def open_dms(view: View, budget: Budget) -> Decoded:
    """Put the image at the beginning of a view right; raise NotThisFormat when its header is not sound."""
    if view.size < _SHORTEST:
        raise NotThisFormat
    head = exchanged(view.slice(0, HEADER_BYTES))
    size = int.from_bytes(head[12:], "big")
    if head[2:8] != _SIGN or not _SHORTEST <= size <= LARGEST or size % 4:
        raise NotThisFormat
    there = min(size, view.size // 4 * 4)
    budget.take_output(there, there)
    return Decoded(there, exchanged(view.slice(0, there)), "", cut_short(view, size))


FORMAT = Format("dms", "DMS firmware", (Magic(MAGIC, 4),), open_dms)


def exchanged(data: bytes | memoryview) -> bytes:
    """Exchange each two numbers of 16 bits; the length is a multiple of four."""
    found = bytearray(len(data))
    for at, other in ((0, 2), (1, 3), (2, 0), (3, 1)):
        found[at::4] = data[other::4]
    return bytes(found)
