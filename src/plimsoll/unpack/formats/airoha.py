"""Opens firmware of Airoha's Bluetooth chips, which are in earbuds and headphones.

Source: the handler for this format in unblob (MIT). All numbers are little-endian.

offset  size  header
0       32    SHA-256 of the rest of the file
32      224   FF
256     4     11 00 0A 00: the first field, of 10 bytes
260     1     compression: 0 none, 1 LZMA, 2 LZMA in AES
261     1     check: 0 CRC-32, 1 SHA-256, 2 SHA-256 with RSA
262     8     firmware: offset, length
270           more fields

Of the file the digest is verified only where it ends with the firmware. The key of an encrypted one is the maker's.
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"\xff" * 16 + b"\x11\0\x0a\0"
COMPRESSIONS = ("not compressed", "LZMA", "LZMA in AES")
CHECKS = ("CRC-32", "SHA-256", "SHA-256 with RSA")

_DIGEST_BYTES, _START = 32, 256
_HEADER = struct.Struct("<4sBBII")
_LARGEST_START = 1 << 20


def open_airoha(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size <= _START + _HEADER.size:
        raise NotThisFormat
    if view.slice(_DIGEST_BYTES, _START - _DIGEST_BYTES) != b"\xff" * (_START - _DIGEST_BYTES):
        raise NotThisFormat
    sign, compression, check, start, size = _HEADER.unpack(view.slice(_START, _HEADER.size))
    if sign != MAGIC[16:] or compression >= len(COMPRESSIONS) or check >= len(CHECKS):
        raise NotThisFormat
    if not _START + _HEADER.size <= start <= min(_LARGEST_START, view.size - 1) or not 0 < size <= LARGEST:
        raise NotThisFormat
    end = start + size
    there = min(end, view.size)
    problems: list[Message] = list(cut_short(view, end))
    if end == view.size:
        budget.take_search(end)
        if hashlib.sha256(view.slice(_DIGEST_BYTES, end - _DIGEST_BYTES)).digest() != view.slice(0, _DIGEST_BYTES):
            problems.append(message("the SHA-256 of the file is wrong"))
    part = Part(start, there - start, "firmware", "encrypted" if compression == 2 else "image")
    return Container(there, (part,), f"{COMPRESSIONS[compression]}, {CHECKS[check]}", tuple(problems))


FORMAT = Format("airoha", "firmware for Airoha's chips", (Magic(MAGIC, _START - 16),), open_airoha)
