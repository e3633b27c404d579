"""Opens RBL files, upgrades for the boot loader of RT-Thread, which Beken's and many other Wi-Fi chips use.

Sources: the Apache-licensed rt-fota of RT-Thread's users and the MIT-licensed ltchiptool, with which files were made.
All numbers are little-endian.

offset  size  header
0       4     magic `RBL` and a zero
4       1     encryption: 0 none, 1 XOR, 2 AES-256
5       1     compression: 0 none, 1 gzip, 2 QuickLZ, 3 FastLZ
6       6     time
12      16    name of the partition
28      24    version
52      24    version that it replaces, or serial number
76      4     CRC-32 of the content as it follows
80      4     FNV-1a hash of the content before compression
84      4     length before compression
88      4     length as it follows
92      4     CRC-32 of the header so far

In flash the same header stands behind its content; that is then found by its own signs.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"RBL\0"

_HEADER = struct.Struct("<4sBB6s16s24s24sIIIII")
_ENCRYPTIONS = {0: "", 1: "encrypted by XOR", 2: "encrypted with AES-256"}
_COMPRESSIONS = {0: "", 1: "gzip", 2: "QuickLZ", 3: "FastLZ"}


def open_rbl(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, encryption, compression, _, name, version, _, crc, _, raw, size, own = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if magic != MAGIC or zlib.crc32(view.slice(0, _HEADER.size - 4)) != own:
        raise NotThisFormat
    if encryption not in _ENCRYPTIONS or compression not in _COMPRESSIONS or not size or not raw:
        raise NotThisFormat
    said = [f"partition {_text(name)!r}, version {_text(version)!r}", _ENCRYPTIONS[encryption]]
    label = "; ".join(filter(None, [*said, _COMPRESSIONS[compression]]))
    end = _HEADER.size + size
    is_there = end <= view.size
    if is_there:
        budget.take_search(size)
        is_there = zlib.crc32(view.slice(_HEADER.size, size)) == crc
    if not is_there:
        problem = message("its content does not follow; it is damaged, or stands before the header")
        return Container(_HEADER.size, (), label, (problem,))
    content: Content = "encrypted" if encryption else "image"
    return Container(end, (Part(_HEADER.size, size, "content", content),), label)


FORMAT = Format("rbl", "upgrade for RT-Thread's boot loader", (Magic(MAGIC),), open_rbl)


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
