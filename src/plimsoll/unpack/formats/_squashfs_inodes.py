"""What an inode of a squashfs image says: kind, mode, owner, and where the content lies.

Every inode begins with kind, permissions, owner and group (as numbers in the id table), each 16 bits, then time and
inode number, 32 bits each. Kinds 1 to 7 are the short form of directory, file, symlink, block device, character
device, fifo and socket; 8 to 14 are the long form of the same. Source: the public description of the format.

kind  fields after the 16 bytes of all
1     listing's block 4, links 4, size 2, listing's offset 2, parent 4
8     links 4, size 4, listing's block 4, parent 4, index entries 2, listing's offset 2, xattrs 4
2     first block 4, fragment 4, offset in it 4, size 4, then 4 for each block
9     first block 8, size 8, sparse bytes 8, links 4, fragment 4, offset in it 4, xattrs 4, then 4 for each block
3 10  links 4, length 4, target
4 5   links 4, device 4 (also 11 and 12)
6 7   links 4 (also 13 and 14)
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.formats._squashfs_metadata import Metadata
from plimsoll.unpack.formats._squashfs_superblock import Superblock

NO_FRAGMENT = 0xFFFFFFFF
TARGET_BYTES = 65_535
"""Longest target of a symlink that is believed."""

_ALL = "HHHHII"
_DIRECTORY = "IIHHI"
_LONG_DIRECTORY = "IIIIHHI"
_FILE = "IIII"
_LONG_FILE = "QQQIIII"
_PAIR = "II"
_KINDS: tuple[NodeKind, ...] = ("directory", "file", "symlink", "block", "character", "fifo", "socket")


class Listing(msgspec.Struct, frozen=True):
    """Where the entries of a directory are."""

    block: int
    """Start of the metadata block, counted from the start of the directory table."""
    offset: int
    length: int
    """Bytes of entries; 0 when there are none."""


class Content(msgspec.Struct, frozen=True):
    """Where the bytes of a regular file are."""

    size: int
    start: int
    """Offset of the first data block; the others follow it without gaps."""
    blocks: bytes | None
    """Stored length of each data block, 32 bits little-endian, bit 24 set when it is stored as it is, 0 for a block of
    zeros. Absent when the file is larger than anything that is read."""
    fragment: int
    """Number of the fragment block that holds the tail, or NO_FRAGMENT."""
    fragment_offset: int


class Inode(msgspec.Struct, frozen=True):
    """One inode; exactly the field that its kind has is present."""

    kind: NodeKind
    mode: int
    owner: int
    """Number in the id table."""
    group: int
    """Number in the id table."""
    listing: Listing | None = None
    content: Content | None = None
    target: bytes | None = None
    device: tuple[int, int] | None = None


def read_inode(metadata: Metadata, superblock: Superblock, block: int, offset: int, largest: int) -> Inode:
    """Read the inode `offset` bytes into the metadata block that is `block` bytes into the inode table.

    `largest` is the size of file, in bytes, above which no list of blocks is read.
    """
    reader = _Reader(metadata, superblock, superblock.inode_table + block, offset)
    number, mode, owner, group, _, _ = reader.numbers(_ALL)
    if not 1 <= number <= 14:
        raise Malformed(message("an inode of kind {kind}", kind=number))
    kind = _KINDS[(number - 1) % 7]
    is_long = number > 7
    listing = content = target = device = None
    if kind == "directory":
        listing = _read_listing(reader, is_long)
    elif kind == "file":
        content = _read_content(reader, is_long, largest)
    elif kind == "symlink":
        target = _read_target(reader)
    elif kind in ("block", "character"):
        _, raw = reader.numbers(_PAIR)
        device = (raw >> 8 & 0xFFF, raw & 0xFF | raw >> 12 & 0xFFF00)
    return Inode(kind, mode & 0o7777, owner, group, listing, content, target, device)


class _Reader:
    """Reads one field after the other."""

    def __init__(self, metadata: Metadata, superblock: Superblock, start: int, offset: int) -> None:
        self.block_size = superblock.block_size
        self._metadata = metadata
        self._order = superblock.order
        self._start = start
        self._offset = offset

    def take(self, length: int) -> bytes:
        found = self._metadata.read(self._start, self._offset, length)
        self._offset += length
        return found

    def numbers(self, layout: str) -> tuple[int, ...]:
        layout = self._order + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def sizes(self, count: int) -> bytes:
        """Give numbers of 32 bits as little-endian ones."""
        found = self.take(4 * count)
        return found if self._order == "<" else struct.pack(f"<{count}I", *struct.unpack(f">{count}I", found))


def _read_listing(reader: _Reader, is_long: bool) -> Listing:
    if is_long:
        _, size, block, _, _, at, _ = reader.numbers(_LONG_DIRECTORY)
    else:
        block, _, size, at, _ = reader.numbers(_DIRECTORY)
    # The size counts three bytes for `.` and `..`, which are not stored.
    return Listing(block, at, max(size - 3, 0))


def _read_content(reader: _Reader, is_long: bool, largest: int) -> Content:
    if is_long:
        first, size, _, _, fragment, at, _ = reader.numbers(_LONG_FILE)
    else:
        first, fragment, at, size = reader.numbers(_FILE)
    if size > largest:
        return Content(size, first, None, fragment, at)
    count = size // reader.block_size if fragment != NO_FRAGMENT else -(-size // reader.block_size)
    return Content(size, first, reader.sizes(count), fragment, at)


def _read_target(reader: _Reader) -> bytes:
    _, length = reader.numbers(_PAIR)
    if length > TARGET_BYTES:
        raise Malformed(message("a link target of {length} bytes", length=length))
    return reader.take(length)
