"""How a SPIFFS image is cut into blocks and pages, and what its pages hold.

Source: the technical specification of SPIFFS and facts of the image generator of ESP-IDF. A block begins with a table
of the objects that its other pages belong to, 16 bits each: 0 for a deleted page, all ones for a free one, the highest
bit set for a page of an index. The last four bytes of the pages that the table takes are a sign and a count of erases;
the sign is 20140529 XORed with the bytes of a page and, mostly, with the number of blocks from here to the end.

offset  size  page                                offset  size  first page of an index
0       2     object, as in the table             8       4     bytes of content; all ones when none was written
2       2     number of the page in its object    12      1     1 for a file
4       1     flags, in use when zero             13            name, to a zero; then numbers of pages
5             content

The flags are: 1 used, 2 complete, 4 index, 40 not being deleted, 80 not deleted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.format import View
from plimsoll.unpack.limits import Budget

PAGE_BYTES = (256, 128, 512, 1024, 2048)
BLOCK_BYTES = (4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144)

HEADER = 5
"""Bytes before the content of a page."""

INDEX = 0x8000

_FEWEST_BLOCKS = 3
_SIGN = 0x0529
_DELETED, _FREE = 0, 0xFFFF
_USED, _COMPLETE, _KEPT, _STAYS = 0x01, 0x02, 0x40, 0x80


class Geometry(msgspec.Struct, frozen=True):
    """How an image is cut."""

    page: int
    block: int
    blocks: int
    """By the signs; there may be less in the view."""

    @property
    def size(self) -> int:
        """Bytes of the whole image."""
        return self.block * self.blocks

    @property
    def table_pages(self) -> int:
        """Pages at the beginning of a block that are its table."""
        return _table_pages(self.page, self.block)


class Page(msgspec.Struct, frozen=True):
    """A page in use."""

    at: int
    object: int
    """Without the bit of an index."""
    number: int
    is_index: bool


def find_geometry(view: View, first: int, budget: Budget) -> Geometry | None:
    """Find pages and blocks with which the signs of the blocks and the tables of the pages fit; None when none do.

    The table of the first block ends at `first`.
    """
    for page in PAGE_BYTES:
        for block in BLOCK_BYTES:
            if _table_pages(page, block) * page != first:
                continue
            blocks = _count_blocks(view, page, block)
            if blocks is not None and _has_sound_pages(view, geometry := Geometry(page, block, blocks), budget):
                return geometry
    return None


def list_pages(view: View, geometry: Geometry, budget: Budget) -> Iterator[Page]:
    """Give the pages that are in use, in order."""
    for at, owner in _owned(view, geometry, budget):
        found, number, flags = struct.unpack_from("<HHB", view.buffer, at)
        if found == owner and not flags & (_USED | _COMPLETE) and flags & _STAYS and flags & _KEPT:
            yield Page(at, owner & ~INDEX, number, bool(owner & INDEX))


def _table_pages(page: int, block: int) -> int:
    return max(1, block // page * 2 // page)


def _count_blocks(view: View, page: int, block: int) -> int | None:
    """Count blocks by their signs; None when they do not fit."""
    at = _table_pages(page, block) * page - 4
    if block // page < 8 or at + (_FEWEST_BLOCKS - 1) * block + 2 > view.size:
        return None
    plain = _SIGN ^ page
    total = _sign(view, at) ^ plain
    if not total:
        count = 0
        while at + count * block + 2 <= view.size and _sign(view, at + count * block) == plain:
            count += 1
        return count if count >= _FEWEST_BLOCKS else None
    if total < _FEWEST_BLOCKS or any(_sign(view, at + one * block) != plain ^ (total - one) for one in (1, 2)):
        return None
    there = min(total, (view.size - at - 2) // block + 1)
    right = sum(_sign(view, at + one * block) == plain ^ (total - one) for one in range(there))
    return total if right * 4 >= there * 3 else None


def _sign(view: View, at: int) -> int:
    return int.from_bytes(view.buffer[at : at + 2], "little")


def _has_sound_pages(view: View, geometry: Geometry, budget: Budget) -> bool:
    """Tell whether there are pages in use, and nearly all of them belong to what the tables say."""
    right = wrong = 0
    for at, owner in _owned(view, geometry, budget):
        if struct.unpack_from("<H", view.buffer, at)[0] == owner:
            right += 1
        else:
            wrong += 1
    return right > 0 and wrong * 8 <= right


def _owned(view: View, geometry: Geometry, budget: Budget) -> Iterator[tuple[int, int]]:
    """Give where the pages are that belong to an object by the tables, and to which."""
    first, page = geometry.table_pages, geometry.page
    count = geometry.block // page - first
    for start in range(0, min(geometry.size, view.size), geometry.block):
        budget.take_search(count * 2)
        table = view.buffer[start : start + count * 2]
        for index, (owner,) in enumerate(struct.iter_unpack("<H", table[: len(table) & ~1])):
            at = start + (first + index) * page
            if owner not in (_DELETED, _FREE) and at + page <= view.size:
                yield at, owner
