"""Where the blocks of a file in an ext image are: by block numbers up to three levels away, or by a tree of extents.

Source: the public description of the ext4 data structures and layout. An extent node is a header (magic f30a,
entries, room, depth, 16 bits each, and 4 bytes more) and entries of 12 bytes. In a leaf they are: first block of the
file 32 bits, number of blocks 16 (above 32768: that many less, not yet written, all zeros), first block on disk high
half 16, low half 32. Above a leaf: first block of the file 32, block of the node below low half 32, high half 16.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._ext_inodes import BY_EXTENTS, Inode

Run = tuple[int, int, int]
"""First block of the file, number of blocks, first block on disk; blocks between two runs are all zeros."""

_EXTENTS = 0xF30A
_HEADER, _LEAF, _INDEX = struct.Struct("<HHHH"), struct.Struct("<IHHI"), struct.Struct("<IIH")
_NODE_SIZE, _ENTRY_SIZE = 12, 12
_DIRECT, _LEVELS, _DEPTH = 12, 3, 5
_UNWRITTEN = 32_768


def read_map(view: View, block_size: int, inode: Inode) -> Iterator[Run]:
    """Give the runs of a file in ascending order, none past its size; raise Malformed where they cannot be read.

    The work is bounded by the size that the inode states.
    """
    count = -(-inode.size // block_size)
    runs = _extents(view, block_size, inode) if inode.flags & BY_EXTENTS else _numbers(view, block_size, inode, count)
    end = 0
    for start, length, block in runs:
        if start < end or length <= 0:
            raise Malformed(message("the blocks of inode {number} overlap", number=inode.number))
        if start >= count:
            return
        end = start + length
        yield start, min(length, count - start), block


def find_first(inode: Inode) -> int:
    """Give the first block on disk that the inode names for its content; 0 when it names none."""
    if not inode.flags & BY_EXTENTS:
        return next((block for (block,) in struct.iter_unpack("<I", inode.places) if block), 0)
    _, entries, _, depth = _HEADER.unpack_from(inode.places)
    if not entries:
        return 0
    if depth:
        _, low, high = _INDEX.unpack_from(inode.places, _NODE_SIZE)
    else:
        _, _, high, low = _LEAF.unpack_from(inode.places, _NODE_SIZE)
    return int(low | high << 32)


def _extents(view: View, block_size: int, inode: Inode) -> Iterator[Run]:
    waiting: list[tuple[bytes | memoryview, int | None]] = [(inode.places, None)]
    seen: set[int] = set()
    while waiting:
        node, expected = waiting.pop()
        magic, entries, _, depth = _HEADER.unpack_from(node)
        fits = _NODE_SIZE + entries * _ENTRY_SIZE <= len(node)
        if magic != _EXTENTS or not fits or depth > _DEPTH or expected not in (None, depth):
            raise Malformed(message("the extents of inode {number} are damaged", number=inode.number))
        places = range(_NODE_SIZE, _NODE_SIZE + entries * _ENTRY_SIZE, _ENTRY_SIZE)
        if not depth:
            yield from (_run(node, place) for place in places)
            continue
        for place in reversed(places):
            _, low, high = _INDEX.unpack_from(node, place)
            block = low | high << 32
            if block in seen:
                raise Malformed(message("the extents of inode {number} lead in a circle", number=inode.number))
            seen.add(block)
            waiting.append((_block(view, block_size, block), depth - 1))


def _run(node: bytes | memoryview, place: int) -> Run:
    start, length, high, low = _LEAF.unpack_from(node, place)
    if length > _UNWRITTEN:
        return start, length - _UNWRITTEN, 0
    return start, length, low | high << 32


def _numbers(view: View, block_size: int, inode: Inode, count: int) -> Iterator[Run]:
    """Join block numbers that follow each other to runs."""
    start = length = first = 0
    for index, block in _each_number(view, block_size, inode, count):
        if length and (index, block) == (start + length, first + length):
            length += 1
            continue
        if length:
            yield start, length, first
        start, length, first = index, 1, block
    if length:
        yield start, length, first


def _each_number(view: View, block_size: int, inode: Inode, count: int) -> Iterator[tuple[int, int]]:
    """Give the number in the file and the number on disk of each block that is not all zeros."""
    numbers = struct.unpack("<15I", inode.places)
    for index in range(min(count, _DIRECT)):
        if numbers[index]:
            yield index, numbers[index]
    start, reach = _DIRECT, 1
    for level in range(1, _LEVELS + 1):
        reach *= block_size // 4
        if numbers[_DIRECT + level - 1] and start < count:
            yield from _below(view, block_size, numbers[_DIRECT + level - 1], level, start, count)
        start += reach


def _below(view: View, block_size: int, block: int, level: int, start: int, count: int) -> Iterator[tuple[int, int]]:
    """Give what a block of numbers leads to; `level` is at most three, so this ends."""
    reach = (block_size // 4) ** (level - 1)
    numbers = struct.iter_unpack("<I", _block(view, block_size, block))
    for index, (number,) in enumerate(numbers):
        at = start + index * reach
        if at >= count:
            return
        if number and level == 1:
            yield at, number
        elif number:
            yield from _below(view, block_size, number, level - 1, at, count)


def _block(view: View, block_size: int, block: int) -> memoryview:
    try:
        return view.slice(block * block_size, block_size)
    except EOFError as error:
        raise Malformed(message("the block {block} lies outside", block=block)) from error
