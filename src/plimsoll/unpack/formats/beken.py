"""Opens the flash of Beken's chips BK7231 and their kin, which has a CRC-16 behind every 32 bytes.

Source: the MIT-licensed ltchiptool. The CRC is big-endian, of polynomial 8005 and not reflected, and begins with FFFF.
What the blocks hold is given without their checksums, up to the first block whose checksum is wrong, as it is in erased
flash.

Programs begin with two known instructions. Most are encrypted by the chip; those begin with what the key of nearly all
devices makes of them.
"""

from __future__ import annotations

from functools import cache

from plimsoll.model.message import message
from plimsoll.unpack.format import Decoded, Encrypted, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

PLAIN = bytes.fromhex("0e0000ea14f09fe5")
ENCRYPTED = bytes.fromhex("2f07b59435ff2a9b")

_DATA, _BLOCK = 32, 34
_LEAST = 32
"""Blocks in a row that must have right checksums."""
_MOST = 16 << 20
_AT_ONCE = 4096
"""Blocks that are checked at a time."""


def open_beken(view: View, budget: Budget) -> Decoded:
    """Take the checksums out of the blocks at the beginning of a view; raise NotThisFormat when there are none.

    Raise Encrypted for a program that the chip encrypted.
    """
    start = view.read(0, 8) if view.size >= _LEAST * _BLOCK else b""
    if start not in (PLAIN, ENCRYPTED) or _count(view.slice(0, _LEAST * _BLOCK)) < _LEAST:
        raise NotThisFormat
    count = 0
    while count * _BLOCK < min(view.size, _MOST):
        budget.check_time()
        offset = count * _BLOCK
        there = min(_AT_ONCE, (view.size - offset) // _BLOCK)
        good = _count(view.slice(offset, there * _BLOCK))
        count += good
        if good < _AT_ONCE:
            break
    length = count * _BLOCK
    if start == ENCRYPTED:
        raise Encrypted(message("the program is encrypted by the chip"), length)
    budget.take_output(count * _DATA, length)
    return Decoded(length, _without_checksums(view.read(0, length), count), f"{count} blocks with a CRC-16")


FORMAT = Format("beken", "flash of Beken's chips", (Magic(PLAIN), Magic(ENCRYPTED)), open_beken)


def _count(blocks: memoryview) -> int:
    """Give how many blocks from the first on have a right checksum.

    The CRC is linear, so each of the 32 places adds what its byte alone makes of it: all blocks are done at once.
    """
    data = bytes(blocks)
    count = len(data) // _BLOCK
    first = int.from_bytes(data[_DATA::_BLOCK], "big")
    second = int.from_bytes(data[_DATA + 1 :: _BLOCK], "big")
    for place, (high, low) in enumerate(_tables()):
        column = data[place::_BLOCK][:count]
        first ^= int.from_bytes(column.translate(high), "big")
        second ^= int.from_bytes(column.translate(low), "big")
    wrong = (first | second).to_bytes(count, "big")
    return len(wrong) - len(wrong.lstrip(b"\0"))


def _without_checksums(data: bytes, count: int) -> bytes:
    content = bytearray(count * _DATA)
    for place in range(_DATA):
        content[place::_DATA] = data[place::_BLOCK]
    return bytes(content)


@cache
def _tables() -> tuple[tuple[bytes, bytes], ...]:
    """Give for each place what a byte there makes of the CRC, high and low half.

    What the CRC begins with is in the first.
    """
    zero = _crc(bytes(_DATA), 0xFFFF)
    found = []
    for place in range(_DATA):
        values = [_crc(bytes([byte]) + bytes(_DATA - 1 - place), 0) ^ (0 if place else zero) for byte in range(256)]
        found.append((bytes(one >> 8 for one in values), bytes(one & 0xFF for one in values)))
    return tuple(found)


def _crc(data: bytes, value: int) -> int:
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x8005) & 0xFFFF if value & 0x8000 else value << 1
    return value
