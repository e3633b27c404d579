"""Opens boot images of NXP i.MX processors, which begin with an image vector table (IVT) of the secure boot (HAB).

Source: the chapters on program images of NXP's reference manuals (i.MX 6 and later); images that the real mkimage
made. The head is big-endian, addresses are little-endian and count in memory, where the table has its own address.

offset  size  table                                  offset  size  boot data
0       4     d1 00 20 and version 40 to 45          0       4     address of the image; the table need not come first
4       4     address of the program                 4       4     length of the image
12      4     address of device configuration, or 0  8       4     whether it is a plugin
16      4     address of boot data, or 0
20      4     address of this table
24      4     address of commands, or 0

Device configuration (DCD) begins with d2 and a length, the commands (CSF) that verify the image with d4 and a length.
A table behind an image that it signs has no boot data: it is opened as itself and its commands.
"""

from __future__ import annotations

import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGICS = tuple(bytes((0xD1, 0x00, 0x20, version)) for version in (0x40, 0x41, 0x42, 0x43, 0x45))
LARGEST = 64 << 20
"""Longest image that is believed."""

_TABLE = struct.Struct("<4sIIIIIII")
_BOOT_DATA = struct.Struct("<III")
_HEAD = struct.Struct(">BHB")
_CONFIGURATION, _COMMANDS = 0xD2, 0xD4
_NEAREST, _FARTHEST = 32, 4096
"""Bytes from a table to its boot data and its device configuration."""
_BEFORE = 64 << 10
"""Most bytes of an image before its table."""


class _Table(msgspec.Struct, frozen=True):
    """What the table names, as places from its first byte; 0 when it is not there."""

    configuration: int
    boot_data: int
    commands: int
    address: int


def open_imx_ivt(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when its addresses contradict each other."""
    table = _read_table(view)
    budget.check_time()
    problems: list[Message] = []
    claims: list[Claim] = []
    end = after = _TABLE.size
    if table.boot_data:
        end, after = _read_boot_data(view, table)
    if table.configuration:
        size = _length(view, table.configuration, _CONFIGURATION)
        if not size:
            raise NotThisFormat
        claims.append(Claim("device configuration", table.configuration, size, "known"))
        after = max(after, table.configuration + size)
    commands = _length(view, table.commands, _COMMANDS) if table.commands else 0
    if commands:
        claims.append(Claim("commands", table.commands, commands, "known"))
        end = max(end, table.commands + commands)
    elif not table.boot_data:
        raise NotThisFormat
    length = min(end, view.size)
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    if table.boot_data:
        stop = table.commands if after < table.commands < end else length
        claims.append(Claim("program", after, max(min(stop, length) - after, 0), "known"))
    return Container(length, parts_of(claims, length, problems), _label(table, commands), tuple(problems))


FORMAT = Format("imx-ivt", "NXP i.MX boot image", tuple(map(Magic, MAGICS)), open_imx_ivt)


def _read_table(view: View) -> _Table:
    if view.size < _TABLE.size:
        raise NotThisFormat
    magic, entry, first, configuration, boot_data, address, commands, second = _TABLE.unpack(view.slice(0, _TABLE.size))
    if magic not in MAGICS or first or second or not address or address % 4 or not entry:
        raise NotThisFormat
    places = [one - address if one else 0 for one in (configuration, boot_data)]
    if any(one and not _NEAREST <= one <= _FARTHEST for one in places):
        raise NotThisFormat
    if commands and not _TABLE.size <= commands - address <= LARGEST:
        raise NotThisFormat
    return _Table(places[0], places[1], commands - address if commands else 0, address)


def _read_boot_data(view: View, table: _Table) -> tuple[int, int]:
    """Give where the image ends and where boot data ends."""
    after = table.boot_data + _BOOT_DATA.size
    if after > view.size:
        raise NotThisFormat
    start, size, plugin = _BOOT_DATA.unpack(view.slice(table.boot_data, _BOOT_DATA.size))
    end = start + size - table.address
    if plugin not in (0, 1) or not 0 <= table.address - start <= _BEFORE or not after < end <= LARGEST:
        raise NotThisFormat
    return end, after


def _length(view: View, place: int, tag: int) -> int:
    """Give the length of a structure with a head of that tag; 0 when it is not there."""
    if place + _HEAD.size > view.size:
        return 0
    found, size, version = _HEAD.unpack(view.slice(place, _HEAD.size))
    return size if found == tag and size >= _HEAD.size and version >> 4 == 4 else 0


def _label(table: _Table, commands: int) -> str:
    if commands:
        signed = "commands that verify it"
    elif table.commands:
        signed = "room for commands that verify it, which are missing"
    else:
        signed = "not signed"
    return f"table at {table.address:#x}, {signed}"
