"""Writes a safe copy of what is inside an image: nothing outside the folder, no device nodes, no links that leave.

Each tree gets a folder of its own, named by its place. Directories are opened one by one without following links;
links are written last, each relative, and only when it leads to an entry of its own tree.
"""

from __future__ import annotations

import os
import posixpath
import threading
from collections.abc import Iterable

import msgspec

from plimsoll.model.image import Problem
from plimsoll.model.locator import Carve, Member
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import File, Node, Stem, Tree

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Copied(msgspec.Struct, frozen=True):
    """What a copy came to."""

    files: int
    bytes: int
    left_out: tuple[Problem, ...]
    """Entries that were not written, and why."""


class Copier:
    """A Visitor that writes each file; `finish` adds the links."""

    def __init__(self, folder: bytes) -> None:
        self._root = os.open(folder, _DIRECTORY)
        self._lock = threading.Lock()
        self._files = self._bytes = 0
        self._left_out: list[Problem] = []

    def visit(self, file: File) -> None:
        """Write one file, or a stretch outside any file system under the name `content`."""
        parts = _parts(file.tree.stem, file.path or b"content")
        with self._lock:
            try:
                self._write(parts, file.data, 0o755 if file.node.mode & 0o111 else 0o644)
            except OSError as error:
                self._leave_out(file.tree, file.node, _why(error))
                return
            self._files += 1
            self._bytes += len(file.data)

    def finish(self, trees: Iterable[Tree]) -> Copied:
        """Write directories and links; give the count."""
        for tree in trees:
            for node in tree.nodes:
                if node.kind != "file" or node.link_to is not None:
                    self._finish_entry(tree, node)
        os.close(self._root)
        return Copied(self._files, self._bytes, tuple(sorted(self._left_out, key=lambda one: one.where)))

    def _finish_entry(self, tree: Tree, node: Node) -> None:
        try:
            if node.kind == "directory":
                os.close(self._directory(_parts(tree.stem, node.path)))
            elif node.kind == "symlink":
                self._link(tree, node, tree.resolve(node.path))
            elif node.kind == "file":
                self._link(tree, node, tree.by_path.get(node.link_to or b""))
            else:
                self._leave_out(tree, node, message("a {kind} is not copied", kind=node.kind))
        except OSError as error:
            self._leave_out(tree, node, _why(error))

    def _link(self, tree: Tree, node: Node, target: Node | None) -> None:
        if target is None or target.path == node.path:
            self._leave_out(tree, node, message("the link leads to nothing in its tree"))
            return
        parts = _parts(tree.stem, node.path)
        directory = self._directory(parts[:-1])
        try:
            start = posixpath.dirname(b"/" + node.path)
            os.symlink(posixpath.relpath(b"/" + target.path, start), parts[-1], dir_fd=directory)
        finally:
            os.close(directory)

    def _write(self, parts: list[bytes], data: bytes, mode: int) -> None:
        directory = self._directory(parts[:-1])
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(parts[-1], flags, mode, dir_fd=directory), "wb") as file:
                file.write(data)
        finally:
            os.close(directory)

    def _directory(self, parts: list[bytes]) -> int:
        """Open a directory below the root, making what is missing; the caller closes it."""
        here = os.dup(self._root)
        for part in parts:
            try:
                try:
                    below = os.open(part, _DIRECTORY, dir_fd=here)
                except FileNotFoundError:
                    os.mkdir(part, 0o755, dir_fd=here)
                    below = os.open(part, _DIRECTORY, dir_fd=here)
            finally:
                os.close(here)
            here = below
        return here

    def _leave_out(self, tree: Tree, node: Node, why: Message) -> None:
        self._left_out.append(Problem(tree.stem.at(node.path), why))


def _parts(stem: Stem, path: bytes) -> list[bytes]:
    """Name the folders from the root of the copy to an entry: `squashfs@0x120000`, `etc`, `passwd`."""
    parts: list[bytes] = []
    for step in stem.steps:
        match step:
            case Carve(format, offset, _):
                parts.append(b"%s@0x%x" % (format.encode("ascii"), offset))
            case Member(member):
                parts += member.split(b"/")
                parts[-1] += b".inside"
    return [*parts, *(part for part in path.split(b"/") if part)]


def _why(error: OSError) -> Message:
    return message("cannot be written: {error}", error=error.strerror or type(error).__name__)
