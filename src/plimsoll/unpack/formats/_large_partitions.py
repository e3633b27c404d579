"""Opens partitions that are larger than what may be held: their file systems are read piece by piece, in place.

A partition with a file system that can be read so becomes a folder of its name; the others stay one file each, which is
larger than may be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

import msgspec

from plimsoll.model.message import Message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Container, FileSystem, Malformed, NotThisFormat, View, Volumes
from plimsoll.unpack.formats.erofs import open_erofs
from plimsoll.unpack.formats.ext import open_ext
from plimsoll.unpack.formats.squashfs import open_squashfs
from plimsoll.unpack.limits import Budget, LimitReached


class Open(Protocol):
    """Opens a file system, without a look at its bytes as a whole."""

    def __call__(self, view: View, budget: Budget, /) -> FileSystem:
        """Open it; raise NotThisFormat, Malformed or LimitReached."""


_START_BYTES = 1 << 17

READERS: tuple[Open, ...] = (open_ext, open_erofs, open_squashfs)


class _Place(NamedTuple):
    """Where a node of ours comes from."""

    filesystem: FileSystem
    node: Node
    shift: int
    """What its position is counted from."""


class WithLarge:
    """Partitions of which some are opened here; a FileSystem of Volumes."""

    def __init__(self, small: Volumes, large: Mapping[bytes, View], budget: Budget) -> None:
        self.length = small.length
        self.label = small.label
        self._small = small
        self._places: dict[bytes, _Place] = {}
        nodes: list[Node] = []
        problems: list[tuple[bytes, Message]] = list(small.problems)
        for node in small.nodes:
            view = large.get(node.path)
            try:
                opened = open_in_pieces(view, budget) if view is not None else None
            except (Malformed, LimitReached) as broken:
                problems.append((node.path, broken.reason))
                opened = None
            if opened is None:
                nodes.append(node)
                continue
            problems += [(_below(node.path, path), reason) for path, reason in opened.problems]
            nodes += self._adopt(node.path, opened, small.position(node))
        self.nodes: tuple[Node, ...] = tuple(nodes)
        self.problems: tuple[tuple[bytes, Message], ...] = tuple(problems)

    def position(self, node: Node) -> int:
        """Give where about the content lies."""
        place = self._places.get(node.path)
        if place is None:
            return self._small.position(node)
        return place.shift + place.filesystem.position(place.node)

    def read(self, node: Node) -> bytes:
        """Read one file, or one partition that is not opened here."""
        place = self._places.get(node.path)
        return self._small.read(node) if place is None else place.filesystem.read(place.node)

    def start(self, node: Node) -> bytes:
        """Give the first bytes of a partition that is not opened here."""
        return b"" if node.path in self._places else self._small.start(node)

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give where the data of a partition lies that is not opened here."""
        return () if node.path in self._places else self._small.pieces(node)

    def _adopt(self, name: bytes, opened: FileSystem, shift: int) -> list[Node]:
        found = [] if any(not node.path for node in opened.nodes) else [Node(name, "directory")]
        for node in opened.nodes:
            path = _below(name, node.path)
            link = _below(name, node.link_to) if node.link_to is not None else None
            self._places[path] = _Place(opened, node, shift)
            found.append(msgspec.structs.replace(node, path=path, link_to=link))
        return found


class Parts:
    """The parts of a container as files; a FileSystem of Volumes."""

    def __init__(self, view: View, container: Container, budget: Budget) -> None:
        self.length = container.length
        self.label = container.label
        self.problems: tuple[tuple[bytes, Message], ...] = tuple((b"", one) for one in container.problems)
        self.views: dict[bytes, View] = {}
        self._budget = budget
        for number, part in enumerate(container.parts):
            name = part.name.encode("ascii", "replace").replace(b"/", b"-")
            own = name if name and name not in self.views else b"part-%d" % number
            self.views[own] = view.cut(part.offset, part.length)
        self.nodes: tuple[Node, ...] = tuple(Node(name, "file", size=one.size) for name, one in self.views.items())

    def position(self, node: Node) -> int:
        """Say nothing of where they lie."""
        return 0

    def read(self, node: Node) -> bytes:
        """Read one part whole."""
        view = self.views[node.path]
        self._budget.take_output(view.size, view.size)
        return view.read(0, view.size)

    def start(self, node: Node) -> bytes:
        """Give the first bytes of a part."""
        view = self.views[node.path]
        return view.read(0, min(view.size, _START_BYTES))

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give nothing: where the pieces lie is not kept."""
        return ()


class Placed:
    """A file system that lies in an image in pieces, with the bytes of the image that it takes."""

    def __init__(self, inner: FileSystem, length: int) -> None:
        self.length = length
        self.label = inner.label
        self.nodes: tuple[Node, ...] = inner.nodes
        self.problems: tuple[tuple[bytes, Message], ...] = inner.problems
        self.position = inner.position
        self.read = inner.read


def open_in_pieces(view: View, budget: Budget) -> FileSystem | None:
    """Open the file system that a view begins with; None when it has none of a kind that is read so."""
    for open in READERS:
        try:
            return open(view, budget)
        except (NotThisFormat, EOFError):
            continue
    return None


def _below(name: bytes, path: bytes) -> bytes:
    return name + b"/" + path if path else name
