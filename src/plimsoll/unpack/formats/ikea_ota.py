"""Opens the wrapping that IKEA puts around Zigbee upgrade files: a header before and a signature behind.

Observed in a file for a TRÅDFRI bulb; there is no public description. Numbers are little-endian.

offset  size  header
0       4     magic NGIS
4       8     12; not known
12      4     offset of the last 12 bytes of the header
16      4     offset of the upgrade file, where the header ends
20      4     length of the upgrade file
24      4     offset of the signature, where the upgrade file ends
28            not known
"""

from __future__ import annotations

import struct

from plimsoll.model.message import message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats import zigbee_ota
from plimsoll.unpack.limits import Budget

MAGIC = b"NGIS"

_HEADER = struct.Struct("<4sIIIIII")
_LONGEST_HEADER = 4096
_SIGNATURE_BYTES = 512


def open_ikea_ota(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when no upgrade file stands where it says."""
    budget.check_time()
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, _, _, _, start, length, end = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or not _HEADER.size <= start <= _LONGEST_HEADER or not length or start + length != end:
        raise NotThisFormat
    if view.buffer[start : start + len(zigbee_ota.MAGIC)] != zigbee_ota.MAGIC:
        raise NotThisFormat
    there = min(length, view.size - start)
    parts = [Part(start, there, "upgrade file")]
    signature = min(_SIGNATURE_BYTES, view.size - start - there)
    if signature:
        parts.append(Part(end, signature, "signature", "known"))
    missing = length - there + _SIGNATURE_BYTES - signature
    problems = (message("cut short: {missing} bytes are missing", missing=missing),) if missing else ()
    return Container(start + there + signature, tuple(parts), "signed", problems)


FORMAT = Format("ikea-ota", "IKEA's wrapping of Zigbee upgrade files", (Magic(MAGIC),), open_ikea_ota)
