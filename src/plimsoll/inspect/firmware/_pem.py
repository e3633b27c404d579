"""Finds the bytes between the lines of a PEM block, as RFC 7468 has them, also inside programs and quoted strings."""

from __future__ import annotations

import binascii

from plimsoll.regex import regex

LONGEST = 64 << 10
"""Bytes of the longest block that is read."""

_QUOTED = regex(rb"\\[nrt]|[\s\"'\\\x00]")
_HEADER = regex(rb"\s*(?:[A-Z][A-Za-z-]{1,30}: [^\n]{0,200}\r?\n)+\s*\n")


def find_block(data: bytes, start: int, label: bytes) -> bytes | None:
    """Give the block that begins at `start` with `-----BEGIN label-----`, both lines included; None when it has no end.

    A second beginning before the end means that the first is a piece of text, such as a string in a parser.
    """
    end_line = b"-----END " + label + b"-----"
    end = data.find(end_line, start, start + LONGEST)
    if end < 0 or data.find(b"-----BEGIN ", start + 1, end) >= 0:
        return None
    return data[start : end + len(end_line)]


def block_body(block: bytes) -> bytes | None:
    """Decode the base64 text of a block; None when it is not whole, or is text of another kind.

    Line ends may be written as `\\n`, and each line may stand in quotes, as in the source of a program.
    """
    inner = block[block.index(b"-----", 11) + 5 : block.rindex(b"-----END ")]
    text = _QUOTED.sub(b"", _HEADER.sub(b"", inner, count=1))
    try:
        return binascii.a2b_base64(text, strict_mode=True) or None
    except binascii.Error:
        return None
