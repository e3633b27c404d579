"""Opens programs for Telink's Zigbee and Bluetooth chips.

Source: the Apache-licensed kits for the chips TLSR82xx. All numbers are little-endian.

offset  size  header
0       8     jump to the program, version
8       4     magic KNLT
12      4     00 88 in its upper half, length of the code that runs in RAM
16      8     jump for interrupts
24      4     length of the program, checksum included

The last four bytes are the CRC-32 of everything before without its last inversion. Kits for Bluetooth alone may leave
it out; the length is then all there is to check.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"KNLT"

_HEADER = struct.Struct("<II4sHHIII")
_MARK = 0x0088
_LEAST, _MOST = 1024, 4 << 20


def open_telink(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when neither checksum nor header fits."""
    if view.size < _LEAST:
        raise NotThisFormat
    _, _, magic, _, mark, _, _, length = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not _LEAST <= length <= _MOST or length % 4:
        raise NotThisFormat
    if length > view.size:
        if mark != _MARK:
            raise NotThisFormat
        problem = message("cut short: {missing} bytes are missing", missing=length - view.size)
        return Container(view.size, (_program(view.size),), "", (problem,))
    budget.take_search(length)
    crc = zlib.crc32(view.slice(0, length - 4))
    if int.from_bytes(view.slice(length - 4, 4), "little") in (crc, crc ^ 0xFFFFFFFF):
        return Container(length, (_program(length),), "CRC-32")
    if mark != _MARK:
        raise NotThisFormat
    return Container(length, (_program(length),), "", (message("its CRC-32 is wrong, or there is none"),))


FORMAT = Format("telink", "program for Telink's chips", (Magic(MAGIC, 8),), open_telink)


def _program(length: int) -> Part:
    return Part(_HEADER.size, length - _HEADER.size, "program", "known")
