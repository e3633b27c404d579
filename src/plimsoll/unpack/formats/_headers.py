"""What headers around other bytes share: fields of text, and stretches that are named by offset and length."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Content, NotThisFormat, Part

SHOWN_BYTES = 255
"""Most bytes of a text that are shown in a label."""

_PRINTABLE = bytes(range(0x20, 0x7F))
_BLANK = b"\t\n\r"


class Claim(msgspec.Struct, frozen=True):
    """A stretch as a header has it, which may be wrong."""

    name: str
    """What the header calls it; printable."""
    offset: int
    length: int
    content: Content = "image"


def parts_of(claims: Iterable[Claim], end: int, problems: list[Message]) -> tuple[Part, ...]:
    """Give a part for each claim as far as it lies before `end`, in order and apart; record what is not so."""
    parts: list[Part] = []
    position = 0
    for claim in sorted(claims, key=lambda one: (one.offset, -one.length)):
        if not claim.length:
            continue
        if claim.offset < position:
            problems.append(message("{name}: overlaps another part; left out", name=claim.name))
            continue
        there = max(min(claim.length, end - claim.offset), 0)
        if there < claim.length:
            missing = claim.length - there
            problems.append(message("{name}: cut short: {missing} bytes are missing", name=claim.name, missing=missing))
        if there:
            parts.append(Part(claim.offset, there, claim.name, claim.content))
            position = claim.offset + there
    return tuple(parts)


def text_field(field: bytes) -> str:
    """Give the text of a field that is filled up with zeros; raise NotThisFormat when it is not plain text."""
    text = field.partition(b"\0")[0]
    if text.translate(None, _PRINTABLE + _BLANK):
        raise NotThisFormat
    return " ".join(text[:SHOWN_BYTES].decode("ascii").split())


def shown_text(field: bytes) -> str:
    """Give the text of a field that may be of any encoding, for a label."""
    text = field.partition(b"\0")[0][:SHOWN_BYTES]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text).strip()


def padded(size: int, unit: int) -> int:
    """Fill a size up to a multiple of a unit."""
    return -(-size // unit) * unit
