"""Which entries a cramfs image holds, and how their content is read.

A directory is a row of inodes of 12 bytes, each with its name behind it, filled up with zeros to a multiple of four.

bits  inode, low bits first in little-endian images and high bits first in big-endian ones
16    kind and mode
16    owner
24    bytes of content; of a device, its numbers: minor 8 bits, major above
8     group
6     length of the name, in fours
26    place of the content, in fours

Content is a row of pointers to the ends of its data blocks, then the blocks, each a zlib stream; an empty block is
zeros. The superblock does not name the size of a block: it is a page of the machine, nearly always 4 KiB. Other sizes
are known by the number of blocks that the superblock counts. Source: the public description of the format, and images
made with the real tools.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.codecs import Undecodable, decode_zlib
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Content, Entries
from plimsoll.unpack.limits import Budget, LimitReached

Order = Literal["<", ">"]
"""Byte order as in `struct`."""

BLOCK_SIZES = (4096, 8192, 16384, 32768, 65536)
"""Sizes of a page; the first is believed when the count of blocks fits none."""

_INODE_BYTES = 12
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Inode(msgspec.Struct, frozen=True):
    """An inode, its fields in bytes."""

    mode: int
    """Kind and permission bits."""
    uid: int
    gid: int
    size: int
    name_bytes: int
    offset: int

    @property
    def kind(self) -> NodeKind | None:
        """Give what it is; None when that is nothing we know."""
        return _KINDS.get(stat.S_IFMT(self.mode))


class Data(msgspec.Struct, frozen=True):
    """Content of a file or symlink."""

    offset: int
    size: int
    order: Order
    block_size: int

    def read(self, view: View, budget: Budget) -> bytes:
        """Read all bytes; raise Malformed when a block is damaged or not there."""
        if not self.size:
            return b""
        count = _blocks(self.size, self.block_size)
        try:
            pointers = view.read(self.offset, count * 4)
        except EOFError as error:
            raise Malformed(message("its block pointers at {offset} lie outside", offset=hex(self.offset))) from error
        ends = struct.unpack(f"{self.order}{count}I", pointers)
        start = self.offset + len(pointers)
        budget.take_output(self.size, min(max(ends[-1] - start, 0), view.size) + len(pointers))
        parts = []
        left = self.size
        for end in ends:
            wanted = min(left, self.block_size)
            parts.append(self._block(view, start, end, wanted))
            start = end
            left -= wanted
        return b"".join(parts)

    def _block(self, view: View, start: int, end: int, wanted: int) -> bytes | bytearray:
        if start == end:
            return bytes(wanted)
        place = hex(start)
        # A block that does not shrink takes a little more than its content.
        if not 0 < end - start <= 2 * self.block_size:
            raise Malformed(message("the data block at {offset} has no sound length", offset=place))
        try:
            content = decode_zlib(view.slice(start, end - start), wanted)
        except EOFError as error:
            raise Malformed(message("the data block at {offset} lies outside", offset=place)) from error
        except Undecodable as error:
            reason = message("the data block at {offset} is damaged: {error}", offset=place, error=str(error))
            raise Malformed(reason) from error
        if len(content) != wanted:
            reason = message("the data block at {offset} holds {found} bytes, not {wanted}", offset=place,
                             found=len(content), wanted=wanted)  # fmt: skip
            raise Malformed(reason)
        return content


class Walk:
    """Lists an image once; what it found is in its entries."""

    def __init__(self, view: View, order: Order, root: Inode, blocks: int, budget: Budget) -> None:
        self.entries = Entries(budget)
        self.end = 0
        """Where the furthest listing or content ends."""
        self._view = view
        self._order: Order = order
        self._root = root
        self._blocks = blocks
        self._budget = budget
        self._found: list[tuple[bytes, Inode]] = []
        self._listed: set[int] = set()
        self._waiting: list[tuple[bytes, Inode]] = []
        self._kept_bytes = 0

    def walk(self) -> None:
        """List everything from the root down."""
        self._found.append((b"", self._root))
        self._wait(b"", self._root)
        try:
            while self._waiting:
                self._list(*self._waiting.pop())
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)
        block_size = self._block_size()
        for path, inode in self._found:
            try:
                self._add(path, inode, block_size)
            except LimitReached as reached:
                self.entries.problem(b"", reached.reason)
                return

    def _list(self, path: bytes, directory: Inode) -> None:
        """List one directory, its subdirectories to follow in its order."""
        self._budget.check_time()
        below = len(self._waiting)
        names: set[bytes] = set()
        try:
            for name, inode in self._inodes(directory):
                full = path + b"/" + name if path else name
                if not name or name in (b".", b"..") or b"/" in name or len(full) > PATH_BYTES or name in names:
                    shown = escape_name(name)
                    self.entries.problem(path, message("an entry of the name {name!r} is left out", name=shown))
                    continue
                names.add(name)
                self._enter(full, inode)
        except Malformed as broken:
            self.entries.problem(path, broken.reason)
        self._waiting[below:] = reversed(self._waiting[below:])

    def _inodes(self, directory: Inode) -> Iterator[tuple[bytes, Inode]]:
        """Give names and inodes as far as they are there; then raise Malformed."""
        position, end = directory.offset, directory.offset + directory.size
        while position < end:
            start = position + _INODE_BYTES
            if start > min(end, self._view.size):
                raise Malformed(message("the listing ends inside an entry"))
            inode = read_inode(self._view.slice(position, _INODE_BYTES), self._order)
            position = start + inode.name_bytes
            if position > min(end, self._view.size):
                raise Malformed(message("the listing ends inside an entry"))
            self._budget.take_entries(1)
            yield self._view.read(start, inode.name_bytes).rstrip(b"\0"), inode
        self.end = max(self.end, end)

    def _enter(self, path: bytes, inode: Inode) -> None:
        if inode.kind is None:
            self.entries.problem(path, message("an inode of the mode {mode}", mode=oct(inode.mode)))
            return
        if b"\0" in path:
            self.entries.problem(b"", message("an entry of the name {name!r} is left out", name=escape_name(path)))
            return
        self._kept_bytes += len(path)
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
        self._found.append((path, inode))
        if inode.kind == "directory":
            self._wait(path, inode)

    def _wait(self, path: bytes, directory: Inode) -> None:
        if not directory.size:
            return
        if directory.offset in self._listed:
            self.entries.problem(path, message("its listing is that of another directory; not followed"))
            return
        self._listed.add(directory.offset)
        self._waiting.append((path, directory))

    def _block_size(self) -> int:
        """Give the size with which the contents take as many blocks as the superblock says."""
        contents = {inode.offset: inode.size for _, inode in self._found if inode.kind in ("file", "symlink")}
        every = [inode.size for _, inode in self._found if inode.kind in ("file", "symlink")]
        for size in BLOCK_SIZES:
            counts = (sum(_blocks(length, size) for length in sizes) for sizes in (contents.values(), every))
            if self._blocks in counts:
                return size
        return BLOCK_SIZES[0]

    def _add(self, path: bytes, inode: Inode, block_size: int) -> None:
        kind = inode.kind
        if kind is None:
            return
        content: Content | None = None
        target, device = None, None
        if kind in ("file", "symlink"):
            data = Data(inode.offset, inode.size, self._order, block_size)
            self._reach(data)
            if kind == "file":
                content = data
            else:
                target = self._target(path, data)
        elif kind in ("character", "block"):
            device = (inode.size >> 8, inode.size & 0xFF)
        size = inode.size if kind == "file" else 0
        node = Node(path, kind, stat.S_IMODE(inode.mode), inode.uid, inode.gid, size, target, device)
        self.entries.add(node, content)

    def _target(self, path: bytes, data: Data) -> bytes | None:
        try:
            if data.size > PATH_BYTES:
                raise Malformed(message("a link target of {length} bytes", length=data.size))
            return data.read(self._view, self._budget)
        except Malformed as broken:
            self.entries.problem(path, broken.reason)
            return None

    def _reach(self, data: Data) -> None:
        """Note where content ends."""
        count = _blocks(data.size, data.block_size)
        last = data.offset + (count - 1) * 4
        if count and last + 4 <= self._view.size:
            (end,) = struct.unpack(f"{self._order}I", self._view.slice(last, 4))
            if end <= self._view.size:
                self.end = max(self.end, end)


def read_inode(data: bytes | memoryview, order: Order) -> Inode:
    """Read the 12 bytes of an inode."""
    first, second, third = struct.unpack(f"{order}III", data)
    if order == "<":
        return Inode(first & 0xFFFF, first >> 16, second >> 24, second & 0xFFFFFF, (third & 0x3F) * 4, (third >> 6) * 4)
    return Inode(first >> 16, first & 0xFFFF, second & 0xFF, second >> 8, (third >> 26) * 4, (third & 0x3FFFFFF) * 4)


def _blocks(size: int, block_size: int) -> int:
    return -(-size // block_size)
