"""Makes images of Espressif's chips as their tools do, from the public description of the layout."""

from __future__ import annotations

import functools
import hashlib
import operator
import random
import struct
import zlib
from collections.abc import Sequence

Segments = Sequence[tuple[int, bytes]]
"""Address and content."""

RODATA = random.Random(1).randbytes(600)
CODE = random.Random(2).randbytes(1200)


def description(name: bytes = b"demo", version: bytes = b"1.2.3", idf: bytes = b"v5.1.2") -> bytes:
    """Give what an application says of itself."""
    texts = struct.pack("<32s32s16s16s32s", version, name, b"12:00:00", b"Jan  1 2024", idf)
    return b"\x32\x54\xcd\xab" + bytes(12) + texts + bytes(32 + 80)


def application(segments: Segments = (), chip: int = 0, digest: bool = True, described: bool = True) -> bytes:
    """Make an application for a kind of ESP32."""
    start = description() if described else b""
    segments = segments or ((0x3F400020, start + RODATA), (0x40080000, CODE), (0, bytes(64)))
    header = struct.pack(
        "<BBBBI4sHBHH4xB", 0xE9, len(segments), 2, 0x20, 0x40080000, b"\xee\0\0\0", chip, 0, 0, 0xFFFF, digest
    )
    image = _with_checksum(header + _content(segments), segments)
    return image + hashlib.sha256(image).digest() if digest else image


def esp8266(segments: Segments = ((0x40100000, CODE), (0x3FFE8000, RODATA))) -> bytes:
    """Make an image for the ESP8266."""
    return _with_checksum(
        struct.pack("<BBBBI", 0xE9, len(segments), 2, 0x20, 0x40100004) + _content(segments), segments
    )


def esp8266_second_kind(flash: bytes = CODE, segments: Segments = ((0x40100000, CODE), (0x3FFE8000, RODATA))) -> bytes:
    """Make an image of the second kind, with its CRC-32."""
    start = struct.pack("<BBBBIII", 0xEA, 4, 2, 0x20, 0x40100004, 0, len(flash)) + flash
    header = struct.pack("<BBBBI", 0xE9, len(segments), 2, 0x20, 0x40100004)
    image = _with_checksum(start + header + _content(segments), segments)
    crc = zlib.crc32(image)
    return image + struct.pack("<I", crc ^ 0xFFFFFFFF if crc & 0x80000000 else crc + 1)


def signed_2(image: bytes, versions: Sequence[int]) -> bytes:
    """Put the sector of signatures of secure boot 2 behind an image."""
    sector = b""
    for version in versions:
        block = bytes([0xE7, version]) + random.Random(version).randbytes(1194)
        sector += block + struct.pack("<I", zlib.crc32(block)) + bytes(16)
    return _filled(image, 4096) + sector.ljust(4096, b"\xff")


def entry(kind: int, subtype: int, offset: int, size: int, name: bytes, flags: int = 0) -> bytes:
    """Give an entry of a partition table."""
    return struct.pack("<HBBII16sI", 0x50AA, kind, subtype, offset, size, name, flags)


def table(entries: Sequence[bytes], has_md5: bool = True) -> bytes:
    """Make a partition table."""
    rows = b"".join(entries)
    if has_md5:
        rows += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(rows, usedforsecurity=False).digest()
    return rows.ljust(0xC00, b"\xff")


def flash(parts: dict[int, bytes], size: int = 0) -> bytes:
    """Put parts where they belong into erased flash."""
    data = bytearray(b"\xff" * max(size, *(offset + len(part) for offset, part in parts.items())))
    for offset, part in parts.items():
        data[offset : offset + len(part)] = part
    return bytes(data)


def _content(segments: Segments) -> bytes:
    return b"".join(struct.pack("<II", address, len(content)) + content for address, content in segments)


def _with_checksum(image: bytes, segments: Segments) -> bytes:
    checksum = functools.reduce(operator.xor, b"".join(content for _, content in segments), 0xEF)
    return image + bytes(15 - len(image) % 16) + bytes([checksum])


def _filled(image: bytes, multiple: int) -> bytes:
    return image + b"\xff" * (-len(image) % multiple)
