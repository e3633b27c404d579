"""Recognises the sign of firmware that Sercomm makes for Netgear, Linksys and others, with what it says of the device.

Source: the magic file of binwalk 2 (MIT). Numbers are little-endian.

offset  size  sign
0       7     sErCoMm
7       2     version control
9       2     download control
11      32    hardware, text
44      2     version of the hardware
58      2     version of the firmware
60      2     where the code begins
62      2     length of the code

In which unit the last two count no source says, so what the sign stands for is not cut out; it is searched as it is.
"""

from __future__ import annotations

import re
import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"sErCoMm"

_DEVICE = re.compile(r"[\w.-]{3,31}\Z", re.ASCII)
_SIGN = struct.Struct("<7sHH32sxH12xHHH")


def open_sercomm(view: View, budget: Budget) -> Container:
    """Read the sign at the beginning of a view; raise NotThisFormat when a field of it makes no sense."""
    if view.size < _SIGN.size:
        raise NotThisFormat
    magic, _, _, text, hardware, firmware, start, size = _SIGN.unpack(view.slice(0, _SIGN.size))
    device = read_text(text)
    if magic != MAGIC or not _DEVICE.match(device) or text[-1] or not any((hardware, firmware, start, size)):
        raise NotThisFormat
    budget.check_time()
    return Container(_SIGN.size, (), f"hardware {device}, version {hardware:#x}, firmware {firmware:#x}")


FORMAT = Format("sercomm", "Sercomm firmware sign", (Magic(MAGIC),), open_sercomm, only_recognised=True)
