"""Reads the elements of Android's binary XML, as `AndroidManifest.xml` in a package of an app is written.

Source: the public description of resource types of the Android platform. All numbers are little-endian; a file is a row
of chunks.

chunk        u16 type, u16 size of its head, u32 size of all
strings (1)  u32 count, u32 styles, u32 flags (0x100: UTF-8), u32 start of strings, u32 start of styles, u32 offsets
element      u32 line, u32 comment, u32 namespace, u32 name, u16 start of attributes, u16 size of one, u16 count
 (0x102)
attribute    u32 namespace, u32 name, u32 raw value, u16 size, u8 0, u8 type (3: string), u32 data
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MAGIC = b"\x03\x00\x08\x00"
MOST_STRINGS = 20_000
MOST_ELEMENTS = 20_000
MOST_ATTRIBUTES = 64
LONGEST = 400
"""Bytes of the longest string that is kept."""

_STRINGS, _ELEMENT = 0x0001, 0x0102
_NONE = 0xFFFFFFFF


def read_elements(data: bytes) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Give offset, name and the values that are strings of each element; stop where the file is damaged."""
    strings: tuple[str, ...] = ()
    offset, elements = 8, 0
    if not data.startswith(MAGIC):
        return
    while offset + 8 <= len(data):
        kind, head, size = struct.unpack_from("<HHI", data, offset)
        if size < max(head, 8) or size > len(data) - offset:
            return
        chunk = data[offset : offset + size]
        if kind == _STRINGS and not strings:
            strings = tuple(_strings(chunk))
        elif kind == _ELEMENT and (found := _element(chunk, head, strings)) is not None:
            elements += 1
            if elements > MOST_ELEMENTS:
                return
            yield offset, *found
        offset += size


def _strings(chunk: bytes) -> Iterator[str]:
    if len(chunk) < 28:
        return
    count, _, flags, start, _ = struct.unpack_from("<5I", chunk, 8)
    known = min(count, MOST_STRINGS, (len(chunk) - 28) // 4)
    for offset in struct.unpack_from(f"<{known}I", chunk, 28):
        at = start + offset
        yield _utf8(chunk, at) if flags & 0x100 else _utf16(chunk, at)


def _utf8(chunk: bytes, at: int) -> str:
    """Read the length in characters, that in bytes, each in one byte or two, and the string."""
    for _ in range(2):
        head = chunk[at : at + 2]
        if len(head) < 2:
            return ""
        wide = head[0] & 0x80
        size = (head[0] & 0x7F) << 8 | head[1] if wide else head[0]
        at += 2 if wide else 1
    return chunk[at : at + min(size, LONGEST)].decode("utf-8", "replace")


def _utf16(chunk: bytes, at: int) -> str:
    """Read the length in units of 16 bits, in one unit or two, and the string."""
    head = chunk[at : at + 4]
    if len(head) < 2:
        return ""
    size = int.from_bytes(head[:2], "little")
    at += 2
    if size & 0x8000:
        size = (size & 0x7FFF) << 16 | int.from_bytes(head[2:4], "little")
        at += 2
    return chunk[at : at + min(size * 2, LONGEST)].decode("utf-16-le", "replace")


def _element(chunk: bytes, head: int, strings: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    if len(chunk) < head + 14:
        return None
    _, name, start, size, count = struct.unpack_from("<IIHHH", chunk, head)
    if name >= len(strings) or size < 20:
        return None
    values = []
    for number in range(min(count, MOST_ATTRIBUTES)):
        at = head + start + number * size
        if at + 20 > len(chunk):
            break
        raw, _, _, kind, value = struct.unpack_from("<IHBBI", chunk, at + 8)
        index = value if kind == 3 else raw
        if index != _NONE and index < len(strings):
            values.append(strings[index])
    return strings[name], tuple(values)
