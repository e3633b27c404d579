"""Tells the layout of a dump of NAND flash by a squashfs that begins it, and reads that without the spare bytes.

Some devices keep a squashfs in NAND as it is, without UBI. Its table of owners ends where the index of that table
begins, and the index points back to where the table begins; with the wrong layout neither is where it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from plimsoll.model.message import Message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._nand_pages import PAGES, PagedView, Pages
from plimsoll.unpack.formats._squashfs_superblock import SIZE, STANDARD, Superblock, read_superblock
from plimsoll.unpack.formats.squashfs import Squashfs, open_squashfs
from plimsoll.unpack.limits import Budget

SIGNS = STANDARD

_MOST_OWNERS = 2048
"""Owners that one block of the table holds."""
_PLAIN = 0x8000
"""What the length of a block has added when it is not compressed."""
_TRIED_BYTES = 128


class NandSquashfs:
    """An opened squashfs of a dump; a FileSystem."""

    def __init__(self, inner: Squashfs, pages: Pages, size: int) -> None:
        self.length = min(pages.outer_end(inner.length), size)
        self.label = f"squashfs, {inner.label}, {pages.label}"
        self.nodes: tuple[Node, ...] = inner.nodes
        self.problems: tuple[tuple[bytes, Message], ...] = inner.problems
        self.read: Callable[[Node], bytes] = inner.read
        self._position = inner.position
        self._pages = pages

    def position(self, node: Node) -> int:
        """Give the offset of the data that comes first in the dump."""
        return self._pages.outer(self._position(node))


def open_nand_squashfs(view: View, budget: Budget) -> NandSquashfs:
    """Open what begins a view; raise NotThisFormat unless its pages prove to have spare bytes."""
    try:
        superblock = read_superblock(view)
    except Malformed as cut:
        raise NotThisFormat from cut
    if superblock.ids > _MOST_OWNERS or _has_owners(view, superblock, budget):
        raise NotThisFormat
    pages = next((one for one in PAGES if _has_owners(PagedView(view, one), superblock, budget)), None)
    if pages is None:
        raise NotThisFormat
    content = PagedView(view, pages)
    size = min(-(-superblock.bytes_used // pages.page) * pages.page, content.size, budget.limits.file_bytes)
    budget.take_output(size, size)
    return NandSquashfs(open_squashfs(View(content.read(0, size)), budget), pages, view.size)


def _has_owners(view: View, superblock: Superblock, budget: Budget) -> bool:
    """Tell whether the table of owners and its index are where they should be."""
    budget.take_search(_TRIED_BYTES)
    order: Literal["little", "big"] = "little" if superblock.order == "<" else "big"
    try:
        start = int.from_bytes(view.read(superblock.id_table, 8), order)
        if not SIZE <= start < superblock.id_table:
            return False
        length = int.from_bytes(view.read(start, 2), order) & ~_PLAIN
    except EOFError:
        return False
    return start + 2 + length == superblock.id_table
