"""Keeps the fragment blocks of a squashfs image that were undone last, each undone by one thread while others wait.

Files that are read in disk order ask for fragment blocks nearly in order too, so a few kept blocks are enough.
"""

from __future__ import annotations

import struct
import threading
from collections import OrderedDict

from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._squashfs_superblock import Superblock

KEPT_BYTES = 8 << 20
"""Content of the fragment blocks that are kept."""

_AS_IT_IS = 1 << 24

_PLACE = struct.Struct("<QI4x")

_Block = bytes | bytearray | memoryview


class Fragments:
    """Fragment blocks by number; safe to share between threads."""

    def __init__(self, view: View, superblock: Superblock, places: bytes) -> None:
        self._view = view
        self._decode = superblock.decode
        self._block_size = superblock.block_size
        self._places = places
        """Rows of offset 64 bits, stored length 32 bits (bit 24 set when stored as it is), unused 32 bits."""
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._most = max(KEPT_BYTES // superblock.block_size, 2)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._places) // _PLACE.size

    def start(self, number: int) -> int:
        """Give the offset of a block; 0 when there is no such block."""
        return self._place(number)[0] if number < len(self) else 0

    def read(self, number: int, offset: int, length: int) -> bytes:
        """Copy a tail out of a block."""
        if number >= len(self):
            raise Malformed(message("its tail is in fragment {number}, which is not known", number=number))
        block = self._block(number)
        if offset + length > len(block):
            raise Malformed(message("its tail lies outside fragment {number}", number=number))
        return bytes(memoryview(block)[offset : offset + length])

    def _place(self, number: int) -> tuple[int, int]:
        start, size = _PLACE.unpack_from(self._places, number * _PLACE.size)
        return start, size

    def _block(self, number: int) -> _Block:
        with self._lock:
            kept = self._kept.setdefault(number, _Kept())
            self._kept.move_to_end(number)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        with kept.lock:
            if kept.outcome is None:
                kept.outcome = self._try(number)
        if isinstance(kept.outcome, Message):
            raise Malformed(kept.outcome)
        return kept.outcome

    def _try(self, number: int) -> _Block | Message:
        """Undo a block; its damage is kept too, for the other files that have their tails in it."""
        try:
            return self._undo(number)
        except Malformed as broken:
            return broken.reason

    def _undo(self, number: int) -> _Block:
        start, size = self._place(number)
        stored = size & _AS_IT_IS - 1
        if not 0 < stored <= self._block_size:
            raise Malformed(message("fragment {number} has no sound length", number=number))
        try:
            block = self._view.slice(start, stored)
            return block if size & _AS_IT_IS else self._decode(block, self._block_size)
        except EOFError as error:
            raise Malformed(message("fragment {number} lies outside the image", number=number)) from error
        except Undecodable as error:
            reason = message("fragment {number} is damaged: {error}", number=number, error=str(error))
            raise Malformed(reason) from error


class _Kept:
    """A block, or why there is none; nothing yet until the one thread that has the lock is done."""

    __slots__ = ("lock", "outcome")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.outcome: _Block | Message | None = None
