"""Recognises the first program that 64-bit Amlogic processors start: 16 bytes of chance, then a header, @AML.

Source: the definition of the header in meson-tools (GPL-2.0+ or MIT, taken as MIT). All numbers are little-endian.
Places count from the magic.

offset  size  after the first 16 bytes
0       4     magic @AML
4       4     length of everything
8       4     length of the header, 64; its version
12      4     number
16      4     whether it is encrypted
20      16    digest: place, length; data: place, length
36      8     padding: place, length
52      8     payload: place, length
"""

from __future__ import annotations

import struct

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._headers import Claim, parts_of
from plimsoll.unpack.limits import Budget

MAGIC = b"@AML"
LARGEST = 4 << 20
"""Longest program that is believed."""

_HEADER = struct.Struct("<16x4sIHHII6I8xII4x")
_FIRST = 16
_HEADER_BYTES = 64


def open_amlogic_boot(view: View, budget: Budget) -> Container:
    """Open the program at the beginning of a view; raise NotThisFormat when a place lies outside of it."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    magic, size, header_bytes, version, _, encrypted, *numbers = _HEADER.unpack(view.slice(0, _HEADER.size))
    if magic != MAGIC or header_bytes != _HEADER_BYTES or version > 9 or encrypted > 1:
        raise NotThisFormat
    places = list(zip(numbers[::2], numbers[1::2], strict=True))
    if not _HEADER_BYTES < size <= LARGEST or not all(_is_inside(*place, size) for place in places):
        raise NotThisFormat
    (digest, digest_bytes), _, _, (payload, payload_bytes) = places
    if not payload_bytes or not digest_bytes:
        raise NotThisFormat
    budget.check_time()
    length = min(_FIRST + size, view.size)
    problems: list[Message] = []
    if length < _FIRST + size:
        problems.append(message("cut short: {missing} bytes are missing", missing=_FIRST + size - length))
    content: Content = "encrypted" if encrypted else "known"
    claims = [
        Claim("digest", _FIRST + digest, digest_bytes, "known"),
        Claim("program", _FIRST + payload, payload_bytes, content),
    ]
    label = f"header version {version}" + (", encrypted" if encrypted else "")
    return Container(length, parts_of(claims, length, problems), label, tuple(problems))


FORMAT = Format("amlogic-boot", "Amlogic boot program", (Magic(MAGIC, _FIRST),), open_amlogic_boot)


def _is_inside(place: int, length: int, size: int) -> bool:
    return not length or _HEADER_BYTES <= place <= place + length <= size
