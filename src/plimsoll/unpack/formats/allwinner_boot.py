"""Opens the first programs that Allwinner processors start: eGON.BT0 and eGON.BT1, and the signed TOC0.

Source: images that the real mkimage and mksunxiboot made. All numbers are little-endian.

offset  size  eGON                                   offset  size  TOC0
0       4     a jump over the header                 0       8     name TOC0.GLH
4       8     name eGON. and three letters           8       4     magic 00 98 11 89
12      4     checksum                               12      4     checksum
16      4     length                                 24      8     number of items, length of everything
20            more header, the program               44      4     end of the header `MIE;`
                                                     48            items of 32 bytes: number, offset, length, four
                                                                   that vary, and `IIE;`

The checksum is the sum of all words up to the length, with 39 6c 0a 5f in place of the checksum itself.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

EGON_MAGIC = b"eGON.BT"
TOC0_MAGIC = b"TOC0.GLH\0\x98\x11\x89"
LARGEST = 2 << 20
"""Longest program that is believed."""

_EGON = struct.Struct("<4s8sII")
_TOC0 = struct.Struct("<12sI8xII12x4s")
_ITEM = struct.Struct("<III16x4s")
_STAMP = 0x5F0A6C39
_UNIT = 512
_MOST_ITEMS = 16
_HEADER_END, _ITEM_END = b"MIE;", b"IIE;"
_ITEMS = {0x010101: "certificate", 0x010202: "program", 0x010303: "key"}


def open_allwinner_boot(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its checksum is wrong."""
    if view.size < _TOC0.size:
        raise NotThisFormat
    if view.read(0, len(TOC0_MAGIC)) == TOC0_MAGIC:
        return _open_toc0(view, budget)
    _, name, found, length = _EGON.unpack(view.slice(0, _EGON.size))
    if not name.startswith(EGON_MAGIC) or not name.isascii():
        raise NotThisFormat
    _check(view, length, found, budget)
    parts = parts_of([Claim("program", _EGON.size, length - _EGON.size, "known")], length, [])
    return Container(length, parts, name.decode("ascii"))


FORMAT = Format(
    "allwinner-boot", "Allwinner boot program", (Magic(EGON_MAGIC, 4), Magic(TOC0_MAGIC)), open_allwinner_boot
)


def _open_toc0(view: View, budget: Budget) -> Container:
    _, found, count, length, end = _TOC0.unpack(view.slice(0, _TOC0.size))
    if end != _HEADER_END or not 0 < count <= _MOST_ITEMS or _TOC0.size + count * _ITEM.size > view.size:
        raise NotThisFormat
    _check(view, length, found, budget)
    problems: list[Message] = []
    claims: list[Claim] = []
    for number, offset, size, mark in _ITEM.iter_unpack(view.slice(_TOC0.size, count * _ITEM.size)):
        if mark != _ITEM_END or offset + size > length:
            problems.append(message("item {number} makes no sense", number=hex(number)))
        elif offset >= _TOC0.size + count * _ITEM.size:
            claims.append(Claim(_ITEMS.get(number, f"item {number:#x}"), offset, size, "known"))
    return Container(length, parts_of(claims, length, problems), f"TOC0, {count} items", tuple(problems))


def _check(view: View, length: int, found: int, budget: Budget) -> None:
    if length % _UNIT or not 0 < length <= min(LARGEST, view.size):
        raise NotThisFormat
    budget.take_search(length)
    words = struct.unpack(f"<{length // 4}I", view.slice(0, length))
    if sum(words) - found + _STAMP & 0xFFFFFFFF != found:
        raise NotThisFormat
