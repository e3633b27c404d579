"""Makes JFFS2 images with the real tool, writes single nodes for what it never writes, and opens what comes of it."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.jffs2 import Jffs2, open_jffs2
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

CLEAN, NAME, INODE = 0x2003, 0xE001, 0xE002


def crc(data: bytes) -> int:
    """Give the CRC of nodes: that of IEEE 802.3 with a register that begins at 0 and is not inverted at the end."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def node(kind: int, body: bytes = b"", order: str = "<", length: int | None = None) -> bytes:
    """Put a header before a body and fill up to a multiple of 4."""
    start = struct.pack(order + "HHI", 0x1985, kind, 12 + len(body) if length is None else length)
    whole = start + struct.pack(order + "I", crc(start)) + body
    return whole + b"\xff" * (-len(whole) % 4)


def obsolete(whole: bytes, order: str = "<") -> bytes:
    """Clear the flag of a node that counts."""
    (kind,) = struct.unpack_from(order + "H", whole, 2)
    return whole[:2] + struct.pack(order + "H", kind & ~0x2000) + whole[4:]


def name(directory: int, version: int, inode: int, text: bytes, order: str = "<") -> bytes:
    """Write a name; inode 0 deletes it."""
    fields = struct.pack(order + "4I2B2x", directory, version, inode, 0, len(text), 8)
    start = struct.pack(order + "HHI", 0x1985, NAME, 40 + len(text))
    head = start + struct.pack(order + "I", crc(start)) + fields
    return node(NAME, fields + struct.pack(order + "II", crc(head), crc(text)) + text, order)


def piece(
    inode: int,
    version: int,
    data: bytes = b"",
    *,
    mode: int = 0o100644,
    size: int | None = None,
    offset: int = 0,
    length: int | None = None,
    compression: int = 0,
    owner: tuple[int, int] = (0, 0),
    order: str = "<",
) -> bytes:
    """Write a state of an inode, with data as it is to lie in the log."""
    length = len(data) if length is None else length
    fields = struct.pack(
        order + "3I2HI12x3I2BH", inode, version, mode, *owner, offset + length if size is None else size,
        offset, len(data), length, compression, compression, 0,
    )  # fmt: skip
    start = struct.pack(order + "HHI", 0x1985, INODE, 68 + len(data))
    head = start + struct.pack(order + "I", crc(start)) + fields
    return node(INODE, fields + struct.pack(order + "II", crc(data), crc(head)) + data, order)


FILE = name(1, 1, 2, b"file")
"""The name of a file in the root."""

TEXT = b"all work and no play makes the text a dull one\n" * 80


def exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    budget = Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20))
    try:
        opened = open_jffs2(View(image), budget)
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for found in opened.nodes:
        opened.position(found)
        if found.kind == "file":
            try:
                content = opened.read(found)
            except (Malformed, LimitReached):
                continue
            assert len(content) == found.size


def make_image(folder: Path, *options: str) -> bytes:
    """Make an image of a folder with the real tool."""
    program = images.tool("mkfs.jffs2", "mtd-utils")
    return subprocess.run([program, "-r", str(folder), *options], check=True, capture_output=True).stdout


def open_image(image: bytes) -> Jffs2:
    """Open an image with ordinary limits."""
    return open_jffs2(View(image), Budget(Limits()))


def find(opened: Jffs2, path: bytes) -> Node:
    """Give the entry at a path."""
    return next(found for found in opened.nodes if found.path == path)


def contents(image: bytes) -> dict[bytes, bytes]:
    """Read all regular files of an image."""
    opened = open_image(image)
    return {found.path: opened.read(found) for found in opened.nodes if found.kind == "file"}


def read_all(opened: Jffs2) -> tuple[dict[bytes, bytes], set[bytes]]:
    """Give the content of the files that can be read, and the paths of those that cannot."""
    good: dict[bytes, bytes] = {}
    bad: set[bytes] = set()
    for found in opened.nodes:
        if found.kind == "file":
            try:
                good[found.path] = opened.read(found)
            except Malformed:
                bad.add(found.path)
    return good, bad


def patched(image: bytes, offset: int, data: bytes) -> bytes:
    """Put bytes in place of others."""
    return image[:offset] + data + image[offset + len(data) :]
