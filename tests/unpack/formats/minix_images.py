"""Writes Minix file systems of a folder, as no tool fills them without mounting: all versions, both byte orders.

Written from the same descriptions as the reader. mkfs.minix makes the same superblock, and fsck.minix finds the same
names and no fault in the little-endian ones.
"""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

import msgspec


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What to write."""

    version: int = 1
    order: str = "<"
    name_bytes: int = 14
    block: int = 1024
    zones: int = 4096
    inodes: int = 1376
    state: int = 1

    @property
    def inode_bytes(self) -> int:
        """Bytes of an inode."""
        return 32 if self.version == 1 else 64

    @property
    def maps(self) -> tuple[int, int]:
        """Blocks of the two maps."""
        bits = self.block * 8
        return self.inodes // bits + 1, self.zones // bits + 1

    @property
    def first_zone(self) -> int:
        """First zone of data."""
        return 2 + sum(self.maps) + -(-self.inodes * self.inode_bytes // self.block)


def write(folder: Path, kind: Kind) -> bytes:
    """Write a file system of a folder."""
    return _Writer(kind).image(os.fsencode(folder))


def superblock(kind: Kind) -> bytes:
    """Give the 32 bytes that mkfs.minix writes."""
    maps = kind.maps
    if kind.version == 3:
        fields = struct.pack(kind.order + "I2x4H2x", kind.inodes, *maps, kind.first_zone, 0)
        return fields + struct.pack(kind.order + "IIH2xHBx", 0x7FFFFFFF, kind.zones, 0x4D5A, kind.block, 0)
    magic = {(1, 14): 0x137F, (1, 30): 0x138F, (2, 14): 0x2468, (2, 30): 0x2478}[kind.version, kind.name_bytes]
    short, long = (kind.zones, 0) if kind.version == 1 else (0, kind.zones)
    largest = (7 + 512 + 512 * 512) * 1024 if kind.version == 1 else 0x7FFFFFFF
    fields = struct.pack(kind.order + "6HI", kind.inodes, short, *maps, kind.first_zone, 0, largest)
    return (fields + struct.pack(kind.order + "HHI", magic, kind.state, long)).ljust(32, b"\0")


class _Writer:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.data = bytearray(kind.zones * kind.block)
        self.following = kind.first_zone
        self.inodes = 0
        self.known: dict[int, int] = {}
        self.links: dict[int, int] = {}
        self.width = "H" if kind.version == 1 else "I"

    def image(self, folder: bytes) -> bytes:
        self._enter(folder, 1)
        kind = self.kind
        self.data[1024:1056] = superblock(kind)
        imap, zmap = kind.maps
        self._map(2 * kind.block, imap, self.inodes + 1, kind.inodes + 1)
        used = self.following - kind.first_zone + 1
        self._map((2 + imap) * kind.block, zmap, used, kind.zones - kind.first_zone + 1)
        for number, count in self.links.items():
            at = self._inode_at(number) + (13 if kind.version == 1 else 2)
            struct.pack_into("B" if kind.version == 1 else kind.order + "H", self.data, at, count)
        return bytes(self.data)

    def _map(self, at: int, blocks: int, used: int, known: int) -> None:
        """Write a map: what is in use, and what lies behind the end, are ones, lowest bit first."""
        bits = blocks * self.kind.block * 8
        value = (1 << used) - 1 | ((1 << bits) - 1) >> known << known
        self.data[at : at + bits // 8] = value.to_bytes(bits // 8, "little")

    def _enter(self, path: bytes, parent: int) -> int:
        """Write an entry and all below it; give the number of its inode."""
        status = os.lstat(path)
        if status.st_ino in self.known:
            number = self.known[status.st_ino]
            self.links[number] += 1
            return number
        self.inodes += 1
        number = self.known[status.st_ino] = self.inodes
        self.links[number] = 1
        zones: list[int] = []
        size = 0
        if stat.S_ISDIR(status.st_mode):
            self.links[number] += 1
            size, zones = self._directory(path, number, parent)
        elif stat.S_ISLNK(status.st_mode):
            content = os.fsencode(Path(os.fsdecode(path)).readlink())
            size, zones = len(content), self._zones(content)
        elif stat.S_ISREG(status.st_mode):
            content = Path(os.fsdecode(path)).read_bytes()
            size, zones = len(content), self._zones(content)
        elif status.st_rdev:
            zones = [os.major(status.st_rdev) << 8 | os.minor(status.st_rdev)]
        self._inode(number, status, size, zones)
        return number

    def _directory(self, path: bytes, number: int, parent: int) -> tuple[int, list[int]]:
        """Write a directory in zones before those of what is in it; give its size and zones."""
        layout = f"{self.kind.order}{'I' if self.kind.version == 3 else 'H'}{self.kind.name_bytes}s"
        size = (2 + len(list(os.scandir(path)))) * struct.calcsize(layout)
        first = self.following
        zones = self._zones(b"x" * size)
        entries = self._entries(path, number, parent)
        listing = b"".join(struct.pack(layout, *entry) for entry in entries)
        at = first * self.kind.block
        self.data[at : at + size] = listing
        return size, zones

    def _entries(self, path: bytes, number: int, parent: int) -> list[tuple[int, bytes]]:
        entries = [(number, b"."), (parent, b"..")]
        for name in sorted(entry.name for entry in os.scandir(path)):
            below = self._enter(path + b"/" + name, number)
            if stat.S_ISDIR(os.lstat(path + b"/" + name).st_mode):
                self.links[number] += 1
            entries.append((below, name))
        return entries

    def _zones(self, content: bytes) -> list[int]:
        """Write content; give the zones of an inode."""
        block = self.kind.block
        numbers = [self._zone(content[at : at + block]) for at in range(0, len(content), block)]
        zones, rest = numbers[:7], numbers[7:]
        per_zone = block // struct.calcsize(self.width)
        for depth in range(1, 3 if self.kind.version == 1 else 4):
            held = per_zone**depth
            zones.append(self._above(rest[:held], depth))
            rest = rest[held:]
        assert not rest
        return zones if len(numbers) >= 7 else numbers

    def _above(self, numbers: list[int], depth: int) -> int:
        """Write the zones of numbers that lead to zones; give the first of them."""
        if not any(numbers):
            return 0
        per_zone = self.kind.block // struct.calcsize(self.width)
        if depth > 1:
            each = per_zone ** (depth - 1)
            numbers = [self._above(numbers[at : at + each], depth - 1) for at in range(0, len(numbers), each)]
        return self._zone(struct.pack(f"{self.kind.order}{len(numbers)}{self.width}", *numbers))

    def _zone(self, content: bytes) -> int:
        if not any(content):
            return 0
        number, self.following = self.following, self.following + 1
        at = number * self.kind.block
        assert at + self.kind.block <= len(self.data)
        self.data[at : at + len(content)] = content
        return number

    def _inode_at(self, number: int) -> int:
        return (2 + sum(self.kind.maps)) * self.kind.block + (number - 1) * self.kind.inode_bytes

    def _inode(self, number: int, status: os.stat_result, size: int, zones: list[int]) -> None:
        mode, uid, gid, order = status.st_mode, status.st_uid, status.st_gid, self.kind.order
        if self.kind.version == 1:
            head = struct.pack(order + "HHIIBB", mode, uid, size, 1_200_000_000, gid, 0)
            body = struct.pack(order + "9H", *(zones + [0] * 9)[:9])
        else:
            head = struct.pack(order + "HHHHI12x", mode, 0, uid, gid, size)
            body = struct.pack(order + "10I", *(zones + [0] * 10)[:10])
        at = self._inode_at(number)
        self.data[at : at + self.kind.inode_bytes] = head + body
