"""Reads one application or boot loader image of Espressif's chips: its header, segments and what follows them.

Sources: Espressif's description of application images and of signature blocks in the documentation of ESP-IDF, whose
structures are Apache-licensed; images made with esptool. All numbers are little-endian.

offset  size  header                             offset  size  segment
0       1     magic E9                           0       4     load address
1       1     count of segments, up to 16        4       4     length
2       2     flash mode; its size and speed     8             content
4       4     entry point
8       4     pins for the flash                 these 16 bytes are not there on the ESP8266
12      2     chip
14      5     revisions of the chip
19      4     zeros
23      1     1 when a SHA-256 is appended

Behind the segments the image is filled up so that its last byte, the XOR of all content and EF, ends a row of 16.
A SHA-256 of everything before may follow, on the ESP8266 unannounced. The second kind of the ESP8266 begins with EA
and a segment of its own, the code that stays in flash, which the XOR leaves out; then the header above. A CRC-32 may
follow.

The first segment of an application begins with its description: magic 32 54 CD AB, at 16 its version and at 48 the
name of its project, at 112 the version of ESP-IDF. Signatures stand behind all that: see `_esp_signature.py`.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.sources.signed import Signed
from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats._esp_signature import read_signatures
from plimsoll.unpack.limits import Budget

ESP8266 = "ESP8266"
MAGIC = 0xE9
MAGIC_2 = 0xEA
DESCRIPTION = b"\x32\x54\xcd\xab"
DESCRIPTION_AT = 32
"""Where the description of an application begins on all chips but the ESP8266."""

CHIPS = {
    0x00: "ESP32",
    0x02: "ESP32-S2",
    0x05: "ESP32-C3",
    0x09: "ESP32-S3",
    0x0C: "ESP32-C2",
    0x0D: "ESP32-C6",
    0x10: "ESP32-H2",
    0x12: "ESP32-P4",
    0x14: "ESP32-C61",
    0x17: "ESP32-C5",
    0x19: "ESP32-H21",
    0x1C: "ESP32-H4",
    0x20: "ESP32-S31",
}

_MOST_SEGMENTS = 16
_MODES = 6
_SEGMENT_BYTES = 16 << 20
_SEED = 0xEF
_SMALL, _LARGE = 8, 24
_ESP8266_MEMORY = ((0x3FFE8000, 0x40000000), (0x40100000, 0x40110000), (0x40200000, 0x41200000))
_MEMORY = frozenset({0x30, 0x3C, 0x3F, 0x40, 0x42, 0x48, 0x4F, 0x50, 0x60})
"""First bytes of the addresses that the other chips load to; 0 stands for what is skipped."""
_DESCRIPTION_BYTES = 256
_LOADER_BYTES = 80


class Segment(msgspec.Struct, frozen=True):
    """Content that is loaded to an address; the header of 8 bytes before it not counted."""

    offset: int
    length: int
    address: int


class Image(msgspec.Struct, frozen=True):
    """One image, validated."""

    chip: str
    length: int
    """Bytes it takes, with digest and signatures, as far as they are there."""
    segments: tuple[Segment, ...]
    label: str
    problems: tuple[Message, ...] = ()
    signed: tuple[Signed, ...] = ()
    """What is signed of it; nothing for the ESP8266, which knows no signatures, or when it is cut short."""


def read_image(view: View, budget: Budget) -> Image:
    """Read the image at the beginning of a view; raise NotThisFormat when it is none."""
    if view.size < _LARGE:
        raise NotThisFormat
    kind, count, mode = view.slice(0, 3)
    if kind == MAGIC_2 and count == 4:
        return _read_second_kind(view, budget)
    if kind != MAGIC or not 1 <= count <= _MOST_SEGMENTS or mode >= _MODES:
        raise NotThisFormat
    try:
        return _read_large(view, count, budget)
    except NotThisFormat:
        return _read_small(view, count, budget)


def _read_large(view: View, count: int, budget: Budget) -> Image:
    """Read an image of any chip but the ESP8266."""
    chip = int.from_bytes(view.slice(12, 2), "little")
    has_digest = view.buffer[23]
    if chip not in CHIPS or has_digest > 1 or any(view.slice(19, 4)):
        raise NotThisFormat
    segments = _read_segments(view, _LARGE, count)
    if not all(one.address >> 24 in _MEMORY or not one.address for one in segments):
        raise NotThisFormat
    first = segments[0]
    description = view.buffer[first.offset : first.offset + _DESCRIPTION_BYTES]
    is_certain = description[:4] == DESCRIPTION and len(description) == _DESCRIPTION_BYTES
    said = [CHIPS[chip], *_describe(bytes(description))]
    problems: list[Message] = []
    end = _check(view, segments, is_certain, problems, budget)
    if end and has_digest:
        if end + 32 > view.size:
            problems.append(message("cut short: {missing} bytes are missing", missing=end + 32 - view.size))
        elif hashlib.sha256(view.slice(0, end)).digest() != view.slice(end, 32):
            problems.append(message("its SHA-256 is wrong"))
        end = min(end + 32, view.size)
    elif end:
        said.append("no SHA-256")
    if not end:
        return Image(CHIPS[chip], view.size, segments, "; ".join(said), tuple(problems))
    behind = read_signatures(view, end, budget)
    label = "; ".join(filter(None, [*said, behind.label]))
    return Image(CHIPS[chip], behind.end, segments, label, tuple(problems), (behind.signed,))


def _read_small(view: View, count: int, budget: Budget) -> Image:
    segments = _read_segments(view, _SMALL, count)
    entry = int.from_bytes(view.slice(4, 4), "little")
    if not all(_is_esp8266(address) for address in (entry, *(one.address for one in segments))):
        raise NotThisFormat
    problems: list[Message] = []
    end = _check(view, segments, count > 1, problems, budget)
    return Image(ESP8266, _skip_digest(view, end) or view.size, segments, ESP8266, tuple(problems))


def _read_second_kind(view: View, budget: Budget) -> Image:
    """Read an image of the ESP8266 whose code in flash stands first."""
    (flash,) = _read_segments(view, _SMALL, 1)
    start = flash.offset + flash.length
    header = view.read(start, _SMALL) if start + _SMALL <= view.size else bytes(_SMALL)
    if flash.address or header[0] != MAGIC or not 1 <= header[1] <= _MOST_SEGMENTS:
        raise NotThisFormat
    segments = _read_segments(view, start + _SMALL, header[1])
    if not all(_is_esp8266(one.address) for one in segments):
        raise NotThisFormat
    problems: list[Message] = []
    end = _check(view, segments, False, problems, budget)
    if end + 4 <= view.size and _matches(int.from_bytes(view.slice(end, 4), "little"), zlib.crc32(view.slice(0, end))):
        end += 4
    return Image(ESP8266, _skip_digest(view, end), (flash, *segments), f"{ESP8266}, second kind")


def _skip_digest(view: View, end: int) -> int:
    """Give where an image of the ESP8266 ends whose header does not tell whether a SHA-256 is appended."""
    is_there = end and view.buffer[end : end + 32] == hashlib.sha256(view.slice(0, end)).digest()
    return end + 32 if is_there else end


def _matches(stored: int, crc: int) -> bool:
    """Tell whether a CRC-32 is that of the boot loader, which takes the magnitude of it as a signed number."""
    return stored == (crc ^ 0xFFFFFFFF if crc & 0x80000000 else crc + 1)


def _is_esp8266(address: int) -> bool:
    return any(start <= address < end for start, end in _ESP8266_MEMORY)


def _read_segments(view: View, position: int, count: int) -> tuple[Segment, ...]:
    """Read the segments that begin in the view; the last of them may be cut short."""
    found: list[Segment] = []
    for _ in range(count):
        if position + 8 > view.size:
            raise NotThisFormat
        address, length = struct.unpack("<II", view.slice(position, 8))
        if not 0 < length <= _SEGMENT_BYTES or length % 4:
            raise NotThisFormat
        found.append(Segment(position + 8, length, address))
        position += 8 + length
        if position > view.size:
            break
    return tuple(found)


def _check(view: View, segments: tuple[Segment, ...], is_certain: bool, problems: list[Message], budget: Budget) -> int:
    """Give where the byte with the checksum ends, 0 when the image is cut short before.

    An image that is not certain is one only when its checksum is right.
    """
    last = segments[-1]
    end = (last.offset + last.length) // 16 * 16 + 16
    if end > view.size:
        if not is_certain:
            raise NotThisFormat
        problems.append(message("cut short: {missing} bytes are missing", missing=end - view.size))
        return 0
    budget.take_search(end)
    found = _SEED
    for one in segments:
        found ^= xor_of(view.slice(one.offset, one.length))
    if found != view.buffer[end - 1]:
        if not is_certain:
            raise NotThisFormat
        problems.append(message("the checksum of the image is wrong"))
    return end


def xor_of(data: memoryview) -> int:
    """Give the XOR of all bytes, halves upon halves, so that no byte is met on its own."""
    number, size = int.from_bytes(data, "little"), len(data)
    while size > 1:
        half = (size + 1) // 2
        number = (number >> half * 8) ^ (number & (1 << half * 8) - 1)
        size = half
    return number


def _describe(start: bytes) -> list[str]:
    """Give what an application or a boot loader says of itself in its first segment."""
    if start.startswith(DESCRIPTION) and len(start) == _DESCRIPTION_BYTES:
        version, name, idf = (_text(start[at : at + 32]) for at in (16, 48, 112))
        return [f"application {name!r} {version!r}", f"ESP-IDF {idf}"]
    loader = start[8:40].partition(b"\0")[0]
    if start[:3] == b"\x50\xff\xff" and len(start) >= _LOADER_BYTES and loader[:1] == b"v" and loader[1:2].isdigit():
        return ["boot loader", f"ESP-IDF {_text(loader)}"]
    return []


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
