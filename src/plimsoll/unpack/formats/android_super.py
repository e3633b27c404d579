"""Opens Android's super partition, in which the logical partitions system, vendor and their kin lie.

Source: descriptions of the format in the Android Open Source Project (Apache-2.0) and in the Kaitai Struct formats
(CC0); the layout stands in `_android_super_metadata`. Where each partition lies in one piece, they are parts in their
place; otherwise the tree has one file for each, put together from its stretches, and of one that is larger than may be
held the files in it.
"""

from __future__ import annotations

from functools import partial

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Container, Format, Magic, Malformed, Part, View, Volumes
from plimsoll.unpack.formats._android_super_metadata import MAGIC, START, Metadata, Partition, Stretch, read_metadata
from plimsoll.unpack.formats._large_partitions import WithLarge
from plimsoll.unpack.formats._pieced_view import Piece, PiecedView, Pieces
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.limits import Budget

_START_BYTES = 1 << 17
"""What is shown of the beginning of a partition: enough for every sign of a file system."""


def open_android_super(view: View, budget: Budget) -> Container | Volumes:
    """Open the partition at the beginning of a view; raise NotThisFormat or Malformed."""
    metadata = read_metadata(view)
    length = min(max(metadata.size, 2 * START), view.size)
    budget.take_entries(len(metadata.partitions))
    problems = Problems()
    if metadata.size > view.size:
        problems.add(b"", message("cut short: {missing} bytes are missing", missing=metadata.size - view.size))
    if metadata.copy:
        problems.add(b"", message("the first copy of the metadata is damaged"))
    partitions = _sound(metadata, length, problems)
    label = f"{len(partitions)} partitions"
    if all(len(one.stretches) == 1 and one.stretches[0].at is not None for one in partitions):
        parts = tuple(Part(one.stretches[0].at or 0, one.size, escape_name(one.name)) for one in partitions)
        return Container(length, parts, label, tuple(reason for _, reason in problems.all()))
    opened = Super(view.cut(0, length), partitions, label, problems, budget)
    large = {one.name: opened.view_of(one) for one in partitions if one.size > budget.limits.file_bytes}
    return WithLarge(opened, large, budget) if large else opened


FORMAT = Format("android-super", "Android super partition", (Magic(MAGIC, START),), open_android_super)


class Super:
    """An opened partition; a FileSystem of Volumes."""

    def __init__(self, view: View, partitions: list[Partition], label: str, problems: Problems, budget: Budget) -> None:
        self.length = view.size
        self.label = label
        self.nodes: tuple[Node, ...] = tuple(Node(one.name, "file", size=one.size) for one in partitions)
        self.problems: tuple[tuple[bytes, Message], ...] = problems.all()
        self._view = view
        self._partitions = {one.name: one for one in partitions}
        self._budget = budget

    def view_of(self, partition: Partition) -> PiecedView:
        """Give a partition without putting it together."""
        pieces: list[Piece] = []
        position = 0
        for one in partition.stretches:
            if one.at is not None:
                pieces.append(Piece(position, one.length, partial(self._stored, one.at)))
            position += one.length
        return PiecedView(Pieces(pieces), partition.size)

    def position(self, node: Node) -> int:
        """Give the offset of the first stretch."""
        return min((piece.start for piece in self.pieces(node)), default=0)

    def read(self, node: Node) -> bytes:
        """Read one partition whole."""
        partition = self._partitions.get(node.path)
        if partition is None:
            raise Malformed(message("no content is known of this file"))
        stored = sum(len(piece) for piece in self.pieces(node))
        self._budget.take_output(partition.size, stored)
        return b"".join(self._bytes(one, one.length) for one in partition.stretches)

    def start(self, node: Node) -> bytes:
        """Give the first bytes of a partition."""
        content = b""
        partition = self._partitions.get(node.path)
        for one in partition.stretches if partition is not None else ():
            content += self._bytes(one, min(one.length, _START_BYTES - len(content)))
            if len(content) >= _START_BYTES:
                break
        return content

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give where the stretches of a partition lie."""
        partition = self._partitions.get(node.path)
        stretches = partition.stretches if partition is not None else ()
        return tuple(range(one.at, one.at + one.length) for one in stretches if one.at is not None and one.length)

    def _stored(self, at: int, offset: int, length: int) -> memoryview:
        return self._view.slice(at + offset, length)

    def _bytes(self, stretch: Stretch, length: int) -> bytes | memoryview:
        return self._view.slice(stretch.at, length) if stretch.at is not None and length else bytes(length)


def _sound(metadata: Metadata, length: int, problems: Problems) -> list[Partition]:
    """Give the partitions that can be read: inside the view, on this device, no two of them on one place."""
    found: list[Partition] = []
    names: set[bytes] = set()
    shared = _shared(metadata)
    for partition in metadata.partitions:
        name = partition.name
        if not name or b"/" in name or name in (b".", b"..") or name in names:
            shown = escape_name(name)
            problems.add(b"", message("a partition of the name {name!r} is left out", name=shown))
            continue
        names.add(name)
        if not partition.size:
            continue
        linear = [one for one in partition.stretches if one.at is not None and one.length]
        shown = escape_name(name)
        if any(one.device for one in partition.stretches):
            problems.add(b"", message("partition {name!r} lies on another device", name=shown))
        elif any((one.at or 0) + one.length > length for one in linear):
            problems.add(b"", message("partition {name!r} lies outside", name=shown))
        elif any((one.at, one.length) in shared for one in linear):
            problems.add(b"", message("partition {name!r} lies where another does", name=shown))
        else:
            found.append(partition)
    return found


def _shared(metadata: Metadata) -> set[tuple[int | None, int]]:
    """Give the stretches that begin before one earlier on the device ends."""
    stretches = [one for partition in metadata.partitions for one in partition.stretches if not one.device]
    linear = sorted((one.at, one.length) for one in stretches if one.at is not None and one.length)
    shared: set[tuple[int | None, int]] = set()
    end = 0
    for at, length in linear:
        if at < end:
            shared.add((at, length))
        end = max(end, at + length)
    return shared
