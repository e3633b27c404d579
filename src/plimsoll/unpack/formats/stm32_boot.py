"""Opens boot programs of ST's STM32MP processors behind a header of 256 bytes, version 1.

Source: ST's public wiki, "STM32 header for binary files"; images that the real mkimage made. All numbers are
little-endian.

offset  size  header
0       4     magic STM2
4       64    signature
68      4     sum of all bytes of the program
72      4     version of the header, 00 00 01 00
76      4     length of the program
80      4     address where it begins to run
88      4     load address
96      4     version of the program, which may not go back
100     4     options: 1 when it is not signed
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"STM2"
HEADER_BYTES = 256
LARGEST = 16 << 20
"""Longest program that is believed."""

_HEADER = struct.Struct("<4s64s3I8xI4xII")
_VERSION = 0x10000
_NOT_SIGNED = 1


def open_stm32_boot(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its sum is wrong."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, signature, wanted, version, size, address, lowest, options = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or version != _VERSION or not 0 < size <= min(LARGEST, view.size - HEADER_BYTES):
        raise NotThisFormat
    budget.take_search(size)
    if sum(view.slice(HEADER_BYTES, size)) & 0xFFFFFFFF != wanted:
        raise NotThisFormat
    is_signed = any(signature) and not options & _NOT_SIGNED
    said = [f"load address {address:#x}", f"version {lowest}", "signed" if is_signed else "not signed"]
    return Container(HEADER_BYTES + size, (Part(HEADER_BYTES, size, "program", "known"),), ", ".join(said))


FORMAT = Format("stm32-boot", "STM32MP boot program", (Magic(MAGIC),), open_stm32_boot)
