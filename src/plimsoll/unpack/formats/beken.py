"""Opens the flash of Beken's chips BK7231 and their kin, which has a CRC-16 behind every 32 bytes.

Source: the MIT-licensed ltchiptool. The CRC is big-endian, of polynomial 8005 and not reflected, and begins with FFFF.
What the blocks hold is given without their checksums, up to the first block whose checksum is wrong, as it is in erased
flash.

Programs begin with two known instructions. Most are encrypted by the chip, word by word with a stream that the address
of the word and the key of the chip give. Nearly all devices have one key, which is public: that of the maker's kit.
Each bit of the address changes the stream in its own way whatever the others are, so few constants tell all of it.
They were taken from what ltchiptool encrypts. A program with another key is not known from other bytes.
"""

from __future__ import annotations

from functools import cache

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

PLAIN = bytes.fromhex("0e0000ea14f09fe5")
"""A jump and a load, as all programs begin."""
ADDRESSES = {bytes.fromhex("2f07b59635ff2a99"): 0, bytes.fromhex("2f07b59435ff2a9b"): 0x10000}
"""The same as they are encrypted, with the address: a boot loader and an application."""

_DATA, _BLOCK = 32, 34
_LEAST = 32
"""Blocks in a row that must have right checksums."""
_MOST = 16 << 20
_AT_ONCE = 4096
"""Blocks that are checked at a time."""
_STREAM = 0x7CB50721
"""The first word of the stream."""
_STREAM_BITS = (
    *(0x800 << bit for bit in range(8)),
    *(0x01190011, 0x20102020, 0x44200440, 0x80488080),
    *(0x800000 << bit for bit in range(9)),
    *(1 << bit for bit in range(2)),
)
"""How each bit of the address from the third on changes a word."""


def open_beken(view: View, budget: Budget) -> Decoded:
    """Take the checksums out of the blocks at the beginning of a view, and decrypt what they hold.

    Raise NotThisFormat when the checksums of the first blocks are wrong.
    """
    start = view.read(0, 8) if view.size >= _LEAST * _BLOCK else b""
    is_known = start == PLAIN or start in ADDRESSES
    if not is_known or _count(view.slice(0, _LEAST * _BLOCK)) < _LEAST:
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
    budget.take_output(count * _DATA, count * _BLOCK)
    label = f"{count} blocks with a CRC-16"
    content = _without_checksums(view.read(0, count * _BLOCK), count)
    if start in ADDRESSES:
        label += "; encrypted with the key of the maker's kit"
        content = xor(content, keystream(ADDRESSES[start], len(content)))
    return Decoded(count * _BLOCK, content, label, content="known")


FORMAT = Format("beken", "flash of Beken's chips", tuple(map(Magic, (PLAIN, *ADDRESSES))), open_beken)


def keystream(address: int, length: int) -> bytes:
    """Give the stream for bytes from an address on, which is a multiple of four."""
    stream = _STREAM.to_bytes(4, "little")
    for change in _STREAM_BITS:
        if len(stream) >= address + length:
            break
        stream += xor(stream, change.to_bytes(4, "little") * (len(stream) // 4))
    return stream[address : address + length]


def xor(one: bytes, other: bytes) -> bytes:
    """Give the XOR of two stretches of one length."""
    return (int.from_bytes(one, "little") ^ int.from_bytes(other, "little")).to_bytes(len(one), "little")


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
