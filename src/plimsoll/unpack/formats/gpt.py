"""Opens disks with a GUID partition table (GPT): images of cards and eMMC for newer boards and for phones.

Source: the UEFI specification, chapter on the GUID partition table. All numbers are little-endian; LBA is a number of a
sector. The header is in sector 1, after an MBR that keeps older programs off, and a copy of it in the last sector.

offset  size  header                           offset  size  entry of a partition
0       8     `EFI PART`                       0       16    GUID of its type, zeros when unused
8       4     revision, 00010000               16      16    its own GUID
12      4     bytes of the header              32      8     first LBA
16      4     CRC-32 of it, with zeros here    40      8     last LBA
24      8     LBA of this header               48      8     attributes
32      8     LBA of the other header          56      72    name, UTF-16
72      8     first LBA of the entries
80      4     number of entries
84      4     bytes of an entry
88      4     CRC-32 of the entries

The size of a sector is not told; it is where the header is found. What lies between partitions is a part too.
"""

from __future__ import annotations

import struct
import uuid
import zlib

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._partitions import Partition, cut_parts
from plimsoll.unpack.limits import Budget

MAGIC = b"EFI PART"
SECTORS = (512, 4096)

_MBR_SIGN, _MBR_SIGN_AT = b"\x55\xaa", 510
_MBR_TYPES = range(446 + 4, _MBR_SIGN_AT, 16)
_PROTECTIVE = 0xEE
_HEADER = struct.Struct("<8sIIIIQQ32xQIII")
_REVISION = 0x10000
_CHECKSUM_AT = 16
_OTHER_AT = 32
_ENTRY = struct.Struct("<16s16sQQQ72s")
_MOST_ENTRIES_BYTES = 4 << 20
_LARGEST_ENTRY = 4096
_TYPES = {
    "c12a7328-f81f-11d2-ba4b-00a0c93ec93b": "EFI system",
    "21686148-6449-6e6f-744e-656564454649": "BIOS boot",
    "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7": "basic data",
    "0fc63daf-8483-4772-8e79-3d69d8477de4": "Linux file system",
    "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f": "Linux swap",
    "e6d6d379-f507-44c2-a23c-238f2a3df928": "Linux LVM",
    "ca7d7ccb-63ed-4c53-861c-1742536059cc": "LUKS",
    "3de21764-95bd-54bd-a5c3-4abe786f38a8": "U-Boot environment",
    "fe3a2a5d-4f32-41a7-b725-accc3285a309": "ChromeOS kernel",
}


class Header(msgspec.Struct, frozen=True):
    """A header whose checksum is right."""

    sector: int
    place: int
    """Where it lies, in bytes."""
    other: int
    """Where it says that the other header lies."""
    entries: int
    """Where its entries begin."""
    count: int
    entry_size: int
    checksum: int
    """Of the entries."""

    @property
    def table(self) -> range:
        """Give where the entries lie."""
        return range(self.entries, self.entries + self.count * self.entry_size)


def open_gpt(view: View, budget: Budget) -> Container:
    """Open the disk at the beginning of a view.

    Raise NotThisFormat when neither header is sound, Malformed when a header and the MBR say that there was one. The
    copy at the end is read when the first header or its entries are damaged.
    """
    first = next((found for size in SECTORS if (found := _read_header(view, size, size)) is not None), None)
    other = _find_other(view, first)
    problems: list[Message] = []
    for header in (first, other):
        if header is not None and _has_sound_entries(view, header, budget):
            chosen = header
            break
    else:
        known = first or other
        if known is None or not _is_announced(view):
            raise _refused(view)
        chosen = known
        problems.append(message("the checksum of its entries is wrong"))
    if chosen is other:
        problems.append(message("the table at the beginning is damaged; its copy at the end is read"))
    elif other is None:
        problems.append(message("the copy of the table at the end is missing or damaged"))
    partitions = _read_entries(view, chosen, budget)
    tables = [one for one in (first, other) if one is not None]
    own = [range(2 * chosen.sector)]
    own += [place for one in tables for place in (range(one.place, one.place + one.sector), one.table)]
    end = min(max([place.stop for place in own] + [one.end for one in partitions]), view.size)
    own = [range(one.start, min(one.stop, end)) for one in own if one.start < end]
    parts, more = cut_parts(view, partitions, own, end)
    return Container(end, parts, f"sectors of {chosen.sector} bytes", (*problems, *more))


