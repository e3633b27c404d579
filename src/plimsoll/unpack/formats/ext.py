"""Opens ext2, ext3 and ext4 images: the root file system of devices with eMMC or an SD card.

Written from the public description of the ext4 data structures and layout, and from images made with the real tools.
Block numbers, extents, content in inodes, 64 bits, meta block groups, indexed directories and holes are read. The
journal is not replayed and checksums are not verified.
"""

from __future__ import annotations

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, Unsupported, View
from plimsoll.unpack.formats._ext_inodes import ENCRYPTED, INLINE, Inodes
from plimsoll.unpack.formats._ext_map import find_first
from plimsoll.unpack.formats._ext_superblock import MAGIC, MAGIC_AT, RECOVER, Superblock, read_superblock
from plimsoll.unpack.formats._ext_tree import Walk, read_content
from plimsoll.unpack.limits import Budget


def open_ext(view: View, budget: Budget) -> Ext:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, Malformed when the superblock is sound and the root cannot be read, Unsupported when features
    that we do not know are needed to read it.
    """
    superblock = read_superblock(view)
    whole = view.cut(0, min(superblock.size, view.size))
    walk = Walk(whole, superblock.block_size, Inodes(whole, superblock), budget)
    walk.walk()
    unread = walk.problems.all()
    if len(walk.nodes) == 1 and unread:
        raise Malformed(unread[0][1], whole.size)
    return Ext(whole, superblock, walk, budget)


FORMAT = Format("ext", "ext2, ext3 or ext4 file system", (Magic(MAGIC, MAGIC_AT),), open_ext)


class Ext:
    """An opened image; a FileSystem."""

    def __init__(self, view: View, superblock: Superblock, walk: Walk, budget: Budget) -> None:
        self.length = view.size
        self.label = superblock.label
        self.nodes: tuple[Node, ...] = tuple(walk.nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = (*_problems(view, superblock), *walk.problems.all())
        self._view = view
        self._block_size = superblock.block_size
        self._files = walk.files
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the first block, or of the first block of numbers or extents that leads to it."""
        inode = self._files.get(node.link_to or node.path)
        if inode is None or inode.flags & INLINE:
            return 0
        return find_first(inode) * self._block_size

    def read(self, node: Node) -> bytes:
        """Read one regular file whole; holes are zeros."""
        inode = self._files.get(node.link_to or node.path)
        if inode is None:
            raise Malformed(message("no content is known of this file"))
        if inode.flags & ENCRYPTED:
            raise Unsupported(message("the content is encrypted"))
        self._budget.take_output(inode.size, min(inode.stored, self._view.size))
        return read_content(self._view, self._block_size, inode)


def _problems(view: View, superblock: Superblock) -> list[tuple[bytes, Message]]:
    problems = []
    if superblock.size > view.size:
        missing = superblock.size - view.size
        problems.append((b"", message("cut short: {missing} bytes are missing", missing=missing)))
    if superblock.needed & RECOVER:
        problems.append((b"", message("it was not closed properly; changes that are only in its journal are not read")))
    return problems
