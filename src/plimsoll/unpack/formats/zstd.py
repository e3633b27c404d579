"""Opens Zstandard streams, of one frame or several, wherever they lie: kernels, packages.

Source: RFC 8878, sections 3.1.1 and 3.1.2.

offset  size  frame header
0       4     magic 28 b5 2f fd; of a skippable frame 50 to 5f, then 2a 4d 18
4       1     descriptor, bit 3 always zero; of a skippable frame 4 bytes of length
"""

from __future__ import annotations

from plimsoll.unpack.codecs import ZstdError, make_zstd_decoder
from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MAGIC = b"\x28\xb5\x2f\xfd"
WINDOW_LOG = 27
"""Largest window, 128 MiB, as `zstd` itself accepts unless told otherwise."""

_SKIPPABLE = b"\x2a\x4d\x18"


def open_zstd(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; checksums are verified where there are any."""
    return read_stream(view, budget, Codec(_begin, (ZstdError,)))


FORMAT = Format("zstd", "Zstandard stream", (Magic(MAGIC),), open_zstd)


def _begin(view: View) -> Decoder:
    header = view.read(0, 5)
    is_skipped = 0x50 <= header[0] <= 0x5F and header[1:4] == _SKIPPABLE
    if not is_skipped and (header[:4] != MAGIC or header[4] & 0x08):
        raise NotThisFormat
    return make_zstd_decoder(WINDOW_LOG)
