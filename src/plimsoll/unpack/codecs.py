"""Undoes one compressed block at a time, never giving more bytes than asked for.

Each function takes a whole block and the most bytes that it may give. It raises Undecodable when the block is damaged;
of one that is cut short or holds more it may give the beginning, so the caller compares lengths. All of them let go of
the interpreter lock while they work. The libraries were chosen by measurement: libdeflate undoes zlib blocks at more
than twice the speed of zlib. The header of LZMA blocks is described in the LZMA SDK's `lzma-specification.txt`.
"""

from __future__ import annotations

import lzma
import struct
import sys
import zlib
from collections.abc import Callable, Mapping

import deflate
import lz4.block
from lzallright import InputNotConsumed, LZOCompressor, LZOError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Decode = Callable[[memoryview, int], bytes | bytearray]
"""A compressed block and the most bytes that it may give -> its content."""

MEMORY_BYTES = 64 << 20
"""Most memory that a decoder of blocks may ask for itself; blocks are 1 MiB at most."""

ZstdError = zstd.ZstdError

_WINDOW_LOG = 24


class Undecodable(Exception):
    """The block is damaged, holds more than asked for, or needs what the decoder does not have."""


def decode_zlib(block: memoryview, limit: int) -> bytes | bytearray:
    """Undo a zlib stream."""
    try:
        content: bytearray = deflate.zlib_decompress(block, limit)
        return content
    except deflate.DeflateError:
        return _decode_zlib_slowly(block, limit)


def decode_xz(block: memoryview, limit: int) -> bytes:
    """Undo an xz stream, with whatever filters its header names."""
    return _within(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES), block, limit)


def decode_lzma(block: memoryview, limit: int) -> bytes:
    """Undo an LZMA stream behind a header of 13 bytes (with the size) or of 5 (without), told apart by its bytes.

    offset  size  header
    0       1     properties: (pb * 5 + lp) * 9 + lc
    1       4     dictionary size
    5       8     size of the content, in the long header only; all ones when not known
    then the range coder's first byte, always zero
    """
    if len(block) < 10:
        raise Undecodable("an LZMA block of less than 10 bytes")
    properties, dictionary = struct.unpack_from("<BI", block)
    size = int.from_bytes(block[5:13], "little")
    is_long = len(block) > 13 and block[13] == 0 and (size <= limit or size == 2**64 - 1)
    wanted = min(size, limit) if is_long else limit
    filters = {
        "id": lzma.FILTER_LZMA1,
        "lc": properties % 9,
        "lp": properties // 9 % 5,
        "pb": properties // 45,
        # NOTE: no match reaches back further than the content, so a smaller window gives the same bytes.
        "dict_size": min(max(dictionary, 4096), max(limit, 4096)),
    }
    try:
        decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
        return decoder.decompress(block[13 if is_long else 5 :], wanted)
    except (lzma.LZMAError, ValueError) as error:
        raise Undecodable(str(error)) from error


def decode_lzo(block: memoryview, limit: int) -> bytes:
    """Undo an LZO1X block.

    NOTE: the library takes the limit as a hint only; what bounds it is that no byte of LZO1X gives more than 255.
    """
    try:
        content = LZOCompressor.decompress(block, limit)
    except InputNotConsumed as error:
        content = error.args[1]
    except LZOError as error:
        raise Undecodable(f"LZO: {error.args[0]}") from error
    if len(content) > limit:
        raise Undecodable("more content than there may be")
    return content


def decode_lz4(block: memoryview, limit: int) -> bytes:
    """Undo an LZ4 block."""
    try:
        content: bytes = lz4.block.decompress(block, uncompressed_size=limit)
    except lz4.block.LZ4BlockError as error:
        raise Undecodable(str(error)) from error
    return content


def decode_zstd(block: memoryview, limit: int) -> bytes:
    """Undo a Zstandard frame."""
    return _within(make_zstd_decoder(_WINDOW_LOG), block, limit)


def make_zstd_decoder(window_log: int) -> zstd.ZstdDecompressor:
    """Make a decoder of one frame that refuses windows of more than two to the power of `window_log` bytes."""
    options: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: window_log}
    return zstd.ZstdDecompressor(options=options)


def _within(decoder: lzma.LZMADecompressor | zstd.ZstdDecompressor, block: memoryview, limit: int) -> bytes:
    try:
        content: bytes = decoder.decompress(block, limit)
        if not decoder.eof and (not content or decoder.decompress(b"", 1)):
            raise Undecodable("cut short, or more content than there may be")
    except (lzma.LZMAError, zstd.ZstdError, EOFError) as error:
        raise Undecodable(str(error)) from error
    return content


def _decode_zlib_slowly(block: memoryview, limit: int) -> bytes:
    """Give zlib its say where libdeflate refuses; both must agree before a block counts as damaged."""
    decoder = zlib.decompressobj()
    try:
        content = decoder.decompress(block, limit)
        if not decoder.eof and (not content or decoder.decompress(decoder.unconsumed_tail, 1)):
            raise Undecodable("cut short, or more content than there may be")
    except zlib.error as error:
        raise Undecodable(str(error)) from error
    return content
