"""Writes squashfs images of version 1 to 3, as no tool at hand does: both byte orders, any codec, fragments and all.

Written from the same public descriptions as the reader; real images show that both have understood them.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec

Pack = Callable[[bytes], bytes]
NONE = 0xFFFFFFFF
METADATA = 8192
_AS_IT_IS = 1 << 24
_NUMBERS = {
    stat.S_IFDIR: 1,
    stat.S_IFREG: 2,
    stat.S_IFLNK: 3,
    stat.S_IFBLK: 4,
    stat.S_IFCHR: 5,
    stat.S_IFIFO: 6,
    stat.S_IFSOCK: 7,
}


def pack_lzma(header: str, lc: int = 3, lp: int = 0, pb: int = 2) -> Pack:
    """Give a compressor that leaves a header before its stream: of 13, 9, 5, 1 or no bytes."""

    def pack(content: bytes) -> bytes:
        filters = [{"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": 1 << 16}]
        stream = lzma.compress(content, lzma.FORMAT_RAW, filters=filters)
        properties = bytes([(pb * 5 + lp) * 9 + lc])
        dictionary = struct.pack("<I", 1 << 23)
        before = {
            "13": properties + dictionary + struct.pack("<Q", len(content)),
            "9": properties + dictionary + struct.pack("<I", len(content)),
            "5": properties + dictionary,
            "1": properties,
            "0": b"",
        }
        return before[header] + stream

    return pack


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What to write."""

    version: int = 3
    order: str = "<"
    header_order: str = ""
    """Byte order of the headers of metadata blocks when it is another."""
    pack: Pack = zlib.compress
    sign: bytes = b""
    block_size: int = 65_536
    raw_metadata: bool = False
    """Metadata stored as they are."""
    raw_inodes_only: bool = False
    """Inodes and directories stored as they are, the fragment table not."""
    checked: bool = False
    fragments: bool = True
    long_forms: bool = False
    """Inodes 8 and 9 for directories and files."""
    shown_size: int | None = None
    """Size that regular files claim to have."""
    rename: tuple[bytes, bytes] = (b"", b"")
    """A name of an entry, and what to write in its stead, of the same length."""


def write(folder: Path, kind: Kind | None = None) -> bytes:
    """Write an image of a folder."""
    return Writer(kind or Kind()).image(os.fsencode(folder))


class Table:
    """Metadata blocks, each compressed when it is full, so that places are known while writing."""

    def __init__(self, kind: Kind, raw: bool) -> None:
        self.done = bytearray()
        self._kind = kind
        self._raw = raw
        self._open = bytearray()

    def add(self, data: bytes) -> tuple[int, int]:
        place = len(self.done), len(self._open)
        self._open += data
        while len(self._open) >= METADATA:
            self._close()
        return place

    def finish(self) -> bytes:
        if self._open:
            self._close()
        return bytes(self.done)

    def _close(self) -> None:
        content = bytes(self._open[:METADATA])
        packed = b"" if self._raw else self._kind.pack(content)
        as_it_is = self._raw or len(packed) >= len(content)
        stored = content if as_it_is else packed
        self.done += struct.pack(
            (self._kind.header_order or self._kind.order) + "H", len(stored) | (0x8000 if as_it_is else 0)
        )
        self.done += b"\xff" * self._kind.checked + stored
        del self._open[:METADATA]


