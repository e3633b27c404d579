"""Puts the content of a JFFS2 file together from the pieces that were written, the newest first.

Each piece is compressed by itself, 4 KiB of content as a rule. Compressions: 0 none, 1 zeros, 2 rtime, 6 zlib, 7 LZO,
8 LZMA without a header (lc, lp and pb 0, a dictionary of 8 KiB) as OpenWrt writes it. 3 and 5 (rubin) are not read.
In rtime each byte is followed by how many bytes to repeat from where the same byte stood the last time.
"""

from __future__ import annotations

import lzma
from bisect import bisect_left
from collections.abc import Callable, Iterable

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Undecodable, decode_lzo, decode_zlib
from plimsoll.unpack.format import Malformed, Unsupported, View
from plimsoll.unpack.formats._jffs2_nodes import HOLE, Piece, checksum
from plimsoll.unpack.limits import Budget

PIECE_BYTES = 1 << 20
"""Most that a piece may give that is not all zeros; writers use one page."""

_NONE, _RTIME, _ZLIB, _LZO, _LZMA = 0, 2, 6, 7, 8
_LZMA_FILTERS = [{"id": lzma.FILTER_LZMA1, "lc": 0, "lp": 0, "pb": 0, "dict_size": 0x2000}]

Interval = tuple[int, int]


def newest_first(pieces: Iterable[Piece]) -> list[Piece]:
    """Sort the pieces of an inode by version; of one version the later in the log is the newer."""
    return sorted(pieces, key=lambda one: (one.version, one.at), reverse=True)


def read_content(view: View, pieces: list[Piece], budget: Budget) -> bytes:
    """Read all bytes of a file whose pieces are sorted, the newest first.

    Raise Malformed when a byte of it is damaged or in no piece: a hole is a piece of zeros, so what is in none is lost.
    """
    size = pieces[0].size
    budget.take_output(size, min(sum(one.stored for one in pieces), view.size))
    content = bytearray(size)
    free: list[Interval] = [(0, size)] if size else []
    for piece in pieces:
        if not free:
            break
        taken = _take(free, piece.offset, min(piece.offset + piece.length, size))
        if not taken or piece.compression == HOLE:
            continue
        budget.take_output(piece.length - sum(end - start for start, end in taken), piece.stored)
        data = decode(view, piece)
        for start, end in taken:
            content[start:end] = data[start - piece.offset : end - piece.offset]
    if free:
        start, end = free[0]
        raise Malformed(message("its bytes {start} to {end} are lost", start=start, end=end))
    return bytes(content)


def decode(view: View, piece: Piece) -> bytes | bytearray | memoryview:
    """Give the data of one piece in full; raise Malformed or Unsupported when that cannot be done."""
    decoder = _DECODERS.get(piece.compression)
    if decoder is None:
        raise Unsupported(message("compression {number} is not read", number=piece.compression))
    if piece.length > PIECE_BYTES:
        raise Malformed(message("a node with {length} bytes of data", length=piece.length))
    stored = view.slice(piece.at, piece.stored)
    if checksum(stored) != piece.crc:
        raise Malformed(message("the data at {offset} is damaged", offset=hex(piece.at)))
    try:
        data = decoder(stored, piece.length)
    except Undecodable as error:
        raise _undecodable(piece) from error
    if len(data) != piece.length:
        raise _undecodable(piece)
    return data


def _undecodable(piece: Piece) -> Malformed:
    return Malformed(message("the data at {offset} cannot be decoded", offset=hex(piece.at)))


def _take(free: list[Interval], start: int, end: int) -> list[Interval]:
    """Take what is still free of a stretch out of sorted intervals; give the parts that were."""
    if start >= end:
        return []
    first = bisect_left(free, start, key=lambda one: one[1] - 1)
    last = bisect_left(free, end, key=lambda one: one[0])
    found = free[first:last]
    if not found:
        return []
    before, after = (found[0][0], start), (end, found[-1][1])
    free[first:last] = [one for one in (before, after) if one[0] < one[1]]
    return [(max(one[0], start), min(one[1], end)) for one in found]


def _decode_none(block: memoryview, limit: int) -> memoryview:
    return block[: limit + 1]


def _decode_rtime(block: memoryview, limit: int) -> bytearray:
    """Undo rtime; stop at the limit."""
    content = bytearray()
    last = [0] * 256
    for at in range(0, len(block) - 1, 2):
        value, repeat = block[at], block[at + 1]
        content.append(value)
        source = last[value]
        last[value] = len(content)
        if source + repeat <= len(content):
            content += content[source : source + repeat]
        else:
            run = content[source:]
            content += (run * (repeat // len(run) + 1))[:repeat]
        if len(content) >= limit:
            break
    return content


def _decode_lzma(block: memoryview, limit: int) -> bytes:
    try:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_LZMA_FILTERS).decompress(block, limit)
    except (lzma.LZMAError, EOFError) as error:
        raise Undecodable(str(error)) from error


_DECODERS: dict[int, Callable[[memoryview, int], bytes | bytearray | memoryview]] = {
    _NONE: _decode_none,
    HOLE: lambda block, limit: bytes(limit),
    _RTIME: _decode_rtime,
    _ZLIB: decode_zlib,
    _LZO: decode_lzo,
    _LZMA: _decode_lzma,
}
