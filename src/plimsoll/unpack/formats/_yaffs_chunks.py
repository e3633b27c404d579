"""Finds the chunks of a YAFFS log: how long its pages and their spare bytes are, and what the tags of each page say.

Nothing in an image names the size of its pages, so the sizes are tried on the first chunk, whose header is known. Tags
of version 2 are four numbers of 32 bits somewhere in the spare bytes: at 0, 2 or 30 as a rule. Where the flash has
none to spare they are the last 16 bytes of the page. Tags of version 1 are 64 bits spread over 16 bytes:

bits  tags of version 2                           bits  tags of version 1, in bytes 0-3, 6, 7, 11 and 12
32    sequence number, one for each erase block   20    chunk
32    object; when bit 31 of the next is set,     2     serial number, one more in the newer of two
      its kind in the high 4 bits                 10    bytes in use
32    chunk: 0 header, else 1 and up in the       18    object
      file; or bit 31, then the parent            14    check bits
32    bytes in use                                byte 4 is cleared when the chunk is deleted, 5 in bad blocks

Source: "How YAFFS Works" by C. Manning, the notes on YAFFS2 of the Sleuth Kit's wiki, the facts in the handler of
unblob (MIT); checked against images that unyaffs reads, and against a real one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats._yaffs_headers import HEADER_BYTES, OBJECTS, Header, read_header
from plimsoll.unpack.limits import Budget, LimitReached

Order = Literal["<", ">"]

PAGES = (512, 1024, 2048, 4096, 8192, 16384)
SPARES = (16, 32, 64, 128, 208, 218, 224, 232, 256, 436, 448, 512, 640, 744, 1024, 1280)
"""Spare bytes that chips are made with."""

CHUNKS = 1_000_000
"""Most chunks that are kept of one log."""

GARBAGE = 256
"""Most chunks that may lie between two others and be neither erased nor readable: blocks that went bad."""

BLOCK = 64
"""Chunks of an erase block, as a rule."""

_SMALL_BLOCK = 32
_TAG_BYTES = 16
_FURTHEST = 48
"""How far into the spare bytes the tags are looked for."""
_SAMPLES, _PROOF = 8, 3
"""Chunks at the beginning that are looked at, and how many must make sense."""
_LOWEST, _HIGHEST = 0x1000, 0xEFFFFF00
"""Sequence numbers of blocks that hold objects."""
_WORN_OUT = 0x0FFFFFFF
"""Highest sequence number that is believed of the first blocks: no flash lives that long, and text is higher."""
_CHECKPOINT = 0x21
"""Sequence number of blocks that say what the rest would say too."""
_CHUNK_IDS = 1 << 24
_WHOLE = 7
"""Bits that are left of a byte of ones when it was not cleared on purpose."""
_HEADER_FLAG = 1 << 31
_HEADER_USED = 0xFFFF
"""Bytes in use that tools write for a header."""
_ERASED = 0xFFFFFFFF
_BATCH = 4096
_TRIED_BYTES = 64 << 10
"""What one look for a layout counts for as searching."""
_VERSION_1 = (512, 16)

Tags = tuple[int, int, int, int]
"""Sequence number, object, chunk and bytes in use, as they are stored."""


class Chunk(NamedTuple):
    """A page that holds something."""

    time: tuple[int, int]
    """What makes it newer than another of the same object and number; compared as it is."""
    object: int
    number: int
    """0 for a header, else where in the file the page goes, counted from 1."""
    used: int
    """Bytes in use."""
    at: int
    """Where in the view the page lies."""

    def end(self, page: int) -> int:
        """Give where in the file it ends."""
        return (self.number - 1) * page + self.used


class Layout(msgspec.Struct, frozen=True):
    """How the bytes of an image are laid out."""

    version: int
    order: Order
    page: int
    """Bytes of content in a page."""
    spare: int
    tags_at: int = 0
    """Where in the spare bytes the tags begin."""

    @property
    def pitch(self) -> int:
        """Bytes from one page to the next."""
        return self.page + self.spare

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        order = "little-endian" if self.order == "<" else "big-endian"
        return f"version {self.version}, {order}, pages of {self.page} and {self.spare} bytes"

    def tags(self, view: View, start: int, count: int) -> Iterator[Tags]:
        """Give the tags of chunks that lie one after the other."""
        if self.version == 1:
            for (spare,) in struct.iter_unpack("512x16s", view.slice(start, count * self.pitch)):
                yield _old_tags(spare, self.order)
            return
        before, after = self.page + self.tags_at, self.spare - self.tags_at - _TAG_BYTES
        yield from struct.iter_unpack(f"{self.order}{before}x4I{after}x", view.slice(start, count * self.pitch))

    def chunk(self, view: View, at: int, tags: Tags) -> Chunk | None:
        """Give what the tags at a chunk say; None when they make no sense or stand for nothing that is kept."""
        sequence, object, number, used = tags
        if not _LOWEST <= sequence <= _HIGHEST:
            return None
        time = (sequence, at)
        if number & _HEADER_FLAG:
            kind, object = object >> 28, object & OBJECTS - 1
            first = struct.unpack_from(self.order + "II", view.slice(at, HEADER_BYTES))
            return Chunk(time, object, 0, 0, at) if object and first == (kind, number & OBJECTS - 1) else None
        if not 0 < object < OBJECTS or number >= _CHUNK_IDS or used > (self.page if number else _HEADER_USED):
            return None
        return Chunk(time, object, number, used if number else 0, at)


class Log:
    """Goes through the chunks of an image once; what it found is in its fields."""

    def __init__(self, view: View, layout: Layout, budget: Budget) -> None:
        self.layout = layout
        self.label = layout.label
        self.headers: list[tuple[Chunk, Header]] = []
        self.chunks: list[Chunk] = []
        """Those of content."""
        self.length = 0
        self.problems: list[Message] = []
        self._view = view
        self._budget = budget
        self._kinds: dict[int, int] = {}
        self._sequences: set[int] = set()
        self._last = 0
        self._garbage = self._gap = 0
        self._unread = self._damaged = 0

    def scan(self) -> None:
        """Read the tags of all chunks up to where the log ends."""
        whole = self._view.size // self.layout.pitch
        try:
            for first in range(0, whole, _BATCH):
                count = min(_BATCH, whole - first)
                self._budget.take_search(count * self.layout.pitch)
                if not self._scan(first, count):
                    break
        except LimitReached as reached:
            self.problems.append(reached.reason)
        self._finish()

    def _scan(self, first: int, count: int) -> bool:
        """Take a run of chunks; give False when the log ended in it."""
        pitch = self.layout.pitch
        for at, tags in enumerate(self.layout.tags(self._view, first * pitch, count), first):
            if tags[1] == tags[2] == _ERASED or tags[0] == _CHECKPOINT:
                self._gap += 1
                continue
            chunk = self.layout.chunk(self._view, at * pitch, tags)
            if chunk is None:
                self._gap += 1
                self._garbage += 1
                if self._garbage > GARBAGE:
                    return False
                continue
            if not self._take(chunk):
                return False
        return True

    def _take(self, chunk: Chunk) -> bool:
        """Keep a chunk; give False when it is the first of another log."""
        header = None
        if not chunk.number:
            header = read_header(self._view, chunk.at, self.layout.order)
            if header is not None and self._is_of_another(chunk, header):
                return False
        if len(self.chunks) + len(self.headers) >= CHUNKS:
            raise LimitReached(message("more than {limit} chunks", limit=CHUNKS))
        if chunk.number:
            self.chunks.append(chunk)
        elif header is None:
            self._damaged += 1
        else:
            self.headers.append((chunk, header))
            self._kinds[chunk.object] = header.kind
        self._sequences.add(chunk.time[0])
        self._unread += self._garbage
        self._last, self._garbage, self._gap = chunk.object, 0, 0
        self.length = chunk.at + self.layout.pitch
        return True

    def _is_of_another(self, chunk: Chunk, header: Header) -> bool:
        """Tell whether a header after a gap is that of another log, as it may follow in the next partition.

        In one log no object becomes one of another kind, and each erase block has a sequence number of its own; only
        images as tools make them have the same in all.
        """
        known = self._kinds.get(chunk.object)
        if not self._gap or known is None:
            return False
        is_boundary = chunk.at // self.layout.pitch % _SMALL_BLOCK == 0
        is_again = self.layout.version == 2 and chunk.time[0] in self._sequences
        return known != header.kind or (is_boundary and is_again)

    def _finish(self) -> None:
        """Find the end: what is erased up to the end of the erase block belongs to the log."""
        pitch = self.layout.pitch
        end = min(-(-self.length // (pitch * BLOCK)) * pitch * BLOCK, self._view.size)
        rest = self._view.read(self.length, end - self.length)
        if self._damaged:
            self.problems.append(message("{count} headers are damaged and left out", count=self._damaged))
        if self._unread:
            self.problems.append(message("{count} pages between others are not readable", count=self._unread))
        is_at_end = self._view.size - self.length < pitch
        if is_at_end and (missing := self._missing_of_last()):
            self.problems.append(message("cut short: the last file lacks {missing} bytes", missing=missing))
            self.length = self._view.size
        else:
            self.length += len(rest) - len(rest.lstrip(b"\xff"))

    def _missing_of_last(self) -> int:
        """Count the bytes that the last object lacks at its end."""
        sizes = [header.size for chunk, header in self.headers if chunk.object == self._last and header.is_file]
        ends = [one.end(self.layout.page) for one in self.chunks[-1:] if one.object == self._last]
        return max(sizes[-1] - max(ends, default=0), 0) if sizes else 0


def find_layout(view: View, order: Order, budget: Budget) -> Layout | None:
    """Find the layout by which most of the first chunks make sense; None when there is none by which enough do."""
    budget.take_search(_TRIED_BYTES)
    best, most = None, (0, 0)
    for layout in _layouts(view, order):
        found = list(layout.tags(view, 0, min(_SAMPLES, view.size // layout.pitch)))
        fitting = _count_fitting(layout, view, found)
        # NOTE: tags read two bytes off may make sense too; their sequence number is much higher.
        if fitting >= _PROOF and (fitting, -found[0][0]) > most:
            best, most = layout, (fitting, -found[0][0])
    return best


def _layouts(view: View, order: Order) -> Iterator[Layout]:
    """Give the layouts in which the tags of the first chunk can be read and say that it is a header."""
    numbers = struct.Struct(order + "4I")
    for page in PAGES:
        for inner, spares in ((page, SPARES), (page - _TAG_BYTES, (_TAG_BYTES,))):
            for tags_at in range(0, min(_FURTHEST, spares[-1] - _TAG_BYTES) + 1, 2):
                if inner < HEADER_BYTES or inner + tags_at + _TAG_BYTES > view.size:
                    break
                tags = numbers.unpack_from(view.buffer, inner + tags_at)
                needed = tags_at + _TAG_BYTES
                found = Layout(2, order, inner, needed, tags_at).chunk(view, 0, tags)
                if found is not None and not found.number:
                    yield from (Layout(2, order, inner, spare, tags_at) for spare in spares if spare >= needed)
    yield Layout(1, order, *_VERSION_1)


def _count_fitting(layout: Layout, view: View, found: list[Tags]) -> int:
    """Count the chunks that make sense, the first among them; those of one erase block have one sequence number."""
    if not found or not _fits(layout, view, 0, found[0]):
        return 0
    same = ((at, tags) for at, tags in enumerate(found) if tags[0] == found[0][0])
    return sum(_fits(layout, view, at * layout.pitch, tags) for at, tags in same)


def _fits(layout: Layout, view: View, at: int, tags: Tags) -> bool:
    """Tell whether a chunk makes sense: the first is a header, and what its tags call a header must be one."""
    chunk = layout.chunk(view, at, tags)
    if chunk is None or tags[0] > _WORN_OUT:
        return False
    if chunk.number:
        return at > 0
    header = read_header(view, at, layout.order)
    return header is not None and header.is_plausible


def _old_tags(spare: bytes, order: Order) -> Tags:
    """Give tags of version 1 in the terms of version 2; a chunk that was deleted reads as an erased one."""
    packed = spare[0:4] + spare[6:8] + spare[11:13]
    if packed == b"\xff" * len(packed) or spare[4].bit_count() < _WHOLE:
        return (_ERASED, _ERASED, _ERASED, _ERASED)
    if order == "<":
        value = int.from_bytes(packed, "little")
        number, used, object = value & 0xFFFFF, value >> 22 & 0x3FF, value >> 32 & 0x3FFFF
    else:
        value = int.from_bytes(packed, "big")
        number, used, object = value >> 44, value >> 32 & 0x3FF, value >> 14 & 0x3FFFF
    return (_LOWEST if spare[5].bit_count() >= _WHOLE else 0, object, number, used)


def check_start(view: View) -> Order:
    """Tell the byte order of the header at the beginning of a view; raise NotThisFormat when there is none."""
    if view.size < HEADER_BYTES:
        raise NotThisFormat
    for order in ("<", ">"):
        header = read_header(view, 0, order)
        if header is not None and header.is_plausible and view.read(8, 2) == b"\xff\xff":
            return order
    raise NotThisFormat
