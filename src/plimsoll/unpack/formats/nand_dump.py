"""Opens UBI, JFFS2 and squashfs in dumps of NAND flash that hold the spare bytes of each page.

Source: see `_nand_pages.py`. Where a dump holds spare bytes nothing says how long they are, so the sizes there are
tried. One is believed of UBI when with it alone the headers of erase blocks recur and a copy of the volume table has
its checksums; of JFFS2 when with it alone data that reach over the end of a page have theirs; of squashfs as
`_nand_squashfs.py` says. Spare bytes are not used: errors are not corrected. UBI is read where it lies, page by page;
the others are copied without their spare bytes first, up to the limit for a file. Offsets in what is told are those in
the content.
"""

from __future__ import annotations

import struct
from collections import Counter as Count
from collections.abc import Iterator

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._jffs2_nodes import INODE, NAME, Log, checksum
from plimsoll.unpack.formats._jffs2_nodes import MAGIC as JFFS2_MAGIC
from plimsoll.unpack.formats._nand_pages import PAGES, PagedView, Pages
from plimsoll.unpack.formats._nand_squashfs import SIGNS as SQUASHFS_SIGNS
from plimsoll.unpack.formats._nand_squashfs import NandSquashfs, open_nand_squashfs
from plimsoll.unpack.formats._ubi_blocks import Layout, has_volume_table, is_kin, lay_out
from plimsoll.unpack.formats._ubi_headers import MAGIC as UBI_MAGIC
from plimsoll.unpack.formats._ubi_headers import Counter, read_counter
from plimsoll.unpack.formats.jffs2 import Jffs2, open_jffs2
from plimsoll.unpack.formats.ubi import Ubi, open_laid_out
from plimsoll.unpack.limits import Budget, LimitReached

ERASE_BYTES = tuple(1 << log for log in range(14, 25))
"""Sizes of erase blocks that are looked for."""

PROOF_BYTES = 64 << 10
"""How much of a JFFS2 log is looked at to tell its layout."""

_HEADERS = 32
"""Headers whose distances tell the size of an erase block."""
_SEARCHED_BYTES = 64 << 20
"""How far from the beginning they are looked for."""
_TRIED_BYTES = 256
"""What looking for one header counts for as searching."""
_JFFS2_MAGICS = tuple(struct.pack(order + "HH", JFFS2_MAGIC, kind) for order in "<>" for kind in (NAME, INODE))


class _NandJffs2:
    """An opened log of a dump; a FileSystem."""

    def __init__(self, inner: Jffs2, pages: Pages, size: int) -> None:
        self.length = min(pages.outer_end(inner.length), size)
        self.label = f"JFFS2, {inner.label}, {pages.label}"
        self.nodes: tuple[Node, ...] = inner.nodes
        self.problems = inner.problems
        self.read = inner.read
        self._position = inner.position
        self._pages = pages

    def position(self, node: Node) -> int:
        """Give the offset of the data that comes first in the dump."""
        return self._pages.outer(self._position(node))


