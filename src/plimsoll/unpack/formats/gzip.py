"""Opens gzip streams, of one member or several, wherever they lie: kernels, initial file systems, configurations.

Source: RFC 1952, section 2.3.

offset  size  member header
0       2     magic 1f 8b
2       1     method, always 8
3       1     flags: bit 2 extra field, bit 3 name, bit 4 comment, bits 5 to 7 always zero
4       6     time, hints, system
10            extra field (16-bit length first), name and comment (each up to a zero), as the flags say
"""

from __future__ import annotations

import zlib

from plimsoll.model.locator import escape_name
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MAGIC = b"\x1f\x8b\x08"
NAME_BYTES = 255
"""Longest name that is shown."""

TEXT_BYTES = 4096
"""Longest name, and longest comment, that is believed: without a bound each false sign costs a walk to the end."""

_SIZE = 10
_EXTRA, _NAME, _COMMENT, _RESERVED = 0x04, 0x08, 0x10, 0xE0


def open_gzip(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; checksums and lengths of all members are verified."""
    return read_stream(view, budget, Codec(_begin, (zlib.error,)), _label(view))


FORMAT = Format("gzip", "gzip stream", (Magic(MAGIC),), open_gzip)


def _begin(view: View) -> Decoder:
    header = view.slice(0, _SIZE)
    if header[:3] != MAGIC or header[3] & _RESERVED:
        raise NotThisFormat
    start = _texts_at(view)
    for flag in (_NAME, _COMMENT):
        if header[3] & flag:
            text = view.read(start, min(TEXT_BYTES + 1, max(view.size - start, 0)))
            end = text.find(b"\0")
            if end < 0:
                raise NotThisFormat
            start += end + 1
    return _Member()


def _texts_at(view: View) -> int:
    """Give where name and comment begin: behind the extra field."""
    if view.slice(0, _SIZE)[3] & _EXTRA:
        return _SIZE + 2 + int.from_bytes(view.slice(_SIZE, 2), "little")
    return _SIZE


def _label(view: View) -> str:
    """Give the name that the first header states."""
    flags, start = view.slice(0, _SIZE)[3], _texts_at(view)
    if not flags & _NAME or start >= view.size:
        return ""
    name, end, _ = view.read(start, min(NAME_BYTES + 1, view.size - start)).partition(b"\0")
    return f"name {escape_name(name)}" if name and end else ""


class _Member:
    """One member, in the manner of the other decoders of the standard library."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)
