"""Opens zImages, the self-extracting kernels of 32-bit ARM devices, and gives the kernel.

Sources: "Booting ARM Linux" by V. Sanders, section on the kernel image, for the magic and the two addresses; kernels
of Debian for armel and armhf, where the rest was observed. Numbers have the byte order of the kernel's data.

offset  size  header
0       32    instructions that do nothing, or the beginning of an EFI program
32      4     jump over what follows
36      4     magic 016f2818
40      4     address of the image's first byte, mostly 0
44      4     address behind its last byte
48      4     01020304 in the other byte order, in newer kernels

Then follow the decompressor, the compressed kernel, and a few words of the decompressor. A device tree may be appended;
it lies behind the image.
"""

from __future__ import annotations

import struct
from typing import Literal

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._kernel_payload import find_payload
from plimsoll.unpack.limits import Budget

LARGEST_BYTES = 128 << 20
"""Longest image that is believed: what an ARM processor can jump over is 32 MiB, and kernels are far smaller."""

_MAGIC = 0x016F2818
_AT = 36
_ORDER_MARK = 0x04030201
_HEADER_BYTES = 52
_SMALLEST_BYTES = 4096


def open_zimage(view: View, budget: Budget) -> Decoded:
    """Undo the kernel of the image at the beginning of a view.

    Raise NotThisFormat when no kernel can be found in it, Malformed when the header leaves no doubt that one was.
    """
    order: Literal["<", ">"] = "<" if view.read(_AT, 4) == _MAGIC.to_bytes(4, "little") else ">"
    magic, start, end, mark = struct.unpack(f"{order}IIII", view.read(_AT, 16))
    length = end - start
    if magic != _MAGIC or start % 4 or not _SMALLEST_BYTES <= length <= LARGEST_BYTES:
        raise NotThisFormat
    there = min(length, view.size)
    problems: list[Message] = []
    if there < length:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - there))
    payload = find_payload(view, budget, _HEADER_BYTES, there)
    if payload is None:
        if mark == _ORDER_MARK:
            raise Malformed(message("no compressed kernel was found in it"), there)
        raise NotThisFormat
    notes = ["little-endian" if order == "<" else "big-endian", payload.label()]
    return Decoded(there, payload.data, ", ".join(notes), (*problems, *payload.problems))


FORMAT = Format(
    "zimage",
    "zImage, a self-extracting kernel for ARM",
    (Magic(_MAGIC.to_bytes(4, "little"), _AT), Magic(_MAGIC.to_bytes(4, "big"), _AT)),
    open_zimage,
)
