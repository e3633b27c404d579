"""Opens partitions for Mediatek processors that have a header of their own: boot loader, logo, kernel and others.

Source: images that the real mkimage made. What other tools put behind the second magic is not read. All
numbers are little-endian.

offset  size  header, 512 bytes
0       4     magic 88 16 88 58
4       4     length of the data
8       32    name
40      4     load address
44      4     mode, ff ff ff ff
48            ff; or a second magic 89 16 89 58 and more fields, among them its own length
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of, text_field
from plimsoll.unpack.limits import Budget

MAGIC = b"\x88\x16\x88\x58"
HEADER_BYTES = 512
LARGEST = 512 << 20
"""Longest data that is believed."""

_HEADER = struct.Struct("<4sI32sII")
_SECOND = b"\x89\x16\x89\x58"
_TAIL = 128
_KNOWN = ("lk", "atf", "tee", "u-boot", "scp", "sspm", "spmfw", "dtb", "cert", "tinysys", "uboot")
"""Beginnings of the names of programs, device trees and signatures."""


def open_mediatek_partition(view: View, budget: Budget) -> Container:
    """Open the partition at the beginning of a view; raise NotThisFormat when its header makes no sense."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, size, name, address, _ = _HEADER.unpack(view.slice(0, _HEADER.size))
    shown = text_field(name)
    if magic != MAGIC or not 0 < size <= LARGEST or not shown or name.rstrip(b"\0").count(b"\0"):
        raise NotThisFormat
    filling = view.read(_TAIL, HEADER_BYTES - _TAIL)
    is_second = view.slice(_HEADER.size, 4) == _SECOND
    if filling.strip(filling[:1]) or filling[0] not in (0x00, 0xFF):
        raise NotThisFormat
    if not is_second and view.read(_HEADER.size, _TAIL - _HEADER.size).strip(filling[:1]):
        raise NotThisFormat
    budget.check_time()
    problems: list[Message] = []
    length = min(HEADER_BYTES + size, view.size)
    content: Content = "known" if shown.lower().startswith(_KNOWN) else "image"
    parts = parts_of([Claim(shown, HEADER_BYTES, size, content)], length, problems)
    return Container(length, parts, f"{shown}, load address {address:#x}", tuple(problems))


FORMAT = Format("mediatek-partition", "Mediatek partition", (Magic(MAGIC),), open_mediatek_partition)
