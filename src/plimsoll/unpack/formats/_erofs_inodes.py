"""Reads one inode of an EROFS image.

Source: the public description of the format. Both kinds begin with a format: bit 0 is set in the long kind, bits 1 to
3 say how the content lies. Extended attributes follow and are passed over: 12 bytes and 4 for each after the first.

offset  size  short kind                           offset  size  long kind
2       2     extended attributes                  2       2     extended attributes
4       2     mode                                 4       2     mode
6       2     names                                8       8     bytes of content
8       4     bytes of content                     16      4     block, device or form of the chunks
16      4     block, device or form of the chunks  24      4     owner
24      2     owner                                28      4     group
26      2     group                                44      4     names
"""

from __future__ import annotations

import stat
import struct

import msgspec

from plimsoll.model.message import message
from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._erofs_superblock import Superblock

PLAIN, FULL_INDEX, INLINE, COMPACT_INDEX, CHUNKS = range(5)
"""How the content lies: one after the other in blocks; compressed, with rows of 8 bytes; in blocks with the tail
behind the inode; compressed, with packed rows; in chunks that lie anywhere."""

_SHORT, _LONG = struct.Struct("<2xHH2xI4xI4xHH4x"), struct.Struct("<2xHH2xQI4xII32x")
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Inode(msgspec.Struct, frozen=True):
    """One inode."""

    number: int
    kind: NodeKind
    mode: int
    """Permission bits."""
    owner: int
    group: int
    size: int
    layout: int
    data: int
    """First block, device or form of the chunks."""
    end: int
    """Where it ends in the image, extended attributes included."""

    @property
    def device(self) -> tuple[int, int] | None:
        """Give major and minor number of a device; None for anything else."""
        if self.kind not in ("character", "block"):
            return None
        return self.data >> 8 & 0xFFF, self.data & 0xFF | self.data >> 12 & 0xFFF00


def read_inode(view: View, superblock: Superblock, number: int) -> Inode:
    """Read the inode of a number; raise Malformed when it is not sound."""
    at = superblock.find_inode(number)
    try:
        (form,) = struct.unpack("<H", view.slice(at, 2))
        kind = _LONG if form & 1 else _SHORT
        fields = kind.unpack(view.slice(at, kind.size))
    except EOFError as error:
        raise Malformed(message("the inode {number} lies outside", number=number)) from error
    attributes, mode, size, data, owner, group = fields
    layout = form >> 1 & 7
    if stat.S_IFMT(mode) not in _KINDS or layout > CHUNKS:
        raise Malformed(message("the inode {number} is not sound", number=number))
    end = at + kind.size + (8 + 4 * attributes if attributes else 0)
    return Inode(
        number, _KINDS[stat.S_IFMT(mode)], stat.S_IMODE(mode), owner, group, size, layout, data, end
    )  # fmt: skip
