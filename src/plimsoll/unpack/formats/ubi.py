"""Opens UBI images: volumes whose blocks lie anywhere in raw flash, as on most devices with NAND.

Written from the publicly known layout of UBI and from images made with the real tools. The tree has
one file for each volume, of the volume's name; the file system in it is opened from there. Blocks of a dynamic volume
that are not mapped read as FF, as they do on the device. Fastmap is not needed and not read.
"""

from __future__ import annotations

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, View
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.formats._ubi_blocks import (
    Block,
    Layout,
    Volumes,
    data_of,
    is_intact,
    read_blocks,
    read_layout,
    read_volume_table,
)
from plimsoll.unpack.formats._ubi_headers import LAYOUT_VOLUME, MAGIC, STATIC, Record
from plimsoll.unpack.limits import Budget

_KIB = 1024


class Volume(msgspec.Struct, frozen=True):
    """One volume: where its logical erase blocks lie."""

    blocks: dict[int, Block]
    block_bytes: int
    """Bytes of each logical erase block that the volume uses."""
    size: int
    """Bytes to the end of the last block that is mapped."""


def open_ubi(view: View, budget: Budget) -> Ubi:
    """Open the image at the beginning of a view; raise NotThisFormat or Malformed."""
    return open_laid_out(view, read_layout(view, budget), budget)


def open_laid_out(view: View, layout: Layout, budget: Budget) -> Ubi:
    """Open the image at the beginning of a view whose layout is known."""
    whole = view.cut(0, layout.length)
    problems = Problems()
    if layout.length % layout.block_bytes:
        missing = layout.block_bytes - layout.length % layout.block_bytes
        problems.add(b"", message("cut short: {missing} bytes are missing", missing=missing))
    blocks = read_blocks(whole, layout, budget, problems)
    table = read_volume_table(whole, layout, blocks)
    if table is None:
        problems.add(b"", message("the volume table is missing or damaged; volumes are named by their numbers"))
    return Ubi(whole, layout, _volumes(whole, layout, blocks, table, problems, budget), problems, budget)


FORMAT = Format("ubi", "UBI volumes", (Magic(MAGIC),), open_ubi)


class Ubi:
    """An opened image; a FileSystem of Volumes."""

    def __init__(
        self, view: View, layout: Layout, volumes: dict[bytes, Volume], problems: Problems, budget: Budget
    ) -> None:
        self.length = layout.length
        self.label = f"erase blocks of {layout.block_bytes // _KIB} KiB"
        self.nodes: tuple[Node, ...] = tuple(Node(name, "file", size=one.size) for name, one in volumes.items())
        self.problems: tuple[tuple[bytes, Message], ...] = problems.all()
        self._view = view
        self._layout = layout
        self._volumes = volumes
        self._budget = budget

    def position(self, node: Node) -> int:
        """Give the offset of the first logical erase block."""
        volume = self._volumes.get(node.path)
        return volume.blocks[min(volume.blocks)].offset if volume is not None and volume.blocks else 0

    def read(self, node: Node) -> bytes:
        """Read one volume whole; what is not mapped is FF."""
        volume = self._volumes.get(node.path)
        if volume is None:
            raise Malformed(message("no content is known of this file"))
        self._budget.take_output(volume.size, len(volume.blocks) * volume.block_bytes)
        content = bytearray(b"\xff") * volume.size
        for number, block in volume.blocks.items():
            start = number * volume.block_bytes
            data = data_of(self._view, self._layout, block, min(volume.block_bytes, volume.size - start))
            content[start : start + len(data)] = data
        return bytes(content)

    def start(self, node: Node) -> bytes:
        """Give what the first logical erase block that is mapped holds; nothing of an empty volume."""
        volume = self._volumes.get(node.path)
        if volume is None or not volume.blocks:
            return b""
        first = volume.blocks[min(volume.blocks)]
        return bytes(data_of(self._view, self._layout, first, min(volume.block_bytes, volume.size)))

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give the erase blocks of a volume."""
        volume = self._volumes.get(node.path)
        starts = [one.offset - self._layout.first.data_offset for one in volume.blocks.values()] if volume else []
        return tuple(range(start, min(start + self._layout.block_bytes, self.length)) for start in starts)


def _volumes(
    view: View,
    layout: Layout,
    blocks: Volumes,
    table: dict[int, Record] | None,
    problems: Problems,
    budget: Budget,
) -> dict[bytes, Volume]:
    """Give the volumes by name, in the order of their numbers."""
    found: dict[bytes, Volume] = {}
    numbers = {number for number in blocks if number < LAYOUT_VOLUME} | set(table or ())
    budget.take_entries(len(numbers))
    for number in sorted(numbers):
        record = table.get(number) if table is not None else None
        if table is not None and record is None:
            problems.add(b"", message("blocks of volume {number}, which its table lacks, are left out", number=number))
            continue
        name = _name(number, record, found, problems)
        found[name] = _volume(view, layout, blocks.get(number, {}), name, record, problems)
        budget.check_time()
    return found


def _volume(
    view: View, layout: Layout, blocks: dict[int, Block], name: bytes, record: Record | None, problems: Problems
) -> Volume:
    """Check the blocks of one volume and tell its size."""
    if record is not None:
        if record.is_unfinished:
            problems.add(name, message("an update of this volume was not finished"))
        outside = [number for number in blocks if number >= record.reserved]
        if outside:
            problems.add(name, message("{count} blocks beyond its end are left out", count=len(outside)))
        blocks = {number: blocks[number] for number in sorted(blocks) if number < record.reserved}
    if not blocks:
        return Volume({}, layout.data_bytes, 0)
    last = max(blocks)
    identifier = blocks[last].identifier
    unused = record.unused_bytes if record is not None else identifier.unused_bytes
    block_bytes = max(layout.data_bytes - unused, 0)
    for number, block in blocks.items():
        if not is_intact(view, layout, block):
            problems.add(name, message("the checksum of its block {number} does not hold", number=number))
        elif block.offset + block_bytes > view.size:
            problems.add(name, message("its block {number} is cut short", number=number))
    is_static = identifier.kind == STATIC
    if is_static and identifier.blocks > len(blocks):
        missing = identifier.blocks - len(blocks)
        problems.add(name, message("{count} of its {total} blocks are missing", count=missing, total=identifier.blocks))
    tail = min(identifier.data_bytes, block_bytes) if is_static else block_bytes
    return Volume(blocks, block_bytes, last * block_bytes + tail)


def _name(number: int, record: Record | None, taken: dict[bytes, Volume], problems: Problems) -> bytes:
    """Give the volume's name, or one made of its number where the name cannot stand in a tree."""
    own = b"volume-%d" % number
    if record is None:
        return own
    name = record.name
    if name in (b"", b".", b"..") or b"/" in name or b"\0" in name or name in taken:
        problems.add(own, message("the name {name!r} of this volume cannot be used", name=escape_name(name)))
        return own if own not in taken else own + b"-again"
    return name
