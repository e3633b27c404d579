"""Which entries a squashfs image of version 1 to 3 holds, and the tables that say so.

The header of a metadata block is in the image's byte order; in an image of the check kind one byte follows it. A run of
entries begins with the number of entries less one, 8 bits, and the inodes' metadata block, 24 bits, or 32 in version 3,
where a base inode number of 32 bits follows. An entry is the offset of the inode 13 bits, kind 3 bits, length of the
name less one 8 bits, in version 3 the difference of inode number 16 bits, then the name. Source: public descriptions of
the format, checked against images; that version 1 is as version 2, from backhand (MIT or Apache).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Undecodable
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._squashfs_first_inodes import read_first_inode
from plimsoll.unpack.formats._squashfs_inodes import Inode, Listing
from plimsoll.unpack.formats._squashfs_metadata import BLOCK_BYTES, Metadata
from plimsoll.unpack.formats._squashfs_old_inodes import read_old_inode, split_bits
from plimsoll.unpack.formats._squashfs_old_superblock import OldSuperblock
from plimsoll.unpack.formats._squashfs_tree import LISTING_BYTES, Reference, Walk
from plimsoll.unpack.limits import Budget

_AS_IT_IS = 0x8000
_DOTS = 3


class OldMetadata(Metadata):
    """Reads across metadata blocks of version 1 to 3."""

    def __init__(self, view: View, superblock: OldSuperblock, budget: Budget) -> None:
        super().__init__(view, superblock, budget)
        self._header = 3 if superblock.checked else 2

    def read_places(self, index: int, count: int, is_new: bool) -> tuple[bytes, Malformed | None]:
        """Give the fragment table as version 4 has it, as far as it is there, and why the rest is not."""
        row = struct.Struct(self._order + ("QI4x" if is_new else "II"))
        number = struct.Struct(self._order + ("Q" if is_new else "I"))
        self._budget.take_output(count * 16, count * row.size)
        rows_of_block = BLOCK_BYTES // row.size
        parts: list[bytes] = []
        broken = None
        try:
            for first in range(0, count, rows_of_block):
                place = index + first // rows_of_block * number.size
                (start,) = number.unpack(self._slice(place, number.size))
                rows = self.read(start, 0, min(rows_of_block, count - first) * row.size)
                parts.extend(struct.pack("<QI4x", *one) for one in row.iter_unpack(rows))
        except Malformed as error:
            broken = error
        return b"".join(parts), broken

    def read_numbers(self, start: int, count: int) -> tuple[int, ...]:
        """Read 32-bit numbers that lie in the image as they are."""
        return struct.unpack(f"{self._order}{count}I", self._slice(start, 4 * count))

    def _undo(self, start: int) -> tuple[bytes, int]:
        (header,) = struct.unpack(self._order + "H", self._slice(start, 2))
        stored = header & ~_AS_IT_IS or _AS_IT_IS
        if not 0 < stored <= BLOCK_BYTES:
            raise Malformed(message("no metadata block at {offset}", offset=hex(start)))
        block = self._slice(start + self._header, stored)
        self._take(stored)
        try:
            content = bytes(block if header & _AS_IT_IS else self._decode(block, BLOCK_BYTES))
        except Undecodable as error:
            reason = message("the metadata block at {offset} is damaged: {error}", offset=hex(start), error=str(error))
            raise Malformed(reason) from error
        self.undone += not header & _AS_IT_IS
        if not content:
            raise Malformed(message("the metadata block at {offset} is empty", offset=hex(start)))
        return content, start + self._header + stored


class OldWalk(Walk):
    """Lists an image once; what it found is in its fields."""

    def __init__(
        self, metadata: OldMetadata, superblock: OldSuperblock, owners: tuple[int, ...], budget: Budget
    ) -> None:
        super().__init__(metadata, superblock, owners, budget)
        self._old = superblock
        self._is_new = superblock.version[0] == 3

    def _read_inode(self, reference: Reference) -> Inode:
        block, offset = reference
        read = read_first_inode if self._old.version[0] == 1 else read_old_inode
        return read(self._metadata, self._old, block, offset, self._budget.limits.file_bytes)

    def _entries(self, listing: Listing) -> Iterator[tuple[bytes, Reference]]:
        """Give names and where their inodes are, as far as the listing is there; then raise Malformed."""
        if listing.length > LISTING_BYTES:
            raise Malformed(message("a listing of {size} bytes", size=listing.length))
        start = self._old.directory_table + listing.block
        table, broken = self._metadata.read_as_far(start, listing.offset, listing.length)
        self._budget.take_output(len(table), len(table))
        little, run, entry = self._old.is_little, 9 if self._is_new else 4, 5 if self._is_new else 3
        position = 0
        while position + run <= len(table):
            widths = (8, 32) if self._is_new else (8, 24)
            count, block = split_bits(table[position : position + sum(widths) // 8], little, *widths)
            position += run
            self._budget.take_entries(count + 1)
            for _ in range(count + 1):
                packed = table[position : position + 3]
                offset, _, length = split_bits(packed, little, 13, 3, 8)
                name = table[position + entry : position + entry + length + 1]
                if len(packed) < 3 or len(name) <= length:
                    raise broken or Malformed(message("the listing ends inside an entry"))
                position += entry + length + 1
                yield name, (block, offset)
        # NOTE: with three bytes at its end too few for a run, a version 2 size that counts `.` and `..` does no harm.
        if broken is not None and position + _DOTS < listing.length:
            raise broken
