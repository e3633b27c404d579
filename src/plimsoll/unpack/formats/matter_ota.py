"""Opens Matter upgrade files (OTA), as Matter devices get them.

Source: Matter Core Specification, section 11.21 (OTA software image file format) and appendix A (TLV encoding); the
Apache-licensed tools of the project. Numbers are little-endian.

offset  size  file                               tag  header, a TLV structure of context tags
0       4     magic 1BEEF11E                     0    vendor
4       8     length of the file                 1    product
12      4     length of the header               2    version: number, 3 as text
16            header, then the image             4    length of the image
                                                 5    least and 6 greatest version it may replace
                                                 7    address of release notes
                                                 8    kind of digest, 9 digest

Kinds of digest: 1 SHA-256, 7 SHA-384, 8 SHA-512, and some shortened.
"""

from __future__ import annotations

import hashlib
import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x1e\xf1\xee\x1b"

_HEADER = struct.Struct("<4sQI")
_LONGEST_HEADER = 4096
_STRUCTURE, _END, _CONTEXT = 0x15, 0x18, 0x20
_WIDTHS = (1, 2, 4, 8)
_DIGESTS = {1: ("sha256", 32), 2: ("sha256", 16), 3: ("sha256", 15), 4: ("sha256", 12), 5: ("sha256", 8),
            6: ("sha256", 4), 7: ("sha384", 48), 8: ("sha512", 64)}  # fmt: skip
_VENDOR, _PRODUCT, _VERSION, _TEXT, _SIZE, _KIND, _DIGEST = 0, 1, 2, 3, 4, 8, 9

_Value = int | bytes


def open_matter_ota(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its header makes no sense."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, length, header = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + header
    if magic != MAGIC or not 2 < header <= _LONGEST_HEADER or start >= length or start > view.size:
        raise NotThisFormat
    fields = _read_fields(view.read(_HEADER.size, header))
    vendor, product, size = (fields.get(tag) for tag in (_VENDOR, _PRODUCT, _SIZE))
    if not isinstance(vendor, int) or not isinstance(product, int) or size != length - start:
        raise NotThisFormat
    there = min(length, view.size)
    problems: list[Message] = []
    if there < length:
        problems.append(message("cut short: {missing} bytes are missing", missing=length - there))
    else:
        problems += _check(view, start, length - start, fields, budget)
    label = f"vendor {vendor:#06x}, product {product:#06x}, version {_text(fields)}"
    parts = (Part(start, there - start, "image"),) if there > start else ()
    return Container(there, parts, label, tuple(problems))


FORMAT = Format("matter-ota", "Matter upgrade file", (Magic(MAGIC),), open_matter_ota)


def _read_fields(data: bytes) -> dict[int, _Value]:
    """Read a structure of numbers, texts and bytes; anything else is of no such header."""
    fields: dict[int, _Value] = {}
    if data[0] != _STRUCTURE:
        raise NotThisFormat
    position = 1
    while position < len(data) and data[position] != _END:
        control, tag = data[position], data[position + 1] if position + 1 < len(data) else 0
        kind = control & 0x1F
        if control & 0xE0 != _CONTEXT or kind in (2, 3) or tag in fields:
            raise NotThisFormat
        position += 2
        width = _WIDTHS[kind & 3]
        number = int.from_bytes(data[position : position + width], "little")
        position += width
        if 4 <= kind < 8:
            fields[tag] = number
        elif 12 <= kind < 20:
            fields[tag] = data[position : position + number]
            position += number
        else:
            raise NotThisFormat
    if position != len(data) - 1:
        raise NotThisFormat
    return fields


def _check(view: View, start: int, size: int, fields: dict[int, _Value], budget: Budget) -> list[Message]:
    kind, digest = fields.get(_KIND), fields.get(_DIGEST)
    if not isinstance(kind, int) or kind not in _DIGESTS:
        return [message("its digest is of a kind that is not known")]
    algorithm, length = _DIGESTS[kind]
    budget.take_search(size)
    if hashlib.new(algorithm, view.slice(start, size), usedforsecurity=False).digest()[:length] != digest:
        return [message("its {algorithm} is wrong", algorithm=algorithm)]
    return []


def _text(fields: dict[int, _Value]) -> str:
    text, number = fields.get(_TEXT, b""), fields.get(_VERSION, 0)
    shown = text.decode("ascii", "replace") if isinstance(text, bytes) else ""
    printable = "".join(one if one.isascii() and one.isprintable() else "?" for one in shown)
    return f"{number!r} ({printable!r})"
