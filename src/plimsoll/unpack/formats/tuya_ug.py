"""Opens upgrade packages of Tuya's Wi-Fi modules, which are in lamps, plugs and switches of many makers.

Source: the MIT-licensed ltchiptool, which makes them for such modules. Numbers are big-endian.

offset  size  header
0       4     55 AA 55 AA
4       12    version, filled up with zeros
16      4     length of the content
20      4     sum of its bytes
24      4     sum of the bytes of the header so far
28      4     AA 55 AA 55
32            content, which for Beken's chips is in the form of RT-Thread's boot loader
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import read_text
from plimsoll.unpack.limits import Budget

HEAD, TAIL = b"\x55\xaa\x55\xaa", b"\xaa\x55\xaa\x55"

_HEADER = struct.Struct(">4s12sIII4s")
_SUMMED = 24
_LARGEST = 32 << 20


def open_tuya_ug(view: View, budget: Budget) -> Container:
    """Open the package at the beginning of a view; raise NotThisFormat when the sum of its header is wrong."""
    if view.size <= _HEADER.size:
        raise NotThisFormat
    head, version, size, total, own, tail = _HEADER.unpack(view.slice(0, _HEADER.size))
    if (head, tail) != (HEAD, TAIL) or not 0 < size <= _LARGEST or sum(view.slice(0, _SUMMED)) != own:
        raise NotThisFormat
    label = f"version {read_text(version)}"
    there = min(size, view.size - _HEADER.size)
    problems: list[Message] = []
    budget.take_search(there)
    if there < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - there))
    elif sum(view.slice(_HEADER.size, size)) & 0xFFFFFFFF != total:
        problems.append(message("the sum of its content is wrong"))
    return Container(_HEADER.size + there, (Part(_HEADER.size, there, "image"),), label, tuple(problems))


FORMAT = Format("tuya-ug", "upgrade package of Tuya's modules", (Magic(TAIL, 28),), open_tuya_ug)
