"""Opens UF2 files, which boards that show themselves as a disk are programmed with.

Source: the public description of UF2 by Microsoft. A file is blocks of 512 bytes, each for itself; all numbers are
little-endian.

offset  size  block
0       8     magic `UF2` line feed, 57 51 5d 9e
8       4     flags: bit 0 not for the main flash, bit 12 part of a file, bit 13 a family is named
12      4     address, or offset in the file
16      4     bytes of data, up to 476
20      4     number of this block, from 0
24      4     blocks in all
28      4     family of chips, or bytes of the file
32      476   data; after those of a file its name, up to a zero
508     4     magic 30 6f b1 0a

What comes out is, for each family and each file, its memory from the lowest address on; short gaps are filled with FF.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._memory import Memory
from plimsoll.unpack.limits import Budget, LimitReached

MAGIC = b"UF2\n\x57\x51\x5d\x9e"
BLOCK = 512
DATA_BYTES = 476
MOST_IMAGES = 64
"""Most families and files that are told apart."""

_HEADER = struct.Struct("<8s6I")
_END_MAGIC = b"\x30\x6f\xb1\x0a"
_DATA_AT, _END_AT = 32, 508
_NOT_FLASH, _FILE, _FAMILY = 1 << 0, 1 << 12, 1 << 13


class Image(msgspec.Struct):
    """What is collected for one family or file."""

    memory: Memory
    stated: int
    """Blocks that there should be."""
    numbers: set[int]


def open_uf2(view: View, budget: Budget) -> Decoded:
    """Read the blocks at the beginning of a view; raise NotThisFormat when the first is not sound."""
    images: dict[str, Image] = {}
    position = 0
    while (block := _read_block(view, position)) is not None:
        flags, address, size, number, count, family = block
        data = view.read(position + _DATA_AT, DATA_BYTES)
        position += BLOCK
        budget.check_time()
        if flags & _NOT_FLASH:
            continue
        name = _name(flags, family, data[size:])
        if name not in images and len(images) == MOST_IMAGES:
            raise LimitReached(message("more than {limit} families and files", limit=MOST_IMAGES))
        image = images.setdefault(name, Image(Memory(), count, set()))
        image.memory.put(address, data[:size])
        image.numbers.add(number)
    if not any(image.memory.size for image in images.values()):
        raise NotThisFormat
    return _joined(images, position, budget)


FORMAT = Format("uf2", "UF2 file", (Magic(MAGIC),), open_uf2)


def _read_block(view: View, position: int) -> tuple[int, ...] | None:
    if position + BLOCK > view.size:
        return None
    magic, flags, address, size, number, count, family = _HEADER.unpack(view.slice(position, _HEADER.size))
    if magic != MAGIC or view.slice(position + _END_AT, len(_END_MAGIC)) != _END_MAGIC:
        return None
    if size > DATA_BYTES or number >= count:
        return None
    return flags, address, size, number, count, family


def _name(flags: int, family: int, rest: bytes) -> str:
    if flags & _FILE:
        return f"file {escape_name(rest.partition(bytes(1))[0])}"
    return f"family {family:#010x}" if flags & _FAMILY else ""


def _joined(images: dict[str, Image], length: int, budget: Budget) -> Decoded:
    contents, labels = [], []
    problems: list[Message] = []
    for name, image in images.items():
        content, ranges, found = image.memory.image(budget, length)
        contents.append(content)
        labels.append(f"{name}: {ranges}" if name else ranges)
        problems += found
        missing = image.stated - len(image.numbers)
        if missing:
            problems.append(message("{missing} blocks of {count} are missing", missing=missing, count=image.stated))
    return Decoded(length, b"".join(contents), "; ".join(labels), tuple(problems))
