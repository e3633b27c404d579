"""Makes Android super partitions from the published description of the format."""

from __future__ import annotations

import hashlib
import struct

SECTOR = 512
FIRST = 24_576
"""Where the first partition may lie: behind the geometry and two copies of 4096 bytes."""

Extent = tuple[int, int, int, int]
"""Sectors, kind, first sector, device."""


def linear(at: int, size: int, device: int = 0) -> Extent:
    """Give an extent that lies on a device, in bytes."""
    return size // SECTOR, 0, at // SECTOR, device


def zeros(size: int) -> Extent:
    """Give an extent of zeros."""
    return size // SECTOR, 1, 0, 0


def metadata(partitions: dict[bytes, list[Extent]], size: int, *, minor: int = 0, version: int = 10) -> bytes:
    """Give one copy of the metadata."""
    rows, extents = b"", b""
    for name, own in partitions.items():
        rows += struct.pack("<36sIIII", name, 1, len(extents) // 24, len(own), 0)
        extents += b"".join(struct.pack("<QIQI", *one) for one in own)
    group = struct.pack("<36sIQ", b"default", 0, 0)
    device = struct.pack("<QIIQ36sI", FIRST // SECTOR, 4096, 0, size, b"super", 0)
    tables = rows + extents + group + device
    counts = [(rows, 52), (extents, 24), (group, 48), (device, 64)]
    places, offset = b"", 0
    for table, length in counts:
        places += struct.pack("<III", offset, len(table) // length, length)
        offset += len(table)
    tail = places + (bytes(128) if minor >= 2 else b"")
    head = struct.pack("<4sHHI", b"0PLA", version, minor, 80 + len(tail))
    rest = struct.pack("<I32s", len(tables), hashlib.sha256(tables).digest()) + tail
    return head + hashlib.sha256(head + bytes(32) + rest).digest() + rest + tables


def geometry(longest: int = 4096, slots: int = 1) -> bytes:
    """Give the geometry."""
    head, rest = struct.pack("<4sI", b"gDla", 52), struct.pack("<III", longest, slots, 4096)
    return head + hashlib.sha256(head + bytes(32) + rest).digest() + rest


def image(partitions: dict[bytes, list[Extent]], content: dict[int, bytes], size: int, *, minor: int = 0) -> bytes:
    """Give a whole partition; `content` is what lies where."""
    raw = bytearray(size)
    copy = metadata(partitions, size, minor=minor)
    for at, data in {4096: geometry(), 8192: geometry(), 12_288: copy, 16_384: copy, **content}.items():
        raw[at : at + len(data)] = data
    return bytes(raw)
