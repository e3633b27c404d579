"""Which entries a JFFS2 log comes to: of each name the newest version, of each inode the newest state.

The root is inode 1 and has no name; often it has no state either. A name that points to inode 0 was deleted. Devices
carry their number as data: 16 bits (major 8, minor 8), or 32 bits (minor 8-19, major 12, minor 0-7).
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._jffs2_content import decode, newest_first
from plimsoll.unpack.formats._jffs2_nodes import Log, Name, Piece
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget, LimitReached

ROOT = 1
PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

TARGET_BYTES = 4096
"""Longest target of a symlink that is believed."""

_KINDS: dict[int, NodeKind] = {
    0o01: "fifo",
    0o02: "character",
    0o04: "directory",
    0o06: "block",
    0o10: "file",
    0o12: "symlink",
    0o14: "socket",
}


class _Entry(NamedTuple):
    path: bytes
    inode: int


class Walk:
    """Lists a log once; what it found is in its fields."""

    def __init__(self, log: Log, budget: Budget) -> None:
        self.nodes: list[Node] = []
        self.files: dict[bytes, list[Piece]] = {}
        """Pieces of regular files by path, the newest first, without further names of the same file."""
        self.problems = Problems()
        self._view: View = log.view
        self._order = log.order
        self._budget = budget
        self._names = _newest_names(log.names)
        self._pieces: dict[int, list[Piece]] = {}
        for piece in log.pieces:
            self._pieces.setdefault(piece.inode, []).append(piece)
        self._waiting: list[_Entry] = []
        self._first: dict[int, bytes] = {}
        self._kept_bytes = 0
        for reason in log.problems:
            self.problems.add(b"", reason)

    def walk(self) -> None:
        """List everything from the root down."""
        try:
            self._add_directory(b"", ROOT, newest_first(self._pieces.get(ROOT, ())))
            while self._waiting:
                self._list(self._waiting.pop())
        except LimitReached as reached:
            self.problems.add(b"", reached.reason)
            return
        lost = sum(len(found) for inode, found in self._names.items() if inode not in self._first)
        if lost:
            self.problems.add(b"", message("{count} names are in directories that have no name", count=lost))

    def _list(self, directory: _Entry) -> None:
        below = len(self._waiting)
        for name in self._names.get(directory.inode, ()):
            wrong = _refusal(directory.path, name.name)
            if wrong is not None:
                self.problems.add(directory.path, wrong)
                continue
            self._budget.take_entries(1)
            path = directory.path + b"/" + name.name if directory.path else name.name
            self._enter(path, name.inode)
        self._budget.check_time()
        self._waiting[below:] = reversed(self._waiting[below:])

    def _enter(self, path: bytes, inode: int) -> None:
        pieces = newest_first(self._pieces.get(inode, ()))
        kind = _KINDS.get(pieces[0].mode >> 12) if pieces else None
        if inode == ROOT or kind == "directory" or (not pieces and inode in self._names):
            self._enter_directory(path, inode, pieces)
        elif not pieces:
            self.problems.add(path, message("its inode {number} is missing", number=inode))
        elif kind is None:
            self.problems.add(path, message("an inode of no known kind; it is left out"))
        else:
            self._add(path, inode, kind, pieces)

    def _enter_directory(self, path: bytes, inode: int, pieces: list[Piece]) -> None:
        first = self._first.get(inode)
        if first is not None:
            where = escape_name(first)
            self.problems.add(path, message("the same directory as {first!r}; not followed", first=where))
            return
        if not pieces:
            self.problems.add(path, message("its inode is missing; its mode and owner are not known"))
        self._add_directory(path, inode, pieces)

    def _add_directory(self, path: bytes, inode: int, pieces: list[Piece]) -> None:
        self._first[inode] = path
        self._keep(len(path))
        newest = pieces[0] if pieces else None
        mode = newest.mode & 0o7777 if newest else (0o755 if inode == ROOT else 0)
        uid, gid = (newest.uid, newest.gid) if newest else (0, 0)
        self.nodes.append(Node(path, "directory", mode, uid, gid, 0, None, None, None))
        self._waiting.append(_Entry(path, inode))

    def _add(self, path: bytes, inode: int, kind: NodeKind, pieces: list[Piece]) -> None:
        newest = pieces[0]
        size, target, device, link_to = 0, None, None, None
        try:
            if kind == "file":
                size = newest.size
                holder = self._first.setdefault(inode, path)
                link_to = holder if holder != path else None
                if link_to is None:
                    self.files[path] = pieces
            elif kind == "symlink":
                target = self._target(pieces)
            elif kind in ("character", "block"):
                device = self._device(newest)
        except Malformed as broken:
            self.problems.add(path, broken.reason)
            if kind != "symlink":
                return
        self._keep(len(path) + len(target or b""))
        self.nodes.append(Node(path, kind, newest.mode & 0o7777, newest.uid, newest.gid, size, target, device, link_to))

    def _target(self, pieces: list[Piece]) -> bytes:
        piece = pieces[0]
        if not 0 < piece.length <= TARGET_BYTES:
            raise Malformed(message("a link target of {length} bytes", length=piece.length))
        return bytes(decode(self._view, piece)).rstrip(b"\0")

    def _device(self, piece: Piece) -> tuple[int, int]:
        if piece.length not in (2, 4):
            raise Malformed(message("a device number of {length} bytes", length=piece.length))
        data = decode(self._view, piece)
        if piece.length == 2:
            (number,) = struct.unpack(self._order + "H", data)
            return number >> 8, number & 0xFF
        (number,) = struct.unpack(self._order + "I", data)
        return number >> 8 & 0xFFF, (number & 0xFF) | (number >> 12 & 0xFFF00)

    def _keep(self, size: int) -> None:
        """Account for what a listing keeps: long paths could make it much more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))


def _newest_names(names: list[Name]) -> dict[int, list[Name]]:
    """Give the names that stand, by directory; of one version the later in the log is the newer."""
    newest: dict[tuple[int, bytes], Name] = {}
    for name in names:
        key = (name.directory, name.name)
        if key not in newest or name.version >= newest[key].version:
            newest[key] = name
    found: dict[int, list[Name]] = {}
    for name in newest.values():
        if name.inode:
            found.setdefault(name.directory, []).append(name)
    return found


def _refusal(path: bytes, name: bytes) -> Message | None:
    """Say why a name cannot stand in a tree; None when it can."""
    if not name or b"/" in name or b"\0" in name or name in (b".", b".."):
        return message("an entry of the name {name!r} is left out", name=escape_name(name))
    if len(path) + 1 + len(name) > PATH_BYTES:
        return message("an entry with a path of more than {limit} bytes is left out", limit=PATH_BYTES)
    return None
