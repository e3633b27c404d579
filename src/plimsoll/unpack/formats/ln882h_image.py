"""Opens programs and upgrades for Lightning Semiconductor's chip LN882H, which is in modules of Tuya and others.

Source: the maker's tools that make them, under the Apache licence, as ltchiptool (MIT) has them. Numbers are
little-endian, but for the version, which is major and minor.

offset  size  header
0       4     kind: 1 program, 2 program in LZMA, 3 difference, 4 difference in LZMA
4       4     version; version that a difference is for
8       16    lengths of each kind, in the order of the kinds
24      16    CRC-32 of each
252     4     CRC-32 of the header so far
256           content
"""

from __future__ import annotations

import struct
import zlib

from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import Undecodable, decode_lzma
from plimsoll.unpack.format import Container, Decoded, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

HEADER_BYTES = 256
KINDS = {1: "program", 2: "program in LZMA", 3: "difference", 4: "difference in LZMA"}

_HEADER = struct.Struct("<IBBH4I4I212xI")
_CRC_AT = HEADER_BYTES - 4
_PROGRAM, _PACKED = 1, 2
_LARGEST = 16 << 20


def open_ln882h_image(view: View, budget: Budget) -> Container | Decoded:
    """Open the program at the beginning of a view; raise NotThisFormat when the checksum of its header is wrong."""
    if view.size <= HEADER_BYTES:
        raise NotThisFormat
    kind, major, minor, _, *numbers, own = _HEADER.unpack(view.slice(0, HEADER_BYTES))
    if kind not in KINDS or zlib.crc32(view.slice(0, _CRC_AT)) != own:
        raise NotThisFormat
    sizes, checksums = numbers[:4], numbers[4:]
    size = sizes[kind - 1]
    if not 0 < size <= _LARGEST:
        raise NotThisFormat
    there = min(size, view.size - HEADER_BYTES)
    content = view.slice(HEADER_BYTES, there)
    problems: list[Message] = []
    budget.take_search(there)
    if there < size:
        problems.append(message("cut short: {missing} bytes are missing", missing=size - there))
    elif zlib.crc32(content) != checksums[kind - 1]:
        problems.append(message("the checksum of its content is wrong"))
    label = f"{KINDS[kind]}, version {major}.{minor}"
    if kind == _PACKED and sizes[0] <= _LARGEST:
        budget.take_output(sizes[0], there)
        try:
            program = decode_lzma(content, sizes[0])
        except Undecodable:
            program = b""
        if program:
            if not problems and (len(program), zlib.crc32(program)) != (sizes[0], checksums[0]):
                problems.append(message("the checksum of the program is wrong"))
            return Decoded(HEADER_BYTES + there, program, label, tuple(problems), "known")
    part = Part(HEADER_BYTES, there, KINDS[kind], "known" if kind == _PROGRAM else "image")
    return Container(HEADER_BYTES + there, (part,), label, tuple(problems))


FORMAT = Format(
    "ln882h-image",
    "program for the chip LN882H",
    tuple(Magic(kind.to_bytes(4, "little")) for kind in KINDS),
    open_ln882h_image,
    carve=False,
)
