"""Opens firmware of Huawei's home gateways and fibre terminals, HWNP.

Source: the Kaitai Struct description of the format in BANG, which is in the public domain (Unlicense). All numbers are
little-endian.

offset  size  header                                 offset  size  item
0       4     magic HWNP                             0       4     number of the item
4       4     length, not compared                   4       4     checksum, not compared
8       4     checksum, not compared                 8       4     offset from the file's first byte
12      4     length of products and items           12      4     length
16      4     their checksum, not compared           16      256   name, such as flash:kernel or file:/var/a.xml
20      4     number of items                        272     16    section
26      2     length of the list of products         288     64    version
28      4     length of an item, 360                 352     4     policy
36            products as text, then the items

What the checksums cover no source says. A file counts as one only when every item makes sense.
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._fields import LARGEST, read_text
from plimsoll.unpack.formats._headers import Claim, parts_of, shown_text
from plimsoll.unpack.limits import Budget

MAGIC = b"HWNP"

_HEADER = struct.Struct("<4s8xI4xI2xHI4x")
_ITEM = struct.Struct("<I4xII256s16s64s4x4x")
_MOST_ITEMS = 512
_MOST_PRODUCTS = 4096
_SLACK = 64
"""Most bytes by which the stated length of products and items may differ from what they take."""


def open_huawei_hwnp(view: View, budget: Budget) -> Container:
    """Open the firmware at the beginning of a view; raise NotThisFormat when an item of it makes no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, listed, count, products, item_bytes = _HEADER.unpack(view.slice(0, _HEADER.size))
    taken = products + count * _ITEM.size
    start = _HEADER.size + taken
    if magic != MAGIC or item_bytes != _ITEM.size or not 0 < count <= _MOST_ITEMS or products > _MOST_PRODUCTS:
        raise NotThisFormat
    if abs(listed - taken) > _SLACK or start > view.size:
        raise NotThisFormat
    budget.take_entries(count)
    claims: list[Claim] = []
    end = start
    items = view.slice(start - count * _ITEM.size, count * _ITEM.size)
    for _, offset, length, name, section, version in _ITEM.iter_unpack(items):
        shown = read_text(name)
        read_text(section), read_text(version)
        if not shown or length > LARGEST or (length and offset < start):
            raise NotThisFormat
        if length:
            claims.append(Claim(shown, offset, length, "known" if shown.startswith("file:") else "image"))
            end = max(end, offset + length)
    if end > LARGEST:
        raise NotThisFormat
    length = min(end, view.size)
    problems: list[Message] = []
    if length < end:
        problems.append(message("cut short: {missing} bytes are missing", missing=end - length))
    label = f"{count} items; products {shown_text(view.read(_HEADER.size, products)) or 'none'}"
    return Container(length, parts_of(claims, length, problems), label, tuple(problems))


FORMAT = Format("huawei-hwnp", "Huawei firmware", (Magic(MAGIC),), open_huawei_hwnp)
