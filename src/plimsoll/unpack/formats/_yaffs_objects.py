"""Which entries the chunks of a YAFFS log come to: of each object the newest header, of each page the newest chunk.

A log is never changed: what is written again, renamed or removed has newer chunks, and the old ones stay until their
erase block is used anew. What was removed has a header in one of two directories of its own; a file that was made
shorter has a header that says so, and older pages beyond its end no longer count. A page that was never written is a
hole. Source: "How YAFFS Works" by C. Manning.
"""

from __future__ import annotations

import stat
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Entries
from plimsoll.unpack.formats._yaffs_chunks import Chunk
from plimsoll.unpack.formats._yaffs_headers import DIRECTORY, FILE, HARD_LINK, LOST, ROOT, SYMLINK, Header
from plimsoll.unpack.limits import Budget, LimitReached

_SPECIAL: dict[int, NodeKind] = {
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}
_LOST_NAME = b"lost+found"
_ROOT_MODE = 0o755

Time = tuple[int, int]


class Pages(msgspec.Struct, frozen=True):
    """Content of a regular file."""

    offset: int
    size: int
    page: int
    """Bytes of content in a page."""
    chunks: tuple[tuple[int, int, int], ...]
    """Number, place and bytes in use of each page that counts."""

    def read(self, view: View, budget: Budget) -> bytes:
        """Put the pages where they go; what is in none is zeros."""
        budget.take_output(self.size, len(self.chunks) * self.page)
        content = bytearray(self.size)
        for number, at, used in self.chunks:
            start = (number - 1) * self.page
            used = min(used, self.size - start)
            if used > 0:
                content[start : start + used] = view.slice(at, used)
        return bytes(content)


class _Object(msgspec.Struct):
    """An object as its newest header has it."""

    time: Time
    header: Header
    at: int


