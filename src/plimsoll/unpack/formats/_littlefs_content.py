"""Content of files in a littlefs image: in the metadata itself, or in a list of blocks that is read from its end.

Source: the technical specification and the design notes of littlefs. Block n of a file begins with the numbers of
earlier blocks: none in block 0; in others one, and one more for each power of two that divides n. The first number is
that of the block before.
"""

from __future__ import annotations

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.limits import Budget


class InPlace(msgspec.Struct, frozen=True):
    """Content that was read with its entry."""

    data: bytes

    @property
    def offset(self) -> int:
        """It has no place of its own."""
        return 0

    def read(self, view: View, budget: Budget) -> bytes:
        """Give it."""
        budget.take_output(len(self.data), len(self.data))
        return self.data


class Blocks(msgspec.Struct, frozen=True):
    """Content in a list of blocks."""

    last: int
    """Number of the last block."""
    size: int
    block_size: int

    @property
    def offset(self) -> int:
        """Where the last block lies."""
        return self.last * self.block_size

    def read(self, view: View, budget: Budget) -> bytes:
        """Read it whole, from the last block to the first."""
        if self.size > view.size:
            raise Malformed(message("{size} bytes of content in an image of {total}", size=self.size, total=view.size))
        budget.take_output(self.size, self.size)
        content = bytearray(self.size)
        end = self.size
        block = self.last
        for index in range(self._last_index(), -1, -1):
            start = self._start(index)
            skipped = 4 * _pointers(index)
            try:
                content[start:end] = view.slice(block * self.block_size + skipped, end - start)
                if index:
                    block = int.from_bytes(view.slice(block * self.block_size, 4), "little")
            except EOFError as error:
                raise Malformed(message("its block {block} lies outside", block=block)) from error
            end = start
        return bytes(content)

    def _last_index(self) -> int:
        """Give how many blocks come before the last."""
        low, high = 0, self.size // max(self.block_size - 8, 1) + 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._start(middle) < self.size:
                low = middle
            else:
                high = middle - 1
        return low

    def _start(self, index: int) -> int:
        """Give where in the file block `index` begins: after all numbers of blocks of those before it.

        Up to and without `index`, one number for each block but the first, and one for each power of two.
        """
        if not index:
            return 0
        before = index - 1
        numbers = 2 * before - before.bit_count()
        return index * self.block_size - 4 * numbers


def _pointers(index: int) -> int:
    """Give how many numbers of blocks a block begins with."""
    return (index & -index).bit_length()
