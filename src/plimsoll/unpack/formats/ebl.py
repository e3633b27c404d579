"""Opens EBL files, upgrades for the older boot loader of Ember's and Silicon Labs' Zigbee chips.

Sources: Silicon Labs' public list of tags, where its later boot loader still reads them; a real file. All numbers are
big-endian.

offset  size  tag                                0x0000  header: version, E350, address, table of the application
0       2     id                                 0xFE01  program: address, content; 0xFD03 the same, erased before
2       2     length                             0x02FE  settings of the maker: address, content
4             value                              0xFB05, 0xFA06, 0xF907, 0xF709  encrypted: header, begin, tags, MAC
                                                 0xFC04  end: CRC-32 of everything before, little-endian
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.formats._silabs_program import Pieces, archive, encrypted, read_tags
from plimsoll.unpack.limits import Budget

MAGICS = (b"\0\0\0\x8c\x02", b"\xfb\x05\0\x04")
"""Header of a plain file up to its version; header of an encrypted one."""

_SIGNATURE = b"\xe3\x50"
_END = 0xFC04
_PROGRAMS = {0xFE01: "program", 0xFD03: "program", 0x02FE: "settings"}
_ENCRYPTED_HEADER, _ENCRYPTED_DATA = 0xFB05, 0xF907
_KNOWN = frozenset({0, _END, *_PROGRAMS, _ENCRYPTED_HEADER, 0xFA06, _ENCRYPTED_DATA, 0xF709, 0xF608})


def open_ebl(view: View, budget: Budget) -> Archive | Container:
    """Open the file at the beginning of a view; raise NotThisFormat when a tag makes no sense."""
    is_encrypted = view.read(0, 4) == MAGICS[1]
    signature = view.read(6, 2) if view.size >= 8 else b""
    if not is_encrypted and (view.read(0, 5) != MAGICS[0] or signature != _SIGNATURE):
        raise NotThisFormat
    found = read_tags(view, 2, "big", _KNOWN, _END, budget)
    if not any(one.id in _PROGRAMS or one.id == _ENCRYPTED_DATA for one in found.tags):
        raise NotThisFormat
    if is_encrypted:
        if found.problems or not any(one.id == _ENCRYPTED_DATA for one in found.tags):
            raise NotThisFormat
        return encrypted(found, _ENCRYPTED_DATA, "encrypted")
    entries, pieces = Entries(budget), Pieces(budget)
    for tag in found.tags:
        if tag.id in _PROGRAMS and tag.length > 4:
            value = view.slice(tag.offset, tag.length)
            pieces.add(_PROGRAMS[tag.id], int.from_bytes(value[:4], "big"), tag.offset + 4, value[4:])
    version = int.from_bytes(view.slice(4, 2), "big")
    return archive(view, found, pieces, entries, f"version {version >> 8}.{version & 0xFF}")


FORMAT = Format("ebl", "upgrade for Ember's boot loader", tuple(map(Magic, MAGICS)), open_ebl)
