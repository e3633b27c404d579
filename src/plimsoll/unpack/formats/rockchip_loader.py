"""Opens loaders for Rockchip processors, which a tool sends over USB and a device keeps at the start of its storage.

Source: the crate `rockfile` (MIT or Apache-2.0), which reads them. All numbers are little-endian.

offset  size  header                                     offset  size  entry
0       4     magic BOOT or `LDR `                       0       1     length of the entry, 57
4       2     length of the header, 102                  1       4     kind
6       4     version                                    5       40    name, UTF-16
10      4     version of the tool                        45      4     offset of the data
14      7     time of making                             49      4     length of the data
21      4     processor                                  53      4     delay
25      18    three lists of entries: number of them (1), offset (4), length of one (1)
43      2     flags: signed, RC4
102           entries, their data; a checksum

The lists are those that make the memory work, that speak USB, and that a device starts from. Programs may be
scrambled with RC4.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.formats._rockchip_crc import COST, checksum
from plimsoll.unpack.limits import Budget

MAGICS = (b"BOOT\x66\0", b"LDR \x66\0")

_HEADER = struct.Struct("<6sII7s4s")
_LIST = struct.Struct("<BIB")
_ENTRY = struct.Struct("<BI40s3I")
_HEADER_BYTES, _ENTRY_BYTES, _LISTS, _CHECKSUM_BYTES = 102, 57, 3, 4
_LARGEST = 16 << 20


def open_rockchip_loader(view: View, budget: Budget) -> Container:
    """Open the loader at the beginning of a view; raise NotThisFormat when an entry makes no sense."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic, version, _, _, chip = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic not in MAGICS:
        raise NotThisFormat
    claims: list[Claim] = []
    start = _HEADER_BYTES
    for count, offset, entry_bytes in _LIST.iter_unpack(view.slice(_HEADER.size, _LISTS * _LIST.size)):
        if count and (entry_bytes != _ENTRY_BYTES or offset < _HEADER_BYTES):
            raise NotThisFormat
        if offset + count * _ENTRY_BYTES > view.size:
            raise NotThisFormat
        start = max(start, offset + count * _ENTRY_BYTES if count else 0)
        claims += [_claim(view, offset + number * _ENTRY_BYTES) for number in range(count)]
    if not claims or any(one.offset < start for one in claims):
        raise NotThisFormat
    end = max(one.offset + one.length for one in claims)
    if end > _LARGEST:
        raise NotThisFormat
    budget.check_time()
    length = min(end + _CHECKSUM_BYTES, view.size)
    problems: list[Message] = []
    parts = parts_of(claims, min(end, length), problems)
    if length < end + _CHECKSUM_BYTES:
        problems.append(message("cut short: {missing} bytes are missing", missing=end + _CHECKSUM_BYTES - length))
    else:
        budget.take_search(COST * end)
        if checksum(view.slice(0, end)) != int.from_bytes(view.slice(end, _CHECKSUM_BYTES), "little"):
            problems.append(message("the checksum of the loader is wrong"))
    name = "".join(chr(byte) for byte in reversed(chip) if 0x20 <= byte < 0x7F)
    label = f"version {version >> 8 & 0xFF:x}.{version & 0xFF:02x}" + (f", processor {name}" if name else "")
    return Container(length, parts, label, tuple(problems))


FORMAT = Format("rockchip-loader", "Rockchip loader", tuple(map(Magic, MAGICS)), open_rockchip_loader)


def _claim(view: View, offset: int) -> Claim:
    entry_bytes, _, name, place, length, _ = _ENTRY.unpack(view.slice(offset, _ENTRY.size))
    shown = name.decode("utf-16-le", "replace").partition("\0")[0]
    if entry_bytes != _ENTRY_BYTES or not shown.isascii() or not shown.isprintable():
        raise NotThisFormat
    return Claim(shown, place, length, "known")
