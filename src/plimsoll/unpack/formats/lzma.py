"""Opens LZMA streams with the header of the LZMA SDK, as boot loaders and kernels of routers hold them.

Source: the LZMA SDK's `lzma-specification.txt`.

offset  size  header
0       1     properties: (pb * 5 + lp) * 9 + lc
1       4     dictionary size, little-endian
5       8     size of the content, little-endian; all ones when the stream has an end mark instead
13            the range coder's first byte, always zero

The sign is weak and most bytes can be undone as LZMA, so the header must make sense in every field, and the stream
must end where its header says with the range coder at rest. Properties: 5d is what most programs write, 6d (lc 1, lp 2,
pb 2) what OpenWrt chooses for MIPS. Streams directly after each other are taken as one: they are the blocks of
something that is not read as such, and pieces of one file.
"""

from __future__ import annotations

import lzma

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MEMORY_BYTES = 160 << 20
"""Most memory that a decoder may ask for."""

DICTIONARIES = frozenset(1 << log for log in range(16, 28)) | frozenset(3 << log for log in range(15, 26))
"""Dictionary sizes in bytes that programs write: powers of two, and halfway between them."""

PROMISING_BYTES = 64 << 10
"""Content after which a stream that breaks off is believed to be one: LZMA finds damage late."""

_SIZE = 13
_UNKNOWN = 2**64 - 1
_SHORTEST = 64
"""Content below which bytes that fit by chance are too likely."""


def open_lzma(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; there is no checksum to verify."""
    found = read_stream(view, budget, _codec(budget), _label(view))
    # NOTE: a run of zeros after any sound header is a sound stream of zeros.
    if len(found.data) < _SHORTEST or found.data.count(found.data[0]) == len(found.data):
        raise NotThisFormat
    return found


FORMAT = Format("lzma", "LZMA stream", (Magic(b"\x5d\0\0"), Magic(b"\x6d\0\0")), open_lzma)


def _codec(budget: Budget) -> Codec:
    def begin(view: View) -> Decoder:
        header = view.read(0, _SIZE + 1)
        size = int.from_bytes(header[5:13], "little")
        if int.from_bytes(header[1:5], "little") not in DICTIONARIES or header[13]:
            raise NotThisFormat
        if size != _UNKNOWN and not _SHORTEST <= size <= budget.limits.file_bytes:
            raise NotThisFormat
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY_BYTES)

    return Codec(begin, (lzma.LZMAError,), promising_bytes=PROMISING_BYTES)


def _label(view: View) -> str:
    properties = view.slice(0, 1)[0]
    return f"lc {properties % 9}, lp {properties // 9 % 5}, pb {properties // 45}"
