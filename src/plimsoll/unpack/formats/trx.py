"""Opens TRX images, the wrapping of firmware for routers with Broadcom processors, versions 1 and 2.

Source: public descriptions of the header in the wikis of OpenWrt and Embedded Xinu. All numbers are little-endian.

offset  size  header
0       4     magic HDR0
4       4     length of the image, header included
8       4     CRC-32 without its last inversion, from offset 12 to the end of the image
12      2     flags
14      2     version, 1 or 2
16      12    offsets of three partitions from the header's first byte, 0 for none; of four in version 2, 16 bytes
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"HDR0"

_HEADER = struct.Struct("<4sIIHH")
_CHECKED_FROM = 12
_PARTITIONS = {1: 3, 2: 4}


def open_trx(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its offsets are not sound.

    What is cut short or has a wrong checksum is a problem, and what there is of its partitions is still a part.
    """
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, length, checksum, _, version = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or version not in _PARTITIONS:
        raise NotThisFormat
    table = struct.Struct(f"<{_PARTITIONS[version]}I")
    start = _HEADER.size + table.size
    if start > view.size:
        raise NotThisFormat
    offsets = [offset for offset in table.unpack(view.slice(_HEADER.size, table.size)) if offset]
    if not offsets or not all(start <= offset < length for offset in offsets):
        raise NotThisFormat
    budget.check_time()
    image = view.cut(0, min(length, view.size))
    problems: list[Message] = []
    if image.size < length:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - image.size))
    elif zlib.crc32(image.buffer[_CHECKED_FROM:]) ^ 0xFFFFFFFF != checksum:
        problems.append(message("the checksum of the image is wrong"))
    return Container(image.size, _parts(start, offsets, image.size), f"version {version}", tuple(problems))


FORMAT = Format("trx", "TRX image", (Magic(MAGIC),), open_trx)


def _parts(start: int, offsets: list[int], end: int) -> tuple[Part, ...]:
    """Cut what is there at the offsets; what lies before the first of them is a part without a name."""
    names = {offset: f"partition {number}" for number, offset in reversed(list(enumerate(offsets, 1)))}
    cuts = sorted({start, end, *(offset for offset in offsets if offset < end)})
    return tuple(Part(one, following - one, names.get(one, "")) for one, following in pairwise(cuts))
