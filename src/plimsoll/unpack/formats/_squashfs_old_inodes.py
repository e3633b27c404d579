"""What an inode of a squashfs image of version 2 or 3 says; told in the same terms as one of version 4.

Fields of less than a byte's multiple are packed from the lowest bit in little-endian images and from the highest in
big-endian ones. Each inode begins with kind 4 bits, permissions 12, owner 8, group 8 (numbers in the tables of owners
and groups; group 255 means the owner's number); in version 3 time and inode number, 32 bits each, follow. Source:
public descriptions of the format, checked against images. Sizes below are in bytes unless said otherwise.

kind  version 2                                         version 3
1     size 19 bits, listing's offset 13 bits, time 4,   links 4, size 19 bits, listing's offset 13 bits,
      listing's block 3                                 listing's block 4, parent 4
8     size 27 bits, offset 13 bits, time 4, block 3,    links 4, size 27 bits, offset 13 bits, block 4,
      index entries 2                                   index entries 2, parent 4
2     time 4, first block 4, fragment 4, offset in      first block 8, fragment 4, offset in it 4, size 4,
      it 4, size 4, then 4 for each block               then 4 for each block
9     none                                              links 4, first block 8, fragment 4, offset 4, size 8, blocks
3     length 2, target                                  links 4, length 2, target
4 5   device 2                                          links 4, device 2
6 7   nothing                                           links 4
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.formats._squashfs_inodes import NO_FRAGMENT, Content, Inode, Listing
from plimsoll.unpack.formats._squashfs_metadata import Metadata
from plimsoll.unpack.formats._squashfs_old_superblock import OldSuperblock

_KINDS: dict[int, NodeKind] = {
    1: "directory",
    2: "file",
    3: "symlink",
    4: "block",
    5: "character",
    6: "fifo",
    7: "socket",
    8: "directory",
    9: "file",
}
_OWNERS_NUMBER = 255


def read_old_inode(metadata: Metadata, superblock: OldSuperblock, block: int, offset: int, largest: int) -> Inode:
    """Read the inode `offset` bytes into the metadata block that is `block` bytes into the inode table.

    `largest` is the size of file, in bytes, above which no list of blocks is read.
    """
    reader = Reader(metadata, superblock, superblock.inode_table + block, offset)
    number, mode, owner, group = reader.bits(4, 12, 8, 8)
    is_new = superblock.version[0] == 3
    kind = _KINDS.get(number)
    if kind is None or (number == 9 and not is_new):
        raise Malformed(message("an inode of kind {kind}", kind=number))
    if is_new:
        reader.pass_over(8 if number == 2 else 12)
    listing = content = target = device = None
    if kind == "directory":
        listing = _read_listing(reader, number == 8, is_new)
    elif kind == "file":
        content = _read_content(reader, number == 9, is_new, largest)
    elif kind == "symlink":
        target = reader.bytes(*reader.numbers("H"))
    elif kind in ("block", "character"):
        (raw,) = reader.numbers("H")
        device = (raw >> 8, raw & 0xFF)
    group = owner if group == _OWNERS_NUMBER else superblock.owners + group
    return Inode(kind, mode, owner, group, listing, content, target, device)


class Reader:
    """Reads one field after the other."""

    def __init__(self, metadata: Metadata, superblock: OldSuperblock, start: int, offset: int) -> None:
        self._metadata = metadata
        self.superblock = superblock
        self._start = start
        self._offset = offset

    def bytes(self, length: int) -> bytes:
        found = self._metadata.read(self._start, self._offset, length)
        self._offset += length
        return found

    def pass_over(self, length: int) -> None:
        self._offset += length

    def bits(self, *widths: int) -> list[int]:
        return split_bits(self.bytes(sum(widths) // 8), self.superblock.is_little, *widths)

    def numbers(self, layout: str) -> tuple[int, ...]:
        layout = self.superblock.order + layout
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))


def split_bits(packed: bytes, is_little: bool, *widths: int) -> list[int]:
    """Take fields of bits apart, in the order in which they are declared."""
    value = int.from_bytes(packed, "little" if is_little else "big")
    found = []
    for width in widths if is_little else reversed(widths):
        found.append(value & (1 << width) - 1)
        value >>= width
    return found if is_little else found[::-1]


def _read_listing(reader: Reader, is_long: bool, is_new: bool) -> Listing:
    size, offset = reader.bits(27 if is_long else 19, 13)
    if is_new:
        (block,) = reader.numbers("I")
    else:
        reader.pass_over(4)
        (block,) = reader.bits(24)
    # In version 3 the size counts three bytes for `.` and `..`, which are not stored.
    return Listing(block, offset, max(size - 3, 0) if is_new else size)


def _read_content(reader: Reader, is_long: bool, is_new: bool, largest: int) -> Content:
    if not is_new:
        reader.pass_over(4)
    first, fragment, offset, size = reader.numbers(("QIIQ" if is_long else "QIII") if is_new else "IIII")
    if size > largest:
        return Content(size, first, None, fragment, offset)
    block_size = reader.superblock.block_size
    count = size // block_size if fragment != NO_FRAGMENT else -(-size // block_size)
    blocks = reader.numbers(f"{count}I")
    return Content(size, first, struct.pack(f"<{count}I", *blocks), fragment, offset)
