"""What a Minix file system says of itself and of its inodes, and how the zones of a file are found.

Everything is in the byte order of the machine that wrote it. The first 1024 bytes are for booting; then

offset  size  versions 1 and 2                   offset  size  version 3
0       2     inodes                             0       4     inodes
2       2     zones, version 1                   6       2     blocks of the map of inodes
4       2     blocks of the map of inodes        8       2     blocks of the map of zones
6       2     blocks of the map of zones         10      2     first zone of data
8       2     first zone of data                 12      2     log2 of blocks in a zone
10      2     log2 of blocks in a zone           16      4     largest file
12      4     largest file                       20      4     zones
16      2     magic                              24      2     magic
18      2     state                              28      2     bytes of a block
20      4     zones, version 2                   30      1     version of the layout

From the block 2 on come the two maps and the inodes, of 32 bytes in version 1 and 64 after it; the first is the root:

version 1: mode 2, owner 2, size 4, time 4, group 1, links 1, then 9 zones of 2 bytes
later:     mode 2, links 2, owner 2, group 2, size 4, times 12, then 10 zones of 4 bytes

Seven zones hold content; the others hold numbers of zones, of zones that hold numbers, and (later versions) once more.
Zone 0 is a hole. A device has its number in place of the first zone. Source: A. Tanenbaum and A. Woodhull, "Operating
Systems: Design and Implementation"; S. Marz, "The Minix 3 File System"; images made with mkfs.minix.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.message import message
from plimsoll.sources.tree import NodeKind
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.limits import Budget

ROOT = 1
SUPERBLOCK = 1024
MAGICS = {0x137F: (1, 14), 0x138F: (1, 30), 0x2468: (2, 14), 0x2478: (2, 30)}
"""Version and longest name by magic, at 16."""
MAGIC_3 = 0x4D5A
NAME_3 = 60
_SUPERBLOCK_BYTES = 32
_BLOCK = 1024
_BLOCKS_3 = (1024, 2048, 4096, 8192, 16_384, 32_768)
_MOST_LOG = 4
_DIRECT = 7
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Superblock(msgspec.Struct, frozen=True):
    """The fields that reading needs."""

    order: str
    """As in struct: `<` or `>`."""
    version: int
    name_bytes: int
    inodes: int
    zones: int
    maps: int
    """Blocks of the two maps."""
    first_zone: int
    log_zone: int
    block: int
    """Bytes of a block."""

    @property
    def zone(self) -> int:
        """Bytes of a zone."""
        return self.block << self.log_zone

    @property
    def length(self) -> int:
        """Bytes of the whole."""
        return self.zones * self.zone

    @property
    def inode_bytes(self) -> int:
        """Bytes of an inode."""
        return 32 if self.version == 1 else 64

    @property
    def inode_table(self) -> int:
        """Where the first inode is."""
        return (2 + self.maps) * self.block

    @property
    def label(self) -> str:
        """Say what it is in a few words."""
        order = "little-endian" if self.order == "<" else "big-endian"
        return f"version {self.version}, {order}, names of {self.name_bytes} bytes, {self.zone >> 10} KiB zones"


class Inode(msgspec.Struct, frozen=True):
    """One inode."""

    mode: int
    uid: int
    gid: int
    size: int
    zones: tuple[int, ...]
    """Seven of content, then those of one, two and three steps."""

    @property
    def kind(self) -> NodeKind | None:
        """Give what it is; None when that is nothing we know."""
        return _KINDS.get(stat.S_IFMT(self.mode))

    @property
    def device(self) -> tuple[int, int]:
        """Give the number of a device."""
        return self.zones[0] >> 8 & 0xFF, self.zones[0] & 0xFF


class Zones(msgspec.Struct, frozen=True):
    """Content of a file, symlink or directory."""

    offset: int
    """Where its first zone is."""
    inode: Inode
    superblock: Superblock

    def read(self, view: View, budget: Budget) -> bytes:
        """Read all bytes; raise Malformed when a zone lies outside."""
        size, zone = self.inode.size, self.superblock.zone
        if size > budget.limits.file_bytes:
            budget.take_output(size, 1)
        numbers = list(self._numbers(view, -(-size // zone)))
        budget.take_output(size, sum(map(bool, numbers)) * zone)
        parts: list[bytes | memoryview] = []
        for start, count in _runs(numbers):
            parts.append(self._content(view, start, count * zone) if start else bytes(count * zone))
        return b"".join(parts)[:size]

    def _content(self, view: View, number: int, length: int) -> memoryview:
        start = number * self.superblock.zone
        if number < self.superblock.first_zone:
            raise Malformed(message("its zone {number} is not one of data", number=number))
        try:
            return view.slice(start, length)
        except EOFError as error:
            raise Malformed(message("its zones at {offset} lie outside", offset=hex(start))) from error

    def _numbers(self, view: View, count: int) -> Iterator[int]:
        """Give the numbers of the first so many zones."""
        per_zone = self.superblock.zone // (2 if self.superblock.version == 1 else 4)
        yield from self.inode.zones[: min(count, _DIRECT)]
        count -= _DIRECT
        for depth, number in enumerate(self.inode.zones[_DIRECT:], 1):
            if count <= 0:
                return
            held = min(per_zone**depth, count)
            yield from self._below(view, number, depth, held, per_zone)
            count -= held
        if count > 0:
            raise Malformed(message("it is larger than its zones can be"))

    def _below(self, view: View, number: int, depth: int, count: int, per_zone: int) -> Iterator[int]:
        """Give the numbers that a zone of numbers leads to, in at most three steps."""
        if not number:
            yield from (0,) * count
            return
        width = "H" if self.superblock.version == 1 else "I"
        found = struct.unpack(
            f"{self.superblock.order}{per_zone}{width}", self._content(view, number, self.superblock.zone)
        )
        if depth == 1:
            yield from found[:count]
            return
        each = per_zone ** (depth - 1)
        for index in range(-(-count // each)):
            yield from self._below(view, found[index], depth - 1, min(each, count - index * each), per_zone)


def read_superblock(view: View) -> Superblock:
    """Read the superblock; raise NotThisFormat when its fields contradict each other."""
    if view.size < SUPERBLOCK + _SUPERBLOCK_BYTES:
        raise NotThisFormat
    data = view.read(SUPERBLOCK, _SUPERBLOCK_BYTES)
    for order in "<>":
        found = _read_old(data, order) or _read_new(data, order)
        if found is not None and _is_plausible(found):
            return found
    raise NotThisFormat


def read_inode(view: View, superblock: Superblock, number: int) -> Inode:
    """Read an inode by its number; raise Malformed when there is none."""
    at = superblock.inode_table + (number - 1) * superblock.inode_bytes
    if not 0 < number <= superblock.inodes:
        raise Malformed(message("there is no inode {number}", number=number))
    try:
        data = view.slice(at, superblock.inode_bytes)
    except EOFError as error:
        raise Malformed(message("the inode {number} lies outside", number=number)) from error
    if superblock.version == 1:
        mode, uid, size, gid, *zones = struct.unpack(superblock.order + "HHI4xBx9H", data)
    else:
        mode, uid, gid, size, *zones = struct.unpack(superblock.order + "H2xHHI12x10I", data)
    return Inode(mode, uid, gid, size, tuple(zones))


def _read_old(data: bytes, order: str) -> Superblock | None:
    inodes, zones, imap, zmap, first, log, _, magic, _, long_zones = struct.unpack_from(order + "6HIHHI", data)
    if magic not in MAGICS:
        return None
    version, name_bytes = MAGICS[magic]
    zones = zones if version == 1 else long_zones
    return Superblock(order, version, name_bytes, inodes, zones, imap + zmap, first, log, _BLOCK)


def _read_new(data: bytes, order: str) -> Superblock | None:
    inodes, imap, zmap, first, log, _, zones, magic, block = struct.unpack_from(order + "I2x4H2xIIH2xH", data)
    if magic != MAGIC_3 or block not in _BLOCKS_3:
        return None
    return Superblock(order, 3, NAME_3, inodes, zones, imap + zmap, first, log, block)


def _is_plausible(found: Superblock) -> bool:
    bits = found.block * 8
    table = -(-found.inodes * found.inode_bytes // found.block)
    first = 2 + found.maps + table
    return (
        found.inodes > 0
        and found.log_zone <= _MOST_LOG
        and found.maps * bits > found.inodes
        and found.first_zone << found.log_zone >= first
        and found.zones > found.first_zone
        and (found.maps + 2) * bits > found.inodes + (found.zones - found.first_zone)
    )


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Put together zones that follow one another, or holes that do."""
    start = count = 0
    for number in numbers:
        if count and number == (start + count if start else 0):
            count += 1
            continue
        if count:
            yield start, count
        start, count = number, 1
    if count:
        yield start, count
