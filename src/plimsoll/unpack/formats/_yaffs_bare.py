"""Reads YAFFS images that lost the spare bytes of their pages, as far as they are as a tool made them.

Without tags nothing says which object a page is of. Tools write each header, then the pages of the file, and number the
objects from 257 on in that order; a header of the root, which is object 1, may come first. So every page that should be
a header must be one. Observed in images of mkyaffs2image; what a running device wrote cannot be read in this way.
"""

from __future__ import annotations

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._yaffs_chunks import CHUNKS, PAGES, Chunk, Order
from plimsoll.unpack.formats._yaffs_headers import DIRECTORY, HEADER_BYTES, ROOT, Header, read_header
from plimsoll.unpack.limits import Budget, LimitReached

_FIRST = 257
_PROOF = 3
"""Headers that must stand where they should."""
_UNUSED_SUM = b"\xff\xff"


class BareLog:
    """The headers and pages of an image without spare bytes."""

    def __init__(self, view: View, order: Order, page: int, found: list[tuple[int, Header]]) -> None:
        self.page = page
        self.headers: list[tuple[Chunk, Header]] = []
        self.chunks: list[Chunk] = []
        self.problems: list[Message] = []
        self.length = 0
        name = "little-endian" if order == "<" else "big-endian"
        self.label = f"{name}, pages of {page} bytes, without their spare bytes"
        self._view = view
        self._following = _FIRST
        for at, header in found:
            self._take(at, header)
        wanted = _next(*found[-1], page)
        if wanted > view.size:
            self.problems.append(message("cut short: {missing} bytes are missing", missing=wanted - view.size))
        self.length = min(wanted, view.size)

    def _take(self, at: int, header: Header) -> None:
        number = self._following
        if not self.headers and header.kind == DIRECTORY and not header.name:
            number = ROOT
        else:
            self._following += 1
        self.headers.append((Chunk((0, at), number, 0, 0, at), header))
        end = min(_next(at, header, self.page), self._view.size)
        left = header.size
        for index, start in enumerate(range(at + self.page, end, self.page), 1):
            used = min(self.page, left, self._view.size - start)
            self.chunks.append(Chunk((0, start), number, index, used, start))
            left -= used


def read_bare(view: View, order: Order, budget: Budget) -> BareLog | None:
    """Read the image with the size of page by which most headers stand where they should; None when none fits."""
    found = {page: _headers(view, order, page, budget) for page in PAGES}
    page = max(found, key=lambda one: len(found[one]))
    return BareLog(view, order, page, found[page]) if len(found[page]) >= _PROOF else None


def _headers(view: View, order: Order, page: int, budget: Budget) -> list[tuple[int, Header]]:
    """Follow the headers from the beginning on."""
    found: list[tuple[int, Header]] = []
    at = chunks = 0
    while at < view.size:
        header = read_header(view, at, order)
        if header is None or not header.is_plausible or view.read(at + 8, 2) != _UNUSED_SUM:
            break
        budget.take_search(HEADER_BYTES)
        following = _next(at, header, page)
        chunks += (min(following, view.size) - at) // page + 1
        if chunks > CHUNKS:
            raise LimitReached(message("more than {limit} chunks", limit=CHUNKS))
        found.append((at, header))
        at = following
    return found


def _next(at: int, header: Header, page: int) -> int:
    """Give where the next header stands."""
    return at + page * (1 + (-(-header.size // page) if header.is_file else 0))
