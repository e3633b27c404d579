"""Reads dumps of NAND flash that hold the spare bytes of each page, as if they did not.

A page has spare bytes behind it, out of band, for error correction and marks of bad blocks; a raw dump holds them, and
no file system counts them. The sizes are those of data sheets; where a controller works in steps of 512 bytes, each
step has its own spare bytes behind it.
"""

from __future__ import annotations

import msgspec

from plimsoll.unpack.format import View


class Pages(msgspec.Struct, frozen=True):
    """How the bytes of a dump are laid out."""

    page: int
    """Bytes of content in a page."""
    spare: int
    """Bytes behind them."""

    @property
    def pitch(self) -> int:
        """Bytes from one page to the next."""
        return self.page + self.spare

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        return f"pages of {self.page} and {self.spare} bytes"

    def outer(self, offset: int) -> int:
        """Give where in the dump a byte of the content lies."""
        return offset // self.page * self.pitch + offset % self.page

    def outer_end(self, length: int) -> int:
        """Give where in the dump the last page of so much content ends, its spare bytes included."""
        return -(-length // self.page) * self.pitch

    def inner_size(self, size: int) -> int:
        """Give how much content a dump of so many bytes holds."""
        return size // self.pitch * self.page + min(size % self.pitch, self.page)


PAGES = tuple(
    Pages(page, spare)
    for page, spares in (
        (2048, (64, 128, 112)),
        (4096, (128, 224, 256, 208, 218, 232)),
        (512, (16,)),
        (8192, (448, 640, 512, 744, 436, 376)),
        (16384, (1280, 1024, 1216)),
        (1024, (32,)),
    )
    for spare in spares
)
"""What chips are made with, the commonest first."""


class PagedView(View):
    """The content of a dump without its spare bytes. What lies in one page is not copied."""

    __slots__ = ("_outer", "_pages", "_start")

    def __init__(self, outer: View, pages: Pages, start: int = 0, size: int | None = None) -> None:
        # NOTE: there is no memory in which the content lies as a whole, so readers that need one cannot be used.
        super().__init__(b"")
        self._outer = outer
        self._pages = pages
        self._start = start
        self.size = pages.inner_size(outer.size) - start if size is None else size

    def slice(self, offset: int, length: int) -> memoryview:
        """Give `length` bytes at `offset`; raise EOFError when they are not all there."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise EOFError(f"{length} bytes at {offset:#x} of {self.size:#x}")
        position, page = self._start + offset, self._pages.page
        end = position + length
        if position // page == (end - 1) // page or not length:
            return self._outer.slice(self._pages.outer(position), length)
        pieces = []
        while position < end:
            count = min(page - position % page, end - position)
            pieces.append(self._outer.slice(self._pages.outer(position), count))
            position += count
        return memoryview(b"".join(pieces))

    def cut(self, offset: int, length: int | None = None) -> PagedView:
        """Give a view of a part, to the end when no length is given; raise EOFError when it is not all there."""
        if length is None:
            length = self.size - offset
        if offset < 0 or length < 0 or offset + length > self.size:
            raise EOFError(f"{length} bytes at {offset:#x} of {self.size:#x}")
        return PagedView(self._outer, self._pages, self._start + offset, length)
