"""Opens vendor boot images of Android, which carry a maker's first file systems and device tree; versions 3 and 4.

Source: the description of the vendor boot image header in the documentation of the Android Open Source Project; images
that its mkbootimg made. All numbers are little-endian. Each part begins on a page.

offset  size  header
0       8     magic VNDRBOOT
8       4     version of the header
12      4     length of a page
16      8     addresses of kernel and first file system
24      4     first file systems: length
28      2048  command line
2076    4     address of tags
2080    16    name
2096    4     length of the header
2100    12    device tree: length, address (8)
2112    12    version 4: table of first file systems: length, entries, length of an entry
2124    4     version 4: settings of the boot loader: length

offset  size  entry of the table
0       8     length, offset from the beginning of the first of them
8       4     kind: 1 platform, 2 recovery, 3 device tree overlays
12      32    name
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, padded, parts_of, text_field
from plimsoll.unpack.limits import Budget

MAGIC = b"VNDRBOOT"
LARGEST = 1 << 30
"""Longest part that is believed."""
MOST_ENTRIES = 256

_HEADER = struct.Struct("<8s5I2048sI16s2IQ")
_TABLE = struct.Struct("<4I")
_ENTRY = struct.Struct("<3I32s")
# The tool of the first release wrote a length that is 4 too small.
_HEADER_BYTES = {3: (2112, 2108), 4: (2128,)}
_PAGES = tuple(1 << power for power in range(11, 18))
_LINE_START = 28
_KINDS = {1: "platform", 2: "recovery", 3: "overlays"}


def open_android_vendor_boot(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its fields make no sense."""
    if view.size < _HEADER.size + _TABLE.size:
        raise NotThisFormat
    magic, version, page, _, _, ramdisks, line, _, name, header_bytes, tree, _ = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if (
        magic != MAGIC
        or header_bytes not in _HEADER_BYTES.get(version, ())
        or page not in _PAGES
        or not ramdisks + tree
    ):
        raise NotThisFormat
    text_field(line)
    table, entries, entry_bytes, settings = (0, 0, 0, 0)
    if version == 4:
        table, entries, entry_bytes, settings = _TABLE.unpack(view.slice(_HEADER.size, _TABLE.size))
        if table != entries * entry_bytes or (entries and entry_bytes < _ENTRY.size):
            raise NotThisFormat
    if max(ramdisks, tree, table, settings) > LARGEST:
        raise NotThisFormat
    start = padded(header_bytes, page)
    tree_start = start + padded(ramdisks, page)
    table_start = tree_start + padded(tree, page)
    settings_start = table_start + padded(table, page)
    end = settings_start + padded(settings, page)
    if start >= view.size:
        raise NotThisFormat
    length = min(end, view.size)
    problems: list[Message] = []
    claims = [
        Claim("command line", _LINE_START, len(line.partition(b"\0")[0]), "known"),
        *_ramdisks(view, start, ramdisks, table_start, entries, entry_bytes, problems),
        Claim("device tree", tree_start, tree, "known"),
        Claim("boot settings", settings_start, settings, "known"),
    ]
    shown = text_field(name)
    label = ", ".join([f"version {version}", *([f"name {shown}"] if shown else [])])
    budget.check_time()
    return Container(length, parts_of(claims, length, problems), label, tuple(problems))


FORMAT = Format("android-vendor-boot", "Android vendor boot image", (Magic(MAGIC),), open_android_vendor_boot)


def _ramdisks(
    view: View, start: int, length: int, table: int, entries: int, entry_bytes: int, problems: list[Message]
) -> list[Claim]:
    """Give the first file systems by their table, or as one when there is none that is sound."""
    whole = [Claim("first file system", start, length)]
    if not entries:
        return whole
    if entries > MOST_ENTRIES or table + entries * entry_bytes > view.size:
        problems.append(message("the table of first file systems is missing or too long"))
        return whole
    found = []
    for number in range(entries):
        size, offset, kind, name = _ENTRY.unpack(view.slice(table + number * entry_bytes, _ENTRY.size))
        if offset + size > length:
            problems.append(message("entry {number} of the table lies outside; all is given as one", number=number))
            return whole
        try:
            shown = text_field(name)
        except NotThisFormat:
            shown = ""
        found.append(
            Claim(" ".join(filter(None, ("first file system", _KINDS.get(kind, ""), shown))), start + offset, size)
        )
    return found
