"""Opens Zigbee upgrade files (OTA), as Zigbee devices get them over the air.

Source: Zigbee Cluster Library specification, section 11.4 (file format of the OTA cluster). Numbers are little-endian.

offset  size  header                             offset  size  element
0       4     magic 0BEEF11E                     0       2     tag
4       2     version 0100                       2       4     length
6       2     length of the header               6             value
8       2     bit 0 credentials, 1 destination,
              2 hardware versions                Tags: 0 image, 1 and 5 signature, 2 and 6 certificate of the signer,
10      2     manufacturer                       3 hash, 4 picture; those from F000 on are the maker's
12      2     type of image
14      4     version of the file
18      2     version of the stack
20      32    text
52      4     length of the file

A signature is the signer in 8 bytes and two numbers, 42 bytes together; 72 of the second suite.

The image is the maker's own, often of the boot loader of the chip. Files of some makers hold no proper elements behind
the header; those are one part.

Signatures are told and not verified. Their certificates are implicit (ECQV: SEC 4, section 3): one has no key and no
signature in it, only a point, and the key of the signer comes out of that point and of the public key of the authority
that issued the certificate. That key is in the device, under contract with the authority, and in no upgrade file:
with it, and with sums of points on sect163k1 or sect283k1, which the library for cryptography does not offer, a
signature could be settled. So the algorithm says what is missing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.message import Message, message
from plimsoll.sources.signed import SignatureParts, Signed
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x1e\xf1\xee\x0b\0\x01"

_HEADER = struct.Struct("<6sHHHHIH32sI")
_OPTIONS = ((1, 1), (2, 8), (4, 4))
"""Bits of the header and the bytes that each adds."""
_LONGEST_HEADER = 256
_LARGEST = 256 << 20
_MOST_ELEMENTS = 4096
_ELEMENTS: dict[int, tuple[str, Content]] = {
    0: ("image", "image"),
    1: ("signature ECDSA", "known"),
    2: ("certificate", "known"),
    3: ("hash", "known"),
    4: ("picture", "image"),
    5: ("signature ECDSA, second suite", "known"),
    6: ("certificate, second suite", "known"),
}
_MAKERS = 0xF000
_MOST_SIGNATURES = 64
_CERTIFICATES = {"signature ECDSA": "certificate", "signature ECDSA, second suite": "certificate, second suite"}
_CURVES = {"signature ECDSA": "ecdsa-sect163k1", "signature ECDSA, second suite": "ecdsa-sect283k1"}


def open_zigbee_ota(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its header makes no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, start, bits, maker, kind, version, _, text, length = _HEADER.unpack(view.slice(0, _HEADER.size))
    least = _HEADER.size + sum(size for bit, size in _OPTIONS if bits & bit)
    if magic != MAGIC or bits & ~7 or not least <= start <= _LONGEST_HEADER or not start < length <= _LARGEST:
        raise NotThisFormat
    end = min(length, view.size)
    problems: list[Message] = []
    is_cut = end < length
    if is_cut:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - end))
    parts = _read_elements(view, min(start, end), end, is_cut=is_cut, problems=problems, budget=budget)
    is_signed = any("signature" in part.name for part in parts)
    said = f"manufacturer {maker:#06x}, type {kind:#06x}, version {version:#010x}"
    label = "; ".join(filter(None, [_text(text), said, "signature" if is_signed else "no element with a signature"]))
    signed = () if is_cut else (Signed("zigbee-ota", "", tuple(_signatures(view, parts))),)
    return Container(end, parts, label, tuple(problems), signed)


FORMAT = Format("zigbee-ota", "Zigbee upgrade file", (Magic(MAGIC),), open_zigbee_ota)


def _read_elements(
    view: View, start: int, end: int, *, is_cut: bool, problems: list[Message], budget: Budget
) -> tuple[Part, ...]:
    """Give a part for each element, and one without a name for what is none."""
    parts: list[Part] = []
    position = start
    while position < end:
        length = int.from_bytes(view.slice(position + 2, 4), "little") if position + 6 <= end else 0
        tag = int.from_bytes(view.slice(position, 2), "little") if position + 6 <= end else -1
        is_known = tag in _ELEMENTS or tag >= _MAKERS
        there = min(length, end - position - 6)
        if not is_known or (there < length and not is_cut) or len(parts) >= _MOST_ELEMENTS:
            problems.append(message("{length} bytes at {offset} are no element", length=end - position,
                                    offset=hex(position)))  # fmt: skip
            parts.append(Part(position, end - position))
            break
        budget.take_entries(1)
        name, content = _ELEMENTS.get(tag, (f"element {tag:#06x} of the maker", "image"))
        if there:
            parts.append(Part(position + 6, there, name, content))
        position += 6 + there
    return tuple(parts)


def _signatures(view: View, parts: tuple[Part, ...]) -> Iterator[SignatureParts]:
    """Give the elements that sign: 8 bytes that name the signer, then the signature.

    Its curves and its certificates, which have no signature of their own, are those of Zigbee alone.
    """
    carried = {part.name for part in parts}
    for part in parts[:_MOST_SIGNATURES]:
        curve = _CURVES.get(part.name, "")
        if curve and part.length > 8:
            value = view.read(part.offset, part.length)
            signer = value[:8][::-1].hex()
            certificate, of_whom = _CERTIFICATES[part.name], "of the authority that issued its implicit certificate"
            needs = of_whom if certificate in carried else "of its signer, whose certificate is not in the file"
            yield SignatureParts(
                "unread",
                value[8:],
                offset=part.offset,
                length=part.length,
                key_name=signer,
                algorithm=f"{curve}, which only the public key {needs} would settle",
            )


def _text(field: bytes) -> str:
    text = field.partition(b"\0")[0].rstrip(b"\xff ")
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
