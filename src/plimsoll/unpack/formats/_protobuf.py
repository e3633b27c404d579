"""Reads the fields of a protocol buffers message one after another, without its description.

Source: the encoding page of the Protocol Buffers documentation. A field is a number and a kind in one variable-length
integer (kind in the lowest three bits), then its value.

kind  value
0     variable-length integer: 7 bits a byte, lowest first, the highest bit set on all but the last
1     8 bytes
2     length as a variable-length integer, then bytes
5     4 bytes
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.model.message import message
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.limits import Budget

MOST_FIELDS = 2_000_000
"""Most fields of a message, and of those in it, that are read."""

Value = int | memoryview
"""A number, or the bytes of a text or of a message in the message."""

_INTEGER, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_LONGEST = 10


class Fields:
    """Reads a message and those in it, and counts their fields together."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._count = 0

    def read(self, data: memoryview) -> Iterator[tuple[int, Value]]:
        """Give number and value of each field; raise Malformed when the bytes are no message."""
        position = 0
        while position < len(data):
            self._take()
            key, position = _integer(data, position)
            number, kind = key >> 3, key & 7
            if not number:
                raise _damaged(position)
            if kind == _INTEGER:
                value, position = _integer(data, position)
                yield number, value
                continue
            if kind == _BYTES:
                length, position = _integer(data, position)
            elif kind in (_EIGHT, _FOUR):
                length = 8 if kind == _EIGHT else 4
            else:
                raise _damaged(position)
            if position + length > len(data):
                raise _damaged(position)
            content = data[position : position + length]
            yield number, content if kind == _BYTES else int.from_bytes(content, "little")
            position += length

    def _take(self) -> None:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise Malformed(message("more than {limit} fields in its list of contents", limit=MOST_FIELDS))
        if not self._count % 4096:
            self._budget.check_time()


def _integer(data: memoryview, position: int) -> tuple[int, int]:
    """Give the integer at a position, and where it ends."""
    value = 0
    for count, byte in enumerate(data[position : position + _LONGEST]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, position + count + 1
    raise _damaged(position)


def _damaged(position: int) -> Malformed:
    return Malformed(message("damaged at {offset} of its list of contents", offset=hex(position)))
