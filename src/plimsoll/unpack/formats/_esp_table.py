"""Reads the partition table of Espressif's chips.

Source: the chapter on partition tables in the documentation of ESP-IDF. All numbers are little-endian.

offset  size  entry                              offset  size  last entry
0       2     magic AA 50                        0       2     magic EB EB
2       1     type: 0 application, 1 data        2       14    FF
3       1     subtype                            16      16    MD5 of the entries before
4       4     offset in the flash
8       4     length
12      16    name, zeros behind it
28      4     flags: bit 0 encrypted, bit 1 only read

The table takes 3072 bytes at most and is filled up with FF.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import NotThisFormat, View

MAGIC = b"\xaa\x50"
SIGNS = (MAGIC + b"\0", MAGIC + b"\x01")
"""What a table begins with: an application or data."""

TABLE_BYTES = 0xC00
APPLICATION, DATA = 0, 1

_ENTRY = struct.Struct("<2sBBII16sI")
_SUM_MAGIC = b"\xeb\xeb" + b"\xff" * 14
_END = b"\xff" * 32
_TYPES = frozenset({APPLICATION, DATA, 2, 3, *range(0x40, 0xFF)})
_ALIGNED = 4096
_FLASH_BYTES = 256 << 20
_ENCRYPTED = 1
_APPLICATIONS = {0x00: "factory", 0x20: "test"} | {0x10 + number: f"ota_{number}" for number in range(16)}
_DATA = {
    0x00: "ota",
    0x01: "phy",
    0x02: "nvs",
    0x03: "coredump",
    0x04: "nvs_keys",
    0x05: "efuse",
    0x06: "undefined",
    0x80: "esphttpd",
    0x81: "fat",
    0x82: "spiffs",
    0x83: "littlefs",
}


class Entry(msgspec.Struct, frozen=True):
    """One partition."""

    type: int
    subtype: int
    offset: int
    """From the beginning of the flash."""
    length: int
    name: str
    is_encrypted: bool
    """Whether it is encrypted as soon as the device encrypts its flash."""

    @property
    def kind(self) -> str:
        """Say what is in it, by type and subtype."""
        if self.type == APPLICATION:
            return _APPLICATIONS.get(self.subtype, "application")
        if self.type == DATA:
            return _DATA.get(self.subtype, "data")
        return f"type {self.type:#x}"


class Table(msgspec.Struct, frozen=True):
    """A table in which every entry is sound."""

    length: int
    """Bytes of the entries and of FF behind them."""
    entries: tuple[Entry, ...]
    problems: tuple[Message, ...]


def read_table(view: View) -> Table:
    """Read the table at the beginning of a view; raise NotThisFormat when any entry makes no sense."""
    data = view.read(0, min(TABLE_BYTES, view.size))
    entries: list[Entry] = []
    problems: list[Message] = []
    position = 0
    while data[position : position + 2] == MAGIC:
        if position + _ENTRY.size > len(data):
            raise NotThisFormat
        entries.append(_read_entry(data, position))
        position += _ENTRY.size
    has_sum = data[position : position + 16] == _SUM_MAGIC and position + 32 <= len(data)
    if has_sum:
        found = hashlib.md5(data[:position], usedforsecurity=False).digest()
        if found != data[position + 16 : position + 32]:
            problems.append(message("the MD5 of the partition table is wrong"))
        position += 32
    is_ended = data[position : position + 32] == _END[: len(data) - position]
    if not entries or not is_ended or not _are_apart(entries) or (len(entries) < 2 and not has_sum):
        raise NotThisFormat
    rest = data[position:]
    return Table(position + len(rest) - len(rest.lstrip(b"\xff")), tuple(entries), tuple(problems))


def _read_entry(data: bytes, position: int) -> Entry:
    _, kind, subtype, offset, length, field, flags = _ENTRY.unpack_from(data, position)
    name, _, rest = field.partition(b"\0")
    is_sound = not offset % _ALIGNED and offset > 0 and length > 0 and offset + length <= _FLASH_BYTES
    if kind not in _TYPES or not is_sound or flags > 3 or rest.strip(b"\0"):
        raise NotThisFormat
    if not name.isascii() or not name.decode("ascii").isprintable():
        raise NotThisFormat
    return Entry(kind, subtype, offset, length, name.decode("ascii"), bool(flags & _ENCRYPTED))


def _are_apart(entries: list[Entry]) -> bool:
    end = 0
    for one in sorted(entries, key=lambda entry: entry.offset):
        if one.offset < end:
            return False
        end = one.offset + one.length
    return True
