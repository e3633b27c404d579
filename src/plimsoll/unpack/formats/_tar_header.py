"""What one header block of a tar archive says, and the records of a pax header.

Sources: IEEE Std 1003.1 on pax (ustar and pax interchange formats); the public manual of GNU tar (basic tar format,
sparse formats).

offset  size  header block of 512 bytes     offset  size  header block
0       100   name                          257     8     `ustar` zero `00`, or `ustar`, two spaces, zero (GNU)
100     8     mode                          265     64    names of owner and group
108     16    owner, group                  329     16    device, major and minor
124     12    size                          345     155   what comes before the name (POSIX)
136     12    time                          386     96    first four pieces of a file with holes (GNU)
148     8     sum of the block's bytes,     482     1     whether more of them follow (GNU)
              these eight counted as spaces 483     12    size with holes (GNU)
156     1     kind
157     100   target

Numbers are octal digits; a number whose first bit is set is binary, big-endian.
"""

from __future__ import annotations

import re

import msgspec

BLOCK = 512

_DIGITS = re.compile(rb"[ \0]*([0-7]*)[ \0]*")
_RECORD = re.compile(rb"([0-9]{1,8}) ([^=\n]{1,255})=")
_BINARY = 0x80


class Header(msgspec.Struct, frozen=True):
    """One header block, as it stands."""

    name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    kind: bytes
    """One byte."""
    target: bytes
    style: str
    """`v7`, `ustar` or `gnu`."""
    device: tuple[int, int]


def parse_header(block: bytes) -> Header | None:
    """Read a header block; None when it is none."""
    checksum, size = _number(block[148:156]), _number(block[124:136])
    mode, uid, gid = _number(block[100:108]), _number(block[108:116]), _number(block[116:124])
    if checksum is None or checksum not in _sums(block) or not block[0]:
        return None
    if size is None or mode is None or uid is None or gid is None:
        return None
    style = _style(block)
    name = _text(block[:100])
    prefix = _text(block[345:500]) if style == "ustar" else b""
    device = (0, 0) if style == "v7" else (_number(block[329:337]) or 0, _number(block[337:345]) or 0)
    return Header(
        prefix + b"/" + name if prefix else name, mode & 0o7777, uid, gid, size,
        block[156:157], _text(block[157:257]), style, device,
    )  # fmt: skip


def parse_records(data: bytes) -> tuple[tuple[bytes, bytes], ...] | None:
    """Read the records `length name=value` of a pax header, in their order; None when they are damaged."""
    records = []
    position = 0
    while position < len(data):
        match = _RECORD.match(data, position)
        if match is None:
            return None
        end = position + int(match[1])
        if end <= match.end() or end > len(data) or data[end - 1] != 0x0A:
            return None
        records.append((match[2], data[match.end() : end - 1]))
        position = end
    return tuple(records)


def parse_pieces(block: bytes) -> list[tuple[int, int]]:
    """Read pairs of offset and length, 12 bytes each; the first empty one ends them."""
    pieces = []
    for at in range(0, len(block) - 23, 24):
        offset, length = _number(block[at : at + 12]), _number(block[at + 12 : at + 24])
        if not block[at + 12] or offset is None or length is None:
            break
        pieces.append((offset, length))
    return pieces


def parse_whole_size(block: bytes) -> int | None:
    """Read the size of a file with holes, in the header of GNU."""
    return _number(block[483:495])


def _style(block: bytes) -> str:
    if block[257:265] == b"ustar  \0":
        return "gnu"
    return "ustar" if block[257:262] == b"ustar" else "v7"


def _number(field: bytes) -> int | None:
    """Read a number that cannot be negative; None when it is none."""
    if field[0] == _BINARY:
        return int.from_bytes(field[1:], "big")
    match = _DIGITS.fullmatch(field)
    return int(match[1] or b"0", 8) if match is not None else None


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _sums(block: bytes) -> tuple[int, int]:
    """Add up the block; old writers took its bytes as signed."""
    rest = block[:148] + b"        " + block[156:]
    total = sum(rest)
    return total, total - 256 * sum(byte >= 128 for byte in rest)
