"""Opens update images for Rockchip processors: a loader and an image of partitions behind one header, RKFW.

Source: what rkflashtool's rkunpack (BSD) reads. All numbers are little-endian.

offset  size  header
0       4     magic RKFW
4       2     length of the header, 102
6       4     version
14      7     time of making: year (2), month, day, hour, minute, second
21      4     processor
25      8     loader: offset, length
33      8     image of partitions: offset, length

Behind the image stands the MD5 of everything before it, as 32 letters.
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"RKFW"

_HEADER = struct.Struct("<4sHI4xH5BI4I")
_HEADER_BYTES = 102
_DIGEST_BYTES = 32
_LOADERS = (b"BOOT", b"LDR ")
_IMAGE = b"RKAF"


def open_rockchip_update(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its loader is not where it says."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic, header_bytes, version, year, month, day, *_, chip, loader, loader_bytes, image, image_bytes = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if magic != MAGIC or header_bytes != _HEADER_BYTES or month > 12 or day > 31:
        raise NotThisFormat
    if loader < _HEADER_BYTES or not loader_bytes or image < loader + loader_bytes or not image_bytes:
        raise NotThisFormat
    if loader + 4 > view.size or view.slice(loader, 4) not in _LOADERS:
        raise NotThisFormat
    if image + 4 <= view.size and view.slice(image, 4) != _IMAGE:
        raise NotThisFormat
    end = image + image_bytes
    length = min(end + _DIGEST_BYTES, view.size)
    problems: list[Message] = []
    parts = parts_of(
        [Claim("loader", loader, loader_bytes), Claim("partitions", image, image_bytes)], min(end, length), problems
    )
    if end + _DIGEST_BYTES > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=end + _DIGEST_BYTES - view.size))
    else:
        budget.take_search(end)
        digest = hashlib.md5(view.slice(0, end), usedforsecurity=False).hexdigest()
        if digest.encode() != view.read(end, _DIGEST_BYTES).lower():
            problems.append(message("the MD5 of the image is wrong"))
    label = f"version {version >> 24}.{version >> 16 & 0xFF}.{version & 0xFFFF}, {year}-{month:02}-{day:02}"
    return Container(length, parts, f"{label}, processor {chip:#x}", tuple(problems))


FORMAT = Format("rockchip-update", "Rockchip update image", (Magic(MAGIC + b"\x66\0"),), open_rockchip_update)
