"""What the boot sector of an exFAT file system says, and whether it can be believed.

offset  size  meaning                          offset  size  meaning
0       3     eb 76 90                         96      4     first cluster of the root directory
3       8     `EXFAT   `                       104     2     revision, 1.00
11      53    zeros                            106     2     flags: 1 when the second FAT is in use
72      8     sectors in all                   108     1     sector: 1 << n bytes, 9 to 12
80      4     sectors before the FAT           109     1     cluster: 1 << n sectors
84      4     sectors of a FAT                 110     1     number of FATs
88      4     sectors before the clusters      510     2     55 aa
92      4     number of clusters

Eleven sectors belong to it; the twelfth repeats their checksum. Numbers are little-endian. Source: Microsoft's
published exFAT specification.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.unpack.format import NotThisFormat, View

MAGIC = b"\xeb\x76\x90EXFAT   "

_SIGN, _SIGN_AT = b"\x55\xaa", 510
_NUMBERS = struct.Struct("<QIIIII4xHHBBB")
_NUMBERS_AT = 72
_CHECKED_SECTORS = 11
_UNCHECKED = (106, 107, 112)
_LARGEST_CLUSTER = 25
_MOST_CLUSTERS = 0xFFFFFFF5
_RESERVED_SECTORS = 24
_FIRST_ENTRIES = b"\xff\xff\xff\xff\xff\xff\xff"


class Boot(msgspec.Struct, frozen=True):
    """Where everything is, in bytes."""

    size: int
    """Of the whole file system."""
    table: int
    """Where the FAT in use begins."""
    data: int
    """Where cluster 2 begins."""
    cluster_bytes: int
    clusters: int
    root: int
    """First cluster of the root directory."""
    is_sound: bool
    """Whether the checksum is right."""


def read_boot(view: View) -> Boot:
    """Read it; raise NotThisFormat unless its numbers fit each other and the FAT begins as it must."""
    if view.size < _SIGN_AT + 2 or view.slice(0, len(MAGIC)) != MAGIC or view.slice(_SIGN_AT, 2) != _SIGN:
        raise NotThisFormat
    if any(view.slice(len(MAGIC), 64 - len(MAGIC))):
        raise NotThisFormat
    numbers = _NUMBERS.unpack_from(view.buffer, _NUMBERS_AT)
    total, table, table_size, data, clusters, root, revision, flags, sector_bits, cluster_bits, tables = numbers
    sound = (
        9 <= sector_bits <= 12
        and cluster_bits <= _LARGEST_CLUSTER - sector_bits
        and revision >> 8 == 1
        and tables in (1, 2)
        and table >= _RESERVED_SECTORS
        and data >= table + table_size * tables
        and 1 <= clusters <= _MOST_CLUSTERS
        and data + (clusters << cluster_bits) <= total
        and (clusters + 2) * 4 <= table_size << sector_bits
        and 2 <= root < clusters + 2
    )
    if not sound:
        raise NotThisFormat
    in_use = table + (table_size if flags & 1 and tables == 2 else 0)
    start = in_use << sector_bits
    if start + 8 > view.size or view.slice(start + 1, 7) != _FIRST_ENTRIES:
        raise NotThisFormat
    return Boot(
        size=total << sector_bits,
        table=start,
        data=data << sector_bits,
        cluster_bytes=1 << (sector_bits + cluster_bits),
        clusters=clusters,
        root=root,
        is_sound=_is_sound(view, 1 << sector_bits),
    )


def _is_sound(view: View, sector: int) -> bool:
    """Compare the checksum: rotated right and added, byte by byte, but for what changes while it is in use."""
    size = _CHECKED_SECTORS * sector
    if size + 4 > view.size:
        return False
    total = 0
    for offset, byte in enumerate(view.read(0, size)):
        if offset not in _UNCHECKED:
            total = ((total >> 1 | (total & 1) << 31) + byte) & 0xFFFFFFFF
    return total == int.from_bytes(view.slice(size, 4), "little")
