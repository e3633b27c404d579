"""Which entries an ext image holds: its directories walked from the root, each once.

Every block of a directory is a row of entries: inode 32 bits, length of the entry 16, length of the name 8, kind 8,
name. An inode of 0 is a gap. The blocks of a hash index look like gaps, so that a directory with an index reads like
any other. Source: the public description of the ext4 data structures and layout.

Damage stays where it is: a directory, a block of it or an inode that cannot be read is a problem, and its neighbours
are listed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._ext_inodes import BY_EXTENTS, ENCRYPTED, INLINE, PLACES, ROOT, Inode, Inodes
from plimsoll.unpack.formats._ext_map import Run, read_map
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget, LimitReached

PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

LISTING_BYTES = 64 << 20
"""Largest directory that is read."""

_ENTRY = struct.Struct("<IHBB")


class Walk:
    """Lists an image once; what it found is in its fields."""

    def __init__(self, view: View, block_size: int, inodes: Inodes, budget: Budget) -> None:
        self.nodes: list[Node] = []
        self.files: dict[bytes, Inode] = {}
        """Regular files by path, without further names of the same file."""
        self.problems = Problems()
        self._view = view
        self._block_size = block_size
        self._inodes = inodes
        self._budget = budget
        self._waiting: list[tuple[bytes, Inode]] = []
        self._first: dict[int, tuple[Inode, bytes]] = {}
        self._kept_bytes = 0

    def walk(self) -> None:
        """List everything from the root down; raise Malformed when the root itself cannot be read."""
        root = self._inodes.read(ROOT)
        if root.kind != "directory":
            raise Malformed(message("the root is no directory"))
        self._add(b"", root)
        try:
            while self._waiting:
                self._list(*self._waiting.pop())
        except LimitReached as reached:
            self.problems.add(b"", reached.reason)

    def _list(self, path: bytes, directory: Inode) -> None:
        """List one directory, its subdirectories to follow in the order in which it has them."""
        below = len(self._waiting)
        names: set[bytes] = set()
        self._budget.check_time()
        try:
            for block in self._blocks(path, directory):
                for name, number in self._entries(path, block):
                    wrong = _refusal(path, name, names)
                    if wrong is not None:
                        self.problems.add(path, wrong)
                        continue
                    names.add(name)
                    self._enter(path + b"/" + name if path else name, number)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
        self._waiting[below:] = reversed(self._waiting[below:])

    def _blocks(self, path: bytes, directory: Inode) -> Iterator[bytes | memoryview]:
        """Give the blocks of a directory; one that is missing is a problem."""
        if directory.flags & ENCRYPTED:
            raise Malformed(message("its names are encrypted; what is in it is not listed"))
        if directory.flags & INLINE:
            # The number of the directory above comes first.
            yield directory.places[4:]
            yield directory.more
            return
        if directory.size > LISTING_BYTES:
            raise Malformed(message("a directory of {size} bytes", size=directory.size))
        self._budget.take_output(directory.size, directory.size)
        for _, count, first in read_map(self._view, self._block_size, directory):
            for block in range(first, first + count) if first else ():
                try:
                    yield self._view.slice(block * self._block_size, self._block_size)
                except EOFError:
                    self.problems.add(path, message("its block {block} lies outside", block=block))

    def _entries(self, path: bytes, block: bytes | memoryview) -> Iterator[tuple[bytes, int]]:
        """Give names and inode numbers but for `.` and `..`; where an entry is damaged, leave out the rest."""
        position = 0
        while position + _ENTRY.size <= len(block):
            number, length, name_length, _ = _ENTRY.unpack_from(block, position)
            # A block of 64 KiB is longer than 16 bits can say.
            length = len(block) - position if length in (0, 0xFFFF) and len(block) > 0xFFFF else length
            if length < _ENTRY.size + name_length or position + length > len(block):
                self.problems.add(path, message("a block of the directory is damaged; its rest is left out"))
                return
            name = bytes(block[position + _ENTRY.size : position + _ENTRY.size + name_length])
            if number and name not in (b".", b".."):
                self._budget.take_entries(1)
                yield name, number
            position += length

    def _enter(self, path: bytes, number: int) -> None:
        try:
            inode, first = self._first.get(number) or (self._inodes.read(number), path)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            return
        if first == path:
            self._add(path, inode)
        elif inode.kind == "directory":
            where = escape_name(first)
            self.problems.add(path, message("the same directory as {first!r}; not followed", first=where))
        else:
            self.nodes.append(self._node(path, inode, link_to=first if inode.kind == "file" else None))

    def _add(self, path: bytes, inode: Inode) -> None:
        self._first[inode.number] = (inode, path)
        self.nodes.append(self._node(path, inode))
        if inode.kind == "directory":
            self._waiting.append((path, inode))
        elif inode.kind == "file":
            self.files[path] = inode

    def _node(self, path: bytes, inode: Inode, link_to: bytes | None = None) -> Node:
        target = self._target(path, inode) if inode.kind == "symlink" else None
        self._keep(len(path) + len(target or b"") + len(inode.more))
        size = inode.size if inode.kind == "file" else 0
        return Node(path, inode.kind, inode.mode, inode.uid, inode.gid, size, target, inode.device, link_to)

    def _keep(self, size: int) -> None:
        """Account for what a listing keeps: long paths could make it much more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))

    def _target(self, path: bytes, inode: Inode) -> bytes | None:
        try:
            return read_target(self._view, self._block_size, inode)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            return None


def read_target(view: View, block_size: int, inode: Inode) -> bytes:
    """Read the target of a symlink; a short one lies in the inode."""
    if inode.flags & ENCRYPTED:
        raise Malformed(message("the target of the link is encrypted"))
    if inode.size > block_size:
        raise Malformed(message("a link target of {length} bytes", length=inode.size))
    if inode.size < PLACES and not inode.flags & (BY_EXTENTS | INLINE):
        return inode.places[: inode.size]
    return read_content(view, block_size, inode)


def read_content(view: View, block_size: int, inode: Inode) -> bytes:
    """Read all bytes of an inode whose size was checked; raise Malformed when they are not all there."""
    if inode.flags & INLINE:
        content = (inode.places + inode.more)[: inode.size]
        if len(content) < inode.size:
            raise Malformed(message("{size} bytes are said to lie in the inode", size=inode.size))
        return content
    parts: list[bytes | memoryview] = []
    done = 0
    for run in read_map(view, block_size, inode):
        start = run[0] * block_size
        parts += [bytes(start - done), _run(view, block_size, run, inode.size - start)]
        done = start + len(parts[-1])
    parts.append(bytes(inode.size - done))
    return b"".join(parts)


def _run(view: View, block_size: int, run: Run, left: int) -> bytes | memoryview:
    _, count, first = run
    length = min(count * block_size, left)
    if not first:
        return bytes(length)
    try:
        return view.slice(first * block_size, length)
    except EOFError as error:
        raise Malformed(message("the block {block} lies outside", block=first)) from error


def _refusal(path: bytes, name: bytes, names: set[bytes]) -> Message | None:
    """Say why a name cannot stand in a tree; None when it can."""
    if not name or b"/" in name or b"\0" in name:
        return message("an entry of the name {name!r} is left out", name=escape_name(name))
    if name in names:
        return message("a second entry of the name {name!r} is left out", name=escape_name(name))
    if len(path) + 1 + len(name) > PATH_BYTES:
        return message("an entry with a path of more than {limit} bytes is left out", limit=PATH_BYTES)
    return None
