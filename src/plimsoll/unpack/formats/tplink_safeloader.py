r"""Opens firmware for TP-Link's boot loader "SafeLoader": a table in text names partitions for an update.

Sources: the format description by Matthias Schiffer that is public with his tool for such images; a dump of an image
of a powerline device in a bug report of OpenWrt. Numbers in the headers are big-endian.

offset  size  header                         second kind, with a signature
0       4     length of the image            MD5 of the image (16 bytes)
4       16    MD5 of it, with a salt         length of the image at 16, `?NEW` at 20
20      4096  name of the vendor
4116    2048  table                          table at 4176

Each line of the table is `fwup-ptn NAME base 0xOFFSET size 0xLENGTH`, a tab and the end of the line; a zero ends it.
Offsets count from the table. The partition `partition-table` is the like table of the flash. The MD5 is not verified.
"""

from __future__ import annotations

import re

from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short
from plimsoll.unpack.limits import Budget

MAGIC = b"fwup-ptn "
TABLE_BYTES = 2048
MOST_PARTITIONS = 64

_TABLES = ((0x1014, 0), (0x1050, 16))
"""Where the table is, and where the length of the image."""
_TABLE = re.compile(
    rb"(?:fwup-ptn [\w.-]{1,32} base 0x[0-9a-fA-F]{1,8} size 0x[0-9a-fA-F]{1,8}[ \t]*[\r\n]+){1,%d}\x00"
    % MOST_PARTITIONS
)
_LINE = re.compile(rb"fwup-ptn ([\w.-]+) base 0x([0-9a-fA-F]+) size 0x([0-9a-fA-F]+)")
_TEXTS = (
    "partition-table", "support-list", "soft-version", "product-info", "extra-para", "default-config", "device-info",
    "default-mac", "pin", "user-config", "log",
)  # fmt: skip


def open_safeloader(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its table is not sound.

    Partitions that are cut short are given as far as they are there.
    """
    for table, length_at in _TABLES:
        if table + len(MAGIC) <= view.size and view.slice(table, len(MAGIC)) == MAGIC:
            partitions = _read_table(view, table)
            claimed = int.from_bytes(view.slice(length_at, 4), "big")
            end = max(offset + size for _, offset, size in partitions)
            if not end <= claimed + table <= LARGEST:
                raise NotThisFormat
            budget.check_time()
            length = max(end, min(claimed, view.size))
            parts = tuple(_part(*one, view.size) for one in partitions if one[1] < view.size)
            label = f"{len(partitions)} partitions"
            return Container(min(length, view.size), parts, label, cut_short(view, end))
    raise NotThisFormat


FORMAT = Format(
    "tplink-safeloader", "TP-Link SafeLoader firmware", tuple(Magic(MAGIC, table) for table, _ in _TABLES),
    open_safeloader,
)  # fmt: skip

_Partition = tuple[str, int, int]
"""Name, offset from the beginning of the image, and length."""


def _read_table(view: View, table: int) -> list[_Partition]:
    """Give the partitions that are not empty, by offset; raise NotThisFormat when any two of them collide."""
    text = _TABLE.match(view.read(table, min(TABLE_BYTES, view.size - table)))
    if text is None:
        raise NotThisFormat
    lines = [(name.decode(), int(base, 16), int(size, 16)) for name, base, size in _LINE.findall(text[0])]
    found = sorted(((name, table + base, size) for name, base, size in lines if size), key=lambda one: one[1])
    names = {name for name, _, _ in found}
    if "partition-table" not in names or len(names) != len(found):
        raise NotThisFormat
    end = table + len(text[0])
    for _, offset, size in found:
        if offset < end:
            raise NotThisFormat
        end = offset + size
    return found


def _part(name: str, offset: int, size: int, end: int) -> Part:
    content: Content = "known" if name in _TEXTS else "image"
    return Part(offset, min(size, end - offset), name, content)
