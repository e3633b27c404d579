"""Opens images for Bouffalo Lab's chips BL602, BL702, BL616 and BL808 behind their boot header.

Sources: the Apache-licensed kit for the chips and the MIT-licensed tool that makes their images. All numbers are
little-endian.

BL602   BL616   BL808   size  header
0       0       0       4     magic BFNP
8       8       8       4     magic FCFG; settings of the flash; at 96 CRC-32 of those from 12 on
100     100     100     4     magic PCFG; settings of the clock
112     116     124     4     CRC-32 of those from 104 on
116     120     128     4     flags: bits 0-1 signed, 2-3 encrypted, 8 no segments, 16 CRC and 17 hash not looked at
120     132     140     4     length of the image, or count of segments
124                     4     entry point
128     124     132     4     offset of the image in flash
132     136     144     32    SHA-256 of the image
172     252     348     4     CRC-32 of the header so far

In files for the flash, the image begins at the offset that the header gives, counted from the header. Which of the
three it is, is told by the checksum of the clock.
"""

from __future__ import annotations

import hashlib
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"BFNP"

_FLASH, _FLASH_AT, _FLASH_CRC_AT = b"FCFG", 8, 96
_CLOCK, _CLOCK_AT = b"PCFG", 100
_ABSENT = 0xDEADBEEF
"""What stands for a checksum that was left out."""
_SIGNED, _ENCRYPTED, _WHOLE, _NO_CRC, _NO_HASH = 3, 3 << 2, 1 << 8, 1 << 16, 1 << 17
_ALGORITHMS = {1: "AES-128", 2: "AES-256", 3: "AES-192"}
_MOST = 16 << 20


class _Layout(msgspec.Struct, frozen=True):
    """Where the fields of one kind of chip stand."""

    chips: str
    clock_crc: int
    flags: int
    size: int
    start: int
    digest: int
    crc: int

    @property
    def length(self) -> int:
        """Bytes of the header."""
        return self.crc + 4


_LAYOUTS = (
    _Layout("BL602 or BL702", 112, 116, 120, 128, 132, 172),
    _Layout("BL616", 116, 120, 132, 124, 136, 252),
    _Layout("BL808", 124, 128, 140, 132, 144, 348),
)


def open_bouffalo(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a checksum of its header is wrong."""
    layout = _layout(view)
    flags, size, start = (_number(view, at) for at in (layout.flags, layout.size, layout.start))
    algorithm = _ALGORITHMS.get((flags & _ENCRYPTED) >> 2, "")
    said = [layout.chips, f"encrypted with {algorithm}" if algorithm else ""]
    label = "; ".join(filter(None, [*said, "signed" if flags & _SIGNED else "not signed"]))
    if not flags & _WHOLE or not 0 < size <= _MOST or not layout.length <= start < view.size:
        return Container(layout.length, (), label)
    there = min(size, view.size - start)
    problems: list[Message] = []
    digest = view.read(layout.digest, 32)
    if there < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - there))
    elif not flags & _NO_HASH and digest[:4] != _ABSENT.to_bytes(4, "little"):
        budget.take_search(size)
        if hashlib.sha256(view.slice(start, size)).digest() != digest:
            problems.append(message("the SHA-256 of the image is wrong"))
    content: Content = "encrypted" if algorithm else "known"
    return Container(start + there, (Part(start, there, "image", content),), label, tuple(problems))


FORMAT = Format("bouffalo", "image for Bouffalo Lab's chips", (Magic(MAGIC),), open_bouffalo)


def _layout(view: View) -> _Layout:
    """Find the kind of chip whose checksums hold; raise NotThisFormat when there is none."""
    is_one = view.size >= _LAYOUTS[0].length and view.read(0, 4) == MAGIC and view.read(_CLOCK_AT, 4) == _CLOCK
    if not is_one or view.read(_FLASH_AT, 4) != _FLASH or not _is_right(view, _FLASH_AT + 4, _FLASH_CRC_AT):
        raise NotThisFormat
    for layout in _LAYOUTS:
        if layout.length > view.size or not _is_right(view, _CLOCK_AT + 4, layout.clock_crc):
            continue
        if _is_right(view, 0, layout.crc) or _number(view, layout.flags) & _NO_CRC:
            return layout
    raise NotThisFormat


def _is_right(view: View, start: int, end: int) -> bool:
    return _number(view, end) in (zlib.crc32(view.slice(start, end - start)), _ABSENT)


def _number(view: View, offset: int) -> int:
    return int.from_bytes(view.slice(offset, 4), "little")
