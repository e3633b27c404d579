"""Where the tables of a squashfs image come from: chains of small compressed blocks, each undone once.

A metadata block is a 16-bit header and its bytes. The low 15 bits give the stored length, the top bit
says that it is stored as it is; the content is 8 KiB, less only in the last block of a table. The id and fragment
tables are found through a list of 64-bit offsets of their blocks. Source: the public description of the format.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._squashfs_superblock import Superblock
from plimsoll.unpack.limits import Budget, LimitReached

BLOCK_BYTES = 8192


class Metadata:
    """Reads across metadata blocks. Not for several threads at a time: listing is done by one."""

    def __init__(self, view: View, superblock: Superblock, budget: Budget) -> None:
        self.undone = 0
        """Compressed blocks that were undone."""
        self._view = view
        self._decode = superblock.decode
        self._order = superblock.order
        self._header_order = superblock.header_order
        self._budget = budget
        self._blocks: dict[int, tuple[bytes, int]] = {}
        self._size = 0

    def read(self, start: int, offset: int, length: int) -> bytes:
        """Read `length` bytes that begin `offset` bytes after the block at `start` does and may run on into the next.

        Raise Malformed when they are not all there.
        """
        found, broken = self.read_as_far(start, offset, length)
        if broken is not None:
            raise broken
        return found

    def read_as_far(self, start: int, offset: int, length: int) -> tuple[bytes, Malformed | None]:
        """Read as many of the bytes as there are, and say why the rest is not there."""
        parts: list[bytes] = []
        broken = None
        try:
            while length > 0:
                here = start
                block, start = self._block(here)
                part = block[offset : offset + length]
                parts.append(part)
                offset = max(offset - len(block), 0)
                length -= len(part)
                if length > 0 and len(block) < BLOCK_BYTES:
                    raise Malformed(message("the metadata block at {offset} is too short", offset=hex(here)))
        except Malformed as error:
            broken = error
        return (parts[0] if len(parts) == 1 else b"".join(parts)), broken

    def read_table(self, index: int, length: int) -> tuple[bytes, Malformed | None]:
        """Read a table through the list of its blocks' offsets as far as it is there, and say why the rest is not."""
        self._budget.take_output(length, length)
        parts: list[bytes] = []
        for position in range(0, length, BLOCK_BYTES):
            try:
                (start,) = struct.unpack(self._order + "Q", self._slice(index + position // BLOCK_BYTES * 8, 8))
                parts.append(self.read(start, 0, min(BLOCK_BYTES, length - position)))
            except Malformed as broken:
                return b"".join(parts), broken
        return b"".join(parts), None

    def _block(self, start: int) -> tuple[bytes, int]:
        """Give the content of the block at an offset of the image, and where the next one begins."""
        known = self._blocks.get(start)
        if known is None:
            known = self._blocks[start] = self._undo(start)
        return known

    def _undo(self, start: int) -> tuple[bytes, int]:
        (header,) = struct.unpack(self._header_order + "H", self._slice(start, 2))
        stored = header & 0x7FFF
        if not 0 < stored <= BLOCK_BYTES:
            raise Malformed(message("no metadata block at {offset}", offset=hex(start)))
        block = self._slice(start + 2, stored)
        self._take(stored)
        try:
            content = bytes(block if header & 0x8000 else self._decode(block, BLOCK_BYTES))
        except Undecodable as error:
            reason = message("the metadata block at {offset} is damaged: {error}", offset=hex(start), error=str(error))
            raise Malformed(reason) from error
        self.undone += not header & 0x8000
        if not content:
            raise Malformed(message("the metadata block at {offset} is empty", offset=hex(start)))
        return content, start + 2 + stored

    def _take(self, stored: int) -> None:
        """Account for a block before it is undone; all of them stay until the listing is done."""
        self._budget.take_output(BLOCK_BYTES, stored)
        self._size += BLOCK_BYTES
        if self._size > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of metadata", limit=self._budget.limits.file_bytes))

    def _slice(self, offset: int, length: int) -> memoryview:
        try:
            return self._view.slice(offset, length)
        except EOFError as error:
            raise Malformed(message("metadata at {offset} lies outside the image", offset=hex(offset))) from error
