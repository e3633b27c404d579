"""The headers and the volume table of UBI: what each erase block says of itself.

Written from the publicly known layout of UBI and from images made with the real tools. All numbers
are big-endian; a checksum is CRC-32 without the last inversion.

offset  size  erase counter header, 64 bytes at the start of each erase block
0       4     UBI#
4       1     version, 1
8       8     how often the block was erased
16      4     offset of the volume identifier header
20      4     offset of the data
24      4     number of the image, the same in all its blocks; 0 when not known
60      4     checksum of the 60 bytes before

offset  size  volume identifier header, 64 bytes
0       4     UBI!
4       1     version, 1
5       1     1 dynamic, 2 static
6       1     whether the block is a copy of another one
8       4     number of the volume
12      4     number of the logical erase block
20      4     bytes of data that the checksum covers: static volumes and copies only
24      4     blocks of a static volume
28      4     bytes at the end of each block that are not used
32      4     checksum of the data
40      8     sequence number: of two blocks with one number the higher counts
60      4     checksum of the 60 bytes before

offset  size  record of the volume table, 172 bytes, one for each number of a volume from 0 on
0       4     erase blocks reserved for it; 0 when there is no such volume
8       4     bytes at the end of each block that are not used
12      1     1 dynamic, 2 static
13      1     whether an update of it was not finished
14      2     length of its name
16      128   name
168     4     checksum of the 168 bytes before
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.unpack.format import View

MAGIC = b"UBI#\x01"
HEADER_BYTES = 64
LAYOUT_VOLUME = 0x7FFF_EFFF
"""Number of the volume that holds the volume table; those from here on are UBI's own."""
STATIC = 2

_IDENTIFIER_MAGIC = b"UBI!\x01"
_COUNTER = struct.Struct(">16xIII")
_IDENTIFIER = struct.Struct(">5xBBxII4xIIII4xQ")
_RECORD = struct.Struct(">I4xIBBH128s24x")
_RECORD_BYTES = 172
_VOLUMES = 128


class Counter(msgspec.Struct, frozen=True):
    """What an erase counter header says."""

    identifier_offset: int
    data_offset: int
    image: int


class Identifier(msgspec.Struct, frozen=True):
    """What a volume identifier header says."""

    kind: int
    is_copy: int
    volume: int
    number: int
    data_bytes: int
    blocks: int
    unused_bytes: int
    checksum: int
    sequence: int


class Record(msgspec.Struct, frozen=True):
    """One volume of the volume table."""

    reserved: int
    """Erase blocks."""
    unused_bytes: int
    kind: int
    is_unfinished: int
    name: bytes


def checksum(data: bytes | memoryview) -> int:
    """Give UBI's CRC-32."""
    return zlib.crc32(data) ^ 0xFFFF_FFFF


def read_counter(view: View, offset: int) -> Counter | None:
    """Read the header at the start of an erase block; None when its mark, checksum or offsets do not hold."""
    header = _header(view, offset, MAGIC)
    if header is None:
        return None
    counter = Counter(*_COUNTER.unpack_from(header))
    if HEADER_BYTES <= counter.identifier_offset <= counter.data_offset - HEADER_BYTES:
        return counter
    return None


def read_identifier(view: View, offset: int) -> Identifier | None:
    """Read a volume identifier header; None when its mark or checksum does not hold."""
    header = _header(view, offset, _IDENTIFIER_MAGIC)
    return Identifier(*_IDENTIFIER.unpack_from(header)) if header is not None else None


def read_table(data: bytes | memoryview) -> dict[int, Record] | None:
    """Read one copy of the volume table: volumes by their number; None when a record's checksum does not hold."""
    found: dict[int, Record] = {}
    count = min(_VOLUMES, len(data) // _RECORD_BYTES)
    for number in range(count):
        raw = data[number * _RECORD_BYTES : (number + 1) * _RECORD_BYTES]
        if checksum(raw[:-4]) != int.from_bytes(raw[-4:], "big"):
            return None
        reserved, unused, kind, is_unfinished, length, name = _RECORD.unpack_from(raw)
        if reserved:
            found[number] = Record(reserved, unused, kind, is_unfinished, name[:length])
    return found if count else None


def _header(view: View, offset: int, magic: bytes) -> bytes | None:
    try:
        header = view.read(offset, HEADER_BYTES)
    except EOFError:
        return None
    holds = header.startswith(magic) and checksum(header[:-4]) == int.from_bytes(header[-4:], "big")
    return header if holds else None
