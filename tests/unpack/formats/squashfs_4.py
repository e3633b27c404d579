"""Writes squashfs images of version 4 as makers of chips do: in either byte order, with signs and LZMA of their own.

Written from the public description of the format; unsquashfs reads the little-endian ones.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tests.unpack.formats.old_squashfs import METADATA, NONE, Kind, Table, Writer

ABSENT = (1 << 64) - 1
_NUMBERS = {stat.S_IFDIR: 1, stat.S_IFREG: 2, stat.S_IFLNK: 3, stat.S_IFBLK: 4, stat.S_IFCHR: 5, stat.S_IFIFO: 6}


def write(folder: Path, kind: Kind, compression: int = 1) -> bytes:
    """Write an image of a folder; `compression` is what the superblock says."""
    return _Writer4(kind, compression).image(os.fsencode(folder))


class _Writer4(Writer):
    def __init__(self, kind: Kind, compression: int) -> None:
        super().__init__(kind)
        self.size = 96
        self.compression = compression
        self.is_new = True

    def image(self, folder: bytes) -> bytes:
        root = self._enter(folder)
        self._close_fragment()
        body = bytearray(self.data)
        starts = []
        for table in (self.inodes, self.directories):
            starts.append(self.size + len(body))
            body += table.finish()
        rows = [self._struct("QI4x", *place) for place in self.places]
        starts.append(self._table(body, rows, 16))
        ids = self._table(body, [self._struct("I", owner) for owner in self.owners], 4)
        log = self.kind.block_size.bit_length() - 1
        sign = self.kind.sign or (b"hsqs" if self.kind.order == "<" else b"sqsh")
        head = sign + self._struct("IIII", self.count, 1_200_000_000, self.kind.block_size, len(self.places))
        head += self._struct("HHHHHH", self.compression, log, 0x10 * (not self.places), len(self.owners), 4, 0)
        used = self.size + len(body)
        head += self._struct("QQQQ", root[0] << 16 | root[1], used, ids, ABSENT)
        return head + self._struct("QQQQ", *starts[:2], starts[2] if self.places else ABSENT, ABSENT) + bytes(body)

    def _table(self, body: bytearray, rows: list[bytes], size: int) -> int:
        """Add a table and the list of its blocks; give where the list begins."""
        blocks = []
        in_block = METADATA // size
        for first in range(0, len(rows), in_block):
            table = Table(self.kind, self.kind.raw_metadata)
            table.add(b"".join(rows[first : first + in_block]))
            blocks.append(self.size + len(body))
            body += table.finish()
        start = self.size + len(body)
        body += self._struct(f"{len(blocks)}Q", *blocks)
        return start

    def _enter(self, path: bytes) -> tuple[int, int]:
        status = os.lstat(path)
        if status.st_ino in self.known:
            return self.known[status.st_ino]
        number = _NUMBERS.get(stat.S_IFMT(status.st_mode), 7)
        if number == 1:
            number, body = self._directory(path)
        elif number == 2:
            number, body = self._file(Path(os.fsdecode(path)).read_bytes())
        elif number == 3:
            target = os.fsencode(Path(os.fsdecode(path)).readlink())
            body = self._struct("II", 1, len(target)) + target
        elif number in (4, 5):
            minor = os.minor(status.st_rdev)
            body = self._struct("II", 1, os.major(status.st_rdev) << 8 | minor & 0xFF | minor >> 8 << 20)
        else:
            body = self._struct("I", 1)
        self.count += 1
        owners = self._id(status.st_uid), self._id(status.st_gid)
        head = self._struct("HHHHII", number, stat.S_IMODE(status.st_mode), *owners, 1_200_000_000, self.count)
        self.known[status.st_ino] = self.inodes.add(head + body)
        return self.known[status.st_ino]

    def _directory(self, path: bytes) -> tuple[int, bytes]:
        names = sorted(entry.name for entry in os.scandir(path))
        entries = [(name, *self._enter(path + b"/" + name)) for name in names]
        listing = bytearray()
        while entries:
            block = entries[0][1]
            run = [entry for entry in entries[:256] if entry[1] == block]
            run = entries[: next((at for at, entry in enumerate(entries[:256]) if entry[1] != block), len(run))]
            entries = entries[len(run) :]
            listing += self._struct("III", len(run) - 1, block, 1)
            for name, _, offset in run:
                number = _NUMBERS.get(stat.S_IFMT(os.lstat(path + b"/" + name).st_mode), 7)
                listing += self._struct("HhHH", offset, 0, number, len(name) - 1) + name
        block, offset = self.directories.add(bytes(listing))
        if self.kind.long_forms or len(listing) + 3 > 0xFFFF:
            return 8, self._struct("IIIIHHI", 2, len(listing) + 3, block, 1, 0, offset, NONE)
        return 1, self._struct("IIHHI", block, 2, len(listing) + 3, offset, 1)

    def _file(self, content: bytes) -> tuple[int, bytes]:
        size, step = len(content), self.kind.block_size
        whole = size // step * step if self.kind.fragments else size
        start, blocks = self.size + len(self.data), []
        for at in range(0, whole, step):
            block = content[at : at + step]
            blocks.append(self._data(block) if any(block) else 0)
        fragment, offset = NONE, 0
        if tail := content[whole:]:
            if len(self.tails) + len(tail) > step:
                self._close_fragment()
            fragment, offset = len(self.places), len(self.tails)
            self.tails += tail
        sizes = self._struct(f"{len(blocks)}I", *blocks)
        if self.kind.long_forms:
            return 9, self._struct("QQQIIII", start, size, 0, 1, fragment, offset, NONE) + sizes
        return 2, self._struct("IIII", start, fragment, offset, size) + sizes

    def _id(self, owner: int) -> int:
        if owner not in self.owners:
            self.owners.append(owner)
        return self.owners.index(owner)
