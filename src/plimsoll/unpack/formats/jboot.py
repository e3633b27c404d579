"""Opens kernels behind the SCH2 header of JBOOT, the boot loader of D-Link routers that Cameo makes.

Source: the structure in binwalk 3 (MIT). All numbers are little-endian.

offset  size  header
0       2     magic 24 21
2       1     compression: 0 none, 1 jz, 2 gzip, 3 LZMA
3       1     version, 2
4       4     address that the kernel starts at
8       8     kernel: length, CRC-32
16      4     address that the kernel is loaded to
20      12    root file system: address in flash, length, CRC-32
32      4     CRC-32 of the header, this field taken as zero
36      2     length of the header, 40
38      2     length of the command line
40            kernel

The root file system lies elsewhere in flash and is looked at on its own.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

_HEADER = struct.Struct("<2sBB8I2H")
_COMPRESSIONS = ("", "jz", "gzip", "LZMA")
_VERSION = 2
MAGICS = tuple(bytes((0x24, 0x21, number, _VERSION)) for number in range(len(_COMPRESSIONS)))


def open_jboot(view: View, budget: Budget) -> Container:
    """Open the kernel at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong."""
    if view.size <= _HEADER.size:
        raise NotThisFormat
    header = view.read(0, _HEADER.size)
    _, compression, _, entry, size, kernel, _, _, _, _, checksum, length, _ = _HEADER.unpack(header)
    if header[:4] not in MAGICS or length != _HEADER.size or not 0 < size <= LARGEST:
        raise NotThisFormat
    if zlib.crc32(header[:32] + bytes(4) + header[36:]) != checksum:
        raise NotThisFormat
    end = _HEADER.size + size
    data = view.slice(_HEADER.size, min(end, view.size) - _HEADER.size)
    budget.take_search(len(data))
    problems: list[Message] = list(cut_short(view, end))
    if not problems and zlib.crc32(data) != kernel:
        problems.append(message("the checksum of the kernel is wrong"))
    label = ", ".join(filter(None, (_COMPRESSIONS[compression], f"entry {entry:#x}")))
    return Container(_HEADER.size + len(data), (Part(_HEADER.size, len(data), "kernel"),), label, tuple(problems))


FORMAT = Format("jboot", "JBOOT kernel", tuple(map(Magic, MAGICS)), open_jboot)
