"""Opens images of Windows CE, as navigation devices and handhelds have it.

Source: Microsoft's description of the binary image data format (.bin); the structure in binwalk 3 (MIT). All numbers
are little-endian.

offset  size  header                       offset  size  record
0       7     magic B000FF and 0A          0       4     address, 0 in the last
7       4     address of the image         4       4     length; where to begin in the last
11      4     length in memory             8       4     sum of the bytes
                                           12            bytes

What comes out is the memory from the first address on.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.formats._memory import Memory
from plimsoll.unpack.limits import Budget

MAGIC = b"B000FF\n"
MOST_RECORDS = 65_536

_HEADER, _RECORD = struct.Struct("<7sII"), struct.Struct("<III")


def open_wince(view: View, budget: Budget) -> Decoded:
    """Put the image at the beginning of a view together; raise NotThisFormat unless its first record is sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, base, length = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not 0 < length <= LARGEST:
        raise NotThisFormat
    memory = Memory()
    problems: list[Message] = []
    position, count = _HEADER.size, 0
    while True:
        if position + _RECORD.size > view.size or count >= MOST_RECORDS:
            problems.append(message("cut short: the last record is missing"))
            break
        address, size, stated = _RECORD.unpack(view.slice(position, _RECORD.size))
        if not address:
            position += _RECORD.size
            break
        start = position + _RECORD.size
        if not base <= address <= address + size <= base + length or start + size > view.size:
            problems.append(message("record {number} does not fit", number=count))
            break
        budget.take_search(size)
        data = view.read(start, size)
        if sum(data) & 0xFFFF_FFFF != stated:
            problems.append(message("the checksum of record {number} is wrong", number=count))
            if not count:
                raise NotThisFormat
        memory.put(address, data)
        position = start + size
        count += 1
    if not memory.size:
        raise NotThisFormat
    content, _, more = memory.image(budget, position)
    return Decoded(position, content, f"{count} records, address {base:#x}", (*problems, *more))


FORMAT = Format("wince", "Windows CE image", (Magic(MAGIC),), open_wince)
