"""Opens firmware of TP-Link that names its vendor: a header of 512 bytes, boot loader, kernel and root file system.

Sources: the public description of the header in the wiki of OpenWrt; the magic file of file(1); an image that OpenWrt's
tools made. All numbers are big-endian.

offset  size  header
0       4     version of the header, 01 00 00 00 or 02 00 00 00
4       24    name of the vendor, filled up with zeros
28      36    version of the firmware, filled up with zeros
64      8     hardware: number, revision
72      4     region
76      16    MD5 of the image, with a salt that is not in it
96      16    MD5 of the kernel, likewise
116     8     kernel: load address, entry point
124     4     length of the image in flash, header included; a stripped image is shorter
128     8     kernel: offset from the header's first byte, length
136     8     root file system: offset, length
144     8     boot loader: offset, length
152     6     version in three numbers

The MD5 of an image has a salt and is not verified. Offsets are not always true: of an image with a boot loader,
which comes right after the header, those of kernel and root file system count from a second header behind it; of one
that OpenWrt made in one piece, the root file system follows the kernel wherever that ends. So what collides with
something before it is not believed, and every byte after the header lies in some part.
"""

from __future__ import annotations

import struct
from itertools import pairwise

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

HEADER_BYTES = 512
VERSIONS = (b"\x01\0\0\0", b"\x02\0\0\0")
VENDORS = (b"TP-LINK Technologies", b"OpenWrt", b"LEDE")
"""Names of vendors that stand in headers, to find one by."""

_HEADER = struct.Struct(">4s24s36sIII16s4x16s4x9I3H")
_LARGEST = 256 << 20
_PRINTABLE = bytes(range(0x20, 0x7F))


def open_tplink(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when a field of its header makes no sense."""
    if view.size < HEADER_BYTES:
        raise NotThisFormat
    version, vendor, firmware, hardware, revision, _, _, _, _, _, length, *places = _HEADER.unpack(
        view.slice(0, _HEADER.size)
    )
    if version not in VERSIONS or not hardware or not HEADER_BYTES < length <= _LARGEST:
        raise NotThisFormat
    texts = [_text(vendor), _text(firmware)]
    kernel, root, boot = (places[0], places[1]), (places[2], places[3]), (places[4], places[5])
    if boot[1] and not boot[0]:
        boot = (HEADER_BYTES, boot[1])
    claims = [("boot loader", *boot), ("kernel", *kernel), ("root file system", *root)]
    claims = [(name, offset, size) for name, offset, size in claims if size]
    if not claims or any(offset < HEADER_BYTES or offset + size > _LARGEST for _, offset, size in claims):
        raise NotThisFormat
    believed = _without_collisions(claims)
    end = min(max(length, *(offset + size for _, offset, size in believed)), view.size)
    problems = tuple(
        _missing(name, min(offset + size - end, size)) for name, offset, size in believed if offset + size > end
    )
    label = ", ".join([*filter(None, texts), f"hardware {hardware:08x} revision {revision}"])
    return Container(end, _parts(believed, end), label, problems)


FORMAT = Format(
    "tplink-v1",
    "TP-Link firmware",
    tuple(Magic(version + vendor + b"\0") for version in VERSIONS for vendor in VENDORS),
    open_tplink,
)

_Claim = tuple[str, int, int]
"""Name, offset and length of a stretch."""


def _text(field: bytes) -> str:
    text, _, rest = field.partition(b"\0")
    if text.translate(None, _PRINTABLE) or rest.strip(b"\0"):
        raise NotThisFormat
    return text.decode("ascii")


def _without_collisions(claims: list[_Claim]) -> list[_Claim]:
    """Leave out what collides with the claim before it, and what comes after that; sort the rest by offset."""
    believed: list[_Claim] = []
    for name, offset, size in claims:
        if any(offset < other + length and other < offset + size for _, other, length in believed):
            break
        believed.append((name, offset, size))
    return sorted(believed, key=lambda one: one[1])


def _missing(name: str, missing: int) -> Message:
    return message("cut short: {missing} bytes are missing of the {name}", missing=missing, name=name)


def _parts(believed: list[_Claim], end: int) -> tuple[Part, ...]:
    """Give a part for each stretch as far as it is there, and one without a name for each gap."""
    names = {offset: name for name, offset, _ in believed}
    edges = {edge for _, offset, size in believed for edge in (offset, offset + size) if edge < end}
    cuts = sorted({HEADER_BYTES, end, *edges})
    return tuple(Part(one, following - one, names.get(one, "")) for one, following in pairwise(cuts))
