"""Opens images that Allwinner's tools (LiveSuit, PhoenixSuit) write to devices, IMAGEWTY, as long as they are plain.

Source: the definitions of OpenixIMG (MIT); a description by an owner of such devices. All numbers are little-endian.

offset  size  header                                 size of all that follows depends on the version
0       8     magic IMAGEWTY
8       4     version of the header: 00 01, 00 03 or 03 04 and two zeros
12      4     length of the fields, 80 or 96
24      4     length of the image
28      4     length of the header, 1024
56            version 1: number of files              60    since version 3: number of files

offset  size  head of a file, 1024 bytes; they follow the header
0       8     length of a name, 256; length of the head
8       24    kind (8), kind in detail (16)
36      4     version 1: stored length                36    256   since version 3: name
40      8     length, offset                          292   4     stored length
52      256   name                                    300   4     length
                                                      308   4     offset

An encrypted image does not show its magic.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of, text_field
from plimsoll.unpack.limits import Budget

MAGIC = b"IMAGEWTY"
MOST_FILES = 512

_HEADER = struct.Struct("<8sII8xII24xII")
_HEAD = struct.Struct("<II8s16s")
_OLD = struct.Struct("<4x3I4x256s")
_NEW = struct.Struct("<4x256sI4xI4xI")
_UNIT, _NAME_BYTES = 1024, 256
_FIRST_VERSION = 0x100
_VERSIONS = {_FIRST_VERSION: 80, 0x300: 96, 0x403: 96}


def open_allwinner_image(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when the head of a file makes no sense."""
    if view.size < 2 * _UNIT:
        raise NotThisFormat
    magic, version, fields, size, header_bytes, old_count, new_count = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or fields != _VERSIONS.get(version) or header_bytes != _UNIT:
        raise NotThisFormat
    count = old_count if version == _FIRST_VERSION else new_count
    start = _UNIT * (1 + count)
    if not 0 < count <= MOST_FILES or start > view.size:
        raise NotThisFormat
    budget.check_time()
    claims = [_claim(view, _UNIT * (1 + number), version) for number in range(count)]
    if any(one.offset < start for one in claims if one.length):
        raise NotThisFormat
    end = max(size, *(one.offset + one.length for one in claims))
    length = min(end, view.size)
    problems: list[Message] = []
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    parts = parts_of(claims, length, problems)
    return Container(length, parts, f"version {version:#x}, {count} files", tuple(problems))


FORMAT = Format("allwinner-image", "Allwinner firmware image", (Magic(MAGIC),), open_allwinner_image)


def _claim(view: View, offset: int, version: int) -> Claim:
    name_bytes, head_bytes, kind, detail = _HEAD.unpack(view.slice(offset, _HEAD.size))
    if name_bytes != _NAME_BYTES or head_bytes != _UNIT:
        raise NotThisFormat
    if version == _FIRST_VERSION:
        stored, length, place, name = _OLD.unpack(view.slice(offset + _HEAD.size, _OLD.size))
    else:
        name, stored, length, place = _NEW.unpack(view.slice(offset + _HEAD.size, _NEW.size))
    if length > stored:
        raise NotThisFormat
    shown = text_field(name).lstrip("/") or f"{text_field(kind)} {text_field(detail)}"
    return Claim(shown, place, length)