FORMAT = Format("gpt", "GUID partition table", tuple(Magic(MAGIC, size) for size in SECTORS), open_gpt)


def _read_header(view: View, place: int, sector: int) -> Header | None:
    """Read the header at a place; None when it is not sound or not meant for that place."""
    if place < 0 or place + sector > view.size:
        return None
    raw = view.read(place, sector)
    magic, revision, size, checksum, _, own, other, entries, count, entry_size, sum_of_entries = _HEADER.unpack_from(
        raw
    )
    if magic != MAGIC or revision != _REVISION or not _HEADER.size <= size <= sector or own * sector != place:
        return None
    blank = raw[:_CHECKSUM_AT] + bytes(4) + raw[_CHECKSUM_AT + 4 : size]
    is_sound = zlib.crc32(blank) == checksum and count * entry_size <= _MOST_ENTRIES_BYTES
    if not is_sound or not _ENTRY.size <= entry_size <= _LARGEST_ENTRY:
        return None
    return Header(sector, place, other * sector, entries * sector, count, entry_size, sum_of_entries)


def _find_other(view: View, first: Header | None) -> Header | None:
    """Find the header at the end: where the first one says, even when that is damaged, or in the last sector."""
    if first is not None:
        return _read_header(view, first.other, first.sector) if first.other > first.place else None
    if not _is_announced(view):
        return None
    for sector in SECTORS:
        places = [(view.size // sector - 1) * sector]
        if _has_sign(view, sector):
            places.append(int.from_bytes(view.read(sector + _OTHER_AT, 8), "little") * sector)
        for place in places:
            if place > sector and (found := _read_header(view, place, sector)) is not None:
                return found
    return None


def _has_sound_entries(view: View, header: Header, budget: Budget) -> bool:
    table = header.table
    if table.stop > view.size:
        return False
    budget.take_search(len(table))
    return zlib.crc32(view.slice(table.start, len(table))) == header.checksum


def _read_entries(view: View, header: Header, budget: Budget) -> list[Partition]:
    """Give the partitions in the order of the table, as far as it is there."""
    found: list[Partition] = []
    for number, start in enumerate(range(header.table.start, header.table.stop, header.entry_size), 1):
        if start + _ENTRY.size > view.size:
            break
        kind, _, first, last, _, name = _ENTRY.unpack_from(view.buffer, start)
        if not any(kind) or last < first:
            continue
        budget.take_entries(1)
        length = (last + 1 - first) * header.sector
        found.append(Partition(first * header.sector, length, _name(number, kind, name)))
    return found


def _name(number: int, kind: bytes, name: bytes) -> str:
    """Give the name of a partition, or its number, and its type."""
    text = name.decode("utf-16-le", "replace").partition("\0")[0]
    shown = "".join(one if one.isprintable() else "?" for one in text) or f"partition {number}"
    guid = str(uuid.UUID(bytes_le=kind))
    return f"{shown}, type {guid}" + (f" ({_TYPES[guid]})" if guid in _TYPES else "")


def _refused(view: View) -> Exception:
    if _is_announced(view) and any(_has_sign(view, sector) for sector in SECTORS):
        return Malformed(message("neither the table of partitions nor its copy is sound"))
    return NotThisFormat()


def _is_announced(view: View) -> bool:
    """Tell whether there is an MBR that says that there is a GPT."""
    if view.size < SECTORS[0] or view.slice(_MBR_SIGN_AT, 2) != _MBR_SIGN:
        return False
    return any(view.buffer[place] == _PROTECTIVE for place in _MBR_TYPES)


def _has_sign(view: View, sector: int) -> bool:
    return view.size >= 2 * sector and view.slice(sector, len(MAGIC)) == MAGIC
