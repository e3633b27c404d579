"""Berkeley DB's hash files, the form of rpm's `Packages` before 4.16, read page by page.

Source: Berkeley DB's reference guide (access methods, byte order), and pages as `db_load` of Berkeley DB 5.3 writes
them; numbers are in the byte order of the machine that wrote the file.

| offset | size | name | meaning |
| 12 | 4 | magic | 0x061561 on the first page |
| 20 | 4 | page size | 512 to 65536 |

Each page: 16 next page (4), 20 entries (2), 22 bytes on an overflow page (2), 25 type, 26 offsets of its items, two
bytes each; items lie from the page's end towards its front, key and value by turns. An item begins with 1 for bytes on
the page, or 3 for bytes elsewhere: then its first page is at 4 and its length at 8.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

MAGIC = 0x061561
LONGEST_VALUE = 64 << 20
_HASH_PAGES = frozenset((2, 13))
_OVERFLOW = 7
_ON_PAGE, _ELSEWHERE = 1, 3
_HEAD = 26

_Order = Literal["little", "big"]


def read_hash(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give offset of the item, its length there, and the bytes of each value."""
    order = _order(data)
    if order is None:
        return
    size = int.from_bytes(data[20:24], order)
    if not 512 <= size <= 65_536 or size & (size - 1):
        return
    room = 4 * len(data)  # NOTE: items that share their overflow pages must not make more of a file than it holds.
    for start in range(size, len(data) - size + 1, size):
        if data[start + 25] not in _HASH_PAGES:
            continue
        for offset, length in _values(data[start : start + size], order):
            value = _value(data, start + offset, length, size, order, room)
            room -= len(value)
            if room < 0:
                return
            if value:
                yield start + offset, length, value


def _order(data: bytes) -> _Order | None:
    for order in ("little", "big"):
        if int.from_bytes(data[12:16], order) == MAGIC:
            return order
    return None


def _values(page: bytes, order: _Order) -> Iterator[tuple[int, int]]:
    """Give offset and length of every second item."""
    count = min(int.from_bytes(page[20:22], order), (len(page) - _HEAD) // 2)
    offsets = struct.unpack_from(f"{'<' if order == 'little' else '>'}{count}H", page, _HEAD)
    for number in range(1, count, 2):
        start, end = offsets[number], offsets[number - 1]
        if _HEAD < start < end <= len(page):
            yield start, end - start


def _value(data: bytes, at: int, length: int, size: int, order: _Order, room: int) -> bytes:
    if data[at] == _ON_PAGE:
        return data[at + 1 : at + length]
    if data[at] != _ELSEWHERE or length < 12:
        return b""
    page, total = (int.from_bytes(data[at + step : at + step + 4], order) for step in (4, 8))
    if total > min(LONGEST_VALUE, room, len(data)):
        return b""
    pieces: list[bytes] = []
    missing = total
    while missing > 0 and page:
        start = page * size
        if start + size > len(data) or data[start + 25] != _OVERFLOW:
            return b""
        used = int.from_bytes(data[start + 22 : start + 24], order)
        piece = data[start + _HEAD : start + _HEAD + min(used, missing, size - _HEAD)]
        if not piece:
            return b""
        pieces.append(piece)
        missing -= len(piece)
        page = int.from_bytes(data[start + 16 : start + 20], order)
    return b"".join(pieces) if not missing else b""
