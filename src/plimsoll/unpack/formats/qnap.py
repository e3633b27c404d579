"""Opens firmware of QNAP's storage servers as far as it is not encrypted: by a trailer at the end of the file.

Source: the handler for this format in unblob (MIT). Numbers are little-endian. An image of this kind begins with
F5 7B 47 03, which is how gzip begins when it is encrypted so, and ends with 74 bytes:

offset  size  trailer
0       6     icpnas
6       4     length of what is encrypted, from the beginning of the file
10      16    device
26      16    version
42      16    date
58      16    revision

The cipher works byte by byte and is QNAP's own; it is not undone. What follows the encrypted stretch is in the clear.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"\xf5\x7b\x47\x03"

_TRAILER = struct.Struct("<6sI16s16s16s16s")
_SIGN = b"icpnas"


def open_qnap(view: View, budget: Budget) -> Container:
    """Open the image that a view consists of; raise NotThisFormat when no sound trailer ends it."""
    tail = view.size - _TRAILER.size
    if tail < len(MAGIC) or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    sign, size, *texts = _TRAILER.unpack(view.slice(tail, _TRAILER.size))
    if sign != _SIGN or not len(MAGIC) <= size <= tail:
        raise NotThisFormat
    device, version, date, _ = map(read_text, texts)
    if not device or not version:
        raise NotThisFormat
    budget.check_time()
    parts = [Part(0, size, "encrypted", "encrypted")]
    if size < tail:
        parts.append(Part(size, tail - size, "rest"))
    return Container(view.size, tuple(parts), f"{device}, version {version}, {date}")


FORMAT = Format("qnap", "QNAP firmware", (Magic(MAGIC),), open_qnap, carve=False)
