"""Opens firmware of Reolink's and Swann's cameras and recorders, PAK.

Source: the MIT-licensed pakler, which reads and writes them. All numbers are little-endian, of 4 bytes, or of 8 in
files for 64-bit processors; there the upper half of each number is zero.

size   header                                  size  section                size  partition
4/8    magic 13 59 72 32                       32    name                   32    name, as of its section
4/8    checksum                                24    version                4     a number
4/8    kind                                    4/8   offset                 32    device
       sections, then as many partitions       4/8   length                 8     offset and length in flash

How many sections there are is told by the name of the first, which comes again with the first partition. The checksum
is CRC-32, begun with zero and inverted in the end, of what follows the header, 02 00 00 00, and the sections.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"\x13\x59\x72\x32"

_PARTITION = struct.Struct("<32sI32sII")
_NAME_BYTES = 32
_MOST_SECTIONS = 64
_BETWEEN = b"\2\0\0\0"


class _Width(msgspec.Struct, frozen=True):
    """The header and a section, by how long numbers are."""

    header: struct.Struct
    section: struct.Struct


_NARROW = _Width(struct.Struct("<4sII"), struct.Struct("<32s24sII"))
_WIDE = _Width(struct.Struct("<4s4xQQ"), struct.Struct("<32s24sQQ"))


def open_reolink(view: View, budget: Budget) -> Container:
    """Open the firmware at the beginning of a view; raise NotThisFormat when its sections make no sense."""
    if view.size < _WIDE.header.size or view.slice(0, 4) != MAGIC:
        raise NotThisFormat
    is_wide = not any(view.read(4, 4) + view.read(12, 4) + view.read(20, 4))
    width = _WIDE if is_wide else _NARROW
    _, checksum, kind = width.header.unpack(view.slice(0, width.header.size))
    count = _count(view, width)
    sections_end = width.header.size + count * width.section.size
    start = sections_end + count * _PARTITION.size
    budget.take_entries(2 * count)
    claims: list[Claim] = []
    for name, version, offset, length in width.section.iter_unpack(
        view.slice(width.header.size, sections_end - width.header.size)
    ):
        if length and not start <= offset <= offset + length <= LARGEST:
            raise NotThisFormat
        said = f"{read_text(name)} {read_text(version)}".strip()
        claims.append(Claim(said, offset, length))
    end = max(start, *(one.offset + one.length for one in claims if one.length), start)
    length = min(end, view.size)
    problems: list[Message] = []
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    elif _is_right(view, width, sections_end, start, view.size, checksum, budget):
        length = view.size
    elif not _is_right(view, width, sections_end, start, end, checksum, budget):
        problems.append(message("the checksum of the file is wrong"))
    label = f"{count} sections, kind {kind:#x}" + ("; 64-bit" if is_wide else "")
    return Container(length, parts_of(claims, length, problems), label, tuple(problems))


FORMAT = Format("reolink", "Reolink firmware", (Magic(MAGIC),), open_reolink)


def _count(view: View, width: _Width) -> int:
    """Count the sections; raise NotThisFormat unless as many partitions of their names follow."""
    names: list[bytes] = []
    position = width.header.size
    while position + _NAME_BYTES <= view.size and len(names) <= _MOST_SECTIONS:
        name = view.read(position, _NAME_BYTES)
        if names and name == names[0]:
            break
        if not read_text(name):
            raise NotThisFormat
        names.append(name)
        position += width.section.size
    else:
        raise NotThisFormat
    for number, name in enumerate(names):
        at = position + number * _PARTITION.size
        if at + _PARTITION.size > view.size or view.slice(at, _NAME_BYTES) != name:
            raise NotThisFormat
    return len(names)


def _is_right(
    view: View, width: _Width, sections_end: int, start: int, end: int, checksum: int, budget: Budget
) -> bool:
    budget.take_search(end)
    found = zlib.crc32(view.slice(start, end - start), 0xFFFFFFFF)
    found = zlib.crc32(_BETWEEN, found)
    found = zlib.crc32(view.slice(width.header.size, sections_end - width.header.size), found)
    return found ^ 0xFFFFFFFF == checksum
