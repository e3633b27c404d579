"""A view of bytes that lie in pieces: a partition that is too large to be held, read where its pieces are.

What lies between pieces reads as zeros. A piece may be bytes of the image, or come out of a decoder when it is asked
for; of what came out little is kept.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from plimsoll.unpack.format import View

KEPT_BYTES = 16 << 20
"""Most bytes of decoded pieces that are kept at hand; the last one is kept whatever its length."""

Bytes = bytes | bytearray | memoryview


class Piece(NamedTuple):
    """Where bytes go, and where they come from."""

    start: int
    length: int
    read: Callable[[int, int], Bytes]
    """Takes an offset in the piece and a length, both inside it."""


class Pieces:
    """Pieces in order and apart; safe to share between threads when what they read from is."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces: list[Piece] = []
        end = 0
        for piece in sorted(pieces, key=lambda one: one.start):
            if piece.length > 0 and piece.start >= end:
                self._pieces.append(piece)
                end = piece.start + piece.length
        self._starts = [piece.start for piece in self._pieces]

    def read(self, start: int, length: int) -> memoryview:
        """Give bytes; those that lie in one piece are copied only by what it comes from."""
        at = max(bisect_right(self._starts, start) - 1, 0)
        found: list[Bytes] = []
        position, end = start, start + length
        for piece in self._pieces[at:]:
            if piece.start >= end:
                break
            first, last = max(piece.start, position), min(piece.start + piece.length, end)
            if first >= last:
                continue
            found += [bytes(first - position)] if first > position else []
            found.append(piece.read(first - piece.start, last - first))
            position = last
        found += [bytes(end - position)] if position < end else []
        return memoryview(found[0] if len(found) == 1 else b"".join(found))


class PiecedView(View):
    """A window on pieces."""

    __slots__ = ("_pieces", "_start")

    def __init__(self, pieces: Pieces, size: int, start: int = 0) -> None:
        # NOTE: there is no memory in which the bytes lie as a whole, so readers that need one cannot be used.
        super().__init__(b"")
        self._pieces = pieces
        self._start = start
        self.size = size

    def slice(self, offset: int, length: int) -> memoryview:
        """Give `length` bytes at `offset`; raise EOFError when they are not all there."""
        self._check(offset, length)
        return self._pieces.read(self._start + offset, length)

    def cut(self, offset: int, length: int | None = None) -> PiecedView:
        """Give a view of a part, to the end when no length is given; raise EOFError when it is not all there."""
        length = self.size - offset if length is None else length
        self._check(offset, length)
        return PiecedView(self._pieces, length, self._start + offset)

    def _check(self, offset: int, length: int) -> None:
        if offset < 0 or length < 0 or offset + length > self.size:
            raise EOFError(f"{length} bytes at {offset:#x} of {self.size:#x}")


class Kept:
    """Decoded bytes by number, of which the last ones are kept; one thread decodes at a time."""

    def __init__(self, decode: Callable[[int], Bytes]) -> None:
        self._decode = decode
        self._found: OrderedDict[int, Bytes] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, number: int, offset: int, length: int) -> bytes:
        """Give bytes out of what a number decodes to; where it is too short, zeros."""
        with self._lock:
            data = self._found.pop(number, None)
            if data is None:
                data = self._decode(number)
            self._found[number] = data
            while len(self._found) > 1 and sum(map(len, self._found.values())) > KEPT_BYTES:
                self._found.popitem(last=False)
            return bytes(data[offset : offset + length]).ljust(length, b"\0")
