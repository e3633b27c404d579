"""Which entries an EROFS image holds: its directories walked from the root, each once.

A directory is a row of blocks. A block begins with rows of 12 bytes (inode 64 bits, offset of the name 16, kind 8, 8
unused), as many as fit before the first name; a name ends where the next begins, the last at a zero or with the block.
Source: the public description of the format.

Damage stays where it is: a directory, a block or an inode that cannot be read is a problem, its neighbours are listed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._erofs_content import Contents
from plimsoll.unpack.formats._erofs_inodes import Inode, read_inode
from plimsoll.unpack.formats._erofs_superblock import Superblock
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget, LimitReached

PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

TARGET_BYTES = 65_535
"""Longest target of a symlink that is believed."""

_ROW = struct.Struct("<QHBx")


class Walk:
    """Lists an image once; what it found is in its fields."""

    def __init__(self, view: View, superblock: Superblock, contents: Contents, budget: Budget) -> None:
        self.nodes: list[Node] = []
        self.files: dict[bytes, Inode] = {}
        """Regular files by path, without further names of the same file."""
        self.problems = Problems()
        self._view = view
        self._superblock = superblock
        self._contents = contents
        self._budget = budget
        self._waiting: list[tuple[bytes, Inode]] = []
        self._seen: dict[int, tuple[Inode, bytes]] = {}
        self._kept_bytes = 0

    def walk(self) -> None:
        """List everything from the root down; raise Malformed when the root itself cannot be read."""
        root = read_inode(self._view, self._superblock, self._superblock.root)
        if root.kind != "directory":
            raise Malformed(message("the root is no directory"))
        self._add(b"", root)
        try:
            while self._waiting:
                self._list(*self._waiting.pop())
        except LimitReached as reached:
            self.problems.add(b"", reached.reason)

    def _list(self, path: bytes, directory: Inode) -> None:
        """List one directory, its subdirectories to follow in the order of their names."""
        below = len(self._waiting)
        names: set[bytes] = set()
        self._budget.check_time()
        try:
            listing = self._contents.read(directory)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            return
        size = self._superblock.block_size
        for start in range(0, len(listing), size):
            try:
                for name, number in _rows(listing[start : start + size]):
                    if name in (b".", b".."):
                        continue
                    self._budget.take_entries(1)
                    if (wrong := _refusal(path, name, names)) is not None:
                        self.problems.add(path, wrong)
                        continue
                    names.add(name)
                    self._enter(path + b"/" + name if path else name, number)
            except Malformed as broken:
                self.problems.add(path, broken.reason)
        self._waiting[below:] = reversed(self._waiting[below:])

    def _enter(self, path: bytes, number: int) -> None:
        try:
            inode, first = self._seen.get(number) or (read_inode(self._view, self._superblock, number), path)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            return
        if first == path:
            self._add(path, inode)
        elif inode.kind == "directory":
            where = escape_name(first)
            self.problems.add(path, message("the same directory as {first!r}; not followed", first=where))
        else:
            self._node(path, inode, link_to=first if inode.kind == "file" else None)

    def _add(self, path: bytes, inode: Inode) -> None:
        self._seen[inode.number] = (inode, path)
        self._node(path, inode)
        if inode.kind == "file":
            self.files[path] = inode
        elif inode.kind == "directory":
            self._waiting.append((path, inode))

    def _node(self, path: bytes, inode: Inode, link_to: bytes | None = None) -> None:
        target = self._target(path, inode) if inode.kind == "symlink" else None
        self._keep(len(path) + len(target or b""))
        size = inode.size if inode.kind == "file" else 0
        self.nodes.append(
            Node(path, inode.kind, inode.mode, inode.owner, inode.group, size, target, inode.device, link_to)
        )

    def _target(self, path: bytes, inode: Inode) -> bytes | None:
        try:
            if inode.size > TARGET_BYTES:
                raise Malformed(message("a link target of {length} bytes", length=inode.size))
            return self._contents.read(inode)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            return None

    def _keep(self, size: int) -> None:
        """Account for what the tree keeps: directories that share their blocks could make it more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))


def _rows(block: bytes) -> Iterator[tuple[bytes, int]]:
    """Give names and inodes of one block of a directory; raise Malformed where it is damaged."""
    if len(block) < _ROW.size:
        raise Malformed(message("a block of its listing is damaged"))
    _, first, _ = _ROW.unpack_from(block)
    if first % _ROW.size or not _ROW.size <= first < len(block):
        raise Malformed(message("a block of its listing is damaged"))
    rows = list(_ROW.iter_unpack(block[:first]))
    ends = [offset for _, offset, _ in rows[1:]] + [len(block)]
    for (number, offset, _), end in zip(rows, ends, strict=True):
        if not first <= offset < end <= len(block):
            raise Malformed(message("a block of its listing is damaged"))
        yield block[offset:end].rstrip(b"\0") if end == len(block) else block[offset:end], number


def _refusal(path: bytes, name: bytes, names: set[bytes]) -> Message | None:
    """Say why a name cannot stand in a tree; None when it can."""
    if not name or b"/" in name or b"\0" in name:
        return message("an entry of the name {name!r} is left out", name=escape_name(name[:255]))
    if name in names:
        return message("a second entry of the name {name!r} is left out", name=escape_name(name[:255]))
    if len(path) + 1 + len(name) > PATH_BYTES:
        return message("an entry with a path of more than {limit} bytes is left out", limit=PATH_BYTES)
    return None
