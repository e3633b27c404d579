"""What an inode of a squashfs image of version 1 says; told in the same terms as one of version 4.

Each begins with kind 4 bits, permissions 12, owner 4, group 4 (numbers in the tables of owners and groups; group 15
means the owner's number). There are five kinds, and the kind is also where in the table the owner is: 6 to 10 are the
same five with 16 added to the owner, 11 to 15 with 32. Sizes below are in bytes unless said otherwise.

kind  fields
0     4 bits: 7 for a socket, else a fifo; 4 bits, of which each stands for 16 added to the owner
1     size of the listing 19 bits, listing's offset 13 bits, time 4, listing's block 3
2     time 4, first block 4, size 4, then 2 for each block: its length, the high bit set when it is stored as it is
3     length 2, target
4 5   device 2

A length of 0 means 32 KiB. There are no fragments and no holes. Source: the facts in backhand (MIT or Apache).
"""

from __future__ import annotations

import struct

from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.formats._squashfs_inodes import NO_FRAGMENT, Content, Inode, Listing
from plimsoll.unpack.formats._squashfs_metadata import Metadata
from plimsoll.unpack.formats._squashfs_old_inodes import Reader
from plimsoll.unpack.formats._squashfs_old_superblock import OldSuperblock

_KINDS: tuple[NodeKind, ...] = ("directory", "file", "symlink", "block", "character")
_SOCKET = 7
_BANK = 16
_OWNERS_NUMBER = 15
_AS_IT_IS, _LONG_AS_IT_IS = 1 << 15, 1 << 24


def read_first_inode(metadata: Metadata, superblock: OldSuperblock, block: int, offset: int, largest: int) -> Inode:
    """Read the inode `offset` bytes into the metadata block that is `block` bytes into the inode table.

    `largest` is the size of file, in bytes, above which no list of blocks is read.
    """
    reader = Reader(metadata, superblock, superblock.inode_table + block, offset)
    number, mode, owner, group = reader.bits(4, 12, 4, 4)
    listing = content = target = device = None
    if not number:
        what, bank = reader.bits(4, 4)
        kind: NodeKind = "socket" if what == _SOCKET else "fifo"
    else:
        bank, index = divmod(number - 1, len(_KINDS))
        kind = _KINDS[index]
    owner += bank * _BANK
    if kind == "directory":
        size, at = reader.bits(19, 13)
        reader.pass_over(4)
        (start,) = reader.bits(24)
        listing = Listing(start, at, size)
    elif kind == "file":
        content = _read_content(reader, largest)
    elif kind == "symlink":
        target = reader.bytes(*reader.numbers("H"))
    elif kind in ("block", "character"):
        (raw,) = reader.numbers("H")
        device = (raw >> 8, raw & 0xFF)
    # Numbers of groups come after those of owners.
    group = owner if group == _OWNERS_NUMBER else superblock.owners + group
    return Inode(kind, mode, owner, group, listing, content, target, device)


def _read_content(reader: Reader, largest: int) -> Content:
    reader.pass_over(4)
    first, size = reader.numbers("II")
    if size > largest:
        return Content(size, first, None, NO_FRAGMENT, 0)
    count = -(-size // reader.superblock.block_size)
    blocks = [_widened(one) for one in reader.numbers(f"{count}H")]
    return Content(size, first, struct.pack(f"<{count}I", *blocks), NO_FRAGMENT, 0)


def _widened(size: int) -> int:
    """Give the length of a block as later versions have it."""
    stored = size & ~_AS_IT_IS or _AS_IT_IS
    return stored | _LONG_AS_IT_IS if size & _AS_IT_IS else stored
