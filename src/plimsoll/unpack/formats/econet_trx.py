"""Opens firmware for EcoNet's processors, which TP-Link and others have in gateways: HDR2.

Sources: the Kaitai Struct description of the format in BANG (MIT), and the description of the firmware of TP-Link's
TX6610 by alexandernst, which it names. Numbers are big-endian.

offset  size  header
0       4     magic HDR2, which stands the other way round
4       4     length of the header, 256
8       4     length of the image, header included
12      4     CRC-32 by a table of its own, not compared
16      32    version
48      32    version of the customer
80      12    length of kernel, root file system and default settings
92      32    model

The kernel follows the header. Where the root file system begins differs by device, so what follows the kernel is one
part. A trailer for the MD5 of the image may stand behind it.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"2RDH"
HEADER_BYTES = 256

_HEADER = struct.Struct(">4sII4x32s32sIII32s")


def open_econet_trx(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a field of its header makes no sense."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    magic, header, length, version, customer, kernel, root, settings, model = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if magic != MAGIC or header != HEADER_BYTES or length > LARGEST or not kernel or not root:
        raise NotThisFormat
    if header + kernel + root + settings > length:
        raise NotThisFormat
    names = [read_text(field.replace(b"\n", b"\0")) for field in (model, version, customer)]
    budget.check_time()
    there = min(length, view.size)
    cuts = [(header, header + kernel, "kernel"), (header + kernel, length, "root file system")]
    parts = tuple(Part(one, min(end, there) - one, name) for one, end, name in cuts if one < there)
    return Container(there, parts, ", ".join(filter(None, names)), cut_short(view, length))


FORMAT = Format("econet-trx", "EcoNet image", (Magic(MAGIC + b"\0\0\1\0"),), open_econet_trx)
