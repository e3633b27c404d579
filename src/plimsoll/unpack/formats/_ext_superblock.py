"""What the superblock of an ext2, ext3 or ext4 image says, and whether it can be believed.

Source: the public description of the ext4 data structures and layout. The superblock lies at 1024; all numbers are
little-endian.

offset  size  meaning                       offset  size  meaning
0       4     inodes                        90      2     block group of this copy
4       4     blocks, low half              92      4     compatible features
20      4     first data block              96      4     features needed to read
24      4     block size: 1024 << n         100     4     features needed to write
32      4     blocks in a group             120     16    volume name
40      4     inodes in a group             254     2     size of a group descriptor, with 64 bits
56      2     magic 53 ef                   260     4     first meta block group
76      4     revision                      336     4     blocks, high half, with 64 bits
88      2     size of an inode              588     8     the two groups with copies, when so
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.unpack.format import NotThisFormat, Unsupported, View

MAGIC = b"\x53\xef"
START = 1024
MAGIC_AT = START + 56

HAS_JOURNAL, TWO_COPIES = 0x4, 0x200
JOURNAL_DEVICE, RECOVER, META_GROUPS, EXTENTS, BITS_64 = 0x8, 0x4, 0x10, 0x40, 0x80
FEW_COPIES = 0x1

_SIZE = 1024
# Beside those above: filetype, mmp, flex_bg, ea_inode, csum_seed, largedir, inline_data, encrypt, casefold.
_READABLE = 0x2 | RECOVER | META_GROUPS | EXTENTS | BITS_64 | 0x100 | 0x200 | 0x400 | 0x2000 | 0x4000 | 0x8000 | 0x30000
_ONLY_EXT4_READ = EXTENTS | BITS_64 | 0x200 | 0x8000
_ONLY_EXT4_WRITE = 0x8 | 0x10 | 0x20 | 0x40 | 0x200 | 0x400


class Superblock(msgspec.Struct, frozen=True):
    """What it takes to find inodes and blocks."""

    block_size: int
    blocks: int
    first_block: int
    """Block in which group 0 begins."""
    blocks_per_group: int
    inodes: int
    inodes_per_group: int
    inode_size: int
    descriptor_size: int
    first_meta_group: int
    """Number of the descriptor block from which on each lies in the groups that it describes."""
    compatible: int
    needed: int
    """Features needed to read."""
    for_writing: int
    copies: tuple[int, int]
    """The two groups with copies of the superblock, when TWO_COPIES is set."""
    label: str

    @property
    def size(self) -> int:
        """Bytes of the whole image."""
        return self.blocks * self.block_size

    def has_copy(self, group: int) -> bool:
        """Tell whether a group begins with a copy of the superblock."""
        if self.compatible & TWO_COPIES:
            return group == 0 or group in self.copies
        if not self.for_writing & FEW_COPIES or group <= 1:
            return True
        return any(_is_power(group, base) for base in (3, 5, 7))


def read_superblock(view: View) -> Superblock:
    """Read it, given the image from its beginning; raise NotThisFormat unless its numbers fit each other.

    Raise Unsupported when it needs a feature that we cannot read.
    """
    if view.size < START + _SIZE:
        raise NotThisFormat
    raw = view.read(START, _SIZE)
    inodes, blocks_low = struct.unpack_from("<II", raw, 0)
    first_block, log_size = struct.unpack_from("<II", raw, 20)
    (blocks_per_group,) = struct.unpack_from("<I", raw, 32)
    (inodes_per_group,) = struct.unpack_from("<I", raw, 40)
    (revision,) = struct.unpack_from("<I", raw, 76)
    inode_size, copy = struct.unpack_from("<HH", raw, 88)
    compatible, needed, for_writing = struct.unpack_from("<III", raw, 92) if revision else (0, 0, 0)
    if raw[56:58] != MAGIC or log_size > 6 or revision > 1 or (revision and copy):
        raise NotThisFormat
    found = Superblock(
        block_size=1024 << log_size,
        blocks=blocks_low | (struct.unpack_from("<I", raw, 336)[0] << 32 if needed & BITS_64 else 0),
        first_block=first_block,
        blocks_per_group=blocks_per_group,
        inodes=inodes,
        inodes_per_group=inodes_per_group,
        inode_size=inode_size if revision else 128,
        descriptor_size=struct.unpack_from("<H", raw, 254)[0] if needed & BITS_64 else 32,
        first_meta_group=struct.unpack_from("<I", raw, 260)[0],
        compatible=compatible,
        needed=needed,
        for_writing=for_writing,
        copies=struct.unpack_from("<II", raw, 588),
        label=_label(1024 << log_size, compatible, needed, for_writing, raw[120:136]),
    )
    _check(found)
    return found


def _check(found: Superblock) -> None:
    """Raise NotThisFormat unless the numbers fit each other: the magic has only two bytes."""
    sound = (
        found.first_block <= 1
        and found.blocks > found.first_block
        and found.blocks_per_group > 0
        and 0 < found.inodes_per_group <= 8 * found.block_size
        and 128 <= found.inode_size <= found.block_size
        and found.inode_size.bit_count() == 1
        and 32 <= found.descriptor_size <= 1024
        and found.descriptor_size.bit_count() == 1
    )
    if not sound:
        raise NotThisFormat
    groups = -(-(found.blocks - found.first_block) // found.blocks_per_group)
    if groups * found.inodes_per_group != found.inodes:
        raise NotThisFormat
    if found.needed & ~_READABLE:
        raise Unsupported(message("features {features} are not known", features=hex(found.needed & ~_READABLE)))


def _label(block_size: int, compatible: int, needed: int, for_writing: int, name: bytes) -> str:
    kind = "ext3" if compatible & HAS_JOURNAL else "ext2"
    if needed & _ONLY_EXT4_READ or for_writing & _ONLY_EXT4_WRITE:
        kind = "ext4"
    shown = escape_name(name.partition(b"\0")[0])
    return f"{kind}, {block_size // 1024} KiB blocks" + (f", name {shown}" if shown else "")


def _is_power(number: int, base: int) -> bool:
    while number % base == 0:
        number //= base
    return number == 1
