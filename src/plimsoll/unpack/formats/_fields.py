"""What headers of makers have in common: printable texts, and a stretch that may be cut short."""

from __future__ import annotations

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import NotThisFormat, View

LARGEST = 256 << 20
"""Longest stretch that a header of 32-bit lengths is believed to have: no device of this kind has more flash."""

_PRINTABLE = bytes(range(0x20, 0x7F))


def read_text(field: bytes, fill: bytes = b"\0") -> str:
    """Give a text that is filled up with zeros, or with `fill`; raise NotThisFormat when it is none."""
    text, _, rest = field.partition(b"\0")
    text = text.rstrip(fill)
    if text.translate(None, _PRINTABLE) or rest.strip(b"\0" + fill):
        raise NotThisFormat
    return text.decode("ascii")


def cut_short(view: View, length: int) -> tuple[Message, ...]:
    """Say how much of a length is missing in a view; nothing when it is all there."""
    if length <= view.size:
        return ()
    return (message("cut short: {missing} bytes are missing", missing=length - view.size),)
