"""Opens the first program that Qualcomm processors start from flash (SBL), behind a header of 80 bytes.

Source: public descriptions of the boot of Qualcomm's processors by those who repair devices; Qualcomm's paper on
secure boot for signature and certificates. All numbers are little-endian; addresses count in memory.

offset  size  header
0       8     magic d1 dc 4b 84, 34 10 d7 73
8       4     number of the image
20      4     place of the program in the file, 80
24      4     address of the program
28      4     length of everything behind the header
32      4     length of the program
36      8     signature: address, length
44      8     certificates: address, length
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"\xd1\xdc\x4b\x84\x34\x10\xd7\x73"
LARGEST = 64 << 20
"""Longest program that is believed."""

_HEADER = struct.Struct("<8sI8x8I")
_HEADER_BYTES = 80


def open_qualcomm_boot(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when its lengths contradict each other."""
    if view.size < _HEADER_BYTES:
        raise NotThisFormat
    magic, number, start, address, size, code, *pairs = _HEADER.unpack(view.slice(0, _HEADER.size))
    signature_at, signature, certificates_at, certificates = pairs
    if magic != MAGIC or start != _HEADER_BYTES or not 0 < code <= size <= LARGEST:
        raise NotThisFormat
    if code + signature + certificates != size:
        raise NotThisFormat
    behind = address + code
    if (signature and signature_at != behind) or (certificates and certificates_at != behind + signature):
        raise NotThisFormat
    budget.check_time()
    length = min(start + size, view.size)
    problems: list[Message] = []
    if length < start + size:
        problems.append(message("cut short: {missing} bytes are missing", missing=start + size - length))
    claims = [
        Claim("program", start, code, "known"),
        Claim("signature", start + code, signature, "known"),
        Claim("certificates", start + code + signature, certificates, "known"),
    ]
    signed = "signed" if signature else "not signed"
    return Container(length, parts_of(claims, length, problems), f"image {number}, {signed}", tuple(problems))


FORMAT = Format("qualcomm-boot", "Qualcomm boot program with header", (Magic(MAGIC),), open_qualcomm_boot)
