"""Opens Intel HEX files: programs of microcontrollers as text, at the beginning of a file only.

Source: Intel's "Hexadecimal Object File Format Specification", revision A. Each line is a record: a colon, then bytes
as two hexadecimal digits each; all of them add up to zero.

offset  size  record
0       1     bytes of data
1       2     address, big-endian
3       1     kind: 0 data, 1 end, 2 and 4 the upper part of addresses from here on, 3 and 5 where a program starts
4             data
        1     makes the sum zero

What comes out is the memory from the lowest address on; short gaps are filled with FF.
"""

from __future__ import annotations

import re

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._memory import Memory
from plimsoll.unpack.limits import Budget, LimitReached

_RECORD = re.compile(rb"[ \t]*:([0-9A-Fa-f]{10,520})[ \t]*(?:\r*\n[ \t\r\n]{0,64}|\Z)")
_DATA, _END, _SEGMENT, _LINEAR = 0, 1, 2, 4
_SHIFTS = {_SEGMENT: 4, _LINEAR: 16}
_KINDS = range(6)
_AT_A_TIME = 1 << 12


def open_intel_hex(view: View, budget: Budget) -> Decoded:
    """Read the records at the beginning of a view; raise NotThisFormat when the first is not sound.

    Records with a wrong sum, and what ends the file before its end record, are problems.
    """
    memory = Memory()
    position = number = wrong = upper = 0
    has_ended = False
    while not has_ended and (match := _RECORD.match(view.buffer, position)) is not None:
        record = bytes.fromhex(match[1].decode("ascii")) if len(match[1]) % 2 == 0 else b""
        if len(record) < 5 or len(record) != record[0] + 5 or record[3] not in _KINDS:
            break
        is_wrong = sum(record) & 0xFF != 0
        if is_wrong and not number:
            raise NotThisFormat
        wrong += is_wrong
        kind, address, data = record[3], int.from_bytes(record[1:3], "big"), record[4:-1]
        if kind == _DATA:
            memory.put(upper + address, data)
        elif kind in _SHIFTS:
            upper = int.from_bytes(data, "big") << _SHIFTS[kind] & 0xFFFFFFFF
        has_ended = kind == _END
        position = match.end()
        number += 1
        if number % _AT_A_TIME == 0:
            budget.check_time()
            if memory.size > budget.limits.file_bytes:
                limit = budget.limits.file_bytes
                raise LimitReached(message("more than {limit} bytes in one piece", limit=limit))
    if not memory.size:
        raise NotThisFormat
    content, ranges, found = memory.image(budget, position)
    problems = [*_problems(wrong, has_ended, position), *found]
    return Decoded(position, content, ranges, tuple(problems))


FORMAT = Format(
    "intel-hex", "Intel HEX", tuple(Magic(b":" + digit) for digit in (b"0", b"1", b"2", b"4")), open_intel_hex,
    carve=False,
)  # fmt: skip


def _problems(wrong: int, has_ended: bool, position: int) -> list[Message]:
    problems: list[Message] = []
    if wrong:
        problems.append(message("{count} records have a wrong sum", count=wrong))
    if not has_ended:
        problems.append(message("no record is at {offset}, and none was the end", offset=hex(position)))
    return problems
