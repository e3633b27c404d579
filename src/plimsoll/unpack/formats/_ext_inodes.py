"""What an inode of an ext image says, and the content of files so small that they lie in it.

Source: the public description of the ext4 data structures and layout.

offset  size  inode                         offset  size  inode
0       2     kind and mode                 40      60    where the content is, or the content
2       2     owner, low half               104     4     block of attributes, low half
4       4     size, low half                108     4     size, high half
24      2     group, low half               120     2     owner, high half
26      2     links                         122     2     group, high half
28      4     sectors of 512 bytes          128     2     bytes of fields after this offset
32      4     flags                               then attributes: 4 bytes magic, entries, values
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import message
from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._ext_superblock import BITS_64, META_GROUPS, Superblock

ROOT = 2
ENCRYPTED, COUNTS_BLOCKS, BY_EXTENTS, INLINE = 0x800, 0x40000, 0x80000, 0x10000000
PLACES = 60
"""Bytes of an inode that say where the content is."""

_ATTRIBUTES = 0xEA020000
_SYSTEM, _DATA = 7, b"data"
_KINDS: dict[int, NodeKind] = {
    0x1: "fifo",
    0x2: "character",
    0x4: "directory",
    0x6: "block",
    0x8: "file",
    0xA: "symlink",
    0xC: "socket",
}


class Inode(msgspec.Struct, frozen=True):
    """One inode."""

    number: int
    kind: NodeKind
    mode: int
    uid: int
    gid: int
    size: int
    stored: int
    """Bytes that it claims to take on disk."""
    flags: int
    places: bytes
    """Block numbers, extents, content, target or device, as kind and flags say; PLACES bytes."""
    more: bytes = b""
    """For content that lies in the inode: what did not fit in `places`."""

    @property
    def device(self) -> tuple[int, int] | None:
        """Major and minor number, in the old encoding of 16 bits or in the new one."""
        if self.kind not in ("character", "block"):
            return None
        old, new = struct.unpack_from("<II", self.places)
        if old:
            return (old >> 8 & 0xFF, old & 0xFF)
        return (new >> 8 & 0xFFF, new & 0xFF | new >> 12 & 0xFFF00)


class Inodes:
    """Reads inodes by number."""

    def __init__(self, view: View, superblock: Superblock) -> None:
        self._view = view
        self._superblock = superblock

    def read(self, number: int) -> Inode:
        """Read an inode; raise Malformed when it is not there or of no known kind."""
        if not 1 <= number <= self._superblock.inodes:
            raise Malformed(message("there is no inode {number}", number=number))
        group, index = divmod(number - 1, self._superblock.inodes_per_group)
        size = self._superblock.inode_size
        try:
            raw = self._view.read(self._table(group) * self._superblock.block_size + index * size, size)
        except EOFError as error:
            raise Malformed(message("the inode {number} lies outside", number=number)) from error
        return _parse(raw, number)

    def _table(self, group: int) -> int:
        """Give the block in which the inodes of a group begin."""
        superblock = self._superblock
        per_block = superblock.block_size // superblock.descriptor_size
        block, index = divmod(group, per_block)
        if superblock.needed & META_GROUPS and block >= superblock.first_meta_group:
            first = block * per_block
            at = superblock.first_block + first * superblock.blocks_per_group + superblock.has_copy(first)
        else:
            at = max(superblock.first_block, 1024 // superblock.block_size) + 1 + block
        raw = self._view.slice(at * superblock.block_size + index * superblock.descriptor_size, 32)
        low = int.from_bytes(raw[8:12], "little")
        if not superblock.needed & BITS_64 or superblock.descriptor_size < 64:
            return low
        start = at * superblock.block_size + index * superblock.descriptor_size
        return low | int.from_bytes(self._view.slice(start + 40, 4), "little") << 32


def _parse(raw: bytes, number: int) -> Inode:
    word, uid, size = struct.unpack_from("<HHI", raw, 0)
    (gid,) = struct.unpack_from("<H", raw, 24)
    sectors, flags = struct.unpack_from("<II", raw, 28)
    (size_high,) = struct.unpack_from("<I", raw, 108)
    uid_high, gid_high = struct.unpack_from("<HH", raw, 120)
    kind = _KINDS.get(word >> 12)
    if kind is None:
        raise Malformed(message("the inode {number} is of kind {kind}", number=number, kind=word >> 12))
    if kind == "file":
        size |= size_high << 32
    more = _inline_rest(raw) if flags & INLINE else b""
    uid, gid = uid | uid_high << 16, gid | gid_high << 16
    stored = sectors * 512
    return Inode(number, kind, word & 0xFFF, uid, gid, size, stored, flags, raw[40 : 40 + PLACES], more)


def _inline_rest(raw: bytes) -> bytes:
    """Give the value of the attribute `system.data`; empty when there is none."""
    if len(raw) < 132:
        return b""
    start = 128 + int.from_bytes(raw[128:130], "little")
    if int.from_bytes(raw[start : start + 4], "little") != _ATTRIBUTES:
        return b""
    entries = raw[start + 4 :]
    for index, name, offset, size in _attributes(entries):
        if (index, name) == (_SYSTEM, _DATA):
            return entries[offset : offset + size]
    return b""


def _attributes(entries: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Give the kind of each attribute's name, the name, and where the value is, counted from the first entry."""
    position = 0
    while position + 16 <= len(entries) and entries[position : position + 4] != bytes(4):
        length, index, offset, _, size, _ = struct.unpack_from("<BBHIII", entries, position)
        yield index, entries[position + 16 : position + 16 + length], offset, size
        position += -(-(16 + length) // 4) * 4
