"""A file tree found in firmware: its entries with owners and modes, and the one look at each file's bytes.

Names are bytes throughout, as the image has them. Nothing here opens an image: `unpack` fills trees, `inspect`
reads them.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Literal

import msgspec

from plimsoll.model.locator import Carve, FileSpan, Member, Place, below, place

NodeKind = Literal["file", "directory", "symlink", "character", "block", "fifo", "socket"]


class Node(msgspec.Struct, frozen=True):
    """An entry of a tree."""

    path: bytes
    """Path without a leading `/`, parts joined by `/`, `.` and `..` already refused; empty for the root directory."""
    kind: NodeKind
    mode: int = 0
    """Permission bits with set-uid, set-gid and sticky: 0 to 0o7777."""
    uid: int = 0
    gid: int = 0
    size: int = 0
    """Bytes of a regular file; 0 for the rest."""
    target: bytes | None = None
    """Target of a symlink, as written."""
    device: tuple[int, int] | None = None
    """Major and minor number of a device node."""
    link_to: bytes | None = None
    """For a further name of a hard-linked file: the path of the name that holds the content. The content is read and
    looked at once, under that name."""


class Stem(msgspec.Struct, frozen=True):
    """The place of a tree or of bytes: an image and the steps that lead there."""

    image: bytes
    """Name of the image."""
    steps: tuple[Carve | Member, ...] = ()

    def at(self, path: bytes = b"", offset: int | None = None, length: int | None = None) -> Place:
        """Mint the place of an entry of this tree, or of the tree itself, and of bytes in it."""
        return below(_root(self), path, offset, length)

    def member(self, path: bytes) -> Stem:
        """Step to an entry."""
        return Stem(self.image, (*self.steps, Member(path)))

    def carve(self, format: str, offset: int = 0, length: int | None = None) -> Stem:
        """Step to a stretch of these bytes that is read as a format."""
        return Stem(self.image, (*self.steps, Carve(format, offset, length)))


@lru_cache(maxsize=64)
def _root(stem: Stem) -> Place:
    return place(FileSpan(stem.image, stem.steps))


class Tree:
    """The entries of one file system, archive or folder, found by path; symlinks are followed inside it."""

    def __init__(self, stem: Stem, format: str, nodes: Iterable[Node]) -> None:
        self.stem = stem
        self.format = format
        self.nodes: tuple[Node, ...] = tuple(nodes)
        """In the order in which the image lists them."""

    @cached_property
    def by_path(self) -> dict[bytes, Node]:
        """Entries by path; the last of two with one name counts, as it would when unpacked."""
        return {node.path: node for node in self.nodes}

    @cached_property
    def children(self) -> dict[bytes, list[Node]]:
        """Entries by the path of their directory, sorted by path."""
        found: dict[bytes, list[Node]] = {}
        for path in sorted(self.by_path):
            if path:
                found.setdefault(posixpath.dirname(path), []).append(self.by_path[path])
        return found

    def resolve(self, path: bytes, *, limit: int = 40) -> Node | None:
        """Follow symlinks, absolute ones from this tree's root, to the entry behind a path; None when there is none.

        Raise nothing on loops or on links that leave the tree: both lead nowhere.
        """
        real = self.real_path(path, limit=limit)
        return None if real is None else self.by_path.get(real)

    def real_path(self, path: bytes, *, limit: int = 40) -> bytes | None:
        """Give the path that symlinks lead to, whether or not the image has an entry there; None on a loop."""
        parts = [part for part in path.split(b"/") if part not in (b"", b".")]
        done: list[bytes] = []
        while parts:
            part = parts.pop(0)
            if part == b"..":
                if done:
                    done.pop()
                continue
            here = b"/".join([*done, part])
            node = self.by_path.get(here)
            if node is not None and node.kind == "symlink" and node.target is not None:
                limit -= 1
                if limit < 0:
                    return None
                if node.target.startswith(b"/"):
                    done = []
                parts = [piece for piece in node.target.split(b"/") if piece not in (b"", b".")] + parts
                continue
            done.append(part)
        return b"/".join(done)

    def glob(self, prefix: bytes) -> Iterator[Node]:
        """Give the entries directly in a directory, sorted by path."""
        yield from self.children.get(prefix.strip(b"/"), ())


class File:
    """The bytes of one regular file, or of a stretch outside any file system, while they are at hand.

    A stretch outside any file system has an empty path; its tree has no nodes and its stem names the stretch.
    """

    __slots__ = ("_sha256", "data", "name", "node", "path", "tree")

    def __init__(self, tree: Tree, node: Node, data: bytes, sha256: str = "") -> None:
        self.tree = tree
        self.node = node
        self.data = data
        self._sha256 = sha256
        self.path = node.path
        """Path in its tree; empty for a stretch outside any file system."""
        self.name = node.path.rpartition(b"/")[2]
        """Last part of the path."""

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the data: made when it is asked for, as few files are."""
        if not self._sha256:
            self._sha256 = hashlib.sha256(self.data).hexdigest()
        return self._sha256

    def at(self, offset: int | None = None, length: int | None = None) -> Place:
        """Mint the place of the file or of bytes in it."""
        return self.tree.stem.at(self.node.path, offset, length)


Visitor = Callable[[File], None]
"""Called once for every regular file and every stretch outside a file system, from several threads at a time."""
