"""What the metadata of Android's super partition says: logical partitions, and the stretches that they are made of.

Source: descriptions of the format in the Android Open Source Project (Apache-2.0) and in the Kaitai Struct formats
(CC0). All numbers are little-endian; a sector has 512 bytes. The geometry lies at 4096 and again at 8192; from 12288 on
lies one copy of the metadata for each slot, then one more of each.

offset  size  geometry                        offset  size  metadata
0       4     magic 616c4467                  0       4     magic 414c5030
4       4     its length, 52                  4       4     version, 10 and less than 3
8       32    SHA-256, taken with zeros here  8       4     length of this header
40      4     longest copy of the metadata    12      32    SHA-256, taken with zeros here
44      4     slots                           44      4     length of the tables, which follow
48      4     bytes of a block                48      32    SHA-256 of the tables
                                              80      48    offset, rows and row length of four tables:
                                                            partitions, extents, groups, devices

Rows: a partition is a name of 36 bytes, flags, its first extent, its extents; an extent is its sectors (64 bits), 0 for
linear or 1 for zeros, its first sector (64 bits), its device; of a device, bytes 16 to 24 are its length.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import Any

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, NotThisFormat, View

MAGIC = b"gDla"
START = 4096
SECTOR = 512

_METADATA_MAGIC = b"0PLA"
_COPIES_AT = START + 2 * 4096
_GEOMETRY, _HEADER = struct.Struct("<4sI32sIII"), struct.Struct("<4sHHI32sI32s12I")
_PARTITION, _EXTENT, _DEVICE = struct.Struct("<36s4xII4x"), struct.Struct("<QIQI"), struct.Struct("<16xQ40x")
_MAJOR, _MINORS = 10, range(3)
_LONGEST_COPY = 1 << 20
_MOST_SLOTS = 26
_LINEAR, _ZERO = 0, 1


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of a logical partition."""

    length: int
    """Bytes."""
    at: int | None
    """Where it lies on its device; None for zeros."""
    device: int


class Partition(msgspec.Struct, frozen=True):
    """A logical partition."""

    name: bytes
    stretches: tuple[Stretch, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(one.length for one in self.stretches)


class Metadata(msgspec.Struct, frozen=True):
    """One copy of the metadata."""

    size: int
    """Bytes of the first device, which is the super partition itself."""
    partitions: tuple[Partition, ...]
    copy: int
    """Which copy it is, from 0."""


def read_metadata(view: View) -> Metadata:
    """Read the first copy whose checksums are right; raise NotThisFormat without geometry, Malformed without copy."""
    found = _read_geometry(view, START) or _read_geometry(view, START + 4096)
    if found is None:
        raise NotThisFormat
    longest, slots = found
    for copy in range(2 * slots):
        at = _COPIES_AT + copy * longest
        if at + longest <= view.size and (metadata := _read_copy(view.cut(at, longest), copy)) is not None:
            return metadata
    raise Malformed(message("no copy of the metadata is sound"), min(_COPIES_AT + 2 * slots * longest, view.size))


def _read_geometry(view: View, at: int) -> tuple[int, int] | None:
    """Give the longest copy and the slots; None when it is not sound."""
    if at + _GEOMETRY.size > view.size:
        return None
    raw = view.read(at, _GEOMETRY.size)
    magic, size, digest, longest, slots, block = _GEOMETRY.unpack(raw)
    if magic != MAGIC or size != _GEOMETRY.size or hashlib.sha256(raw[:8] + bytes(32) + raw[40:]).digest() != digest:
        return None
    if not 0 < longest <= _LONGEST_COPY or longest % SECTOR or not 0 < slots <= _MOST_SLOTS or not block:
        return None
    return longest, slots


def _read_copy(view: View, copy: int) -> Metadata | None:
    """Read a copy; None when it is not sound."""
    if view.size < _HEADER.size:
        return None
    magic, major, minor, size, digest, length, tables_digest, *places = _HEADER.unpack(view.read(0, _HEADER.size))
    if magic != _METADATA_MAGIC or major != _MAJOR or minor not in _MINORS:
        return None
    if not _HEADER.size <= size <= view.size or length > view.size - size:
        return None
    header, tables = view.read(0, size), view.read(size, length)
    if hashlib.sha256(header[:12] + bytes(32) + header[44:]).digest() != digest:
        return None
    if hashlib.sha256(tables).digest() != tables_digest:
        return None
    partitions = _rows(tables, places[0:3], _PARTITION)
    extents = _rows(tables, places[3:6], _EXTENT)
    devices = _rows(tables, places[9:12], _DEVICE)
    is_sound = (
        bool(devices)
        and sum(count for _, _, count in partitions) <= len(extents)
        and all(first + count <= len(extents) for _, first, count in partitions)
        and all(kind in (_LINEAR, _ZERO) for _, kind, _, _ in extents)
    )
    if not is_sound:
        return None
    stretches = [_stretch(*row) for row in extents]
    found = (
        Partition(name.partition(b"\0")[0], tuple(stretches[first : first + count]))
        for name, first, count in partitions
    )
    return Metadata(devices[0][0], tuple(found), copy)


def _rows(tables: bytes, place: Sequence[int], kind: struct.Struct) -> list[tuple[Any, ...]]:
    """Give the rows of a table; none when it does not fit."""
    offset, count, length = place
    if length < kind.size or offset + count * length > len(tables):
        return []
    return [kind.unpack_from(tables, offset + index * length) for index in range(count)]


def _stretch(sectors: int, kind: int, first: int, device: int) -> Stretch:
    if kind == _ZERO:
        return Stretch(sectors * SECTOR, None, 0)
    return Stretch(sectors * SECTOR, first * SECTOR, device)
