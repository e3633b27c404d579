"""Computes the checksum that Rockchip's tools put behind images: a CRC of 32 bits over the polynomial 04 c1 0d b7.

Source: the checksums that the real rkcrc writes. The highest bit goes first, the CRC begins with zero and is not
inverted, so those of stretches can be put together.

NOTE: no library knows this polynomial. To be quick all the same, a long input is cut into lanes of equal length, and
all lanes take a byte in one step: the four bytes of their CRCs are four long numbers, and a look into a table is a
translation of bytes.
"""

from __future__ import annotations

from functools import cache

COST = 8
"""How many bytes can be searched in the time that this takes for one."""

_POLYNOMIAL = 0x04C10DB7
_LANE_BYTES = 4096
_MOST_LANES = 8192


def checksum(data: memoryview) -> int:
    """Give the CRC of bytes."""
    lane_bytes = max(_LANE_BYTES, -(-len(data) // _MOST_LANES))
    lanes = len(data) // lane_bytes
    whole = lanes * lane_bytes
    crc = _join(_lanes(data[:whole], lane_bytes, lanes), lane_bytes) if lanes else 0
    table = _table()
    for byte in data[whole:]:
        crc = crc << 8 & 0xFFFFFFFF ^ table[crc >> 24 ^ byte]
    return crc


def _lanes(data: memoryview, lane_bytes: int, lanes: int) -> list[int]:
    """Give the CRC of each lane."""
    table = _table()
    first, second, third, fourth = (bytes(entry >> shift & 0xFF for entry in table) for shift in (24, 16, 8, 0))
    one = two = three = four = 0
    for column in range(lane_bytes):
        index = (one ^ int.from_bytes(data[column::lane_bytes], "little")).to_bytes(lanes, "little")
        one = two ^ int.from_bytes(index.translate(first), "little")
        two = three ^ int.from_bytes(index.translate(second), "little")
        three = four ^ int.from_bytes(index.translate(third), "little")
        four = int.from_bytes(index.translate(fourth), "little")
    rows = (number.to_bytes(lanes, "little") for number in (one, two, three, four))
    return [int.from_bytes(bytes(row), "big") for row in zip(*rows, strict=True)]


def _join(crcs: list[int], lane_bytes: int) -> int:
    """Give the CRC of lanes one after another."""
    step = _power(8 * lane_bytes)
    joined = 0
    for crc in crcs:
        joined = _times(joined, step) ^ crc
    return joined


def _power(exponent: int) -> int:
    """Give x to a power, modulo the polynomial."""
    result, square = 1, 2
    while exponent:
        if exponent & 1:
            result = _times(result, square)
        square = _times(square, square)
        exponent >>= 1
    return result


def _times(one: int, other: int) -> int:
    """Multiply two polynomials, modulo the polynomial."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one = one << 1 ^ (_POLYNOMIAL | 1 << 32 if one & 0x80000000 else 0)
        other >>= 1
    return result


@cache
def _table() -> tuple[int, ...]:
    return tuple(_times(byte, _power(32)) for byte in range(256))