class _NandUbi:
    """Opened volumes of a dump; a FileSystem of Volumes."""

    def __init__(self, inner: Ubi, pages: Pages, size: int) -> None:
        self.length = min(pages.outer_end(inner.length), size)
        self.label = f"UBI, {inner.label}, {pages.label}"
        self.nodes: tuple[Node, ...] = inner.nodes
        self.problems = inner.problems
        self.read = inner.read
        self.start = inner.start
        self._inner = inner
        self._pages = pages

    def position(self, node: Node) -> int:
        """Give the offset of the first logical erase block."""
        return self._pages.outer(self._inner.position(node))

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give the erase blocks of a volume, spare bytes included."""
        return tuple(
            range(self._pages.outer(one.start), min(self._pages.outer_end(one.stop), self.length))
            for one in self._inner.pieces(node)
        )


def open_nand_dump(view: View, budget: Budget) -> _NandUbi | _NandJffs2 | NandSquashfs:
    """Open what begins a view; raise NotThisFormat unless its pages prove to have spare bytes."""
    sign = view.read(0, min(len(UBI_MAGIC), view.size))
    if sign == UBI_MAGIC:
        return _open_ubi(view, budget)
    if sign.startswith(SQUASHFS_SIGNS):
        return open_nand_squashfs(view, budget)
    return _open_jffs2(view, budget)


FORMAT = Format(
    "nand-dump",
    "dump of NAND flash with its spare bytes",
    (Magic(UBI_MAGIC), *map(Magic, SQUASHFS_SIGNS), *map(Magic, _JFFS2_MAGICS)),
    open_nand_dump,
)


def _open_ubi(view: View, budget: Budget) -> _NandUbi:
    first = read_counter(view, 0)
    if first is None or any(
        _is_header(view, first, size * number, budget) for size in ERASE_BYTES for number in (1, 2, 3)
    ):
        raise NotThisFormat
    for pages, layout in _ubi_layouts(view, first, budget):
        inner = PagedView(view, pages)
        if has_volume_table(inner, layout, budget):
            return _NandUbi(open_laid_out(inner, layout, budget), pages, view.size)
    raise NotThisFormat


def _ubi_layouts(view: View, first: Counter, budget: Budget) -> Iterator[tuple[Pages, Layout]]:
    """Give the layouts with which the headers of erase blocks recur at a distance that most of them keep."""
    for pages in PAGES:
        inner = PagedView(view, pages)
        distances: Count[int] = Count()
        last = 0
        for offset in range(ERASE_BYTES[0], min(inner.size, _SEARCHED_BYTES), ERASE_BYTES[0]):
            if _is_header(inner, first, offset, budget):
                distances[offset - last] += 1
                last = offset
                if distances.total() == _HEADERS:
                    break
        size = min(distances, key=lambda one: (-distances[one], one), default=0)
        if size > first.data_offset:
            yield pages, lay_out(inner, first, size, budget)


def _is_header(view: View, first: Counter, offset: int, budget: Budget) -> bool:
    budget.take_search(_TRIED_BYTES)
    return is_kin(first, read_counter(view, offset))


def _open_jffs2(view: View, budget: Budget) -> _NandJffs2:
    if view.read(0, min(4, view.size)) not in _JFFS2_MAGICS:
        raise NotThisFormat
    as_it_is = _intact(View(view.read(0, min(PROOF_BYTES, view.size))), budget)
    counts = {
        pages: sum(
            _reaches_over(one, pages.page) for one in _intact(View(_without_spare(view, pages, PROOF_BYTES)), budget)
        )
        for pages in PAGES
        if not any(_covers_spare(one, pages) for one in as_it_is)
    }
    pages = max(counts, key=lambda one: counts[one], default=PAGES[0])
    if not counts.get(pages):
        raise NotThisFormat
    size = min(pages.inner_size(view.size), budget.limits.file_bytes)
    budget.take_output(size, size)
    return _NandJffs2(open_jffs2(View(_without_spare(view, pages, size)), budget), pages, view.size)


def _without_spare(view: View, pages: Pages, most: int) -> bytes:
    """Copy the first bytes of the content of a dump."""
    inner = PagedView(view, pages)
    return inner.read(0, min(most, inner.size))


def _intact(view: View, budget: Budget) -> list[range]:
    """Give where the data of nodes lie that have their checksum."""
    budget.take_search(view.size)
    log = Log(view, budget)
    try:
        log.scan()
    except (NotThisFormat, LimitReached, EOFError):
        return []
    places = ((range(one.at, one.at + one.stored), one.crc) for one in log.pieces if one.stored)
    return [
        place
        for place, crc in places
        if place.stop <= view.size and checksum(view.slice(place.start, len(place))) == crc
    ]


def _reaches_over(place: range, page: int) -> bool:
    """Tell whether the end of a page lies inside a stretch."""
    return place.start // page != (place.stop - 1) // page


def _covers_spare(place: range, pages: Pages) -> bool:
    """Tell whether the first spare byte of a page would lie inside a stretch."""
    number = max(-(-(place.start - pages.page) // pages.pitch), 0)
    return number * pages.pitch + pages.page in place
