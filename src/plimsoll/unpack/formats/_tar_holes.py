"""Where the pieces of a file with holes are in a tar archive.

Source: the public manual of GNU tar, on storing sparse files. The old kind has four pairs of offset and length in the
header and 21 in each block that follows, when its flag says so. Under pax, version 1.0 puts the pairs before the
content, as lines of decimal digits filled up to a full block: first their number, then offset and length of each;
version 0.1 has them in one record.
"""

from __future__ import annotations

import re

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._archive import cut_short
from plimsoll.unpack.formats._tar_header import BLOCK, parse_pieces, parse_whole_size
from plimsoll.unpack.limits import Budget

MAP_BYTES = 1 << 20
"""Longest list of pieces that is read."""

_FIRST_PIECES, _MORE = slice(386, 482), 482
_FURTHER_PIECES, _EVEN_MORE = slice(0, 504), 504
_LINE = re.compile(rb"([0-9]{1,19})\n")
_DECIMAL = re.compile(rb"[0-9]{1,19}")


class Pieces(msgspec.Struct, frozen=True):
    """Content with holes."""

    offset: int
    """Where the first piece lies in the archive; the others follow it without gaps."""
    size: int
    """Bytes with holes."""
    pieces: tuple[tuple[int, int], ...]
    """Offset in the file and length of each, in ascending order, inside the size."""

    def read(self, view: View, budget: Budget) -> bytes:
        """Put the pieces together; the rest is zeros."""
        stored = sum(length for _, length in self.pieces)
        budget.take_output(self.size, stored)
        if self.offset + stored > view.size:
            raise cut_short(self.offset + stored - view.size)
        parts: list[bytes | memoryview] = []
        done, position = 0, self.offset
        for start, length in self.pieces:
            parts += [bytes(start - done), view.slice(position, length)]
            done, position = start + length, position + length
        return b"".join([*parts, bytes(self.size - done)])


def read_gnu_pieces(view: View, block: bytes, start: int, stored: int) -> Pieces:
    """Read the old kind, given the header block and where the block after it begins."""
    found = parse_pieces(block[_FIRST_PIECES])
    more = block[_MORE]
    while more:
        if len(found) * 24 > MAP_BYTES:
            raise _damaged()
        try:
            further = view.read(start, BLOCK)
        except EOFError as error:
            raise cut_short(start + BLOCK - view.size) from error
        found += parse_pieces(further[_FURTHER_PIECES])
        more = further[_EVEN_MORE]
        start += BLOCK
    return _checked(start, parse_whole_size(block), found, stored)


def read_pax_pieces(view: View, records: dict[bytes, bytes], start: int, stored: int) -> Pieces:
    """Read the kinds of pax, given the records and where the entry's content begins."""
    size = next((records[key] for key in (b"GNU.sparse.realsize", b"GNU.sparse.size") if key in records), b"")
    whole = int(size) if _DECIMAL.fullmatch(size) else None
    if records.get(b"GNU.sparse.major") == b"1":
        numbers, taken = _lines(view, start, stored)
        return _checked(start + taken, whole, _pairs(numbers), stored - taken)
    if b"GNU.sparse.map" in records:
        texts = records[b"GNU.sparse.map"].split(b",")
        if not all(map(_DECIMAL.fullmatch, texts)):
            raise _damaged()
        return _checked(start, whole, _pairs([int(text) for text in texts]), stored)
    raise Malformed(message("holes of a kind that is not known"))


def _lines(view: View, start: int, stored: int) -> tuple[list[int], int]:
    """Read the lines before the content; give the numbers without their count, and the bytes they take."""
    try:
        text = view.read(start, min(stored, MAP_BYTES, max(view.size - start, 0)))
    except EOFError as error:
        raise _damaged() from error
    numbers: list[int] = []
    position, wanted = 0, 1
    while len(numbers) < wanted:
        match = _LINE.match(text, position)
        if match is None:
            raise _damaged()
        numbers.append(int(match[1]))
        position = match.end()
        wanted = 1 + 2 * numbers[0]
    return numbers[1:], -(-position // BLOCK) * BLOCK


def _pairs(numbers: list[int]) -> list[tuple[int, int]]:
    if len(numbers) % 2:
        raise _damaged()
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _checked(offset: int, size: int | None, pieces: list[tuple[int, int]], stored: int) -> Pieces:
    """Check that the pieces ascend inside the size, and are what is stored."""
    end = 0
    for start, length in pieces:
        if start < end:
            raise _damaged()
        end = start + length
    if size is None or end > size or sum(length for _, length in pieces) > stored:
        raise _damaged()
    return Pieces(offset, size, tuple(pieces))


def _damaged() -> Malformed:
    return Malformed(message("the list of its pieces is damaged"))
