"""What the boot sector of a FAT file system says, and whether it can be believed.

Source: Microsoft's published specification of the FAT file system. All numbers are little-endian.

offset  size  meaning                          offset  size  meaning, FAT12 and FAT16    FAT32
0       3     jump: eb xx 90, or e9 xx xx      36      4                                 sectors of a FAT
11      2     bytes of a sector                40      2                                 which FAT is in use
13      1     sectors of a cluster             43      11    name of the volume
14      2     sectors before the first FAT     44      4                                 first cluster of the root
16      1     number of FATs                   71      11                                name of the volume
17      2     entries of the root, 0 in FAT32  510     2     55 aa
19      2     sectors in all, or 0
21      1     kind of medium
22      2     sectors of a FAT, 0 in FAT32
32      4     sectors in all when those are 0

Then come the FATs, the root of FAT12 and FAT16, and the clusters, the first of which has the number 2. The number of
clusters alone tells FAT12 from FAT16. The first entry of each FAT repeats the kind of medium, with ones before it.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

from plimsoll.unpack.format import NotThisFormat, View

SIGN = b"\x55\xaa"
SIGN_AT = 510
RECORD_BYTES = 32

_HEADER = struct.Struct("<HBHBHHBH8xI")
_HEADER_AT = 11
_SIZES = (512, 1024, 2048, 4096)
_MEDIA = frozenset({0xF0, *range(0xF8, 0x100)})
_MOST_COPIES = 4
_FEW, _MANY = 4085, 65525
"""Fewer clusters than the first are FAT12, fewer than the second FAT16."""
_ONE_IN_USE = 0x80


class Boot(msgspec.Struct, frozen=True):
    """Where everything is; offsets and lengths in bytes."""

    bits: Literal[12, 16, 32]
    """Of an entry of the FAT."""
    size: int
    """Of the whole file system."""
    tables: tuple[range, ...]
    """Where the FATs lie, the one in use first."""
    are_copies: bool
    """Whether all FATs should be the same."""
    root: range
    """Where the root directory lies; empty in FAT32."""
    root_cluster: int
    """In FAT32, where the root directory begins."""
    data: int
    """Where cluster 2 begins."""
    cluster_bytes: int
    clusters: int
    name: bytes
    """Name of the volume, as the boot sector has it."""


def read_boot(view: View) -> Boot:
    """Read it; raise NotThisFormat unless its numbers fit each other and a FAT begins as it must."""
    if view.size < SIGN_AT + 2 or view.slice(SIGN_AT, 2) != SIGN:
        raise NotThisFormat
    sector = view.read(0, SIGN_AT)
    if not (sector[0] == 0xE9 or (sector[0] == 0xEB and sector[2] == 0x90)):
        raise NotThisFormat
    unit, per_cluster, reserved, copies, root_entries, few, medium, short, many = _HEADER.unpack_from(
        sector, _HEADER_AT
    )
    is_32 = not short
    table = short if short else int.from_bytes(sector[36:40], "little")
    total = few or many
    sound = (
        unit in _SIZES
        and per_cluster.bit_count() == 1
        and reserved
        and 1 <= copies <= _MOST_COPIES
        and medium in _MEDIA
        and table
        and (not root_entries) == is_32
    )
    if not sound:
        raise NotThisFormat
    root_at = reserved + copies * table
    data = root_at + -(-root_entries * RECORD_BYTES // unit)
    counted = (total - data) // per_cluster
    if counted < 1 or (not is_32 and counted >= _MANY):
        raise NotThisFormat
    bits: Literal[12, 16, 32] = 32 if is_32 else 12 if counted < _FEW else 16
    clusters = min(counted, table * unit * 8 // bits - 2)
    root_cluster = int.from_bytes(sector[44:48], "little") if is_32 else 0
    if clusters < 1 or (is_32 and not 2 <= root_cluster < clusters + 2):
        raise NotThisFormat
    flags = int.from_bytes(sector[40:42], "little") if is_32 else 0
    starts = [(reserved + number * table) * unit for number in range(copies)]
    return Boot(
        bits=bits,
        size=total * unit,
        tables=_tables(view, bits, [range(start, start + table * unit) for start in starts], flags),
        are_copies=not flags & _ONE_IN_USE,
        root=range(root_at * unit, root_at * unit + root_entries * RECORD_BYTES),
        root_cluster=root_cluster,
        data=data * unit,
        cluster_bytes=per_cluster * unit,
        clusters=clusters,
        name=sector[71:82] if is_32 else sector[43:54],
    )


def _tables(view: View, bits: int, tables: list[range], flags: int) -> tuple[range, ...]:
    """Put the FAT in use first, or the first one that begins as it must; raise NotThisFormat when none does."""
    first = flags & 0xF if flags & _ONE_IN_USE else 0
    order = sorted(range(len(tables)), key=lambda number: number != first)
    sound = [number for number in order if _begins_well(view, bits, tables[number].start)]
    if not sound:
        raise NotThisFormat
    return tuple(tables[number] for number in sorted(order, key=lambda number: number != sound[0]))


def _begins_well(view: View, bits: int, offset: int) -> bool:
    """Tell whether the first entry is a kind of medium with ones before it, and the second none of a file."""
    if offset + 8 > view.size:
        return False
    value = int.from_bytes(view.slice(offset, 8), "little")
    # The upper four bits of an entry of FAT32 mean nothing, and those of the second entry tell of a proper end.
    ones = {12: 0xF00, 16: 0xFF00, 32: 0x0FFFFF00}[bits]
    return value & 0xFF in _MEDIA and value & ones == ones
