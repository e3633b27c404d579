"""Recognises firmware of QNAP's routers and switches by the trailer that ends it.

Source: the handler for this format in unblob (MIT). Numbers are little-endian.

offset  size  trailer
0       6     icpnas
6       4     length of what is encrypted, from the beginning of the file
10      16    device, which is the key too
26      16    version
42      16    date
58      16    revision

The same trailer ends the firmware of storage servers, which is opened by its beginning. The cipher works byte by byte
and is QNAP's own; it is not undone.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"icpnas"

_TRAILER = struct.Struct("<6sI16s16s16s16s")


def open_qnap_trailer(view: View, budget: Budget) -> Container:
    """Read the trailer at the beginning of a view; raise NotThisFormat when its texts make no sense."""
    if view.size < _TRAILER.size:
        raise NotThisFormat
    magic, size, *texts = _TRAILER.unpack(view.slice(0, _TRAILER.size))
    device, version, date, _ = map(read_text, texts)
    if magic != MAGIC or not device or not version or not version[0].isdigit() or not 0 < size <= LARGEST:
        raise NotThisFormat
    budget.check_time()
    label = ", ".join(filter(None, (device, f"version {version}", date)))
    return Container(_TRAILER.size, (), label, encrypted_before=size)


FORMAT = Format("qnap-trailer", "QNAP firmware trailer", (Magic(MAGIC),), open_qnap_trailer, only_recognised=True)
