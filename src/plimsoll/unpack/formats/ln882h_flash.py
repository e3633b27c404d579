"""Opens the flash of Lightning Semiconductor's chip LN882H as it is dumped or merged.

Source: the maker's tools that make it, under the Apache licence, as ltchiptool (MIT) has them. All numbers are
little-endian.

offset  what                                   offset  size  boot loader
0       boot loader                            0       4     address that it is loaded to
6000    partitions, up to one that is none     4       16    lengths, checksum, vectors, protection
7000    partitions' contents                   20      4     CRC-32 of these 20 bytes

offset  size  partition
0       4     kind: 0 program, 1 upgrade, 2 and 3 keys and values, 4 settings, 5 of the maker
4       8     offset, length
12      4     CRC-32 of these 12 bytes

It is looked for at the beginning only: it has no sign of its own. Where the program is the first partition it must
directly follow the table to be found: zeros alone stand in too many files.
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

TABLE_AT = 0x6000
NAMES = ("program", "upgrade", "keys and values", "keys and values of the system", "settings", "of the maker")

_LOADER_CRC_AT = 20
_TABLE_BYTES = 0x1000
_ENTRY = struct.Struct("<IIII")
_FEWEST, _MOST = 3, 32
_LARGEST = 32 << 20


def open_ln882h_flash(view: View, budget: Budget) -> Container:
    """Open the flash that begins with a view; raise NotThisFormat when a checksum of its table is wrong."""
    if view.size < TABLE_AT + _TABLE_BYTES:
        raise NotThisFormat
    if zlib.crc32(view.slice(0, _LOADER_CRC_AT)) != int.from_bytes(view.slice(_LOADER_CRC_AT, 4), "little"):
        raise NotThisFormat
    claims = [Claim("boot loader", 0, TABLE_AT, "known")]
    for kind, offset, length, own in _ENTRY.iter_unpack(view.slice(TABLE_AT, _MOST * _ENTRY.size)):
        if kind >= len(NAMES) or not length:
            break
        is_right = zlib.crc32(_ENTRY.pack(kind, offset, length, own)[:12]) == own
        if not is_right or not TABLE_AT + _TABLE_BYTES <= offset <= offset + length <= _LARGEST:
            raise NotThisFormat
        claims.append(Claim(NAMES[kind], offset, min(length, max(view.size - offset, 0))))
    if len(claims) <= _FEWEST:
        raise NotThisFormat
    budget.check_time()
    problems: list[Message] = []
    end = max(one.offset + one.length for one in claims if one.length)
    return Container(end, parts_of(claims, end, problems), f"{len(claims) - 1} partitions", tuple(problems))


FORMAT = Format(
    "ln882h-flash",
    "flash of the chip LN882H",
    (
        Magic(struct.pack("<II", 0, TABLE_AT + _TABLE_BYTES), TABLE_AT),
        *(Magic(kind.to_bytes(4, "little"), TABLE_AT) for kind in range(1, len(NAMES))),
    ),
    open_ln882h_flash,
    carve=False,
)
