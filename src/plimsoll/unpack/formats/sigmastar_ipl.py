"""Opens the first programs that SigmaStar and MStar camera processors start: IPL_ and IPLC.

Source: the wiki of the linux-chenxing project. All numbers are little-endian.

offset  size  header
0       4     a jump over the header
4       4     magic IPL_ or IPLC
8       2     length
10      1     number of the processor, or 0
11      1     fa when it must be authenticated
12      4     sum of all words that follow

Whether the length counts the header is not said, so both are tried; the sum tells.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGICS = (b"IPL_", b"IPLC")

_HEADER = struct.Struct("<4s4sHBBI")
_LEAST = 256
_AUTHENTICATED = 0xFA


def open_sigmastar_ipl(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its sum is wrong."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    _, magic, size, chip, authenticated, wanted = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic not in MAGICS or size < _LEAST or size % 4:
        raise NotThisFormat
    budget.take_search(size)
    for end in (size, size + _HEADER.size):
        if end <= view.size and _sum(view.slice(_HEADER.size, end - _HEADER.size)) == wanted:
            said = [magic.decode("ascii"), f"processor {chip:#x}"]
            if authenticated == _AUTHENTICATED:
                said.append("to be authenticated")
            part = Part(_HEADER.size, end - _HEADER.size, "program", "known")
            return Container(end, (part,), ", ".join(said))
    raise NotThisFormat


FORMAT = Format(
    "sigmastar-ipl", "SigmaStar boot program", tuple(Magic(magic, 4) for magic in MAGICS), open_sigmastar_ipl
)


def _sum(data: memoryview) -> int:
    """Give the sum of all words; all zeros are no program."""
    total = sum(struct.unpack(f"<{len(data) // 4}I", data))
    return total & 0xFFFFFFFF if total else -1
