"""Where the compressed content of a file in an EROFS image lies: an index with a row for each block of content.

Source: the public description of the format, and images made with the real tools. A row is a head, from whose offset
on a new extent runs, or continues the one before. The index follows a header of 8 bytes, at a multiple of 8 behind the
inode; in the full form, 8 bytes later.

offset  size  header                                  full row: 8 bytes
0       4     where the tail lies in the packed file  0  2  kind in bits 0 and 1, bit 15: more than this is in there
2       2     bytes of a tail that follows the index  2  2  offset of the head
4       2     flags                                   4  4  block; of the second row of an extent of several blocks,
6       1     compressions of the two kinds of head         their number with bit 11 set, in 2 bytes
7       1     block size of the rows; bit 7: the whole
              file is packed, at the 63 bits above

The packed form has two rows of 16 bits and 4 bytes, or sixteen rows of 14 bits and 4 bytes; the 4 bytes are the block
from which the blocks of the heads in the pack are counted. A row is 12 bits of offset or number, then 2 of kind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed, Unsupported, View
from plimsoll.unpack.formats._erofs_extents import Extent, How
from plimsoll.unpack.formats._erofs_inodes import FULL_INDEX, Inode
from plimsoll.unpack.formats._erofs_superblock import Superblock

_HEADER = struct.Struct("<IHBB")
_PACKS_OF_16, _LARGE, _LARGE_SECOND, _TAIL_FOLLOWS, _TURNED, _TAIL_PACKED = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_EXTENT_ROWS = 0x01
"""In the full form, what means packs of 16 in the packed form."""

_ALL_PACKED = 1 << 63
_STORED, _HEAD, _CONTINUED, _SECOND_HEAD = range(4)
_COUNT = 1 << 11
_MORE = 0x8000
_LOW_BITS = 12
_SMALL_PACK, _LARGE_PACK = (8, 2, 16), (32, 16, 14)
"""Bytes of a pack, rows in it, bits of a row."""

_BY_NUMBER: tuple[How, ...] = ("lz4", "lzma", "deflate", "zstd")

_Row = tuple[int, int, int, bool]
"""Kind; offset of a head, or number of blocks when it is not 0 in one that continues; block of a head; is part."""


class _Header(msgspec.Struct, frozen=True):
    place: int
    flags: int
    algorithms: int
    start: int
    """Where the rows begin."""

    @property
    def is_large(self) -> bool:
        """Whether extents may take several blocks, which the packed form counts differently."""
        return bool(self.flags & (_LARGE | _LARGE_SECOND))


def list_compressed(view: View, superblock: Superblock, inode: Inode) -> Iterator[Extent]:
    """Give the extents of compressed content in order; raise Malformed when the index is not sound."""
    at = -(-inode.end // 8) * 8
    try:
        (whole,) = struct.unpack("<Q", view.slice(at, 8))
    except EOFError as error:
        raise Malformed(message("the index lies outside")) from error
    if whole & _ALL_PACKED:
        yield Extent(0, inode.size, whole ^ _ALL_PACKED, inode.size, "packed")
        return
    place, flags, algorithms, size = _HEADER.unpack(view.slice(at, _HEADER.size))
    is_full = inode.layout == FULL_INDEX
    if size & 7 or (is_full and flags & _EXTENT_ROWS):
        raise Unsupported(message("this form of the index is not read yet"))
    header = _Header(place, flags, algorithms, at + (16 if is_full else 8))
    count = (inode.size + superblock.block_size - 1) >> superblock.block_bits
    packs, end = ([], header.start + 8 * count) if is_full else _packs(header, count)
    try:
        view.slice(header.start, end - header.start)
    except EOFError as error:
        raise Malformed(message("the index lies outside")) from error
    rows = _full_rows(view, header, count) if is_full else _packed_rows(view, header, packs, count)
    yield from _extents(rows, header, superblock, inode, end)


def _extents(rows: Iterator[_Row], header: _Header, superblock: Superblock, inode: Inode, end: int) -> Iterator[Extent]:
    """Join rows to extents: each runs from its head to the next; the tail may lie elsewhere.

    A last head at the end of the file only marks it.
    """
    head: tuple[int, int, int, bool] | None = None
    blocks = 1
    for number, (kind, low, block, is_part) in enumerate(rows):
        if kind == _CONTINUED:
            blocks = low or blocks
            continue
        if low >= superblock.block_size:
            raise Malformed(message("the index is damaged: row {number}", number=number))
        start = (number << superblock.block_bits) + low
        if start >= inode.size:
            break
        if head is not None:
            yield _extent(head, start, blocks, header, superblock)
        elif start:
            raise Malformed(message("the index is damaged: row {number}", number=number))
        head, blocks = (start, kind, block, is_part), 1
    if head is not None:
        last = _extent(head, inode.size, blocks, header, superblock)
        yield _tail(last, head[2], header, inode.layout == FULL_INDEX, end)
    elif inode.size:
        raise Malformed(message("the index is damaged: no extent begins"))


def _extent(head: tuple[int, int, int, bool], end: int, blocks: int, header: _Header, superblock: Superblock) -> Extent:
    start, kind, block, is_part = head
    how: How
    if kind == _STORED:
        how = "turned" if header.flags & _TURNED else "stored"
    else:
        algorithm = header.algorithms >> (4 if kind == _SECOND_HEAD else 0) & 15
        if algorithm >= len(_BY_NUMBER):
            raise Unsupported(message("the compression {number} is not known", number=algorithm))
        how = _BY_NUMBER[algorithm]
    bits = superblock.block_bits
    return Extent(start, end - start, block << bits, blocks << bits, how, is_part)


def _tail(last: Extent, block: int, header: _Header, is_full: bool, end: int) -> Extent:
    """Put the last extent where the header says that the tail lies."""
    if header.flags & _TAIL_FOLLOWS and header.place >> 16:
        how: How = "stored" if last.how == "turned" else last.how
        return msgspec.structs.replace(last, at=end, stored=header.place >> 16, how=how)
    if header.flags & _TAIL_PACKED:
        place = header.place | (block << 32 if is_full else 0)
        return msgspec.structs.replace(last, at=place, stored=last.length, how="packed")
    return last


def _full_rows(view: View, header: _Header, count: int) -> Iterator[_Row]:
    for form, low, block in struct.iter_unpack("<HHI", view.slice(header.start, 8 * count)):
        kind = form & 3
        if kind == _CONTINUED:
            blocks = block & 0xFFFF
            yield kind, blocks & _COUNT - 1 if blocks & _COUNT else 0, 0, False
        else:
            yield kind, low, block, bool(form & _MORE)


def _packs(header: _Header, count: int) -> tuple[list[tuple[int, tuple[int, int, int]]], int]:
    """Give how many packs of which form follow each other, and where they end.

    Large packs begin at multiples of 32; small ones lead up to them and hold what does not fill a large one.
    """
    lead = -header.start % 32 // 4
    large = 0
    if header.flags & _PACKS_OF_16 and lead < count:
        large = (count - lead) // 16
    else:
        lead = 0
    rest = count - lead - 16 * large
    packs = [(lead // 2, _SMALL_PACK), (large, _LARGE_PACK), (-(-rest // 2), _SMALL_PACK)]
    return packs, header.start + sum(number * form[0] for number, form in packs)


def _packed_rows(
    view: View, header: _Header, packs: list[tuple[int, tuple[int, int, int]]], count: int
) -> Iterator[_Row]:
    at = header.start
    for number, (length, rows, bits) in packs:
        for _ in range(number):
            pack = view.slice(at, length)
            yield from _pack(pack, min(rows, count), bits, header.is_large)
            count -= rows
            at += length


def _pack(pack: memoryview, rows: int, bits: int, is_large: bool) -> Iterator[_Row]:
    """Give the rows of one pack, the block of each head counted from that of the pack."""
    packed = int.from_bytes(pack[:-4], "little")
    block = int.from_bytes(pack[-4:], "little") + (0 if is_large else 1)
    found = [(packed >> index * bits & (1 << bits) - 1) for index in range(rows)]
    for index, row in enumerate(found):
        kind, low = row >> _LOW_BITS & 3, row & (1 << _LOW_BITS) - 1
        if kind != _CONTINUED:
            yield kind, low, block & 0xFFFFFFFF, False
            follows = found[index + 1] if index + 1 < rows else 0
            block += 0 if is_large and _is_count(follows) else 1
        else:
            blocks = low & _COUNT - 1 if is_large and _is_count(row) else 0
            block += blocks
            yield kind, blocks, 0, False


def _is_count(row: int) -> bool:
    return row >> _LOW_BITS & 3 == _CONTINUED and bool(row & _COUNT)
