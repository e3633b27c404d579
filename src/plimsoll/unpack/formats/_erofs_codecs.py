"""Undoes one compressed extent of an EROFS image.

Compressed bytes fill whole blocks: zeros come first, or last in the oldest images, where LZ4 must tell the end by
itself. LZMA is MicroLZMA: a stream without header whose first byte, otherwise always zero, holds the inverted
properties. Source: the public descriptions of EROFS, of the LZ4 block format and of MicroLZMA in XZ Utils.
"""

from __future__ import annotations

import lzma
import zlib

from plimsoll.unpack.codecs import Undecodable, ZstdError, decode_lz4, make_zstd_decoder
from plimsoll.unpack.formats._erofs_extents import How

_WINDOW_LOG = 23
_LARGEST_WINDOW = 8 << 20
_LZ4_MOST = 255
_LZ4_ROOM = 16 << 20


def decode(how: How, block: memoryview, wanted: int, is_part: bool, is_padded_first: bool) -> bytes:
    """Give the first `wanted` bytes, or less when there are less; raise Undecodable when the block is damaged."""
    if is_padded_first:
        block = block[len(block) - len(bytes(block).lstrip(b"\0")) :]
    if not block:
        raise Undecodable("nothing but zeros")
    if how == "lz4":
        if not is_padded_first:
            return decode_lz4_beginning(bytes(block), wanted)
        room = max(wanted, min(_LZ4_MOST * len(block), _LZ4_ROOM)) if is_part else wanted
        return bytes(decode_lz4(block, room)[:wanted])
    if how == "lzma":
        return _decode_microlzma(block, wanted)
    try:
        if how == "deflate":
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(block, wanted)
        return make_zstd_decoder(_WINDOW_LOG).decompress(block, wanted)
    except (zlib.error, ZstdError) as error:
        raise Undecodable(str(error)) from error


def decode_lz4_beginning(block: bytes, wanted: int) -> bytes:
    """Undo LZ4 until there are `wanted` bytes, whatever follows; a step for each of its sequences."""
    content = bytearray()
    at = 0
    try:
        while len(content) < wanted:
            token = block[at]
            length, at = _lz4_length(block, at + 1, token >> 4)
            literals = block[at : at + length]
            content += literals
            at += length
            if len(content) >= wanted or len(literals) < length:
                break
            distance = block[at] | block[at + 1] << 8
            length, at = _lz4_length(block, at + 2, token & 15)
            _repeat(content, distance, min(length + 4, wanted - len(content)))
    except IndexError as error:
        raise Undecodable("LZ4: cut short") from error
    return bytes(content[:wanted])


def _lz4_length(block: bytes, at: int, length: int) -> tuple[int, int]:
    """Give a length and where its bytes end."""
    if length == 15:
        while block[at] == 255:
            length += 255
            at += 1
        length += block[at]
        at += 1
    return length, at


def _repeat(content: bytearray, distance: int, length: int) -> None:
    if not 0 < distance <= len(content):
        raise Undecodable("LZ4: a distance that leads outside")
    start = len(content) - distance
    piece = bytes(content[start : start + length])
    content += (piece * -(-length // len(piece)))[:length]


def _decode_microlzma(block: memoryview, wanted: int) -> bytes:
    properties = ~block[0] & 0xFF
    filters = {
        "id": lzma.FILTER_LZMA1,
        "lc": properties % 9,
        "lp": properties // 9 % 5,
        "pb": properties // 45,
        # NOTE: no match reaches back further than the content or than the largest window that the tool makes.
        "dict_size": min(max(wanted, 4096), _LARGEST_WINDOW),
    }
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
        return decoder.decompress(b"\0" + block[1:], wanted)
    except (lzma.LZMAError, ValueError) as error:
        raise Undecodable(str(error)) from error
