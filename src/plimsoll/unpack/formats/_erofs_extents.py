"""Where the content of a file in an EROFS image lies: stretches that are stored, compressed, packed elsewhere or zeros.

Source: the public description of the format. Chunks are a table behind the inode: numbers of blocks of 32 bits, or
rows of 8 bytes with the device in bytes 2 and 3 and the block in bytes 4 to 7; all ones mean zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, Unsupported, View
from plimsoll.unpack.formats._erofs_inodes import CHUNKS, INLINE, PLAIN, Inode
from plimsoll.unpack.formats._erofs_superblock import Superblock

How = Literal["stored", "turned", "zeros", "packed", "lz4", "lzma", "deflate", "zstd"]
"""turned: stored so that each byte keeps its place within a block, from the extent's beginning around to its end.
packed: in the file in which others are packed."""

_NO_BLOCK = 0xFFFFFFFF
_SIZE_BITS, _HAS_ROWS, _WIDE_BLOCKS = 0x1F, 0x20, 0x40


class Extent(msgspec.Struct, frozen=True):
    """A stretch of content."""

    start: int
    """Where it begins in the file."""
    length: int
    at: int
    """Where it lies in the image; in the packed file, when packed."""
    stored: int
    """Bytes it takes there."""
    how: How
    is_part: bool = False
    """Whether the compressed bytes give more than this."""


def list_flat(view: View, superblock: Superblock, inode: Inode) -> Iterator[Extent]:
    """Give the extents of content that is not compressed, in order."""
    if inode.layout == CHUNKS:
        yield from _chunks(view, superblock, inode)
        return
    tail = inode.size & superblock.block_size - 1 if inode.layout == INLINE else 0
    whole = inode.size - tail
    if whole:
        yield Extent(0, whole, inode.data << superblock.block_bits, whole, "stored")
    if tail:
        yield Extent(whole, tail, inode.end, tail, "stored")


def is_flat(inode: Inode) -> bool:
    """Tell whether the content is not compressed."""
    return inode.layout in (PLAIN, INLINE, CHUNKS)


def _chunks(view: View, superblock: Superblock, inode: Inode) -> Iterator[Extent]:
    if inode.data & _WIDE_BLOCKS:
        raise Unsupported(message("chunks with wide block numbers are not read yet"))
    row = 8 if inode.data & _HAS_ROWS else 4
    bits = superblock.block_bits + (inode.data & _SIZE_BITS)
    count = (inode.size + (1 << bits) - 1) >> bits if inode.size else 0
    try:
        table = view.slice(-(-inode.end // row) * row, count * row)
    except EOFError as error:
        raise Malformed(message("the table of chunks lies outside")) from error
    start = 0
    for device, block in struct.iter_unpack("<2xHI", table) if row == 8 else _without_device(table):
        length = min(1 << bits, inode.size - start)
        if block == _NO_BLOCK:
            yield Extent(start, length, 0, 0, "zeros")
        elif device:
            raise Unsupported(message("its content lies on another device"))
        else:
            yield Extent(start, length, block << superblock.block_bits, length, "stored")
        start += length


def _without_device(table: memoryview) -> Iterator[tuple[int, int]]:
    return ((0, block) for (block,) in struct.iter_unpack("<I", table))
