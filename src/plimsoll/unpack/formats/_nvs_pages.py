"""Reads the pages of the key and value store (NVS) of ESP-IDF.

Source: the chapter on the library in the documentation of ESP-IDF; images made with its generator of partitions, which
is Apache-licensed. All numbers are little-endian; CRC-32 begins with all ones and is inverted at its end.

offset  size  page of 4096                       offset  size  entry of 32
0       4     state: FE active, FC full,         0       1     number of the namespace, 0 for a namespace itself
              F8 and F0 being freed, then FF     1       1     type
4       4     sequence number                    2       1     entries it takes, content included
8       1     version: FF first, FE second       3       1     number of the piece of a blob, FF otherwise
9       19    FF                                 4       4     CRC-32 of bytes 0 to 4 and 8 to 32
28      4     CRC-32 of bytes 4 to 28            8       16    key, zeros behind it
32      32    two bits for each entry:           24      8     number; or length (2 bytes) and at 28 CRC-32 of the
              3 empty, 2 written, 0 erased                     content, which fills the entries that follow
64            126 entries

Types: 01 02 04 08 numbers of so many bytes, 11 12 14 18 the same with a sign, 21 text with a zero at its end, 41 blob
of the first version, 42 piece of a blob, 48 index of a blob: length (4 bytes), count of pieces, number of the first.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.format import NotThisFormat, View

PAGE_BYTES = 4096
ENTRY_BYTES = 32
TEXT, BLOB_1, PIECE, INDEX = 0x21, 0x41, 0x42, 0x48
VARIABLE = frozenset({TEXT, BLOB_1, PIECE})
NUMBERS = {0x01: "B", 0x02: "H", 0x04: "I", 0x08: "Q", 0x11: "b", 0x12: "h", 0x14: "i", 0x18: "q"}
NO_PIECE = 0xFF

_ENTRIES_AT, _ENTRIES = 64, 126
_STATES = frozenset({0xFFFFFFFE, 0xFFFFFFFC, 0xFFFFFFF8, 0xFFFFFFF0})
_VERSIONS = {0xFF: 1, 0xFE: 2}
_WRITTEN = 2
_ONES = 0xFFFFFFFF


class Page(msgspec.Struct, frozen=True):
    """The header of a page."""

    offset: int
    sequence: int
    version: int


class Entry(msgspec.Struct, frozen=True):
    """A written entry."""

    namespace: int
    type: int
    piece: int
    key: bytes
    value: bytes
    """The last eight bytes of the entry."""
    offset: int
    """Where its content begins, after the entry itself."""
    span: int
    is_sound: bool
    """Whether its CRC-32 is right and it ends within its page."""


def read_page(view: View, offset: int) -> Page:
    """Read the header of a page; raise NotThisFormat when it is none."""
    header = view.read(offset, ENTRY_BYTES)
    state, sequence, version = struct.unpack_from("<IIB", header)
    if state not in _STATES or version not in _VERSIONS or header[9:28] != b"\xff" * 19:
        raise NotThisFormat
    if zlib.crc32(header[4:28], _ONES) != int.from_bytes(header[28:], "little"):
        raise NotThisFormat
    return Page(offset, sequence, _VERSIONS[version])


def read_entries(view: View, page: Page) -> Iterator[Entry]:
    """Give the written entries of a page; one that is not sound takes one place."""
    states = int.from_bytes(view.slice(page.offset + ENTRY_BYTES, ENTRY_BYTES), "little")
    number = 0
    while number < _ENTRIES:
        if states >> 2 * number & 3 != _WRITTEN:
            number += 1
            continue
        entry = _read_entry(view, page.offset, number)
        yield entry
        number += entry.span if entry.is_sound else 1


def _read_entry(view: View, page: int, number: int) -> Entry:
    start = page + _ENTRIES_AT + number * ENTRY_BYTES
    data = view.read(start, ENTRY_BYTES)
    namespace, kind, span, piece, crc = struct.unpack_from("<BBBBI", data)
    is_sound = zlib.crc32(data[:4] + data[8:], _ONES) == crc and 0 < span <= _ENTRIES - number
    key = data[8:24].partition(b"\0")[0]
    return Entry(namespace, kind, piece, key, data[24:], start + ENTRY_BYTES, span, is_sound)
