"""Recognises the table of partitions that Allwinner's boot loaders keep in flash, softw411.

Source: tables that the real sunxi-nand-part wrote. All numbers are little-endian; the table takes 16 KiB.

offset  size  header                                  offset  size  partition
0       4     CRC-32 of all that follows              0       8     first sector (high half, low half)
4       4     version, 00 02 00 00                    8       8     sectors (high half, low half)
8       8     magic softw411                          16      16    class
16      4     copies                                  32      16    name
20      4     number of this copy                     48      80    more
24      4     partitions
32            partitions, 128 bytes each

Where sector 0 is in an image depends on how it was made, so the partitions are told and not cut.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import SHOWN_BYTES, text_field
from plimsoll.unpack.limits import Budget

MAGIC = b"\x00\x02\x00\x00softw411"
TABLE_BYTES = 16 << 10
MOST_PARTITIONS = 120

_HEADER = struct.Struct("<I12sIII4x")
_PARTITION = struct.Struct("<4I16s16s80x")


def open_allwinner_partitions(view: View, budget: Budget) -> Container:
    """Recognise the table at the beginning of a view; raise NotThisFormat when its checksum is wrong."""
    if view.size < TABLE_BYTES:
        raise NotThisFormat
    checksum, magic, _, copy, count = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or count > MOST_PARTITIONS:
        raise NotThisFormat
    budget.take_search(TABLE_BYTES)
    if zlib.crc32(view.slice(4, TABLE_BYTES - 4)) != checksum:
        raise NotThisFormat
    names = [text_field(name) for *_, name in _PARTITION.iter_unpack(view.slice(_HEADER.size, count * _PARTITION.size))]
    return Container(TABLE_BYTES, (), f"copy {copy}, partitions {' '.join(names)}"[:SHOWN_BYTES])


FORMAT = Format(
    "allwinner-partitions", "Allwinner partitions", (Magic(MAGIC, 4),), open_allwinner_partitions, only_recognised=True
)
