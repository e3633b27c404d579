"""Puts files into the empty file systems that the real mkfs.exfat makes, and lets the real fsck.exfat check them.

There is no program that writes files into such an image without mounting it.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.unpack import images

CLUSTER = 4096


class Card:
    """An image under construction."""

    def __init__(self, megabytes: int = 4) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            target = Path(temporary) / "image"
            target.write_bytes(bytes(megabytes << 20))
            command = [images.tool("mkfs.exfat", "exfatprogs"), "-L", "CARD", "-c", "4K", "-b", "4K", str(target)]
            subprocess.run(command, check=True, capture_output=True)
            self.image = bytearray(target.read_bytes())
        self.table, self.data, self.root = (
            struct.unpack_from("<I", self.image, at)[0] * unit for at, unit in ((80, 512), (88, 512), (96, 1))
        )
        self._bitmap = struct.unpack_from("<I", self.image, self._find(0x81) + 20)[0]
        self._free = self.root + 1

    def place(self, cluster: int) -> int:
        """Give where a cluster lies."""
        return self.data + (cluster - 2) * CLUSTER

    def link(self, cluster: int, following: int) -> None:
        """Write an entry of the FAT."""
        struct.pack_into("<I", self.image, self.table + cluster * 4, following)

    def store(self, content: bytes, *, is_row: bool, backwards: bool = False) -> int:
        """Store content in new clusters, backwards when asked; give the first."""
        count = -(-len(content) // CLUSTER)
        numbers = list(range(self._free, self._free + count))
        self._free += count
        if backwards:
            numbers.reverse()
        for at, number in enumerate(numbers):
            piece = content[at * CLUSTER : (at + 1) * CLUSTER]
            self.image[self.place(number) : self.place(number) + len(piece)] = piece
            self.image[self.place(self._bitmap) + (number - 2) // 8] |= 1 << (number - 2) % 8
            if not is_row:
                self.link(number, numbers[at + 1] if at + 1 < count else 0xFFFFFFFF)
        return numbers[0] if numbers else 0

    def file(self, name: str, content: bytes, *, is_row: bool = True, written: int | None = None) -> bytes:
        """Store a file; give its entries."""
        first = self.store(content, is_row=is_row, backwards=not is_row)
        return entries(name, first, len(content), is_row=is_row and first > 0, written=written)

    def directory(self, name: str, listing: Sequence[bytes], *, is_row: bool = True) -> bytes:
        """Store a directory; give its entries."""
        content = b"".join(listing)
        content += bytes(-len(content) % CLUSTER or (0 if content else CLUSTER))
        first = self.store(content, is_row=is_row)
        return entries(name, first, len(content), is_row=is_row, attributes=0x10)

    def finished(self, listing: Sequence[bytes]) -> bytes:
        """Put entries into the root directory; give the image."""
        start = self._find(0)
        content = b"".join(listing)
        assert start + len(content) <= self.place(self.root) + CLUSTER
        self.image[start : start + len(content)] = content
        return bytes(self.image)

    def _find(self, kind: int) -> int:
        at = self.place(self.root)
        while self.image[at] != kind:
            at += 32
        return at


def entries(
    name: str, first: int, size: int, *, is_row: bool, written: int | None = None, attributes: int = 0x20
) -> bytes:
    """Make the entries of a file."""
    text = name.encode("utf-16-le")
    hashed = 0
    for byte in name.upper().encode("utf-16-le"):
        hashed = ((hashed << 15 | hashed >> 1) + byte) & 0xFFFF
    pieces = [text[at : at + 30].ljust(30, b"\0") for at in range(0, len(text), 30)]
    stamp = 0x59210000
    head = struct.pack("<BBHHHIII12x", 0x85, 1 + len(pieces), 0, attributes, 0, stamp, stamp, stamp)
    flags = (3 if is_row else 1) if first else 0 if not size else 1
    there = size if written is None else written
    stream = struct.pack("<BBBBHHQIIQ", 0xC0, flags or 1, 0, len(text) // 2, hashed, 0, there, 0, first, size)
    return summed(head + stream + b"".join(b"\xc1\0" + piece for piece in pieces))


def summed(raw: bytes) -> bytes:
    """Make the sum of a set of entries right."""
    total = 0
    for byte in raw[:2] + raw[4:]:
        total = ((total >> 1 | (total & 1) << 15) + byte) & 0xFFFF
    return raw[:2] + struct.pack("<H", total) + raw[4:]


def check(image: bytes) -> None:
    """Let the real fsck.exfat look at an image."""
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        target.write_bytes(image)
        command = [images.tool("fsck.exfat", "exfatprogs"), "-n", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
