"""Names in a directory of FAT12, FAT16 or FAT32.

offset  size  entry of a short name              offset  size  entry of a piece of a long name
0       8     name, filled up with spaces        0       1     number of the piece, 40 more in the last
8       3     what follows the dot               1       10    five characters of UTF-16
11      1     attributes                         11      1     0f
12      1     08: name lower, 10: ending lower   12      1     0
20      2     first cluster, high half           13      1     sum of the short name
26      2     first cluster                      14      12    six characters
28      4     bytes                              26      2     0
                                                 28      4     two characters

The pieces of a long name come before its short name, the last piece first, and are filled up with ffff behind a zero.
A first byte of 00 ends the directory, e5 is a deleted entry, and 05 stands for e5. Short names are bytes of whatever
code page their writer used, and are given as they are. Source: Microsoft's published specification.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

RECORD_BYTES = 32

READ_ONLY, VOLUME, DIRECTORY = 0x01, 0x08, 0x10

_LONG = 0x0F
_ATTRIBUTES = 0x3F
_RECORD = struct.Struct("<8s3sBB7xH4xHI")
_PIECE = struct.Struct("<B10sBBB12sH4s")
_LAST = 0x40
_MOST_PIECES = 20
_LOWER_NAME, _LOWER_ENDING = 0x08, 0x10
_DOTS = (b".".ljust(11), b"..".ljust(11))
_END, _DELETED, _STANDS_FOR_DELETED = 0x00, 0xE5, 0x05


class Record(msgspec.Struct, frozen=True):
    """An entry of a directory."""

    name: bytes
    """The long name as UTF-8 when there is one, otherwise the short one."""
    attributes: int
    first: int
    """First cluster; 0 for none."""
    size: int
    is_damaged: bool
    """Whether a long name stands before it that is not its own or not whole."""


def read_records(listing: bytes, is_32: bool) -> Iterator[Record]:
    """Give the entries in use of a directory up to its end; `.` and `..` are left out."""
    pieces: list[bytes] = []
    for start in range(0, len(listing) - RECORD_BYTES + 1, RECORD_BYTES):
        raw = listing[start : start + RECORD_BYTES]
        if raw[0] == _END:
            return
        if raw[0] == _DELETED:
            pieces = []
        elif raw[11] & _ATTRIBUTES == _LONG:
            pieces = [*pieces, raw] if len(pieces) < _MOST_PIECES and not raw[0] & _LAST else [raw]
        else:
            if pieces or raw[:11] not in _DOTS:
                yield _read_record(raw, pieces, is_32)
            pieces = []


def short_name(base: bytes, ending: bytes, case: int = 0) -> bytes:
    """Join name and ending of a short name, in the case that the entry asks for."""
    if base[:1] == bytes([_STANDS_FOR_DELETED]):
        base = bytes([_DELETED]) + base[1:]
    base, ending = base.rstrip(b" "), ending.rstrip(b" ")
    base = base.lower() if case & _LOWER_NAME else base
    ending = ending.lower() if case & _LOWER_ENDING else ending
    return base + b"." + ending if ending else base


def _read_record(raw: bytes, pieces: list[bytes], is_32: bool) -> Record:
    base, ending, attributes, case, high, low, size = _RECORD.unpack(raw)
    name = _long_name(pieces, _sum(raw[:11])) if pieces else None
    is_damaged = bool(pieces) and name is None
    # Elsewhere than in FAT32 the high half is something else.
    first = low | (high << 16 if is_32 else 0)
    short = (base + ending).rstrip(b" ") if attributes & VOLUME else short_name(base, ending, case)
    return Record(name or short, attributes, first, size, is_damaged)


def _long_name(pieces: list[bytes], checksum: int) -> bytes | None:
    """Join the pieces of a long name; None when one is missing or belongs to another short name."""
    count = len(pieces)
    text = b""
    for at, raw in enumerate(pieces):
        number, first, _, _, own, second, _, third = _PIECE.unpack(raw)
        if number != (count - at) | (0 if at else _LAST) or own != checksum:
            return None
        text = first + second + third + text
    characters = text.decode("utf-16-le", "surrogatepass").partition("\0")[0]
    return characters.encode("utf-8", "surrogatepass") or None


def _sum(name: bytes) -> int:
    """Sum a short name: rotated right and added, byte by byte."""
    total = 0
    for byte in name:
        total = ((total >> 1) + ((total & 1) << 7) + byte) & 0xFF
    return total
