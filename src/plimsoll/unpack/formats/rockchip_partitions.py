"""Opens images of partitions for Rockchip processors, RKAF.

Source: what rkflashtool's rkunpack (BSD) reads; the checksum is that of the real rkcrc. Numbers are little-endian.

offset  size  header                                  offset  size  entry
0       4     magic RKAF                              0       32    name
4       4     length without the checksum             32      60    path of the file it was made from
8       34    model                                   96      4     offset
42      30    number                                  100     4     place in flash
72      56    maker                                   104     4     length, filled up
132     4     version                                 108     4     length
136     4     number of entries
140           entries of 112 bytes; then their data, and the checksum

An entry whose path is SELF stands for the image itself.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of, shown_text, text_field
from plimsoll.unpack.formats._rockchip_crc import COST, checksum
from plimsoll.unpack.limits import Budget

MAGIC = b"RKAF"
MOST_ENTRIES = 64
VERIFIED_BYTES = 128 << 20
"""Longest image whose checksum is compared."""

_HEADER = struct.Struct("<4sI34s30s56s4xII")
_ENTRY = struct.Struct("<32s60s4x4I")
_CHECKSUM_BYTES = 4
_SELF = "SELF"


def open_rockchip_partitions(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when an entry makes no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, size, model, _, maker, _, count = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + count * _ENTRY.size
    if magic != MAGIC or not 0 < count <= MOST_ENTRIES or not start <= size or start > view.size:
        raise NotThisFormat
    claims = _claims(view, count, start, size)
    label = ", ".join(filter(None, (shown_text(maker), shown_text(model), f"{count} partitions")))
    length = min(size + _CHECKSUM_BYTES, view.size)
    problems: list[Message] = []
    parts = parts_of(claims, min(size, view.size), problems)
    if length < size + _CHECKSUM_BYTES:
        problems.append(message("cut short: {missing} bytes are missing", missing=size + _CHECKSUM_BYTES - length))
    elif size > VERIFIED_BYTES:
        problems.append(message("too long to verify: {size} bytes", size=size))
    else:
        budget.take_search(COST * size)
        if checksum(view.slice(0, size)) != int.from_bytes(view.slice(size, _CHECKSUM_BYTES), "little"):
            problems.append(message("the checksum of the image is wrong"))
    return Container(length, parts, label, tuple(problems))


FORMAT = Format("rockchip-partitions", "Rockchip partitions", (Magic(MAGIC),), open_rockchip_partitions)


def _claims(view: View, count: int, start: int, size: int) -> list[Claim]:
    found: list[Claim] = []
    for name, path, offset, _, _, length in _ENTRY.iter_unpack(view.slice(_HEADER.size, count * _ENTRY.size)):
        shown, made_from = text_field(name), text_field(path)
        if not shown or offset + length > size + _CHECKSUM_BYTES:
            raise NotThisFormat
        if made_from != _SELF and length:
            if offset < start:
                raise NotThisFormat
            found.append(Claim(f"{shown} {made_from}".strip(), offset, length))
    return found
