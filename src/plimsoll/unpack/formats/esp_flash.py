"""Opens the flash of Espressif's chips as it is dumped or merged: boot loader, partition table and partitions.

Sources: the chapters on partition tables and on the start of the application in the documentation of ESP-IDF; images
that esptool merged. The layout of the table is in `_esp_table.py`.

offset          what
0, 1000, 2000   boot loader, by the kind of chip
8000            partition table; elsewhere when the boot loader is larger
9000 and on     partitions, at the offsets that the table names

An image may leave out the 4096 bytes before the boot loader; all offsets are then 4096 less. It may end where content
ends, so partitions behind its end are no damage. A flash counts as one only when the table is sound and an application
stands where it says, or a boot loader where it must. A device that encrypts its flash encrypts its table, too, and
its dump is not known by anything; partitions that were encrypted before are told by their looks.

It is looked for at the beginning only: there are too many places for a table to search for all of them.
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._esp_layout import MAGIC, read_image
from plimsoll.unpack.formats._esp_table import APPLICATION, DATA, SIGNS, Entry, Table, read_table
from plimsoll.unpack.limits import Budget

TABLE_OFFSETS = tuple(range(0x7000, 0x11000, 0x1000))

_USUAL = 0x8000
_SECTOR = 0x1000
_BASES = (0, _SECTOR)
"""Addresses in the flash at which an image may begin."""
_LOADERS = (0, 0x1000, 0x2000)
_SETTINGS = frozenset({0x00, 0x01, 0x04, 0x05})
"""Subtypes of data that only the boot loader and the radio use."""
_SAMPLE = 4096
_MOST_OF_ONE = 64


def open_esp_flash(view: View, budget: Budget) -> Container:
    """Open the flash that begins with a view; raise NotThisFormat when its table or all it names is not there."""
    for offset in TABLE_OFFSETS:
        if view.buffer[offset : offset + 3] not in SIGNS:
            continue
        budget.check_time()
        try:
            table = read_table(view.cut(offset))
        except NotThisFormat:
            continue
        base = _find_base(view, table, offset, budget)
        if base is not None:
            return _open(view, table, offset, base)
    raise NotThisFormat


FORMAT = Format(
    "esp-flash",
    "flash of Espressif's chips",
    tuple(Magic(sign, offset) for offset in TABLE_OFFSETS for sign in SIGNS),
    open_esp_flash,
    carve=False,
)


def _find_base(view: View, table: Table, offset: int, budget: Budget) -> int | None:
    """Give the address in the flash at which the view begins; None when nothing stands where the table says.

    An application tells it best. A boot loader may stand at several addresses, and the table mostly at one.
    """
    first = min(one.offset for one in table.entries)
    bases = [base for base in _BASES if first >= base + offset + _SECTOR]
    applications = [one.offset for one in table.entries if one.type == APPLICATION]
    for base in bases:
        if any(_is_image(view, address - base, budget) for address in applications):
            return base
    for base in sorted(bases, key=lambda one: one + offset != _USUAL):
        if any(_is_image(view, address - base, budget) for address in _LOADERS if base <= address < base + offset):
            return base
    return None


def _is_image(view: View, offset: int, budget: Budget) -> bool:
    if offset >= view.size or view.buffer[offset] != MAGIC:
        return False
    try:
        read_image(view.cut(offset), budget)
    except NotThisFormat:
        return False
    return True


def _open(view: View, table: Table, offset: int, base: int) -> Container:
    entries = sorted((one for one in table.entries if one.offset - base < view.size), key=lambda one: one.offset)
    end = min(max((one.offset - base + one.length for one in entries), default=0), view.size)
    end = max(end, offset + table.length)
    parts = list(_before(view, offset, base))
    position = offset + table.length
    for one in entries:
        start = one.offset - base
        if start > position:
            parts.append(Part(position, start - position))
        position = min(start + one.length, end)
        parts.append(_part(view, one, start, position - start))
    label = f"partition table at {base + offset:#x}, {len(table.entries)} partitions"
    places = sum(one.type == APPLICATION and one.kind.startswith("ota_") for one in table.entries)
    if places:
        label += f"; {places} places for updates"
    return Container(end, tuple(parts), label, table.problems)


def _before(view: View, offset: int, base: int) -> tuple[Part, ...]:
    """Give the boot loader, and what there is before it."""
    starts = [loader - base for loader in _LOADERS if loader >= base]
    start = next((one for one in starts if one < offset and view.buffer[one] == MAGIC), 0)
    before = (Part(0, start),) if start else ()
    return (*before, Part(start, offset - start, "boot loader"))


def _part(view: View, entry: Entry, start: int, length: int) -> Part:
    name = f"{entry.name} ({entry.kind})"
    sample = view.read(start, min(_SAMPLE, length))
    is_guarded = entry.is_encrypted or (entry.type == APPLICATION and sample[0] != MAGIC)
    if is_guarded and _looks_random(sample):
        return Part(start, length, name, "encrypted")
    if entry.type == DATA and entry.subtype in _SETTINGS:
        return Part(start, length, name, "known")
    return Part(start, length, name)


def _looks_random(sample: bytes) -> bool:
    return len(sample) == _SAMPLE and max(map(sample.count, range(256))) < _MOST_OF_ONE
