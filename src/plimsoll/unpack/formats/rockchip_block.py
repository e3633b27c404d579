"""Opens blocks that Rockchip's tools make of a kernel, a file system or the flash's parameters: KRNL and PARM.

Source: the blocks that the real rkcrc writes. All numbers are little-endian.

offset  size  block
0       4     magic KRNL or PARM
4       4     length of the data
8             data, then its checksum, 4 bytes
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._rockchip_crc import COST, checksum
from plimsoll.unpack.limits import Budget

KERNEL = b"KRNL"
PARAMETERS = b"PARM"

_HEADER_BYTES, _CHECKSUM_BYTES = 8, 4
_LARGEST = {KERNEL: 64 << 20, PARAMETERS: 64 << 10}


def open_rockchip_block(view: View, budget: Budget) -> Container:
    """Open the block at the beginning of a view; raise NotThisFormat when its checksum is wrong.

    The sign is weak and the header holds nothing else that could be checked.
    """
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic = view.read(0, 4)
    size = int.from_bytes(view.slice(4, 4), "little")
    length = _HEADER_BYTES + size + _CHECKSUM_BYTES
    if not 0 < size <= _LARGEST.get(magic, 0) or length > view.size:
        raise NotThisFormat
    data = view.slice(_HEADER_BYTES, size)
    if magic == PARAMETERS and 0 in data[:16]:
        raise NotThisFormat
    budget.take_search(COST * size)
    if checksum(data) != int.from_bytes(view.slice(_HEADER_BYTES + size, _CHECKSUM_BYTES), "little"):
        raise NotThisFormat
    if magic == PARAMETERS:
        return Container(length, (Part(_HEADER_BYTES, size, "parameters", "known"),), "parameters")
    return Container(length, (Part(_HEADER_BYTES, size, "data"),), "data")


FORMAT = Format("rockchip-block", "Rockchip block", (Magic(KERNEL), Magic(PARAMETERS)), open_rockchip_block)
