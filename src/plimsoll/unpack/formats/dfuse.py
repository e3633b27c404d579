"""Opens DfuSe files, upgrades for STM32 chips over USB.

Source: STMicroelectronics' document UM0391 (DfuSe file format); USB Device Class for Device Firmware Upgrade, version
1.1, appendix B (suffix). Numbers are little-endian.

offset  size  file                               offset  size  target
0       5     magic DfuSe                        0       6     magic Target
5       1     version 1                          6       1     number of the alternate setting
6       4     length without suffix              7       4     whether it has a name
10      1     count of targets                   11      255   name
11            targets, then the suffix           266     4     length of its elements
                                                 270     4     count of elements: address, length, content
offset  size  suffix
0       8     version, product, vendor, 011A
8       4     `UFD` and its length, 16
12      4     CRC-32 of everything before, without its last inversion
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"DfuSe\x01"

_PREFIX = struct.Struct("<6sIB")
_TARGET = struct.Struct("<6sBI255sII")
_ELEMENT = struct.Struct("<II")
_SUFFIX = struct.Struct("<HHHH4sI")
_MOST_ELEMENTS = 4096


def open_dfuse(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its first target makes no sense."""
    if view.size < _PREFIX.size + _TARGET.size:
        raise NotThisFormat
    magic, length, targets = _PREFIX.unpack(view.slice(0, _PREFIX.size))
    if magic != MAGIC or not targets or length < _PREFIX.size + _TARGET.size:
        raise NotThisFormat
    end = min(length, view.size)
    problems: list[Message] = []
    if end < length:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - end))
    parts: list[Part] = []
    position, names = _PREFIX.size, []
    for number in range(targets):
        if position + _TARGET.size > end:
            break
        magic, setting, is_named, name, size, count = _TARGET.unpack(view.slice(position, _TARGET.size))
        if magic != b"Target":
            if not number:
                raise NotThisFormat
            problems.append(message("the target at {offset} is damaged", offset=hex(position)))
            break
        names.append(f"target {setting}" + (f" {_text(name)!r}" if is_named else ""))
        start = position + _TARGET.size
        position = start + size
        _read_elements(view, start, min(position, end), count, parts, budget)
    label = ", ".join(names[:8])
    if length + _SUFFIX.size <= view.size:
        end, said = _read_suffix(view, length, problems, budget)
        label += said
    return Container(end, tuple(parts), label, tuple(problems))


FORMAT = Format("dfuse", "DfuSe file for STM32 chips", (Magic(MAGIC),), open_dfuse)


def _read_elements(view: View, start: int, end: int, count: int, parts: list[Part], budget: Budget) -> None:
    for _ in range(count):
        if start + _ELEMENT.size > end or len(parts) >= _MOST_ELEMENTS:
            return
        budget.take_entries(1)
        address, length = _ELEMENT.unpack(view.slice(start, _ELEMENT.size))
        start += _ELEMENT.size
        there = min(length, end - start)
        if there:
            parts.append(Part(start, there, f"program at {address:#010x}", "known"))
        start += there


def _read_suffix(view: View, offset: int, problems: list[Message], budget: Budget) -> tuple[int, str]:
    """Give where the file ends and for which device it is."""
    _, product, vendor, _, magic, crc = _SUFFIX.unpack(view.slice(offset, _SUFFIX.size))
    if magic != b"UFD\x10":
        problems.append(message("it has no suffix"))
        return offset, ""
    end = offset + _SUFFIX.size
    budget.take_search(end)
    if zlib.crc32(view.slice(0, end - 4)) ^ 0xFFFFFFFF != crc:
        problems.append(message("the checksum of the file is wrong"))
    return end, f"; vendor {vendor:#06x}, product {product:#06x}"


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
