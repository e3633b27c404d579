"""Opens bzip2 streams, of one member or several, wherever they lie.

Observed in files made by `bzip2`: `BZh`, the block size as a digit, then `1AY&SY` (31 41 59 26 53 59) before each
block. A stream without content has no block and is not looked for.
"""

from __future__ import annotations

import bz2

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

BLOCK_MAGIC = b"1AY&SY"


def open_bzip2(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; its checksums are verified."""
    return read_stream(view, budget, Codec(_begin, (OSError, EOFError), strong=True))


FORMAT = Format("bzip2", "bzip2 stream", (Magic(BLOCK_MAGIC, 4),), open_bzip2)


def _begin(view: View) -> Decoder:
    header = view.read(0, 10)
    if header[:3] != b"BZh" or not b"1" <= header[3:4] <= b"9" or header[4:] != BLOCK_MAGIC:
        raise NotThisFormat
    return bz2.BZ2Decompressor()