class Writer:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.is_new = kind.version == 3
        self.size = {1: 51, 2: 63, 3: 119}[kind.version]
        self.data = bytearray()
        raw = kind.raw_metadata or kind.raw_inodes_only
        self.inodes, self.directories = Table(kind, raw), Table(kind, raw)
        self.places: list[tuple[int, int]] = []
        self.tails = bytearray()
        self.owners: list[int] = []
        self.groups: list[int] = []
        self.known: dict[int, tuple[int, int]] = {}
        self.count = 0

    def image(self, folder: bytes) -> bytes:
        kind = self.kind
        root = self._enter(folder)
        self._close_fragment()
        inodes, directories = self.inodes.finish(), self.directories.finish()
        inode_table = self.size + len(self.data)
        directory_table = inode_table + len(inodes)
        rows_at = directory_table + len(directories)
        table = bytearray()
        row = kind.order + ("QI4x" if self.is_new else "II")
        in_block = METADATA // struct.calcsize(row)
        starts = []
        for first in range(0, len(self.places), in_block):
            rows = Table(kind, kind.raw_metadata)
            rows.add(b"".join(struct.pack(row, *place) for place in self.places[first : first + in_block]))
            starts.append(rows_at + len(table))
            table += rows.finish()
        fragment_table = rows_at + len(table)
        wide = "Q" if self.is_new else "I"
        index = struct.pack(f"{kind.order}{len(starts)}{wide}", *starts)
        uids = fragment_table + len(index)
        owners = struct.pack(f"{kind.order}{len(self.owners)}I", *self.owners)
        gids = uids + len(owners)
        groups = struct.pack(f"{kind.order}{len(self.groups)}I", *self.groups)
        used = gids + len(groups)
        body = bytes(self.data) + inodes + directories + bytes(table) + index + owners + groups
        starts = [used, uids, gids, inode_table, directory_table]
        return self._superblock(root, starts, fragment_table) + body

    def _superblock(self, root: tuple[int, int], starts: list[int], fragment_table: int) -> bytes:
        kind, order = self.kind, self.kind.order
        sign = kind.sign or (b"hsqs" if order == "<" else b"sqsh")
        log = kind.block_size.bit_length() - 1
        old = [0] * 5 if self.is_new else starts
        head = sign + struct.pack(order + "6I", self.count, *old)
        head += struct.pack(order + "HHHH", kind.version, 0, kind.block_size & 0xFFFF, log)
        head += bytes([4 * kind.checked, len(self.owners), len(self.groups)])
        head += struct.pack(order + "IQ", 1_200_000_000, root[0] << 16 | root[1])
        if kind.version == 1:
            return head
        head += struct.pack(order + "III", kind.block_size, len(self.places), 0 if self.is_new else fragment_table)
        return head + (struct.pack(order + "7Q", *starts, fragment_table, 0) if self.is_new else b"")

    def _enter(self, path: bytes) -> tuple[int, int]:
        """Write an entry and all below it; give where its inode is."""
        status = os.lstat(path)
        if status.st_ino in self.known:
            return self.known[status.st_ino]
        number = _NUMBERS[stat.S_IFMT(status.st_mode)]
        if number == 1:
            number, body = self._directory(path)
        elif number == 2:
            number, body = self._file(Path(os.fsdecode(path)).read_bytes())
        elif number == 3:
            target = os.fsencode(Path(os.fsdecode(path)).readlink())
            body = self._links() + self._struct("H", len(target)) + target
        elif number in (4, 5):
            device = os.major(status.st_rdev) << 8 | os.minor(status.st_rdev)
            body = self._links() + self._struct("H", device)
        else:
            body = self._links()
        self.count += 1
        if self.kind.version == 1:
            head, body = self._first_head(number, status, body)
        else:
            head = self._bits((4, number), (12, stat.S_IMODE(status.st_mode)), *self._owner(status))
        if self.is_new:
            head += self._struct("II", 1_200_000_000, self.count)
        place = self.inodes.add(head + body)
        self.known[status.st_ino] = place
        return place

    def _first_head(self, number: int, status: os.stat_result, body: bytes) -> tuple[bytes, bytes]:
        """Give the head and body of an inode of version 1, whose kind tells apart owners beyond the sixteenth."""
        bank, owner = divmod(_number(self.owners, status.st_uid), 16)
        group = 15 if status.st_gid == status.st_uid else _number(self.groups, status.st_gid)
        if number > 5:
            number, body = 0, self._bits((4, number), (4, bank))
        else:
            number += 5 * bank
        return self._bits((4, number), (12, stat.S_IMODE(status.st_mode)), (4, owner), (4, group)), body

    def _directory(self, path: bytes) -> tuple[int, bytes]:
        entries = []
        for name in sorted(entry.name for entry in os.scandir(path)):
            place = self._enter(path + b"/" + name)
            number = _NUMBERS[stat.S_IFMT(os.lstat(path + b"/" + name).st_mode)]
            old, new = self.kind.rename
            entries.append((new if name == old and old else name, number, place))
        listing = bytearray()
        while entries:
            block = entries[0][2][0]
            run = entries[:256]
            run = run[: next((at for at, entry in enumerate(run) if entry[2][0] != block), len(run))]
            entries = entries[len(run) :]
            listing += self._bits((8, len(run) - 1), (32 if self.is_new else 24, block))
            listing += self._struct("I", 1) if self.is_new else b""
            for name, number, place in run:
                listing += self._bits((13, place[1]), (3, number), (8, len(name) - 1))
                listing += (self._struct("H", 0) if self.is_new else b"") + name
        block, offset = self.directories.add(bytes(listing))
        is_long = self.kind.long_forms or len(listing) + 3 >= 1 << 19
        size = (27 if is_long else 19, len(listing) + 3 * self.is_new)
        if self.is_new:
            body = self._links() + self._bits(size, (13, offset)) + self._struct("I", block)
            body += (self._struct("H", 0) if is_long else b"") + self._struct("I", 0)
        else:
            body = self._bits(size, (13, offset)) + self._struct("I", 1_200_000_000) + self._bits((24, block))
            body += self._struct("H", 0) if is_long else b""
        return (8 if is_long else 1), body

    def _file(self, content: bytes) -> tuple[int, bytes]:
        size, step = len(content), self.kind.block_size
        has_fragments = self.kind.fragments and self.kind.version > 1
        whole = size // step * step if has_fragments else size
        start, blocks = self.size + len(self.data), []
        for at in range(0, whole, step):
            block = content[at : at + step]
            blocks.append(self._data(block) if any(block) or not self.is_new else 0)
        fragment, offset = NONE, 0
        if tail := content[whole:]:
            if len(self.tails) + len(tail) > step:
                self._close_fragment()
            fragment, offset = len(self.places), len(self.tails)
            self.tails += tail
        size = self.kind.shown_size or size
        if self.kind.version == 1:
            short = [block & 0x7FFF | (0x8000 if block & _AS_IT_IS else 0) for block in blocks]
            return 2, self._struct(f"III{len(short)}H", 1_200_000_000, start, size, *short)
        tail_of_all = struct.pack(f"{self.kind.order}{len(blocks)}I", *blocks)
        if not self.is_new:
            return 2, self._struct("IIIII", 1_200_000_000, start, fragment, offset, size) + tail_of_all
        if self.kind.long_forms:
            return 9, self._links() + self._struct("QIIQ", start, fragment, offset, size) + tail_of_all
        return 2, self._struct("QIII", start, fragment, offset, size) + tail_of_all

    def _data(self, content: bytes) -> int:
        packed = self.kind.pack(content)
        as_it_is = len(packed) >= len(content)
        self.data += content if as_it_is else packed
        return len(content) | _AS_IT_IS if as_it_is else len(packed)

    def _close_fragment(self) -> None:
        if self.tails:
            start = self.size + len(self.data)
            self.places.append((start, self._data(bytes(self.tails))))
            self.tails.clear()

    def _owner(self, status: os.stat_result) -> tuple[tuple[int, int], tuple[int, int]]:
        owner = _number(self.owners, status.st_uid)
        group = 255 if status.st_gid == status.st_uid else _number(self.groups, status.st_gid)
        return (8, owner), (8, group)

    def _links(self) -> bytes:
        return self._struct("I", 1) if self.is_new else b""

    def _struct(self, layout: str, *values: int) -> bytes:
        return struct.pack(self.kind.order + layout, *values)

    def _bits(self, *fields: tuple[int, int]) -> bytes:
        """Pack fields of bits: the first is lowest in little-endian images and highest in big-endian ones."""
        little = self.kind.order == "<"
        value = 0
        for width, field in reversed(fields) if little else fields:
            assert field < 1 << width
            value = value << width | field
        return value.to_bytes(sum(width for width, _ in fields) // 8, "little" if little else "big")


def _number(known: list[int], owner: int) -> int:
    if owner not in known:
        known.append(owner)
    return known.index(owner)
