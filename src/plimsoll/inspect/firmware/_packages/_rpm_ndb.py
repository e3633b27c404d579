"""rpm's own database, `Packages.db`.

Source: the summary of the format in go-rpmdb (MIT licence). All numbers are little-endian; blocks are of 16 bytes.
NOTE: no database that rpm itself wrote was at hand to try it on.

| offset | size | name | meaning |
| 0 | 4 | magic | `RpmP` |
| 4 | 4 | version | 0 |
| 8 | 4 | generation | |
| 12 | 4 | pages | pages of 4096 bytes that hold slots, this one among them |
| 16 | 4 | next | number of the next package |
| 32 | 16 each | slots | `Slot`, package (0 when free), first block, blocks |

A blob begins with `BlbS`, package, checksum, length; then its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PAGE = 4_096
BLOCK = 16
MOST_PAGES = 4_096
_SLOT = struct.Struct("<4sIII")
_BLOB = struct.Struct("<4sIII")


def read_ndb(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give offset, length and bytes of each package's header."""
    if len(data) < 32:
        return
    pages = min(int.from_bytes(data[12:16], "little"), MOST_PAGES)
    end = min(pages * PAGE, len(data) // BLOCK * BLOCK)
    for magic, package, block, _ in _SLOT.iter_unpack(data[32:end]):
        at = block * BLOCK
        if magic != b"Slot" or package == 0 or at + _BLOB.size > len(data):
            continue
        mark, owner, _, length = _BLOB.unpack_from(data, at)
        if mark == b"BlbS" and owner == package and at + _BLOB.size + length <= len(data):
            yield at + _BLOB.size, length, data[at + _BLOB.size : at + _BLOB.size + length]
