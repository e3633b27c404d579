"""Recognises Btrfs images; what is in them is not read yet.

Source: public descriptions of the superblock, and images that the real tool made. It lies at 64 KiB, takes 4096 bytes
and has copies further on; all numbers are little-endian.

offset  size  superblock                  offset  size  superblock
0       32    checksum of all after it    112     8     bytes of the file system
48      8     where it lies               144     4     bytes of a sector
64      8     `_BHRfS_M`                  196     2     checksum: 0 CRC-32C, 1 xxHash, 2 SHA-256, 3 BLAKE2b
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._crc32c import crc32c
from plimsoll.unpack.limits import Budget

MAGIC = b"_BHRfS_M"

_START, _SIZE, _MAGIC_AT = 1 << 16, 4096, 64
_LAYOUT = struct.Struct("<48xQ8x8s40xQ24xI48xH")
_SECTOR_BYTES = tuple(1 << bits for bits in range(9, 17))
_CRC32C, _XXHASH, _SHA256, _BLAKE2B = range(4)


def open_btrfs(view: View, budget: Budget) -> Container:
    """Raise Unsupported with the length for an image, NotThisFormat for anything else and for copies."""
    if view.size < _START + _SIZE:
        raise NotThisFormat
    place, magic, size, sector, kind = _LAYOUT.unpack_from(view.buffer, _START)
    if magic != MAGIC or place != _START or sector not in _SECTOR_BYTES or size < _START + _SIZE:
        raise NotThisFormat
    budget.take_search(_SIZE)
    if not _is_right(view.read(_START, _SIZE), kind):
        raise NotThisFormat
    raise Unsupported(message("Btrfs is not read yet"), min(size, view.size))


FORMAT = Format("btrfs", "Btrfs file system", (Magic(MAGIC, _START + _MAGIC_AT),), open_btrfs, only_recognised=True)


def _is_right(block: bytes, kind: int) -> bool:
    """Check the checksum; that by xxHash, which nothing here can take, is believed."""
    if kind == _CRC32C:
        return crc32c(block[32:]) ^ 0xFFFFFFFF == int.from_bytes(block[:4], "little")
    if kind == _SHA256:
        return hashlib.sha256(block[32:]).digest() == block[:32]
    if kind == _BLAKE2B:
        return hashlib.blake2b(block[32:], digest_size=32).digest() == block[:32]
    return kind == _XXHASH
