"""Makes images for Rockchip processors from their descriptions; the real rkunpack and rkcrc agree with them."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Sequence

LOADER_ENTRIES = (("ddr", b"memory" * 50), ("usbplug", b"usb" * 70), ("FlashBoot", random.Random(1).randbytes(600)))
PARTITIONS = (
    (b"package-file", b"package-file", b"# name\tpath\n" * 9),
    (b"boot", b"Image/boot.img", random.Random(2).randbytes(5000)),
    (b"system", b"Image/system.img", random.Random(3).randbytes(3000)),
)


def slow_checksum(data: bytes) -> int:
    """Give the CRC bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04C10DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


def loader(entries: Sequence[tuple[str, bytes]] = LOADER_ENTRIES, magic: bytes = b"LDR ") -> bytes:
    """Give a loader with one entry in each of its lists."""
    offset = 102 + 57 * len(entries)
    header = magic + struct.pack("<HIIH5B4s", 102, 0x0258, 0, 2024, 5, 17, 1, 2, 3, b"A033")
    table = b""
    for number, (name, data) in enumerate(entries):
        header += struct.pack("<BIB", 1, 102 + 57 * number, 57)
        table += struct.pack("<BI40s3I", 57, 1 << number, name.encode("utf-16-le"), offset, len(data), 0)
        offset += len(data)
    body = header.ljust(102, b"\0") + table + b"".join(data for _, data in entries)
    return body + slow_checksum(body).to_bytes(4, "little")


def partitions(files: Sequence[tuple[bytes, bytes, bytes]] = PARTITIONS) -> bytes:
    """Give an image of partitions: name, path and content of each."""
    position = 2048
    table, data = b"", b""
    for name, path, content in files:
        filled = -(-len(content) // 2048) * 2048
        table += struct.pack("<32s60s4x4I", name, path, position, 0, filled, len(content))
        data += content + bytes(filled - len(content))
        position += filled
    table += struct.pack("<32s60s4x4I", b"backup", b"SELF", 0, 0, position, position)
    header = struct.pack("<4sI34s30s56s4xII", b"RKAF", position, b"RK3326", b"007", b"MAKER", 0, len(files) + 1)
    body = (header + table).ljust(2048, b"\0") + data
    return body + slow_checksum(body).to_bytes(4, "little")


def update() -> bytes:
    """Give an update image."""
    first, second = loader(magic=b"BOOT"), partitions()
    header = struct.pack("<4sHI4xH5BI", b"RKFW", 102, 8 << 24 | 1 << 16, 2024, 5, 17, 1, 2, 3, 0x33)
    header += struct.pack("<4I", 102, len(first), 102 + len(first), len(second))
    body = header.ljust(102, b"\0") + first + second
    return body + hashlib.md5(body).hexdigest().encode()
