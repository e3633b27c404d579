"""Opens BDL and IPKG files, the firmware of HP's printers.

Source: the handlers for both formats in unblob (MIT). All numbers are little-endian.

offset  size  header of a BDL                    header of an IPKG
0       4     ibdl                               ipkg
4       4     version 1.1, two numbers           version 1.3
8       4     offset of the table                likewise
16      4     entries of the table               likewise
32      768   release, brand, device             version, product, name, 256 bytes each; signature 256
809     512   version, revision

offset  size  entry of a BDL                     entry of an IPKG
0       8     offset                             name in 256 bytes, offset at 256
8       8     length                             length at 264, CRC-32 at 272

A BDL holds IPKGs. The checksum of an entry is verified.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.formats._headers import Claim, parts_of, shown_text
from plimsoll.unpack.limits import Budget

BUNDLE, PACKAGE = b"ibdl\1\0\1\0", b"ipkg\1\0\3\0"
MOST_ENTRIES = 4096

_HEADER = struct.Struct("<8sI4xI12x256s256s256s")
_ENTRIES = {BUNDLE: struct.Struct("<QQ"), PACKAGE: struct.Struct("<256sQQI")}
_Entry = tuple[Claim, int | None]
"""A stretch, and its checksum where the table has it."""


def open_hp_bdl(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its table is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, table, count, *texts = _HEADER.unpack(view.slice(0, _HEADER.size))
    layout = _ENTRIES.get(magic)
    if layout is None or not 0 < count <= MOST_ENTRIES or table < _HEADER.size:
        raise NotThisFormat
    first = table + count * layout.size
    if first > view.size:
        raise NotThisFormat
    shown = [shown_text(text) for text in texts]
    budget.take_entries(count)
    entries = list(_read_entries(view, layout, table, count))
    if any(claim.offset < _HEADER.size or claim.offset + claim.length > LARGEST for claim, _ in entries):
        raise NotThisFormat
    end = max([first, *(claim.offset + claim.length for claim, _ in entries)])
    problems: list[Message] = list(cut_short(view, end))
    there = min(end, view.size)
    parts = parts_of((claim for claim, _ in entries), there, problems)
    for claim, checksum in entries:
        if checksum is not None and claim.offset + claim.length <= there:
            budget.take_search(claim.length)
            if zlib.crc32(view.slice(claim.offset, claim.length)) != checksum:
                problems.append(message("{name}: the checksum is wrong", name=claim.name))
    return Container(there, parts, ", ".join(filter(None, shown)), tuple(problems))


FORMAT = Format("hp-bdl", "HP printer firmware", (Magic(BUNDLE), Magic(PACKAGE)), open_hp_bdl)


def _read_entries(view: View, layout: struct.Struct, table: int, count: int) -> Iterator[_Entry]:
    for number, entry in enumerate(layout.iter_unpack(view.slice(table, count * layout.size)), 1):
        if len(entry) == 2:
            yield Claim(f"package {number}", *entry), None
        else:
            name, offset, length, checksum = entry
            text = read_text(name)
            if not text:
                raise NotThisFormat
            yield Claim(text, offset, length), checksum
