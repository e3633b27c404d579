"""Opens xz streams, with whatever filters their headers name, wherever they lie: kernels, initial file systems.

Source: the .xz file format, version 1.1.0, section 2.1.1.

offset  size  stream header
0       6     magic fd `7zXZ` 00
6       2     flags: 00, then the kind of check
8       4     CRC32 of the flags, little-endian
"""

from __future__ import annotations

import lzma
import zlib

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MAGIC = b"\xfd7zXZ\0"
MEMORY_BYTES = 256 << 20
"""Most memory that a decoder may ask for; the largest preset of `xz` needs 65 MiB."""


def open_xz(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; its checks are verified."""
    return read_stream(view, budget, Codec(_begin, (lzma.LZMAError,), strong=True))


FORMAT = Format("xz", "xz stream", (Magic(MAGIC),), open_xz)


def _begin(view: View) -> Decoder:
    header = view.read(0, 12)
    if header[:6] != MAGIC or zlib.crc32(header[6:8]) != int.from_bytes(header[8:], "little"):
        raise NotThisFormat
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY_BYTES)
