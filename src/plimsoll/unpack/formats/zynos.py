"""Opens the objects of ZyNOS, the operating system of Zyxel's routers and of the many that were made like them.

Source: the magic file of binwalk 2 (MIT). All numbers are big-endian. Its offsets count from the sign; that they do so
is borne out by the dump of a real configuration, of which the same file says likewise where its fields are.

offset  size  header
0       4     address
6       3     SIG
9       1     kind: 1 to 7 in flash (1 ROMIMG, 2 ROMBOOT, 3 BOOTEXT, 4 ROMBIN, 5 ROMDIR, 7 ROMMAP), 80 to 82 in memory
10      4     length of the content
14      4     stored length
18      1     flags: 80 compressed, 40 checksum of the content, 20 checksum of what is stored
20      4     the two checksums
48            content, of a compressed one what is stored

Over what and how the checksums are made no source says, so they are not verified.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

MAGIC = b"SIG"
HEADER_BYTES = 48
KINDS = {1: "ROMIMG", 2: "ROMBOOT", 3: "BOOTEXT", 4: "ROMBIN", 5: "ROMDIR", 6: "6", 7: "ROMMAP",
         0x80: "RAM", 0x81: "RAMCODE", 0x82: "RAMBOOT"}  # fmt: skip

_HEADER = struct.Struct(">I2x3sBIIBxHH")
_COMPRESSED, _FLAGS = 0x80, 0xE0
_HOLDS_CODE = frozenset({1, 2, 3, 4})
_SMALLEST = 64


def open_zynos(view: View, budget: Budget) -> Container:
    """Open the object at the beginning of a view; raise NotThisFormat unless all its fields make sense."""
    if view.size < HEADER_BYTES:
        raise NotThisFormat
    _, magic, kind, size, stored, flags, *_ = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or kind not in _HOLDS_CODE or flags & ~_FLAGS or not _SMALLEST <= size <= LARGEST:
        raise NotThisFormat
    is_compressed = bool(flags & _COMPRESSED)
    if is_compressed and not _SMALLEST <= stored <= size:
        raise NotThisFormat
    length = stored if is_compressed else size
    if HEADER_BYTES + length > view.size:
        raise NotThisFormat
    budget.check_time()
    label = f"{KINDS[kind]}, {'compressed' if is_compressed else 'not compressed'}"
    return Container(HEADER_BYTES + length, (Part(HEADER_BYTES, length, KINDS[kind]),), label)


FORMAT = Format(
    "zynos", "ZyNOS object", tuple(Magic(MAGIC + bytes([kind]), 6) for kind in sorted(_HOLDS_CODE)), open_zynos
)
