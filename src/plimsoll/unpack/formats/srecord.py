"""Opens Motorola S-record files: programs of microcontrollers as text, at the beginning of a file only.

Source: Motorola's description of S-records in the M68000 family programmer's reference manual, appendix C. Each line is
a record: `S`, its kind as a digit, then bytes as two hexadecimal digits each.

offset  size  record
0       1     bytes that follow
1       2-4   address, big-endian: 2 bytes in kinds 0, 1, 5, 9; 3 in 2, 6, 8; 4 in 3, 7
              data: text in kind 0, the program in kinds 1 to 3; none in the rest
        1     the bytes before it, added up and inverted

Kinds 7 to 9 end the file; 5 and 6 count records, and some programs end with these. What comes out is the memory from
the lowest address on; short gaps are filled with FF.
"""

from __future__ import annotations

import re

from plimsoll.model.message import message
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._memory import Memory
from plimsoll.unpack.limits import Budget, LimitReached

_RECORD = re.compile(rb"[ \t]*S([0-9])([0-9A-Fa-f]{6,512})[ \t]*(?:\r*\n[ \t\r\n]{0,64}|\Z)")
_ADDRESS_BYTES = {0: 2, 1: 2, 2: 3, 3: 4, 5: 2, 6: 3, 7: 4, 8: 3, 9: 2}
_PROGRAM, _COUNTS, _ENDS = (1, 2, 3), (5, 6), (7, 8, 9)
_AT_A_TIME = 1 << 12


def open_srecord(view: View, budget: Budget) -> Decoded:
    """Read the records at the beginning of a view; raise NotThisFormat when the first is not sound.

    Records with a wrong sum, and what ends the file before its end record, are problems.
    """
    memory = Memory()
    position = number = wrong = 0
    has_ended = is_counted = False
    while not has_ended and (match := _RECORD.match(view.buffer, position)) is not None:
        kind = int(match[1])
        record = bytes.fromhex(match[2].decode("ascii")) if len(match[2]) % 2 == 0 else b""
        width = _ADDRESS_BYTES.get(kind, 0)
        if not width or len(record) < width + 2 or len(record) != record[0] + 1:
            break
        is_wrong = sum(record) & 0xFF != 0xFF
        if is_wrong and not number:
            raise NotThisFormat
        wrong += is_wrong
        if kind in _PROGRAM:
            memory.put(int.from_bytes(record[1 : 1 + width], "big"), record[1 + width : -1])
        has_ended = kind in _ENDS
        is_counted = kind in _COUNTS
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
    problems = list(found)
    if wrong:
        problems.append(message("{count} records have a wrong sum", count=wrong))
    if not (has_ended or is_counted):
        problems.append(message("no record is at {offset}, and none was the end", offset=hex(position)))
    return Decoded(position, content, ranges, tuple(problems))


FORMAT = Format(
    "srecord", "Motorola S-record", tuple(Magic(sign) for sign in (b"S0", b"S1", b"S2", b"S3")), open_srecord,
    carve=False,
)  # fmt: skip
