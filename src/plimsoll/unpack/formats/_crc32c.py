"""CRC-32C, the checksum with the Castagnoli polynomial, for short headers: a step for every byte.

Source: RFC 3720, section 12.1. The register begins with ones; who wants the published form inverts the outcome.
"""

from __future__ import annotations

_REVERSED_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes | memoryview, register: int = 0xFFFFFFFF) -> int:
    """Give the register after the data, without the last inversion."""
    for byte in data:
        register = register >> 8 ^ _TABLE[(register ^ byte) & 0xFF]
    return register


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_REVERSED_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = tuple(_entry(byte) for byte in range(256))
