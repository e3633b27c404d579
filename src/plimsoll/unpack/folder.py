"""Reads a folder on disk, such as an unpacked root file system, as if it were an image's tree.

Symlinks are never followed and device nodes never opened; a name that cannot be read is a problem that is recorded.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.limits import Budget, LimitReached

_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Folder:
    """A FileSystem over a folder; see unpack.format.FileSystem."""

    label = "folder"

    def __init__(self, root: bytes, budget: Budget) -> None:
        self._root = root
        self._budget = budget
        self._problems: list[tuple[bytes, Message]] = []
        self._inodes: dict[bytes, int] = {}
        self.nodes = tuple(self._list())
        self.length = sum(node.size for node in self.nodes if node.kind == "file" and node.link_to is None)
        self.problems = tuple(self._problems)

    def position(self, node: Node) -> int:
        """Give the inode number: near enough to the order on disk."""
        return self._inodes.get(node.path, 0)

    def read(self, node: Node) -> bytes:
        """Read one file; one that has grown since it was listed is cut at its listed size."""
        self._budget.take_output(node.size, node.size)
        try:
            handle = os.open(os.path.join(self._root, node.path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                return file.read(node.size)
        except OSError as error:
            raise Malformed(message("cannot be read: {error}", error=error.strerror or "unknown")) from error

    def _list(self) -> Iterator[Node]:
        names: dict[tuple[int, int], bytes] = {}
        folders = [b""]
        yield self._node(b"", os.lstat(self._root), names)
        while folders:
            folder = folders.pop()
            for name in self._names(folder):
                path = os.path.join(folder, name) if folder else name
                try:
                    self._budget.take_entries(1)
                    node = self._node(path, os.lstat(os.path.join(self._root, path)), names)
                except LimitReached as reached:
                    self._problems.append((b"", reached.reason))
                    return
                except OSError as error:
                    self._unreadable(path, error)
                    continue
                yield node
                if node.kind == "directory":
                    folders.append(path)

    def _names(self, folder: bytes) -> list[bytes]:
        try:
            return sorted(os.listdir(os.path.join(self._root, folder)))
        except OSError as error:
            self._unreadable(folder, error)
            return []

    def _node(self, path: bytes, status: os.stat_result, names: dict[tuple[int, int], bytes]) -> Node:
        kind = _KINDS[stat.S_IFMT(status.st_mode)]
        self._inodes[path] = status.st_ino
        first = names.setdefault((status.st_dev, status.st_ino), path) if kind == "file" else path
        return Node(
            path,
            kind,
            stat.S_IMODE(status.st_mode),
            status.st_uid,
            status.st_gid,
            status.st_size if kind == "file" else 0,
            os.readlink(os.path.join(self._root, path)) if kind == "symlink" else None,
            (os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in ("character", "block") else None,
            None if first == path else first,
        )

    def _unreadable(self, path: bytes, error: OSError) -> None:
        self._problems.append((path, message("cannot be read: {error}", error=error.strerror or "unknown")))
