"""Reads one block of metadata of a littlefs image: a log of tags, of which only whole commits with a right CRC count.

Source: the technical specification of littlefs, on-disk version 2.1. A block begins with a revision of 32 bits. A tag
is a big-endian number, XORed with the tag before it (with all ones at first):

bits   meaning
31     0 when valid; a CRC says with its lowest bit of kind which value the next commit has
20-30  kind: 0xx name, 2xx where the content is, 401 and 4ff put in and take out, 5xx CRC, 6xx tail, 7ff moves
10-19  number of the entry
0-9    bytes that follow; all ones for a tag that was deleted
"""

from __future__ import annotations

import struct
import zlib

import msgspec

FILE, DIRECTORY, SUPERBLOCK = 0x01, 0x02, 0xFF
"""Kinds of names."""

IS_DIRECTORY, IN_PLACE, IN_BLOCKS = 0x200, 0x201, 0x202
"""Kinds of content: a pair of blocks of metadata; the bytes themselves; the last block of a list and the size."""

Pair = tuple[int, int]

_CREATE, _DELETE, _HARD_TAIL, _MOVE = 0x401, 0x4FF, 0x601, 0x7FF
_NAME, _STRUCT, _TAIL, _CRC = 0x0, 0x2, 0x6, 0x500
_CRC_MASK = 0x780
_NO_TAG = 0xFFFFFFFF
_DELETED = 0x3FF
_NO_BLOCK = 0xFFFFFFFF
_MOST_ENTRIES = 0x400


class Entry(msgspec.Struct):
    """An entry, as far as the tags of it were met."""

    kind: int = -1
    """Kind of name; -1 for none."""
    name: bytes = b""
    content_kind: int = -1
    content: bytes = b""


class Log(msgspec.Struct):
    """What the commits of a block come to."""

    revision: int
    entries: list[Entry]
    tail: Pair | None = None
    """The next pair of blocks of the chain of all metadata."""
    is_continued: bool = False
    """Whether the tail belongs to the same directory."""
    move: bytes = bytes(12)
    """Its share of the state of moves, to be XORed."""


def read_log(block: memoryview) -> Log | None:
    """Replay the commits of a block; None when there is not one whole commit."""
    log = Log(int.from_bytes(block[:4], "little"), [])
    checksum = zlib.crc32(block[:4])
    previous, at = _NO_TAG, 4
    pending: list[tuple[int, int, bytes]] = []
    has_commit = False
    while at + 4 <= len(block):
        tag = int.from_bytes(block[at : at + 4], "big") ^ previous
        kind, number, length = tag >> 20 & 0x7FF, tag >> 10 & 0x3FF, tag & 0x3FF
        end = at + 4 + (length if length != _DELETED else 0)
        if tag >> 31 or end > len(block):
            break
        previous = tag
        if kind & _CRC_MASK == _CRC:
            checksum = zlib.crc32(block[at : at + 4], checksum)
            if end < at + 8 or checksum ^ 0xFFFFFFFF != int.from_bytes(block[at + 4 : at + 8], "little"):
                break
            for one in pending:
                _replay(log, *one)
            pending, has_commit = [], True
            previous ^= (kind & 1) << 31
            checksum = 0
        else:
            checksum = zlib.crc32(block[at:end], checksum)
            pending.append((kind, number, bytes(block[at + 4 : end])))
        at = end
    return log if has_commit else None


def _replay(log: Log, kind: int, number: int, data: bytes) -> None:
    """Apply one tag."""
    entries = log.entries
    if kind == _CREATE:
        if len(entries) < _MOST_ENTRIES:
            entries.insert(number, Entry())
    elif kind == _DELETE:
        if number < len(entries):
            del entries[number]
    elif kind >> 8 in (_NAME, _STRUCT) and number < _DELETED:
        while len(entries) <= number:
            entries.append(Entry())
        if kind >> 8 == _NAME:
            entries[number].kind, entries[number].name = kind & 0xFF, data
        else:
            entries[number].content_kind, entries[number].content = kind, data
    elif kind >> 8 == _TAIL:
        pair = read_pair(data)
        log.tail = None if pair is None or _NO_BLOCK in pair else pair
        log.is_continued = kind == _HARD_TAIL
    elif kind == _MOVE and len(data) == len(log.move):
        log.move = data


def read_pair(data: bytes) -> Pair | None:
    """Read the numbers of two blocks; None when there are not two."""
    if len(data) < 8:
        return None
    first, second = struct.unpack_from("<II", data)
    return first, second