class Objects:
    """Lists a log once; what it found is in its entries."""

    def __init__(
        self, headers: Iterable[tuple[Chunk, Header]], chunks: Iterable[Chunk], page: int, budget: Budget
    ) -> None:
        self.entries = Entries(budget)
        self._budget = budget
        self._page = page
        self._objects: dict[int, _Object] = {}
        self._cuts: dict[int, list[tuple[Time, int]]] = {}
        self._shadowed: dict[int, Time] = {}
        self._chunks: dict[int, list[Chunk]] = {}
        self._children: dict[int, list[int]] = {}
        self._contents: dict[int, Pages] = {}
        self._kept_bytes = 0
        for chunk, header in headers:
            self._learn(chunk, header)
        for chunk in chunks:
            self._chunks.setdefault(chunk.object, []).append(chunk)

    def walk(self) -> None:
        """List everything from the root down."""
        for number, one in sorted(self._objects.items(), key=lambda item: item[1].time):
            if number != ROOT and not self._is_gone(number, one):
                self._children.setdefault(one.header.parent, []).append(number)
        root = self._objects.get(ROOT)
        self.entries.add(_directory(b"", root.header if root else None))
        waiting = [(b"", ROOT)]
        try:
            while waiting:
                self._budget.check_time()
                path, number = waiting.pop()
                waiting += reversed(self._list(path, number))
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)
            return
        if lost := sum(map(len, self._children.values())):
            self.entries.problem(b"", message("{count} objects are in directories that have no name", count=lost))
        if headless := len(self._chunks.keys() - self._objects.keys()):
            self.entries.problem(b"", message("{count} files have content and no header", count=headless))

    def _learn(self, chunk: Chunk, header: Header) -> None:
        number = chunk.object
        known = self._objects.get(number)
        if known is None or known.time <= chunk.time:
            self._objects[number] = _Object(chunk.time, header, chunk.at)
        if header.is_shrunk or header.is_gone:
            self._cuts.setdefault(number, []).append((chunk.time, 0 if header.is_gone else header.size))
        if header.shadows:
            self._shadowed[header.shadows] = max(self._shadowed.get(header.shadows, (0, 0)), chunk.time)

    def _is_gone(self, number: int, one: _Object) -> bool:
        return one.header.is_gone or one.time < self._shadowed.get(number, (0, 0))

    def _list(self, directory: bytes, number: int) -> list[tuple[bytes, int]]:
        """Add what is in one directory; give the directories in it."""
        below: list[tuple[bytes, int]] = []
        if number == ROOT and LOST in self._children and LOST not in self._objects:
            self.entries.add(_directory(_LOST_NAME, None))
            below.append((_LOST_NAME, LOST))
        # Each object is in one directory, so none is met twice.
        for child in self._children.pop(number, ()):
            header = self._objects[child].header
            name = header.name
            path = directory + b"/" + name if directory else name
            if not name or b"/" in name or name in (b".", b"..") or len(path) > PATH_BYTES:
                shown = escape_name(name)
                self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
                continue
            self._budget.take_entries(1)
            self._keep(len(path) + len(header.target))
            if header.kind == DIRECTORY:
                self.entries.add(_directory(path, header))
                below.append((path, child))
            else:
                self._enter(path, child, header)
        return below

    def _enter(self, path: bytes, number: int, header: Header) -> None:
        """Add a file, a link or a device; a hard link is a further name of what it means."""
        if header.kind == HARD_LINK:
            number = header.means
            meant = self._objects.get(number)
            if meant is None or meant.header.kind in (HARD_LINK, DIRECTORY):
                self.entries.problem(path, message("a hard link to no file; not followed"))
                return
            header = meant.header
        try:
            if header.kind == FILE:
                content = self._content(number)
                mode = stat.S_IMODE(header.mode)
                self.entries.add(Node(path, "file", mode, header.uid, header.gid, content.size), content)
            else:
                self.entries.add(_other(path, header))
        except Malformed as broken:
            self.entries.problem(path, broken.reason)

    def _content(self, number: int) -> Pages:
        """Put together which chunks count of a file, once."""
        if number in self._contents:
            return self._contents[number]
        one = self._objects[number]
        newest: dict[int, Chunk] = {}
        cuts = self._cuts.get(number)
        for chunk in self._chunks.get(number, ()):
            known = newest.get(chunk.number)
            if known is None or known.time <= chunk.time:
                newest[chunk.number] = chunk
        found = sorted(newest.values(), key=lambda chunk: chunk.number)
        if cuts:
            found = list(_uncut(found, cuts, self._page))
        # What was written after the newest header counts although that header does not know of it.
        later = [chunk.end(self._page) for chunk in found if chunk.time > one.time]
        size = max(one.header.size, *later) if later else one.header.size
        at = found[0].at if found else one.at
        pages = Pages(at, size, self._page, tuple((chunk.number, chunk.at, chunk.used) for chunk in found))
        self._contents[number] = pages
        return pages

    def _keep(self, size: int) -> None:
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))


def _uncut(chunks: Iterable[Chunk], cuts: list[tuple[Time, int]], page: int) -> Iterator[Chunk]:
    """Leave out what lies beyond a size that the file was cut to later."""
    cuts.sort()
    times = [time for time, _ in cuts]
    smallest = list(accumulate((size for _, size in reversed(cuts)), min))[::-1]
    for chunk in chunks:
        later = bisect_right(times, chunk.time)
        if later == len(times) or (chunk.number - 1) * page < smallest[later]:
            yield chunk


def _directory(path: bytes, header: Header | None) -> Node:
    if header is None:
        return Node(path, "directory", _ROOT_MODE)
    return Node(path, "directory", stat.S_IMODE(header.mode), header.uid, header.gid)


def _other(path: bytes, header: Header) -> Node:
    """Give a symlink, a device, a fifo or a socket."""
    mode, owner = stat.S_IMODE(header.mode), (header.uid, header.gid)
    if header.kind == SYMLINK:
        if not header.target:
            raise Malformed(message("a link without a target"))
        return Node(path, "symlink", mode, *owner, target=header.target)
    kind = _SPECIAL.get(stat.S_IFMT(header.mode))
    if kind is None:
        raise Malformed(message("an inode of the mode {mode}", mode=oct(header.mode)))
    raw = header.device
    device = (raw >> 8 & 0xFFF, raw & 0xFF | raw >> 12 & 0xFFF00) if kind in ("character", "block") else None
    return Node(path, kind, mode, *owner, device=device)
