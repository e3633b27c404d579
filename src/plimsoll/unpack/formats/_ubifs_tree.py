"""Which entries a UBIFS volume holds: its directories walked from the root, each once.

Source: the publicly known layout of UBIFS, checked against images made with the real tools. The numbers of a device are
kept in 4 or 8 bytes, the minor number split: 8 low bits, 12 or more bits of the major number, then the rest of the
minor number.
"""

from __future__ import annotations

import stat

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.formats._ubifs_index import Inode, Leaves
from plimsoll.unpack.limits import Budget, LimitReached

PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

_ROOT = 1
_ENCRYPTED = 0x40
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Walk:
    """Lists the entries of one volume."""

    def __init__(self, leaves: Leaves, budget: Budget, problems: Problems) -> None:
        self.nodes: list[Node] = []
        """Nothing when neither a root directory nor an entry of it is found."""
        self.files: dict[bytes, int] = {}
        """Inode of each regular file, by the path that holds the content."""
        self.problems = problems
        self.is_salvaged = leaves.is_salvaged
        self._leaves = leaves
        self._budget = budget
        self._directories = {_ROOT}
        self._first: dict[int, bytes] = {}

    def walk(self) -> None:
        """List everything that is reached from the root."""
        root = self._leaves.inodes.get(_ROOT)
        if root is not None and stat.S_ISDIR(root.mode):
            self.nodes.append(_node(b"", "directory", root))
        elif self._leaves.entries.get(_ROOT):
            self.nodes.append(Node(b"", "directory"))
            self.problems.add(b"", message("the inode of the root directory is missing or damaged"))
        else:
            return
        waiting = [(b"", _ROOT)]
        try:
            while waiting:
                path, number = waiting.pop()
                waiting += self._list(path, number)
                self._budget.check_time()
        except LimitReached as reached:
            self.problems.add(b"", reached.reason)

    def _list(self, path: bytes, number: int) -> list[tuple[bytes, int]]:
        """List one directory; give those in it."""
        below = []
        for name, (_, inode) in sorted(self._leaves.entries.get(number, {}).items()):
            if not inode:
                continue
            self._budget.take_entries(1)
            refusal = _refusal(path, name)
            if refusal is not None:
                self.problems.add(path, refusal)
                continue
            full = path + b"/" + name if path else name
            if self._add(full, inode):
                below.append((full, inode))
        return below

    def _add(self, path: bytes, number: int) -> bool:
        """List one entry; tell whether it is a directory to be walked."""
        inode = self._leaves.inodes.get(number)
        kind = _KINDS.get(stat.S_IFMT(inode.mode)) if inode is not None else None
        if inode is None or kind is None:
            self.problems.add(path, message("its inode {number} is missing or damaged", number=number))
            return False
        if kind == "directory":
            if number in self._directories:
                self.problems.add(path, message("the directory stands in two places; the second is left out"))
                return False
            self._directories.add(number)
        if kind == "file":
            first = self._first.setdefault(number, path)
            if first == path:
                self.files[path] = number
            self.nodes.append(_node(path, kind, inode, None if first == path else first))
            return False
        if kind == "symlink" and inode.flags & _ENCRYPTED:
            self.problems.add(path, message("the target is encrypted"))
        self.nodes.append(_node(path, kind, inode))
        return kind == "directory"


def _node(path: bytes, kind: NodeKind, inode: Inode, link_to: bytes | None = None) -> Node:
    return Node(
        path,
        kind,
        stat.S_IMODE(inode.mode),
        inode.uid,
        inode.gid,
        inode.size if kind == "file" else 0,
        inode.data if kind == "symlink" and not inode.flags & _ENCRYPTED else None,
        _device(inode.data) if kind in ("character", "block") else None,
        link_to,
    )


def _device(data: bytes) -> tuple[int, int]:
    packed = int.from_bytes(data[:8], "little")
    if len(data) <= 4:
        return packed >> 8 & 0xFFF, packed & 0xFF | packed >> 12 & 0xFFF00
    return packed >> 8 & 0xFFF | packed >> 32 & 0xFFFFF000, packed & 0xFF | packed >> 12 & 0xFFFFFF00


def _refusal(path: bytes, name: bytes) -> Message | None:
    """Say why a name cannot stand in a tree; None when it can."""
    if name in (b"", b".", b"..") or b"/" in name or b"\0" in name:
        return message("an entry of the name {name!r} is left out", name=escape_name(name[:255]))
    if len(path) + 1 + len(name) > PATH_BYTES:
        return message("an entry with a path of more than {limit} bytes is left out", limit=PATH_BYTES)
    return None
