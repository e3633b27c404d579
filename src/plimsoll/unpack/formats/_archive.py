"""What cpio, tar and zip share: names made safe, the last of two entries of one name, and the tree that comes of it.

A name loses its leading `/` and `./` as it does when it is unpacked; one that climbs out by `..` is left out. Entries
with one and the same content are names of one file.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget

PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

TARGET_BYTES = 65_535
"""Longest target of a symlink that is believed."""

_SHOWN_BYTES = 255


class Content(Protocol):
    """The bytes of a regular file, before they are read."""

    @property
    def offset(self) -> int:
        """Where the first of them lie in the archive."""

    def read(self, view: View, budget: Budget) -> bytes:
        """Read them whole; raise Malformed or LimitReached when that cannot be done."""


class Stretch(msgspec.Struct, frozen=True):
    """Content that lies in the archive as it is."""

    offset: int
    length: int

    def read(self, view: View, budget: Budget) -> bytes:
        """Copy the bytes out of the archive."""
        budget.take_output(self.length, self.length)
        try:
            return view.read(self.offset, self.length)
        except EOFError as error:
            raise cut_short(self.offset + self.length - view.size) from error


class Unreadable(msgspec.Struct, frozen=True):
    """Content that is there and cannot be read."""

    offset: int
    reason: Message

    def read(self, view: View, budget: Budget) -> bytes:
        """Say why not."""
        raise Malformed(self.reason)


class Entries:
    """Collects the entries of an archive in its order."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._found: dict[bytes, tuple[Node, Content | None]] = {}
        self._problems = Problems()

    def add(self, node: Node, content: Content | None = None) -> None:
        """Add an entry whose path is the name as the archive has it; one of the same name before it is replaced.

        The reader has accounted for it when it met its header.
        """
        path = tidy(node.path)
        if path is None or (not path and node.kind != "directory"):
            shown = escape_name(node.path[:_SHOWN_BYTES])
            self.problem(b"", message("an entry of the name {name!r} is left out", name=shown))
            return
        earlier = self._found.pop(path, None)
        if earlier is not None and (earlier[0].kind, node.kind) != ("directory", "directory"):
            self.problem(path, message("an entry of the same name before it is replaced"))
        self._found[path] = (msgspec.structs.replace(node, path=path), content)

    def problem(self, path: bytes, reason: Message) -> None:
        """Record what could not be listed or is not as it should be."""
        self._problems.add(path, reason)

    def find(self, name: bytes) -> tuple[Node, Content | None] | None:
        """Give the entry that a name stands for so far."""
        path = tidy(name)
        return self._found.get(path) if path is not None else None

    def archive(self, view: View, length: int, label: str) -> Archive:
        """Give the tree of all entries so far; `length` is what the archive takes of the view."""
        nodes, contents = self._linked()
        return Archive(view, length, label, nodes, contents, self._problems, self.budget)

    def _linked(self) -> tuple[list[Node], dict[bytes, Content]]:
        """Make further names of a file out of entries that share their content."""
        nodes: list[Node] = []
        contents: dict[bytes, Content] = {}
        first: dict[int, bytes] = {}
        for path, (node, content) in self._found.items():
            if content is not None:
                holder = first.setdefault(id(content), path)
                if holder == path:
                    contents[path] = content
                else:
                    node = msgspec.structs.replace(node, link_to=holder)
            nodes.append(node)
        return nodes, contents


class Archive:
    """An opened archive; a FileSystem."""

    def __init__(
        self,
        view: View,
        length: int,
        label: str,
        nodes: list[Node],
        contents: dict[bytes, Content],
        problems: Problems,
        budget: Budget,
    ) -> None:
        self.length = length
        self.label = label
        self.nodes: tuple[Node, ...] = tuple(nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = problems.all()
        self._view = view
        self._contents = contents
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the content."""
        content = self._contents.get(node.link_to or node.path)
        return content.offset if content is not None else 0

    def read(self, node: Node) -> bytes:
        """Read one regular file whole."""
        content = self._contents.get(node.link_to or node.path)
        if content is None:
            raise Malformed(message("no content is known of this file"))
        return content.read(self._view, self._budget)


def tidy(name: bytes) -> bytes | None:
    """Give the path that a name stands for, empty for the root; None when it cannot stand in a tree."""
    parts = [part for part in name.split(b"/") if part not in (b"", b".")]
    path = b"/".join(parts)
    if b".." in parts or b"\0" in path or len(path) > PATH_BYTES:
        return None
    return path


def cut_short(missing: int) -> Malformed:
    """Say that the archive ends too early."""
    return Malformed(message("cut short: {missing} bytes are missing", missing=missing))
