"""Opens images behind the tag of Broadcom's boot loader CFE for BCM63xx processors, as DSL routers have it.

Source: the public description of the tag in the wiki of OpenWrt; the magic file of binwalk 2 (MIT) for where the
checksums stand. Numbers are decimal text, filled up with zeros, but for the checksums, which are big-endian.

offset  size  tag
0       4     version of the tag
4       20    maker, first line
24      14    second line
38      6     processor
44      16    board
60      2     byte order: 1 big-endian, 0 little-endian
62      10    length of the image without the tag
72      12    boot loader: address in flash
84      10    length, 0 without one
94      12    root file system: address
106     10    length
116     12    kernel: address
128     10    length
216     4     CRC-32 of the image without its last inversion; nothing says over what exactly, so it is not verified
236     4     CRC-32 of the 236 bytes before, likewise
256           boot loader; then root file system and kernel as far from each other as their addresses

Makers changed the fields from 138 on, and some do not write the second checksum, so another one is told only when
there is one.
"""

from __future__ import annotations

import re
import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

TAG_BYTES = 256
MAKERS = (b"Broadcom Corporation", b"Broadcom Corporatio\0")
"""First lines by which a tag is found."""

_TAG = struct.Struct("4s20s14s6s16s2s10s12s10s12s10s12s10s")
_NUMBER = re.compile(rb"([0-9]{1,11})\0*\Z")
_PROCESSOR = re.compile(r"[0-9A-Za-z]{4,6}\Z")
_HEADER_SUM_AT = 236


def open_broadcom_tag(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a field of its tag makes no sense."""
    if view.size < TAG_BYTES:
        raise NotThisFormat
    version, *texts, order, total, _, boot, root_at, root, kernel_at, kernel = _TAG.unpack(view.slice(0, _TAG.size))
    maker, line, processor, board = map(read_text, texts)
    length, boot_size, root_place, root_size, kernel_place, kernel_size = map(
        _number, (total, boot, root_at, root, kernel_at, kernel)
    )
    if not _PROCESSOR.match(processor) or not board or order[:1] not in b"01" or not kernel_size:
        raise NotThisFormat
    if not kernel_size <= length <= LARGEST or boot_size + root_size + kernel_size > LARGEST:
        raise NotThisFormat
    budget.check_time()
    problems: list[Message] = []
    end = min(TAG_BYTES + length, view.size)
    if end < TAG_BYTES + length:
        problems.append(message("cut short: {missing} bytes are missing", missing=TAG_BYTES + length - end))
    if _is_wrong(view):
        problems.append(message("the checksum of the header is wrong"))
    start = TAG_BYTES + boot_size
    lowest = min(kernel_place, root_place) if root_size else kernel_place
    claims = [
        Claim("boot loader", TAG_BYTES, boot_size),
        Claim("root file system", start + root_place - lowest, root_size),
        Claim("kernel", start + kernel_place - lowest, kernel_size),
    ]
    parts = _without_gaps(parts_of(claims, end, problems), end)
    label = ", ".join(filter(None, (maker, line, f"processor {processor}", f"board {board}", read_text(version))))
    return Container(end, parts, label, tuple(problems))


FORMAT = Format("broadcom-tag", "Broadcom CFE image tag", tuple(Magic(maker, 4) for maker in MAKERS), open_broadcom_tag)


def _number(field: bytes) -> int:
    """Give the number of a field, 0 of an empty one; raise NotThisFormat when it is none."""
    if not field.strip(b"\0"):
        return 0
    found = _NUMBER.match(field)
    if found is None:
        raise NotThisFormat
    return int(found[1])


def _is_wrong(view: View) -> bool:
    written = int.from_bytes(view.slice(_HEADER_SUM_AT, 4), "big")
    return bool(written) and zlib.crc32(view.slice(0, _HEADER_SUM_AT)) ^ 0xFFFF_FFFF != written


def _without_gaps(parts: tuple[Part, ...], end: int) -> tuple[Part, ...]:
    """Give a part without a name for each stretch that no part covers."""
    found: list[Part] = []
    position = TAG_BYTES
    for part in parts:
        if part.offset > position:
            found.append(Part(position, part.offset - position))
        found.append(part)
        position = part.offset + part.length
    if position < end:
        found.append(Part(position, end - position))
    return tuple(found)
