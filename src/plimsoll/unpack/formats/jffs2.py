"""Opens JFFS2 images: the file system of raw flash in older routers, cameras and modules.

What a log of nodes is, D. Woodhouse describes in "JFFS: The Journalling Flash File System"; the layout was checked
against images made with the real tool, the LZMA of OpenWrt excepted. Both byte orders are read; summaries, extended
attributes and the two rubin compressions are not. A log with blocks that could not be read is read around them.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, View
from plimsoll.unpack.formats._jffs2_content import read_content
from plimsoll.unpack.formats._jffs2_nodes import CLEAN, INODE, MAGIC, NAME, PADDING, SUMMARY, VALID, XATTR, XREF, Log
from plimsoll.unpack.formats._jffs2_tree import Walk
from plimsoll.unpack.limits import Budget

_KINDS = (CLEAN, NAME, INODE, NAME ^ VALID, INODE ^ VALID, PADDING, SUMMARY, XATTR, XREF)


def open_jffs2(view: View, budget: Budget) -> Jffs2:
    """Open the image at the beginning of a view; raise NotThisFormat when two sound nodes do not prove it.

    One of them must be a name or an inode.
    """
    log = Log(view, budget)
    log.scan()
    walk = Walk(log, budget)
    walk.walk()
    return Jffs2(log, walk, budget)


FORMAT = Format(
    "jffs2",
    "JFFS2 file system",
    tuple(Magic(struct.pack(order + "HH", MAGIC, kind)) for order in "<>" for kind in _KINDS),
    open_jffs2,
)


class Jffs2:
    """An opened image; a FileSystem."""

    def __init__(self, log: Log, walk: Walk, budget: Budget) -> None:
        self.length = log.length
        erase = log.erase_bytes() >> 10
        order = "little-endian" if log.order == "<" else "big-endian"
        self.label = f"{order}, {erase} KiB erase blocks" if erase else order
        self.nodes: tuple[Node, ...] = tuple(walk.nodes)
        self.problems = walk.problems.all()
        self._view = log.view.cut(0, log.length)
        self._files = walk.files
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the data that comes first in the image."""
        pieces = self._files.get(node.link_to or node.path)
        return min(piece.at for piece in pieces) if pieces else 0

    def read(self, node: Node) -> bytes:
        """Read one regular file whole."""
        pieces = self._files.get(node.link_to or node.path)
        if pieces is None:
            raise Malformed(message("no content is known of this file"))
        return read_content(self._view, pieces, self._budget)
