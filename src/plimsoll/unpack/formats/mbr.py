"""Opens disks with a master boot record (MBR): images of memory cards and disks, and of eMMC.

Source: the UEFI specification, chapter on the legacy master boot record, and public descriptions of extended
partitions. All numbers are little-endian; LBA is a number of a sector.

offset  size  MBR                              offset  size  entry of a partition
0       446   program                          0       1     80 when it is booted from, otherwise 0
446     64    four entries                     4       1     type, 0 when unused
510     2     55 aa                            8       4     first LBA
                                               12      4     sectors

An extended partition holds a chain of tables of this form: in each, the first entry is a partition after that table,
and the second the next table, counted from the beginning of the extended partition.

The sign is two bytes that end any boot sector, so it is believed at the beginning of an image only, and only when all
entries make sense. One that announces a GPT is opened as that when only the copy of it at the end is left. The size of
a sector is not told: it is 512, unless only 4096 leads to content.
"""

from __future__ import annotations

import struct
from contextlib import suppress

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._partitions import Partition, cut_parts
from plimsoll.unpack.formats.gpt import open_gpt
from plimsoll.unpack.limits import Budget

SIGN, SIGN_AT = b"\x55\xaa", 510

_SECTOR, _LARGE_SECTOR = 512, 4096
_ENTRIES_AT = 446
_ENTRY = struct.Struct("<B3xB3xII")
_ACTIVE = 0x80
_EXTENDED = (0x05, 0x0F, 0x85)
_PROTECTIVE = 0xEE
_FIRST_LOGICAL = 5
_MOST_TABLES = 1024
_OTHERS = ((3, b"NTFS    "), (3, b"EXFAT   "), (54, b"FAT12   "), (54, b"FAT16   "), (82, b"FAT32   "), (514, b"HdrS"))
"""What other boot sectors and kernels of x86 have where."""


class Entry(msgspec.Struct, frozen=True):
    """An entry in use, in sectors."""

    number: int
    """1 to 4."""
    type: int
    first: int
    count: int


def open_mbr(view: View, budget: Budget) -> Container:
    """Open the disk at the beginning of a view; raise NotThisFormat unless all its entries make sense."""
    entries = _read_table(view, 0)
    if not entries or any(view.size >= at + len(sign) and view.slice(at, len(sign)) == sign for at, sign in _OTHERS):
        raise NotThisFormat
    if any(entry.type == _PROTECTIVE for entry in entries):
        with suppress(NotThisFormat):
            return open_gpt(view, budget)
    sector = _sector(view, entries)
    if any(entry.first * sector >= view.size for entry in entries):
        raise NotThisFormat
    is_cut = any((entry.first + entry.count) * sector > view.size for entry in entries)
    if is_cut and entries[0].number != 1:
        raise NotThisFormat
    disk = _Disk(view, sector, budget)
    disk.read(entries)
    end = min(max(one.end for one in (*disk.partitions, *disk.extended)), view.size)
    parts, problems = cut_parts(view, disk.partitions, disk.tables, end)
    return Container(end, parts, f"sectors of {sector} bytes", (*disk.problems, *problems))


FORMAT = Format("mbr", "partition table of a master boot record", (Magic(SIGN, SIGN_AT),), open_mbr, carve=False)


class _Disk:
    """Reads a table and those of its extended partitions once; what it found is in its fields."""

    def __init__(self, view: View, sector: int, budget: Budget) -> None:
        self.partitions: list[Partition] = []
        self.extended: list[Partition] = []
        self.tables = [range(sector)]
        self.problems: list[Message] = []
        self._next_logical = _FIRST_LOGICAL
        self._view = view
        self._sector = sector
        self._budget = budget

    def read(self, entries: list[Entry]) -> None:
        """Give each partition, those of extended ones numbered from 5 on."""
        for entry in entries:
            if entry.type in _EXTENDED:
                self.extended.append(self._partition(entry, 0, entry.number))
                continue
            if entry.type == _PROTECTIVE:
                self.problems.append(message("it announces a GUID partition table, and there is none"))
            self._add(entry, 0, entry.number)
        for entry in entries:
            if entry.type in _EXTENDED:
                self._follow(entry)

    def _follow(self, extended: Entry) -> None:
        """Follow the chain of tables of an extended partition."""
        met: set[int] = set()
        at = extended.first
        while at not in met and len(self.tables) < _MOST_TABLES:
            met.add(at)
            entries = _read_table(self._view, at * self._sector)
            if entries is None:
                self.problems.append(
                    message("no table at {offset} in an extended partition", offset=hex(at * self._sector))
                )
                return
            self.tables.append(range(at * self._sector, (at + 1) * self._sector))
            following = None
            for entry in entries:
                if entry.type in _EXTENDED:
                    following = following or extended.first + entry.first
                elif entry.first + at + entry.count > extended.first + extended.count:
                    self.problems.append(message("a partition reaches out of its extended one; left out"))
                else:
                    self._add(entry, at, self._next_logical)
                    self._next_logical += 1
            if following is None:
                return
            at = following
        self.problems.append(message("the tables of an extended partition run in a circle or are too many"))

    def _add(self, entry: Entry, base: int, number: int) -> None:
        self._budget.take_entries(1)
        self.partitions.append(self._partition(entry, base, number))

    def _partition(self, entry: Entry, base: int, number: int) -> Partition:
        name = f"partition {number}, type {entry.type:02x}"
        return Partition((base + entry.first) * self._sector, entry.count * self._sector, name)


def _read_table(view: View, offset: int) -> list[Entry] | None:
    """Read the entries in use of a table; None unless it is one."""
    if offset + _SECTOR > view.size or view.slice(offset + SIGN_AT, 2) != SIGN:
        return None
    raw = view.read(offset + _ENTRIES_AT, 4 * _ENTRY.size)
    found: list[Entry] = []
    for number, (status, kind, first, count) in enumerate(_ENTRY.iter_unpack(raw), 1):
        if status not in (0, _ACTIVE) or bool(kind) != bool(first) or bool(kind) != bool(count):
            return None
        if kind:
            found.append(Entry(number, kind, first, count))
    return found


def _sector(view: View, entries: list[Entry]) -> int:
    """Tell the size of a sector: the large one only when all partitions fit and only it leads to content."""
    fits = all((entry.first + entry.count) * _LARGE_SECTOR <= view.size for entry in entries)
    if fits and not _leads(view, entries, _SECTOR) and _leads(view, entries, _LARGE_SECTOR):
        return _LARGE_SECTOR
    return _SECTOR


def _leads(view: View, entries: list[Entry], sector: int) -> bool:
    """Tell whether a partition begins with something."""
    starts = [entry.first * sector for entry in entries if (entry.first + 8) * sector <= view.size]
    return any(any(view.slice(start, _LARGE_SECTOR)) for start in starts)
