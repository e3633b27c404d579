"""Entries in a directory of exFAT: sets of 32 bytes each, one for the file, one for its content, and its name.

offset  size  file, 85                 offset  size  content, c0              offset  size  name, c1
1       1     entries that follow      1       1     2: no chain in the FAT   2       30    15 characters, UTF-16
2       2     sum of the set           3       1     characters of the name
4       2     attributes               8       8     bytes that were written
                                       20      4     first cluster
                                       24      8     bytes

An entry 83 is the name of the volume; 00 ends the directory; those below 80 are not in use. Source: Microsoft's
published exFAT specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

RECORD_BYTES = 32
DIRECTORY = 0x10

_FILE, _CONTENT, _NAME, _VOLUME = 0x85, 0xC0, 0xC1, 0x83
_IN_USE = 0x80
_NO_CHAIN = 0x02
_STREAM = struct.Struct("<xBxB4xQ4xIQ")
_CHARACTERS = 15
_MOST_VOLUME = 11


class Record(msgspec.Struct, frozen=True):
    """A set of entries that is one file or directory."""

    name: bytes
    """As UTF-8."""
    is_directory: bool
    first: int
    size: int
    written: int
    """Bytes that were ever written; what is behind them reads as zeros."""
    is_row: bool
    """Whether its clusters are in a row, and not in the FAT."""
    is_sound: bool
    """Whether the sum of the set is right."""


class VolumeName(msgspec.Struct, frozen=True):
    """The name of the volume."""

    name: bytes


class Damaged(msgspec.Struct, frozen=True):
    """A set of entries that is not whole."""

    offset: int
    """In the listing."""


def read_records(listing: bytes) -> Iterator[Record | VolumeName | Damaged]:
    """Give what a directory lists, up to its end."""
    position = 0
    while position + RECORD_BYTES <= len(listing) and listing[position]:
        kind = listing[position]
        count = 1
        if kind == _VOLUME:
            yield VolumeName(
                _text(listing[position + 2 : position + RECORD_BYTES], min(listing[position + 1], _MOST_VOLUME))
            )
        elif kind == _FILE:
            found = _read_set(listing, position)
            if found is None:
                yield Damaged(position)
            else:
                count += listing[position + 1]
                yield found
        position += count * RECORD_BYTES


def _read_set(listing: bytes, start: int) -> Record | None:
    """Read the entries of a file; None when one of them is missing or of another kind."""
    count = 1 + listing[start + 1]
    raw = listing[start : start + count * RECORD_BYTES]
    kinds = raw[::RECORD_BYTES]
    if len(raw) < count * RECORD_BYTES or count < 3 or kinds[1] != _CONTENT or kinds[2] != _NAME:
        return None
    flags, characters, written, first, size = _STREAM.unpack_from(raw, RECORD_BYTES)
    names = len(kinds[2:]) - len(kinds[2:].lstrip(bytes([_NAME])))
    if not 1 <= characters <= names * _CHARACTERS:
        return None
    starts = range(2 * RECORD_BYTES, (2 + names) * RECORD_BYTES, RECORD_BYTES)
    text = b"".join(raw[at + 2 : at + RECORD_BYTES] for at in starts)
    return Record(
        name=_text(text, characters),
        is_directory=bool(raw[4] & DIRECTORY),
        first=first,
        size=size,
        written=min(written, size),
        is_row=bool(flags & _NO_CHAIN),
        is_sound=_sum(raw) == int.from_bytes(raw[2:4], "little"),
    )


def _text(raw: bytes, characters: int) -> bytes:
    return raw[: characters * 2].decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")


def _sum(raw: bytes) -> int:
    """Sum a set: rotated right and added, byte by byte, but for the sum itself."""
    total = 0
    for byte in raw[:2] + raw[4:]:
        total = ((total >> 1 | (total & 1) << 15) + byte) & 0xFFFF
    return total
