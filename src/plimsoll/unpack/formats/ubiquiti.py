"""Opens firmware of Ubiquiti's airMAX and like devices: a header, partitions, and an end mark.

Source: the publicly known layout; the offsets that binwalk reports for a published image. Numbers are big-endian.

offset  size  header
0       4     magic UBNT, GEOS or OPEN
4       256   version, filled up with zeros
260     4     CRC-32 of what is before it
264     4     zero

offset  size  partition
0       4     PART
4       16    name, filled up with zeros
20      12    zeros
32      16    addresses and number
48      4     length of the content
52      4     length of the partition in flash
56            content; then a CRC-32 of the partition up to here, and zero, 4 bytes each

offset  size  end
0       4     END. or ENDS
4       8     CRC-32 of all before it, and zero; in ENDS a signature of 256 bytes; not verified
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.limits import Budget

MAGICS = (b"UBNT", b"GEOS", b"OPEN")
MOST_PARTITIONS = 64

_HEADER = struct.Struct(">4s256sI4s")
_PARTITION = struct.Struct(">4s16s28xI4x")
_TAIL_BYTES = 8
_ENDS = {b"END.": 12, b"ENDS": 260}
"""End marks and how long they are."""


def open_ubiquiti(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its header or first partition is not sound.

    Wrong checksums and a cut tail are problems.
    """
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, version, checksum, zero = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic not in MAGICS or any(zero):
        raise NotThisFormat
    text = read_text(version)
    problems: list[Message] = []
    if zlib.crc32(view.slice(0, 260)) not in (checksum, checksum ^ 0xFFFFFFFF):
        problems.append(message("the checksum of the header is wrong"))
    parts: list[Part] = []
    position = _HEADER.size
    while len(parts) < MOST_PARTITIONS and (part := _read_partition(view, position)) is not None:
        budget.check_time()
        parts.append(part)
        position = part.offset + part.length + _TAIL_BYTES
        if position > view.size:
            problems.append(message("cut short: {missing} bytes are missing", missing=position - view.size))
            break
        problems += _check_partition(view, part, position, budget)
    if not parts or (problems and not text):
        raise NotThisFormat
    end = min(_after_end(view, position, problems), view.size)
    there = tuple(
        Part(part.offset, min(part.length, end - part.offset), part.name)
        for part in parts
        if part.length and part.offset < end
    )
    return Container(end, there, text, tuple(problems))


FORMAT = Format("ubiquiti", "Ubiquiti firmware", tuple(map(Magic, MAGICS)), open_ubiquiti)


def _read_partition(view: View, offset: int) -> Part | None:
    """Give the content of a partition as its header has it; None where there is none that is sound."""
    if offset + _PARTITION.size > view.size:
        return None
    magic, name, size = _PARTITION.unpack(view.slice(offset, _PARTITION.size))
    if magic != b"PART" or size > LARGEST:
        return None
    try:
        shown = read_text(name)
    except NotThisFormat:
        return None
    return Part(offset + _PARTITION.size, size, shown) if shown else None


def _check_partition(view: View, part: Part, end: int, budget: Budget) -> list[Message]:
    """Compare the checksum of a partition, which stands behind its content."""
    start = part.offset - _PARTITION.size
    tail = end - _TAIL_BYTES
    budget.take_search(end - start)
    checksum = int.from_bytes(view.slice(tail, 4), "big")
    if zlib.crc32(view.slice(start, tail - start)) in (checksum, checksum ^ 0xFFFFFFFF):
        return []
    return [message("{name}: its checksum is wrong", name=part.name)]


def _after_end(view: View, offset: int, problems: list[Message]) -> int:
    """Give the offset after the end mark; without one it is where the partitions end."""
    if offset > view.size:
        return offset
    length = _ENDS.get(view.read(offset, 4)) if offset + 4 <= view.size else None
    if length is None or offset + length > view.size:
        problems.append(message("there is no end mark"))
        return offset
    return offset + length
