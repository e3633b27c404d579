"""Opens EROFS images: the read-only file system of Android's partitions and of newer Linux devices.

Written from the public description of the format, from facts of free readers of it, and from images made with the
real tools. Content as it is, in chunks and compressed with LZ4, LZMA, deflate and Zstandard is read, with tails behind
inodes, packed into one file or behind the index. Extended attributes are passed over; what lies on other devices,
block numbers of 48 bits and compressed inodes are told and not read.
"""

from __future__ import annotations

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._erofs_content import Contents
from plimsoll.unpack.formats._erofs_inodes import Inode
from plimsoll.unpack.formats._erofs_superblock import MAGIC, START, Superblock, read_superblock
from plimsoll.unpack.formats._erofs_tree import Walk
from plimsoll.unpack.limits import Budget


def open_erofs(view: View, budget: Budget) -> Erofs:
    """Open the image at the beginning of a view.

    Raise NotThisFormat, Malformed when the superblock is sound and the root cannot be read, Unsupported when features
    are needed that we cannot read. Without a right checksum, a root that lists something has to prove it.
    """
    superblock = read_superblock(view, budget)
    whole = view.cut(0, min(superblock.size, view.size))
    contents = Contents(whole, superblock, budget)
    walk = Walk(whole, superblock, contents, budget)
    try:
        walk.walk()
    except Malformed as broken:
        raise _refused(superblock, broken.reason, whole.size) from broken
    unread = walk.problems.all()
    if len(walk.nodes) == 1 and unread:
        raise _refused(superblock, unread[0][1], whole.size)
    if len(walk.nodes) == 1 and not superblock.is_proved:
        raise NotThisFormat
    return Erofs(whole, superblock, walk, contents, view.size)


FORMAT = Format("erofs", "EROFS file system", (Magic(MAGIC, START),), open_erofs)


class Erofs:
    """An opened image; a FileSystem."""

    def __init__(self, view: View, superblock: Superblock, walk: Walk, contents: Contents, available: int) -> None:
        self.length = view.size
        self.label = superblock.label
        self.nodes: tuple[Node, ...] = tuple(walk.nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = (*_problems(superblock, available), *walk.problems.all())
        self._files = walk.files
        self._contents = contents

    def position(self, node: Node) -> int:
        """Give the offset of the first stretch of content."""
        inode = self._find(node)
        return self._contents.find_first(inode) if inode is not None else 0

    def read(self, node: Node) -> bytes:
        """Read one regular file whole."""
        inode = self._find(node)
        if inode is None:
            raise Malformed(message("no content is known of this file"))
        return self._contents.read(inode)

    def _find(self, node: Node) -> Inode | None:
        return self._files.get(node.link_to or node.path)


def _refused(superblock: Superblock, reason: Message, length: int) -> Malformed | NotThisFormat:
    return Malformed(reason, length) if superblock.is_proved else NotThisFormat()


def _problems(superblock: Superblock, available: int) -> list[tuple[bytes, Message]]:
    if superblock.size > available:
        return [(b"", message("cut short: {missing} bytes are missing", missing=superblock.size - available))]
    if superblock.is_wrong:
        return [(b"", message("the checksum of the superblock is wrong"))]
    return []
