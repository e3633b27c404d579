"""Recognises D-Link's encrypted firmware for routers with the boot loader JBOOT.

Source: the structure and signature in binwalk 3 (MIT). All numbers are little-endian.

offset  size  header
0       12    identity of the device
12      2     range
14      2     checksum
16      10    zeros
26      2     01 00
28      4     time
32      8     erased: from, bytes
40      8     content: where it goes, bytes
48      16    zeros
64      4     42 48 02 00
68      2     zeros
70      2     section, kind
72      8     offset, family, checksum
80            content

The first holds a signature, the second, directly behind it, what is encrypted. How the checksums are made no source
says.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Encrypted, Format, Magic, NotThisFormat, Opened, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

DEVICES = (b"DLK6E8202001", b"DLK6E6110002")
HEADER_BYTES = 80

_HEADER = struct.Struct("<12x4x10sH4x8xII16s4sH")
_ID = b"\x42\x48\x02\0"


def open_dlke(view: View, budget: Budget) -> Opened:
    """Tell that an image is encrypted; raise NotThisFormat unless two sound headers begin it."""
    end = _end(view, 0)
    if view.read(0, len(DEVICES[0])) not in DEVICES:
        raise NotThisFormat
    budget.check_time()
    whole = _end(view, end)
    raise Encrypted(message("encrypted; the key of the device would open it"), min(whole, view.size))


FORMAT = Format(
    "dlink-dlke", "D-Link encrypted firmware, JBOOT", tuple(map(Magic, DEVICES)), open_dlke, only_recognised=True
)


def _end(view: View, start: int) -> int:
    """Give where the content of the header at an offset ends; raise NotThisFormat when it is not sound."""
    if start + HEADER_BYTES > view.size:
        raise NotThisFormat
    zeros, one, _, size, more, sign, last = _HEADER.unpack(view.slice(start, _HEADER.size))
    if any(zeros) or one != 1 or any(more) or sign != _ID or last or not 0 < size <= LARGEST:
        raise NotThisFormat
    return start + HEADER_BYTES + int(size)
