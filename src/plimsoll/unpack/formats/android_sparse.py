"""Opens Android's sparse images: a partition in chunks, of which those that are empty are left out.

Source: the description of the format in the Android Open Source Project (Apache-2.0). All numbers are little-endian.

offset  size  image                           offset  size  chunk
0       4     magic ed26ff3a                  0       2     cac1 raw, cac2 fill, cac3 nothing, cac4 checksum
4       4     version, 1 and 0                4       4     blocks that it stands for
8       4     bytes of both headers, 28, 12   8       4     bytes of the chunk, header included
12      4     bytes of a block                12            raw: the blocks; fill: 4 bytes to be repeated;
16      4     blocks of the partition                       checksum: CRC-32 of all before it
20      4     chunks
24      4     CRC-32 of the partition, or 0

What is left out is read as zeros, and so are blocks that are missing at the end. A partition that is larger than may be
held is not put together: the file system in it, or in the partitions of a super partition, is read where its chunks
are.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import partial

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Decoded, FileSystem, Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._large_partitions import Parts, Placed, WithLarge, open_in_pieces
from plimsoll.unpack.formats._pieced_view import Piece, PiecedView, Pieces
from plimsoll.unpack.formats.android_super import open_android_super
from plimsoll.unpack.limits import Budget

MAGIC = b"\x3a\xff\x26\xed\x01\x00"
"""The magic and the upper half of the version."""

_HEADER, _CHUNK = struct.Struct("<IHHHHIIII"), struct.Struct("<H2xII")
_RAW, _FILL, _NOTHING, _CHECKSUM = 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4
_LONGEST_HEADER = 1024
_BLOCK_BYTES = range(512, (64 << 20) + 1)
_ZEROS = bytes(1 << 20)
_CHECK_EVERY = 4096


class _Header(msgspec.Struct, frozen=True):
    start: int
    """Where the chunks begin."""
    chunk: int
    """Bytes of a chunk's header."""
    block: int
    blocks: int
    chunks: int
    checksum: int


def open_android_sparse(view: View, budget: Budget) -> Decoded | FileSystem:
    """Decode the image at the beginning of a view; raise NotThisFormat when headers are not sound.

    Raise LimitReached when the partition is larger than may be held and holds nothing that is read in pieces.
    """
    header = _read_header(view)
    length = _measure(view, header)
    if header.blocks * header.block > budget.limits.file_bytes:
        opened = _open_large(view, header, length, budget)
        if opened is not None:
            return opened
    budget.take_output(header.blocks * header.block, length)
    problems: list[Message] = []
    parts: list[bytes | memoryview] = []
    left = header.blocks
    checksum, summed = 0, 0
    for number, (kind, blocks, body, _) in enumerate(_chunks(view, header)):
        if number % _CHECK_EVERY == 0:
            budget.check_time()
        if blocks > left:
            problems.append(message("chunk {number} goes on beyond the end of the partition", number=number))
            break
        left -= blocks
        size = blocks * header.block
        if kind == _CHECKSUM:
            checksum, summed = _sum(parts[summed:], checksum), len(parts)
            if checksum != int.from_bytes(body, "little"):
                problems.append(message("the checksum in chunk {number} is wrong", number=number))
        elif not size:
            continue
        elif kind == _RAW:
            parts.append(body)
        else:
            parts += _repeat(bytes(body) if kind == _FILL else bytes(4), size)
    if left:
        problems.append(message("{count} blocks are missing", count=left))
        parts += _repeat(bytes(4), left * header.block)
    data = b"".join(parts)
    if header.checksum and not left and zlib.crc32(data) != header.checksum:
        problems.append(message("the checksum of the partition is wrong"))
    return Decoded(length, data, f"{header.blocks} blocks of {header.block} bytes", tuple(problems))


FORMAT = Format("android-sparse", "Android sparse image", (Magic(MAGIC),), open_android_sparse)


def _read_header(view: View) -> _Header:
    if view.size < _HEADER.size or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    _, _, _, start, chunk, block, blocks, chunks, checksum = _HEADER.unpack_from(view.buffer)
    is_sound = (
        _HEADER.size <= start <= _LONGEST_HEADER
        and _CHUNK.size <= chunk <= _LONGEST_HEADER
        and block in _BLOCK_BYTES
        and block % 4 == 0
        and blocks > 0
        and chunks > 0
    )
    if not is_sound:
        raise NotThisFormat
    return _Header(start, chunk, block, blocks, chunks, checksum)


def _measure(view: View, header: _Header) -> int:
    """Give where the chunks end; raise NotThisFormat when there is not even one."""
    end = max((end for _, _, _, end in _chunks(view, header)), default=0)
    if not end:
        raise NotThisFormat
    return end


def _chunks(view: View, header: _Header) -> Iterator[tuple[int, int, memoryview, int]]:
    """Give kind, blocks, bytes and end of each chunk, as far as they are there and sound."""
    at = header.start
    for _ in range(header.chunks):
        if at + header.chunk > view.size:
            return
        kind, blocks, total = _CHUNK.unpack_from(view.buffer, at)
        size = {_RAW: blocks * header.block, _FILL: 4, _NOTHING: 0, _CHECKSUM: 4}.get(kind)
        if size is None or total != header.chunk + size or at + total > view.size:
            return
        yield kind, 0 if kind == _CHECKSUM else blocks, view.slice(at + header.chunk, size), at + total
        at += total


def _open_large(view: View, header: _Header, length: int, budget: Budget) -> FileSystem | None:
    """Open what is in a partition that is larger than may be held, in pieces; checksums are not verified."""
    pieces: list[Piece] = []
    position = 0
    for number, (kind, blocks, body, _) in enumerate(_chunks(view, header)):
        if number % _CHECK_EVERY == 0:
            budget.check_time()
        size = blocks * header.block
        if kind == _RAW:
            pieces.append(Piece(position, size, partial(_stored, body)))
        elif kind == _FILL and any(body):
            pieces.append(Piece(position, size, partial(_filled, bytes(body))))
        position += size
    inner = PiecedView(Pieces(pieces), header.blocks * header.block)
    try:
        found = open_android_super(inner, budget)
    except (NotThisFormat, Malformed, EOFError):
        opened = open_in_pieces(inner, budget)
        return Placed(opened, length) if opened is not None else None
    if isinstance(found, Container):
        parts = Parts(inner, found, budget)
        large = {name: view for name, view in parts.views.items() if view.size > budget.limits.file_bytes}
        found = WithLarge(parts, large, budget)
    return Placed(found, length)


def _stored(body: memoryview, offset: int, length: int) -> memoryview:
    return body[offset : offset + length]


def _filled(pattern: bytes, offset: int, length: int) -> bytes:
    shift = offset % 4
    return (pattern * (length // 4 + 2))[shift : shift + length]


def _repeat(pattern: bytes, size: int) -> list[bytes | memoryview]:
    """Give a pattern of four bytes again and again, in pieces that share their memory."""
    piece = _ZEROS if pattern == bytes(4) else pattern * (min(size, len(_ZEROS)) // 4)
    whole, rest = divmod(size, len(piece))
    return [piece] * whole + [memoryview(piece)[:rest]]


def _sum(parts: list[bytes | memoryview], checksum: int) -> int:
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    return checksum
