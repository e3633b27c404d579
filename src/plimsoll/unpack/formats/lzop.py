"""Opens lzop files: LZO1X blocks behind a header with checksums, as kernels and initial file systems hold them.

Written from descriptions of the format that are free to use (the LZO handler of unblob, MIT) and from files made with
lzop. All numbers are big-endian.

offset  size  header                                          offset  size  block
0       9     magic 89 `LZO` 00 0d 0a 1a 0a                   0       4     bytes of content; 0 after the last block
9       4     version of lzop, version of the library         4       4     stored bytes, equal when not compressed
13      2     version needed to undo it (from 0940 on)        8       0-16  checksums of the content: Adler, CRC; of
15      1     method, 1 to 3: all are LZO1X                                 the stored bytes when compressed: the same
16      1     level (from 0940 on)                                          stored bytes
17      4     flags
21      4     filter, when the flags say so
        8     mode, time; 4 more of time (from 0940 on)
        1     length of the name, then the name
        4     checksum of all but the magic: CRC-32 or Adler-32, as the flags say
              extra field, when the flags say so: length 4, bytes, checksum 4
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import Undecodable, decode_lzo
from plimsoll.unpack.format import Decoded, Format, Magic, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"\x89LZO\x00\x0d\x0a\x1a\x0a"
BLOCK_BYTES = 64 << 20
"""Most content of a block: what lzop itself accepts."""

_NEW = 0x0940
_NEWEST = 0x1FFF
_METHODS = (1, 2, 3)
_ADLER_CONTENT, _ADLER_STORED, _CRC_CONTENT, _CRC_STORED = 0x1, 0x2, 0x100, 0x200
_EXTRA, _FILTER, _CRC_HEADER = 0x40, 0x800, 0x1000

_Sum = Callable[[bytes | memoryview], int]


class Header(msgspec.Struct, frozen=True):
    """What stands before the first block."""

    flags: int
    name: bytes
    end: int


class Block(msgspec.Struct, frozen=True):
    """A block and its checksums, which it has where the flags of the header say so."""

    start: int
    """Where its stored bytes begin."""
    stored: int
    size: int
    content_sums: tuple[tuple[_Sum, int], ...]
    stored_sums: tuple[tuple[_Sum, int], ...]


def open_lzop(view: View, budget: Budget) -> Decoded:
    """Undo the file at the beginning of a view; checksums are verified.

    Raise NotThisFormat when the checksum of the header is wrong, Malformed when no block can be undone, Unsupported
    when its content went through a filter.
    """
    header = _read_header(view)
    if header.flags & _FILTER:
        raise Unsupported(message("lzop with a filter is not read"))
    parts: list[bytes] = []
    problems: list[Message] = []
    position, size = header.end, 0
    try:
        for block in _blocks(view, header):
            size += block.size
            if size > budget.limits.file_bytes:
                raise LimitReached(message("more than {limit} bytes in one piece", limit=budget.limits.file_bytes))
            budget.take_output(block.size, block.stored)
            parts.append(_undo(view, block, problems))
            position = block.start + block.stored
        position += 4
    except Malformed as broken:
        if not parts:
            raise
        problems.append(broken.reason)
    label = f"name {escape_name(header.name)}" if header.name else ""
    return Decoded(min(position, view.size), b"".join(parts), label, tuple(problems))


FORMAT = Format("lzop", "lzop file", (Magic(MAGIC),), open_lzop)


def _read_header(view: View) -> Header:
    if view.read(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    fields = _Fields(view, len(MAGIC))
    version, _ = fields.take("HH")
    is_new = version >= _NEW
    if is_new:
        fields.take("H")
    (method,) = fields.take("B")
    (level,) = fields.take("B") if is_new else (0,)
    (flags,) = fields.take("I")
    if flags & _FILTER:
        fields.take("I")
    fields.take("III" if is_new else "II")
    (length,) = fields.take("B")
    name = fields.bytes(length)
    checked = view.slice(len(MAGIC), fields.position - len(MAGIC))
    (checksum,) = fields.take("I")
    checks = zlib.crc32 if flags & _CRC_HEADER else zlib.adler32
    if version > _NEWEST or method not in _METHODS or level > 9 or checks(checked) != checksum:
        raise NotThisFormat
    if flags & _EXTRA:
        (extra,) = fields.take("I")
        fields.bytes(extra)
        fields.take("I")
    return Header(flags, name, fields.position)


def _blocks(view: View, header: Header) -> Iterator[Block]:
    """Give each block up to the end mark; raise Malformed where one cannot be, or none follows."""
    fields = _Fields(view, header.end)
    number = 0
    while True:
        number += 1
        try:
            (size,) = fields.take("I")
            if not size:
                return
            (stored,) = fields.take("I")
            if size > BLOCK_BYTES or not 0 < stored <= size:
                raise Malformed(message("block {number} is damaged", number=number))
            content_sums = tuple(_sums(fields, header.flags, _ADLER_CONTENT, _CRC_CONTENT))
            stored_sums = tuple(_sums(fields, header.flags, _ADLER_STORED, _CRC_STORED)) if stored < size else ()
            start = fields.position
            fields.skip(stored)
        except EOFError:
            raise Malformed(message("cut short in block {number}", number=number)) from None
        yield Block(start, stored, size, content_sums, stored_sums)


def _sums(fields: _Fields, flags: int, adler: int, crc: int) -> Iterator[tuple[_Sum, int]]:
    for flag, checks in ((adler, zlib.adler32), (crc, zlib.crc32)):
        if flags & flag:
            yield checks, fields.take("I")[0]


def _undo(view: View, block: Block, problems: list[Message]) -> bytes:
    """Undo a block; a wrong checksum is a problem, told once, and a block that cannot be undone is Malformed."""
    data = view.slice(block.start, block.stored)
    content = bytes(data)
    if block.stored < block.size:
        try:
            content = decode_lzo(data, block.size)
        except Undecodable as error:
            raise Malformed(message("a block cannot be undone: {error}", error=str(error))) from error
    if len(content) != block.size:
        raise Malformed(message("a block is shorter than it should be"))
    is_sound = all(checks(content) == value for checks, value in block.content_sums)
    is_sound = is_sound and all(checks(data) == value for checks, value in block.stored_sums)
    if not is_sound and not problems:
        problems.append(message("the checksum of a block is wrong"))
    return content


class _Fields:
    """Takes numbers and bytes one after the other; raises EOFError at the end of the view."""

    def __init__(self, view: View, position: int) -> None:
        self._view = view
        self.position = position

    def take(self, layout: str) -> tuple[int, ...]:
        size = struct.calcsize(f">{layout}")
        return struct.unpack(f">{layout}", self.bytes(size))

    def bytes(self, length: int) -> bytes:
        data = self._view.read(self.position, length)
        self.position += length
        return data

    def skip(self, length: int) -> None:
        self._view.slice(self.position, length)
        self.position += length
