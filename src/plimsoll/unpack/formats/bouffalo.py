"""Opens images for Bouffalo Lab's chips BL602 and BL702 behind their boot header.

Source: the Apache-licensed kit for the chips. All numbers are little-endian.

offset  size  header
0       4     magic BFNP
8       4     magic FCFG; settings of the flash; at 96 CRC-32 of those from 12 on
100     4     magic PCFG; settings of the clock; at 112 CRC-32 of those from 104 on
116     4     flags: bits 0-1 signed, 2-3 encrypted, 8 no segments, 16 CRC and 17 hash not looked at
120     4     length of the image, or count of segments
124     4     entry point
128     4     offset of the image in flash
132     32    SHA-256 of the image
172     4     CRC-32 of the header so far

In files for the flash, the image begins at the offset that the header gives, counted from the header.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"BFNP"

_HEADER_BYTES = 176
_FLASH, _CLOCK = (b"FCFG", 8, 96), (b"PCFG", 100, 112)
_FIELDS = struct.Struct("<IIII32s")
_FIELDS_AT, _CRC_AT = 116, 172
_ABSENT = 0xDEADBEEF
"""What stands for a checksum that was left out."""
_SIGNED, _ENCRYPTED, _WHOLE, _NO_CRC, _NO_HASH = 3, 3 << 2, 1 << 8, 1 << 16, 1 << 17
_ALGORITHMS = {1: "AES-128", 2: "AES-256", 3: "AES-192"}
_MOST = 16 << 20


def open_bouffalo(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a checksum of its header is wrong."""
    if view.size < _HEADER_BYTES or view.read(0, 4) != MAGIC:
        raise NotThisFormat
    for magic, start, end in (_FLASH, _CLOCK):
        if view.read(start, 4) != magic or not _is_right(view, start + 4, end):
            raise NotThisFormat
    flags, size, entry, start, digest = _FIELDS.unpack(view.slice(_FIELDS_AT, _FIELDS.size))
    if not _is_right(view, 0, _CRC_AT) and not flags & _NO_CRC:
        raise NotThisFormat
    algorithm = _ALGORITHMS.get((flags & _ENCRYPTED) >> 2, "")
    said = [f"entry at {entry:#010x}", f"encrypted with {algorithm}" if algorithm else ""]
    label = "; ".join(filter(None, [*said, "signed" if flags & _SIGNED else "not signed"]))
    if not flags & _WHOLE or not 0 < size <= _MOST or not _HEADER_BYTES <= start < view.size:
        return Container(_HEADER_BYTES, (), label)
    there = min(size, view.size - start)
    problems: list[Message] = []
    if there < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - there))
    elif not flags & _NO_HASH and digest[:4] != _ABSENT.to_bytes(4, "little"):
        budget.take_search(size)
        if hashlib.sha256(view.slice(start, size)).digest() != digest:
            problems.append(message("the SHA-256 of the image is wrong"))
    content: Content = "encrypted" if algorithm else "known"
    return Container(start + there, (Part(start, there, "image", content),), label, tuple(problems))


FORMAT = Format("bouffalo", "image for Bouffalo Lab's chips", (Magic(MAGIC),), open_bouffalo)


def _is_right(view: View, start: int, end: int) -> bool:
    stored = int.from_bytes(view.slice(end, 4), "little")
    return stored in (zlib.crc32(view.slice(start, end - start)), _ABSENT)
