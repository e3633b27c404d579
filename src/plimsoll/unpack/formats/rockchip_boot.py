"""Opens the first programs of Rockchip processors as they stand in storage: ID blocks, and RKNS of later processors.

Source: images that the real mkimage made. Numbers are little-endian; lengths and offsets count sectors of 512 bytes.

offset  size  ID block                               offset  size  RKNS
0       4     magic, scrambled: 3B 8C DC FC          0       4     magic RKNS
8       4     1 not scrambled any further            8       2     length of the header in words, 384
12      2     offset of the first program            10      2     number of programs
506     2     its length                             12      4     1 SHA-256
508     2     the same and that of the second,       120           programs, 88 bytes each: offset (2), length (2),
              or 1024 more when there is none                      address (4), -, number (4), -, at 24 SHA-256
510     2     27 45                                  1536    32    SHA-256 of the header so far
2048          first program, which names the chip    2048          programs

The block's fields are combined by exclusive or with a stream that is always the same. In flash of the kind SPI NOR,
every 2 KiB of it all are followed by 2 KiB of nothing.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

ID_MAGIC = b"\x3b\x8c\xdc\xfc\xbe\x9f\x9d\x51"
RKNS_MAGIC = b"RKNS"

_SECTOR, _HEADER_BYTES, _HALF = 512, 2048, 2048
_SCRAMBLED_AT, _OFFSET_AT, _SIZES_AT = 8, 12, 506
_STREAM = {8: b"\xea\x30\x34\xce", 12: b"\x20\x51", 506: b"\x6f\x93\x1c\x28"}
"""Pieces of the stream, by where they stand."""
_END = b"\x27\x45"
_FIRST = 4
"""Sector of the first program."""
_ABSENT = 1024
_MOST_SECTORS = 8192
_RKNS = struct.Struct("<4s4xHHI")
_WORDS, _SHA256 = 384, 1
_HASHED = _WORDS * 4
_TABLE_AT, _ENTRY = 120, struct.Struct("<HH20x32s32x")
_MOST_PROGRAMS = 4


def open_rockchip_boot(view: View, budget: Budget) -> Container:
    """Open the block at the beginning of a view; raise NotThisFormat when it makes no sense or its hash is wrong."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    is_named = view.slice(0, 4) == RKNS_MAGIC
    problems: list[Message] = []
    claims, label = _rkns(view, problems, budget) if is_named else _id_block(view)
    budget.check_time()
    end = max([_HEADER_BYTES, *(one.offset + one.length for one in claims)])
    length = min(end, view.size)
    return Container(length, parts_of(claims, length, problems), label, tuple(problems))


FORMAT = Format("rockchip-boot", "Rockchip boot program", (Magic(ID_MAGIC), Magic(RKNS_MAGIC)), open_rockchip_boot)


def _id_block(view: View) -> tuple[list[Claim], str]:
    offset = _unmasked(view, _OFFSET_AT)
    first, total = _unmasked(view, _SIZES_AT) & 0xFFFF, _unmasked(view, _SIZES_AT) >> 16
    if view.slice(0, len(ID_MAGIC)) != ID_MAGIC or view.slice(510, 2) != _END or offset != _FIRST:
        raise NotThisFormat
    if not 0 < first <= total <= _MOST_SECTORS or _unmasked(view, _SCRAMBLED_AT) > 1:
        raise NotThisFormat
    is_plain = _unmasked(view, _SCRAMBLED_AT) == 1
    spread = next((one for one in (1, 2) if _chip(view, one)), 1)
    chip = _chip(view, spread)
    if is_plain and not chip:
        raise NotThisFormat
    sizes = [first, total - first if total - first != _ABSENT else 0]
    names = ("memory", "boot loader")
    claims: list[Claim] = []
    position = _FIRST * _SECTOR * spread
    for name, size in zip(names, sizes, strict=True):
        claims.append(Claim(name, position, size * _SECTOR * spread, "known"))
        position += size * _SECTOR * spread
    return claims, f"ID block, {chip}" if is_plain else "ID block, scrambled with RC4"


def _unmasked(view: View, offset: int) -> int:
    """Undo the masking of a number."""
    stream = _STREAM[offset]
    return int.from_bytes(view.slice(offset, len(stream)), "little") ^ int.from_bytes(stream, "little")


def _chip(view: View, spread: int) -> str:
    """Give the chip that the first program names; nothing when it names none."""
    at = _FIRST * _SECTOR * spread
    name = view.read(at, 4) if at + 4 <= view.size else b""
    return name.decode("ascii") if name[:2] == b"RK" and name.isalnum() else ""


def _rkns(view: View, problems: list[Message], budget: Budget) -> tuple[list[Claim], str]:
    _, words, count, kind = _RKNS.unpack(view.slice(0, _RKNS.size))
    if words != _WORDS or not 0 < count <= _MOST_PROGRAMS or kind != _SHA256:
        raise NotThisFormat
    if hashlib.sha256(view.slice(0, _HASHED)).digest() != view.slice(_HASHED, 32):
        raise NotThisFormat
    claims: list[Claim] = []
    for number in range(count):
        offset, size, digest = _ENTRY.unpack(view.slice(_TABLE_AT + number * _ENTRY.size, _ENTRY.size))
        if not size:
            continue
        if offset < _FIRST or offset + size > _MOST_SECTORS:
            raise NotThisFormat
        spread = next((one for one in (1, 2) if _digest(view, offset, size, one, budget) == digest), 0)
        if not spread:
            problems.append(message("program {number} is cut short, or its SHA-256 is wrong", number=number + 1))
        start, length = (one * _SECTOR * (spread or 1) for one in (offset, size))
        claims.append(Claim(f"program {number + 1}", start, length, "known"))
    return claims, f"RKNS, {count} programs"


def _digest(view: View, offset: int, size: int, spread: int, budget: Budget) -> bytes:
    """Hash a program that lies in one piece, or with as much of nothing after each 2 KiB."""
    budget.take_search(size * _SECTOR)
    found = hashlib.sha256()
    for start, length in _pieces(offset * _SECTOR, size * _SECTOR, spread):
        if start + length > view.size:
            return b""
        found.update(view.slice(start, length))
    return found.digest()


def _pieces(start: int, length: int, spread: int) -> Iterator[tuple[int, int]]:
    if spread == 1:
        yield start, length
        return
    for done in range(0, length, _HALF):
        yield (start + done) * spread, min(_HALF, length - done)
