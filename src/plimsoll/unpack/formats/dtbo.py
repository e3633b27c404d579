"""Opens tables of device trees: the overlays of Android (`dtbo.img`) and the older tables of Qualcomm (`dt.img`).

Sources: the description of DTB and DTBO partitions in the documentation of the Android Open Source Project; the notes
on device trees of Qualcomm's little kernel boot loader. The first is big-endian, the second little-endian.

offset  size  table of Android                      offset  size  table of Qualcomm
0       4     magic d7 b7 ab 1e                     0       4     magic QCDT
4       4     length of everything                  4       4     version, 1 to 3
8       8     length of the header, of an entry     8       4     entries
16      8     number of entries, place of entries   12            entries, each 20, 24 or 40 bytes: platform, variant
24      8     length of a page, version                           (since 2: subtype), revision of the chip (in 3: four
                                                                  of power chips), place, length of the tree

An entry of Android has length and place of its tree, a number and a revision; in version 1, the lowest 4 bits of its
fifth word tell how the tree is compressed. Several entries may have one tree.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"\xd7\xb7\xab\x1e"
QUALCOMM_MAGIC = b"QCDT"
MOST_ENTRIES = 1024

_HEADER = struct.Struct(">4s7I")
_ENTRY = struct.Struct(">II")
_ENTRY_BYTES = 32
_QUALCOMM = struct.Struct("<4sII")
_QUALCOMM_ENTRY_BYTES = {1: 20, 2: 24, 3: 40}
_PLACE = struct.Struct("<II")
_LARGEST = 64 << 20
_TREE = b"\xd0\x0d\xfe\xed"
_STARTS = (_TREE, b"\x1f\x8b", b"\x78")
"""First bytes of a tree, of one compressed by gzip, by zlib."""


def open_dtbo(view: View, budget: Budget) -> Container:
    """Open the table at the beginning of a view; raise NotThisFormat when its entries are not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    budget.check_time()
    return _open_qualcomm(view) if view.read(0, 4) == QUALCOMM_MAGIC else _open_android(view)


FORMAT = Format("dtbo", "Table of device trees", (Magic(MAGIC), Magic(QUALCOMM_MAGIC)), open_dtbo)


def _open_android(view: View) -> Container:
    magic, size, header_bytes, entry_bytes, count, start, _, version = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or header_bytes != _HEADER.size or entry_bytes != _ENTRY_BYTES or version > 1:
        raise NotThisFormat
    end = start + count * entry_bytes
    if not 0 < count <= MOST_ENTRIES or start < header_bytes or end > size or size > _LARGEST or end > view.size:
        raise NotThisFormat
    table = view.slice(start, count * entry_bytes)
    places = [_ENTRY.unpack_from(table, at)[::-1] for at in range(0, len(table), entry_bytes)]
    return _container(view, size, [(offset, length) for offset, length in places], end, f"version {version}")


def _open_qualcomm(view: View) -> Container:
    _, version, count = _QUALCOMM.unpack(view.slice(0, _QUALCOMM.size))
    entry_bytes = _QUALCOMM_ENTRY_BYTES.get(version, 0)
    end = _QUALCOMM.size + count * entry_bytes
    if not entry_bytes or not 0 < count <= MOST_ENTRIES or end > view.size:
        raise NotThisFormat
    table = view.slice(_QUALCOMM.size, count * entry_bytes)
    places = [_PLACE.unpack_from(table, at + entry_bytes - _PLACE.size) for at in range(0, len(table), entry_bytes)]
    size = max(offset + length for offset, length in places)
    return _container(view, size, places, end, f"of Qualcomm, version {version}")


def _container(view: View, size: int, places: list[tuple[int, int]], start: int, label: str) -> Container:
    """Give a part for each tree; the first that is there must begin as one."""
    if any(offset < start or not length or offset + length > min(size, _LARGEST) for offset, length in places):
        raise NotThisFormat
    trees = sorted(set(places))
    if trees[0][0] + len(_TREE) > view.size or not bytes(view.slice(trees[0][0], 4)).startswith(_STARTS):
        raise NotThisFormat
    problems: list[Message] = []
    length = min(size, view.size)
    if length < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - length))
    claims = [Claim(f"device tree {number}", *place, "known") for number, place in enumerate(trees, 1)]
    parts = parts_of(claims, length, problems)
    return Container(length, parts, f"{label}, {len(places)} entries", tuple(problems))
