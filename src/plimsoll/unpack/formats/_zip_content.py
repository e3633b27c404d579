"""The content of an entry of a zip archive: found behind its own header, undone by its method, held to its checksum."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable

import msgspec

from plimsoll.model.message import message
from plimsoll.unpack.codecs import Undecodable, decode_xz, decode_zstd
from plimsoll.unpack.format import Malformed, Unsupported, View
from plimsoll.unpack.formats._archive import cut_short
from plimsoll.unpack.formats._zip_records import (
    BZIP2,
    DEFLATE,
    LZMA,
    METHODS,
    OLD_ZSTD,
    STORED,
    XZ,
    ZSTD,
    Entry,
    read_local,
)
from plimsoll.unpack.limits import Budget

_SMALLEST_DICTIONARY = 4096
_LZMA_HEADER = 9


class Packed(msgspec.Struct, frozen=True):
    """Content that lies in the archive behind the header of its entry."""

    entry: Entry

    @property
    def offset(self) -> int:
        """Where the header begins."""
        return self.entry.offset

    def read(self, view: View, budget: Budget) -> bytes:
        """Undo the content and compare its length and checksum."""
        entry = self.entry
        if entry.is_encrypted:
            raise Unsupported(message("the content is encrypted"))
        undo = _UNDO.get(entry.method)
        if undo is None:
            name = METHODS.get(entry.method, str(entry.method))
            raise Unsupported(message("the method {method} is not read", method=name))
        header = read_local(view, entry.offset) if entry.offset >= 0 else None
        if header is None:
            raise Malformed(message("no header of the entry is at {offset}", offset=hex(entry.offset)))
        start = entry.offset + header.length
        if start + entry.packed > view.size:
            raise cut_short(start + entry.packed - view.size)
        budget.take_output(entry.size, entry.packed)
        content = _undone(undo, view.slice(start, entry.packed), entry.size + 1)
        if len(content) != entry.size:
            raise Malformed(message("the content has another length than {size} bytes", size=entry.size))
        if zlib.crc32(content) != entry.checksum:
            raise Malformed(message("the checksum of the content is wrong"))
        return content


def _undone(undo: Callable[[memoryview, int], bytes], packed: memoryview, limit: int) -> bytes:
    """Give the content, and no more of it than the limit."""
    try:
        return undo(packed, limit)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, Undecodable) as error:
        raise Malformed(message("the content is damaged: {error}", error=str(error))) from error


def _undo_stored(packed: memoryview, limit: int) -> bytes:
    return bytes(packed[:limit])


def _undo_deflate(packed: memoryview, limit: int) -> bytes:
    return zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(packed, limit)


def _undo_bzip2(packed: memoryview, limit: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(packed, limit)


def _undo_lzma(packed: memoryview, limit: int) -> bytes:
    """Undo LZMA behind its header: version, length of the properties (always 5), properties, dictionary size."""
    if len(packed) < _LZMA_HEADER or packed[2] != 5 or packed[3]:
        raise Undecodable("an LZMA header that makes no sense")
    properties, dictionary = packed[4], int.from_bytes(packed[5:9], "little")
    filters = {
        "id": lzma.FILTER_LZMA1,
        "lc": properties % 9,
        "lp": properties // 9 % 5,
        "pb": properties // 45,
        # NOTE: no match reaches back further than the content, so a smaller window gives the same bytes.
        "dict_size": min(max(dictionary, _SMALLEST_DICTIONARY), max(limit, _SMALLEST_DICTIONARY)),
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters]).decompress(packed[_LZMA_HEADER:], limit)


_UNDO: dict[int, Callable[[memoryview, int], bytes]] = {
    STORED: _undo_stored,
    DEFLATE: _undo_deflate,
    BZIP2: _undo_bzip2,
    LZMA: _undo_lzma,
    OLD_ZSTD: decode_zstd,
    ZSTD: decode_zstd,
    XZ: decode_xz,
}
