"""Which erase blocks a UBI image has, and which of them counts for each logical erase block of a volume.

The image does not say how large its erase blocks are: it is the distance that most headers keep. Blocks without a
header that holds lie among the others where flash has gone bad; they are stepped over, and told when they are not
empty. Source: the publicly known layout of UBI, checked against images made with the real tools.
"""

from __future__ import annotations

import re
from collections import Counter as Count

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._problems import Problems
from plimsoll.unpack.formats._ubi_headers import (
    HEADER_BYTES,
    LAYOUT_VOLUME,
    MAGIC,
    STATIC,
    Counter,
    Identifier,
    Record,
    checksum,
    read_counter,
    read_identifier,
    read_table,
)
from plimsoll.unpack.limits import Budget

BLOCK_BYTES = 16 << 20
"""Largest erase block that is looked for."""

_HEADERS = 33
"""Headers whose distances tell the size of an erase block."""

_STRIDE = 1 << 16
_CANDIDATE_BYTES = 1024
"""What looking at one candidate costs, in bytes of searching."""

_GAP = 32
"""Most blocks in a row without a header that are stepped over."""

_MARK = re.compile(re.escape(MAGIC))


class Layout(msgspec.Struct, frozen=True):
    """How an image is cut into erase blocks."""

    first: Counter
    block_bytes: int
    length: int
    """Bytes from the first block to the end of the last."""

    @property
    def data_bytes(self) -> int:
        """Bytes of each block that are left for data."""
        return self.block_bytes - self.first.data_offset


class Block(msgspec.Struct, frozen=True):
    """An erase block that belongs to a volume."""

    offset: int
    """Of its data in the image."""
    identifier: Identifier


Volumes = dict[int, dict[int, Block]]
"""The block that counts, by number of the volume and of the logical erase block."""


def read_layout(view: View, budget: Budget) -> Layout:
    """Find the size of the erase blocks and where the image ends.

    Raise NotThisFormat, or Malformed when no second block is found that would tell the size.
    """
    first = read_counter(view, 0)
    if first is None:
        raise NotThisFormat
    size = _block_bytes(view, first, budget)
    if size <= first.data_offset:
        raise Malformed(message("the size of its erase blocks cannot be told"), min(HEADER_BYTES, view.size))
    return lay_out(view, first, size, budget)


def lay_out(view: View, first: Counter, size: int, budget: Budget) -> Layout:
    """Find where an image ends whose erase blocks have a size."""
    end = gap = 0
    for offset in range(0, view.size, size):
        budget.take_search(HEADER_BYTES)
        gap = 0 if is_kin(first, read_counter(view, offset)) else gap + 1
        if not gap:
            end = offset + size
        elif gap > _GAP:
            break
    return Layout(first, size, min(end, view.size))


def read_blocks(view: View, layout: Layout, budget: Budget, problems: Problems) -> Volumes:
    """Read which block counts for what; a block that cannot be told is a problem."""
    claims: dict[tuple[int, int], list[Block]] = {}
    for offset in range(0, layout.length, layout.block_bytes):
        block = _read_block(view, layout, offset, problems)
        if block is not None:
            budget.take_entries(1)
            claims.setdefault((block.identifier.volume, block.identifier.number), []).append(block)
    budget.check_time()
    found: Volumes = {}
    for (volume, number), blocks in claims.items():
        found.setdefault(volume, {})[number] = _newest(view, layout, blocks)
    return found


def read_volume_table(view: View, layout: Layout, volumes: Volumes) -> dict[int, Record] | None:
    """Read the first of the two copies of the volume table that holds; None when none does."""
    for _, block in sorted(volumes.get(LAYOUT_VOLUME, {}).items()):
        table = read_table(data_of(view, layout, block, layout.data_bytes))
        if table is not None:
            return table
    return None


def has_volume_table(view: View, layout: Layout, budget: Budget) -> bool:
    """Tell whether a block holds a copy of the volume table that has its checksums."""
    for offset in range(0, layout.length, layout.block_bytes):
        budget.take_search(HEADER_BYTES)
        identifier = read_identifier(view, offset + layout.first.identifier_offset)
        if identifier is not None and identifier.volume == LAYOUT_VOLUME:
            block = Block(offset + layout.first.data_offset, identifier)
            if read_table(data_of(view, layout, block, layout.data_bytes)) is not None:
                return True
    return False


def is_kin(first: Counter, other: Counter | None) -> bool:
    """Tell whether a header can be of the same image as the first."""
    if other is None:
        return False
    same_places = (other.identifier_offset, other.data_offset) == (first.identifier_offset, first.data_offset)
    return same_places and (other.image == first.image or not other.image or not first.image)


def data_of(view: View, layout: Layout, block: Block, length: int) -> memoryview:
    """Give the first bytes of a block's data, as many as are there."""
    length = min(length, layout.data_bytes, view.size - block.offset)
    return view.slice(block.offset, max(length, 0)) if block.offset < view.size else memoryview(b"")


def is_intact(view: View, layout: Layout, block: Block) -> bool:
    """Tell whether a block's data have the checksum that its header gives; it gives one of static ones and copies."""
    identifier = block.identifier
    if identifier.kind != STATIC and not identifier.is_copy:
        return True
    data = data_of(view, layout, block, identifier.data_bytes)
    return len(data) == identifier.data_bytes and checksum(data) == identifier.checksum


def _block_bytes(view: View, first: Counter, budget: Budget) -> int:
    distances: Count[int] = Count()
    last = 0
    while sum(distances.values()) < _HEADERS - 1:
        end = min(last + BLOCK_BYTES + HEADER_BYTES, view.size)
        position = last + first.data_offset
        budget.take_search(max(min(end - position, _STRIDE), 0))
        for match in _MARK.finditer(view.buffer, position, end):
            budget.take_search(_CANDIDATE_BYTES)
            if is_kin(first, read_counter(view, match.start())):
                distances[match.start() - last] += 1
                last = match.start()
                break
        else:
            budget.take_search(max(end - position, 0))
            break
    return min(distances, key=lambda one: (-distances[one], one), default=0)


def _read_block(view: View, layout: Layout, offset: int, problems: Problems) -> Block | None:
    """Read what the block at an offset belongs to; None when to nothing."""
    end = min(offset + layout.block_bytes, layout.length)
    if not is_kin(layout.first, read_counter(view, offset)):
        if not _is_blank(view.slice(offset, end - offset)):
            problems.add(b"", message("the erase block at {offset} has no header that holds", offset=hex(offset)))
        return None
    place = offset + layout.first.identifier_offset
    identifier = read_identifier(view, place)
    if identifier is not None:
        return Block(offset + layout.first.data_offset, identifier)
    if not _is_blank(view.slice(min(place, end), max(end - place, 0))):
        reason = message("the erase block at {offset} does not say what it belongs to", offset=hex(offset))
        problems.add(b"", reason)
    return None


def _newest(view: View, layout: Layout, blocks: list[Block]) -> Block:
    """Give the block with the highest sequence number; a copy that was not finished gives way to an older one."""
    newest_first = sorted(blocks, key=lambda one: (-one.identifier.sequence, one.offset))
    if len(blocks) > 1:
        for block in newest_first:
            if not block.identifier.is_copy or is_intact(view, layout, block):
                return block
    return newest_first[0]


def _is_blank(data: memoryview) -> bool:
    return not len(data) or (data[0] in (0x00, 0xFF) and data[:-1] == data[1:])
