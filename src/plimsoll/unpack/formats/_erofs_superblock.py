"""What the superblock of an EROFS image says, and whether it can be believed.

Source: the public description of the format, facts of free readers of it, and images made with the real tools. The
superblock lies at 1024; all numbers are little-endian.

offset  size  meaning                             offset  size  meaning
0       4     magic e0f5e1e2                      40      4     block at which inodes are counted from
4       4     CRC-32C to the end of its block     64      16    volume name
8       4     features not needed to read         80      4     features needed to read
12      1     block size: 1 << n                  84      2     compressions, one bit each, with their settings
13      1     rows of 16 bytes that follow        86      2     other devices
14      2     inode of the root                   90      1     directory blocks: block size << n
36      4     blocks                              96      8     inode of the file in which others are packed
"""

from __future__ import annotations

import stat
import struct

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.unpack.format import NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._crc32c import crc32c
from plimsoll.unpack.limits import Budget

MAGIC = b"\xe2\xe1\xf5\xe0"
START = 1024

ZERO_PADDING, SETTINGS, CHUNKS, FRAGMENTS = 0x1, 0x2, 0x4, 0x20
"""Features needed to read: compressed blocks begin with zeros instead of ending so; compressions are listed."""

INODE_SLOT = 32
"""Inodes are numbered by the slots of this size in which they begin."""

ALGORITHMS = ("lz4", "lzma", "deflate", "zstd")
"""Compressions by their number, and by their bit in the superblock."""

_SIZE = 128
_LAYOUT = struct.Struct("<4sIIBBH20xIII16x16sIHHHBBIQ")
_HAS_CHECKSUM = 0x1
_READABLE = 0x7F
_BLOCK_BITS = range(9, 17)


class Superblock(msgspec.Struct, frozen=True):
    """What it takes to find inodes and blocks."""

    block_bits: int
    blocks: int
    root: int
    """Number of the inode of the root."""
    packed: int
    """Number of the inode of the file in which others are packed; 0 for none."""
    first_inode_block: int
    needed: int
    """Features needed to read."""
    is_proved: bool
    """Whether it has a checksum that is right."""
    is_wrong: bool
    """Whether it has a checksum that is wrong."""
    label: str

    @property
    def block_size(self) -> int:
        """Bytes of a block."""
        return 1 << self.block_bits

    @property
    def size(self) -> int:
        """Bytes of the whole image."""
        return self.blocks << self.block_bits

    def find_inode(self, number: int) -> int:
        """Give the offset of an inode."""
        return (self.first_inode_block << self.block_bits) + number * INODE_SLOT


def read_superblock(view: View, budget: Budget) -> Superblock:
    """Read it, given the image from its beginning; raise NotThisFormat unless its numbers fit each other.

    Raise Unsupported when it needs a feature that we cannot read.
    """
    if view.size < START + _SIZE:
        raise NotThisFormat
    fields = _LAYOUT.unpack(view.slice(START, _LAYOUT.size))
    magic, checksum, compatible, block_bits, rows, root, blocks, inode_block = fields[:8]
    name, needed, compressions, _, _, directory_bits, _, _, packed = fields[9:]
    if magic != MAGIC or block_bits not in _BLOCK_BITS:
        raise NotThisFormat
    size, inodes = blocks << block_bits, inode_block << block_bits
    unread = needed & ~_READABLE
    if size < START + _SIZE + 16 * rows:
        raise NotThisFormat
    if not unread and not _may_be_root(view, inodes + root * INODE_SLOT, size):
        raise NotThisFormat
    is_right = _sum(view, block_bits, budget) == checksum if compatible & _HAS_CHECKSUM else None
    if unread or directory_bits:
        if not is_right:
            raise NotThisFormat
        what = hex(unread) if unread else "large directory blocks"
        raise Unsupported(message("features {features} are not read yet", features=what), min(size, view.size))
    return Superblock(
        block_bits=block_bits,
        blocks=blocks,
        root=root,
        packed=packed if needed & FRAGMENTS else 0,
        first_inode_block=inode_block,
        needed=needed,
        is_proved=is_right is True,
        is_wrong=is_right is False,
        label=_label(block_bits, compressions if needed & SETTINGS else 0, name),
    )


def _may_be_root(view: View, at: int, size: int) -> bool:
    """Tell whether a directory may begin at an offset, before anything dear is done; what is cut off may be one."""
    if at + INODE_SLOT > size:
        return False
    return at + INODE_SLOT > view.size or stat.S_ISDIR(struct.unpack("<H", view.slice(at + 4, 2))[0])


def _sum(view: View, block_bits: int, budget: Budget) -> int | None:
    """Take the checksum, with zeros in its own place; None when not all is there.

    It runs to the end of the block that the superblock is in, or over one block where blocks are small.
    """
    length = (1 << block_bits) - (START if 1 << block_bits > START else 0)
    if START + length > view.size:
        return None
    budget.take_search(length)
    head = view.read(START, 8)
    return crc32c(view.slice(START + 8, length - 8), crc32c(head[:4] + bytes(4)))


def _label(block_bits: int, compressions: int, name: bytes) -> str:
    named = [name for bit, name in enumerate(ALGORITHMS) if compressions >> bit & 1]
    size = f"{1 << block_bits - 10} KiB" if block_bits >= 10 else f"{1 << block_bits} byte"
    shown = escape_name(name.partition(b"\0")[0])
    return ", ".join([*named, f"{size} blocks"]) + (f", name {shown}" if shown else "")
