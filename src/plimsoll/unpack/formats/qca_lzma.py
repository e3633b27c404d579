"""Opens the compressed programs of powerline adapters with Qualcomm Atheros processors, of many makers.

Source: the handler for this format in unblob (MIT). All numbers are little-endian.

offset  size  header
0       2     lc, only 3 was seen
2       2     pb, only 2 was seen
4       4     dictionary, only 4 KiB was seen
8       4     stored length
12      4     length of the content
16            LZMA without a header, lp 0
"""

from __future__ import annotations

import lzma
import struct

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

MAGIC = b"\x03\0\x02\0\0\x10\0\0"

MOST_BYTES = 64 << 20
"""Longest program that is believed: adapters have far less memory."""

_HEADER = struct.Struct("<8sII")
_SHORTEST = 64
_FILTERS = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 4096}]


def open_qca_lzma(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; raise NotThisFormat unless all of it gives as much as it says."""
    if view.size <= _HEADER.size:
        raise NotThisFormat
    magic, stored, size = _HEADER.unpack(view.slice(0, _HEADER.size))
    end = _HEADER.size + stored
    if magic != MAGIC or not _SHORTEST <= stored <= size <= MOST_BYTES or end > view.size:
        raise NotThisFormat
    if view.slice(_HEADER.size, 1)[0]:  # the range coder's first byte
        raise NotThisFormat
    budget.take_output(size, stored)
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_FILTERS)
    try:
        content = decoder.decompress(view.slice(_HEADER.size, stored), size)
        if len(content) != size or (not decoder.eof and decoder.decompress(b"", 1)):
            raise NotThisFormat
    except (lzma.LZMAError, EOFError) as error:
        raise NotThisFormat from error
    return Decoded(end, content, "lc 3, lp 0, pb 2")


FORMAT = Format("qca-lzma", "program for powerline adapters", (Magic(MAGIC),), open_qca_lzma)
