"""What is left of a zip archive whose directory is absent: its entries one after the other, by their own headers.

The sizes of an entry may follow its content, in a record of checksum, packed size and size: of 4 bytes each, or of 4, 8
and 8, behind PK 07 08 or not. Then the end of the content is where deflate ends; for stored content, where the record
has the length so far.
"""

from __future__ import annotations

import re
import struct
import zlib

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._zip_content import Packed
from plimsoll.unpack.formats._zip_records import DEFLATE, DESCRIPTOR, STORED, Entry, read_local
from plimsoll.unpack.limits import Budget, LimitReached

INPUT_BYTES = 64 << 10
OUTPUT_BYTES = 1 << 20

_DESCRIPTORS = (16, 24)
_DESCRIPTORS_WITHOUT_MAGIC = (12, 20)
_DESCRIPTOR_PATTERN = re.compile(DESCRIPTOR)
_NUMBERS = struct.Struct("<II")
_FOLLOWING = b"PK"


def salvage(view: View, budget: Budget) -> tuple[list[Entry], int]:
    """List the entries that are there in full from the beginning of a view; give the end of the last one too.

    Raise NotThisFormat unless the first of them can be read.
    """
    entries: list[Entry] = []
    position = 0
    while (entry := read_local(view, position)) is not None:
        budget.check_time()
        found = _complete(view, entry, budget)
        if found is None:
            break
        if not entries and not _is_sound(view, found[0], budget):
            raise NotThisFormat
        budget.take_entries(1)
        entries.append(found[0])
        position = found[1]
    if not entries:
        raise NotThisFormat
    return entries, position


def _complete(view: View, entry: Entry, budget: Budget) -> tuple[Entry, int] | None:
    """Give the entry with its sizes, and where it ends; None when it is not all there."""
    start = entry.offset + entry.length
    if not entry.is_described_later:
        end = start + entry.packed
        return (entry, end) if end <= view.size else None
    undone = None
    if entry.method == STORED:
        undone = _find_descriptor(view, start, budget)
    elif entry.method == DEFLATE and not entry.is_encrypted:
        undone = _undo(view, start, budget)
    if undone is None:
        return None
    packed, size, checksum = undone
    known = entry._replace(packed=packed, size=size, checksum=checksum)
    return known, _after_descriptor(view, start + packed)


def _find_descriptor(view: View, start: int, budget: Budget) -> tuple[int, int, int] | None:
    """Give the length, twice, and checksum that follow a stored content; None when none does that fits."""
    for match in _DESCRIPTOR_PATTERN.finditer(view.buffer, start):
        budget.check_time()
        length = match.start() - start
        if match.end() + 8 <= view.size:
            checksum, packed = _NUMBERS.unpack(view.slice(match.end(), 8))
            if packed == length & 0xFFFFFFFF:
                return length, length, checksum
    return None


def _undo(view: View, start: int, budget: Budget) -> tuple[int, int, int] | None:
    """Give the packed length, length and checksum of a deflate stream; None when it does not end well."""
    decoder = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    position, size, checksum = start, 0, 0
    while not decoder.eof:
        data = decoder.unconsumed_tail or view.read(position, min(INPUT_BYTES, view.size - position))
        if not decoder.unconsumed_tail:
            position += len(data)
        try:
            content = decoder.decompress(data, OUTPUT_BYTES)
        except zlib.error:
            return None
        if not data and not content:
            return None
        budget.take_output(len(content), len(content))
        checksum = zlib.crc32(content, checksum)
        size += len(content)
        if size > budget.limits.file_bytes:
            return None
    return position - len(decoder.unused_data) - start, size, checksum


def _after_descriptor(view: View, position: int) -> int:
    """Give where the next record begins after the sizes that follow a content."""
    has_magic = view.buffer[position : position + len(DESCRIPTOR)] == DESCRIPTOR
    for length in _DESCRIPTORS if has_magic else _DESCRIPTORS_WITHOUT_MAGIC:
        if view.buffer[position + length : position + length + len(_FOLLOWING)] == _FOLLOWING:
            return position + length
    return min(position + (_DESCRIPTORS if has_magic else _DESCRIPTORS_WITHOUT_MAGIC)[0], view.size)


def _is_sound(view: View, entry: Entry, budget: Budget) -> bool:
    try:
        Packed(entry).read(view, budget)
    except (Malformed, LimitReached):
        return False
    return True
