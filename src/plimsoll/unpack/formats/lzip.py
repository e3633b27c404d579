"""Opens lzip files: LZMA members, each with its checksum and its length.

Source: the manual of lzip, chapter on the file format. Numbers are little-endian.

offset  size  member
0       4     magic LZIP
4       1     version, 1
5       1     dictionary: two to the power of the low 5 bits, less so many sixteenths of it as the high 3 bits say
6             LZMA with lc 3, lp 0, pb 2 and an end mark
-20     4     CRC-32 of the content
-16     8     length of the content
-8      8     length of the member
"""

from __future__ import annotations

import lzma
import zlib

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.formats._stream import Codec, Decoder, read_stream
from plimsoll.unpack.limits import Budget

MAGIC = b"LZIP\x01"

_HEADER_BYTES, _TRAILER_BYTES = 6, 20
_LOGS = range(12, 30)


def open_lzip(view: View, budget: Budget) -> Decoded:
    """Undo the stream at the beginning of a view; checksums and lengths of all members are verified."""
    return read_stream(view, budget, Codec(_begin, (lzma.LZMAError, _Damaged)), "lzip")


FORMAT = Format("lzip", "lzip stream", (Magic(MAGIC),), open_lzip)


class _Damaged(Exception):
    """The trailer does not fit the content."""


def _begin(view: View) -> Decoder:
    header = view.read(0, _HEADER_BYTES + 1)
    log, less = header[5] & 31, header[5] >> 5
    if header[: len(MAGIC)] != MAGIC or log not in _LOGS or header[_HEADER_BYTES]:  # the range coder's first byte
        raise NotThisFormat
    return _Member((1 << log) - less * (1 << log) // 16)


class _Member:
    """One member, in the manner of the decoders of the standard library."""

    def __init__(self, dictionary: int) -> None:
        filters = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": dictionary}]
        self._decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
        self._head = _HEADER_BYTES
        """Bytes of the header that are still to be passed over."""
        self._tail = b""
        self._taken = self._given = self._sum = 0
        self.eof = False
        self.unused_data = b""

    @property
    def needs_input(self) -> bool:
        return self._decoder.eof or self._decoder.needs_input

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._taken += len(data)
        passed = min(self._head, len(data))
        self._head -= passed
        data = data[passed:]
        if self._decoder.eof:
            self._tail += data
            content = b""
        else:
            content = self._decoder.decompress(data, max_length)
            self._sum = zlib.crc32(content, self._sum)
            self._given += len(content)
            self._tail = self._decoder.unused_data
        if self._decoder.eof and len(self._tail) >= _TRAILER_BYTES:
            self._finish()
        return content

    def _finish(self) -> None:
        trailer, self.unused_data = self._tail[:_TRAILER_BYTES], self._tail[_TRAILER_BYTES:]
        stated = (int.from_bytes(trailer[:4], "little"), int.from_bytes(trailer[4:12], "little"),
                  int.from_bytes(trailer[12:], "little"))  # fmt: skip
        if stated != (self._sum, self._given, self._taken - len(self.unused_data)):
            raise _Damaged("the trailer does not fit the content")
        self.eof = True
