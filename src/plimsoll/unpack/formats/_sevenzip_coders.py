"""Undoes the folders of a 7z archive, one coder after the other.

Sources: `7zFormat.txt` and `Methods.txt` of the LZMA SDK, which are in the public domain. The filters for machine code
work on bytes that were undone before: they are handed to the library as chunks of LZMA2 that are not compressed.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from plimsoll.model.message import Message, message
from plimsoll.unpack.codecs import ZstdError, make_zstd_decoder
from plimsoll.unpack.format import Encrypted, Malformed, Unsupported, View
from plimsoll.unpack.formats._sevenzip_header import Coder, Folder
from plimsoll.unpack.formats._solid import Undone
from plimsoll.unpack.limits import Budget

COPY, LZMA, LZMA2, DELTA, DEFLATE, BZIP2 = b"\0", b"\3\1\1", b"\x21", b"\3", b"\4\1\x08", b"\4\2\2"
ZSTD, AES = b"\4\xf7\x11\1", b"\6\xf1\7\1"
NAMES = {COPY: "copy", LZMA: "LZMA", LZMA2: "LZMA2", DELTA: "delta", DEFLATE: "deflate", BZIP2: "bzip2", ZSTD: "zstd",
         AES: "AES", b"\3\3\1\x1b": "BCJ2", b"\3\4\1": "PPMd", b"\4\1\x09": "deflate64", b"\x0a": "ARM64",
         b"\x0b": "RISC-V"}  # fmt: skip
"""Methods by their id; filters for machine code are in MACHINES."""

MACHINES: dict[bytes, tuple[str, int]] = {
    b"\3\3\1\3": ("x86", lzma.FILTER_X86),
    b"\3\3\2\5": ("PowerPC", lzma.FILTER_POWERPC),
    b"\3\3\4\1": ("IA-64", lzma.FILTER_IA64),
    b"\3\3\5\1": ("ARM", lzma.FILTER_ARM),
    b"\3\3\7\1": ("ARM Thumb", lzma.FILTER_ARMTHUMB),
    b"\3\3\x08\5": ("SPARC", lzma.FILTER_SPARC),
    b"\4": ("x86", lzma.FILTER_X86),
    b"\5": ("PowerPC", lzma.FILTER_POWERPC),
    b"\6": ("IA-64", lzma.FILTER_IA64),
    b"\7": ("ARM", lzma.FILTER_ARM),
    b"\x08": ("ARM Thumb", lzma.FILTER_ARMTHUMB),
    b"\x09": ("SPARC", lzma.FILTER_SPARC),
}

_INPUT_BYTES = 64 << 10
_OUTPUT_BYTES = 1 << 20
_CHUNK_BYTES = 64 << 10
_SMALLEST_DICTIONARY, _LARGEST_DICTIONARY = 4096, 256 << 20
_WINDOW_LOG = 27
_ERRORS = (lzma.LZMAError, zlib.error, OSError, EOFError, ValueError, ZstdError)


def undo_folder(folder: Folder, view: View, budget: Budget) -> Undone:
    """Undo a folder; `view` begins after the first header of the archive."""
    if any(coder.id == AES for coder in folder.coders):
        raise Encrypted(message("the content is encrypted"))
    unread = [coder for coder in folder.coders if coder.id not in {COPY, *_DECODERS, *_FILTERS}]
    if unread or len(folder.places) != 1 or any((one.inputs, one.outputs) != (1, 1) for one in folder.coders):
        names = ", ".join(name_coder(coder) for coder in unread or folder.coders)
        raise Unsupported(message("the method {method} is not read", method=names))
    offset, length = folder.places[0]
    missing = offset + length - view.size
    broken = message("cut short: {missing} bytes are missing", missing=missing) if missing > 0 else None
    content: bytes | memoryview = view.buffer[offset : offset + length]
    for number in _order(folder):
        size = folder.sizes[number]
        budget.take_output(size, length)
        content, damage = _undo(folder.coders[number], content, size)
        broken = broken or damage
    return bytes(content), broken


def name_coder(coder: Coder) -> str:
    """Name a method."""
    if coder.id in MACHINES:
        return MACHINES[coder.id][0]
    return NAMES.get(coder.id, coder.id.hex())


def _order(folder: Folder) -> Iterator[int]:
    """Give the coders in the order in which they are to be undone."""
    following = {out: into for into, out in folder.pairs}
    number: int | None = folder.packed[0]
    for _ in folder.coders:
        if number is None or number >= len(folder.coders):
            raise Malformed(message("a folder whose coders do not fit together"))
        yield number
        number = following.get(number)
    if number is not None:
        raise Malformed(message("a folder whose coders do not fit together"))


def _undo(coder: Coder, data: bytes | memoryview, size: int) -> Undone:
    """Undo one coder; of damaged data, give what comes before the damage."""
    if coder.id == COPY:
        content = bytes(data[:size])
        return content, _short(content, size)
    parts: list[bytes] = []
    have = 0
    reason: Message | None = None
    try:
        for part in _FILTERS[coder.id](coder, data) if coder.id in _FILTERS else _decode(coder, data, size):
            parts.append(part)
            have += len(part)
    except _ERRORS as error:
        reason = message("damaged after {size} bytes of content: {error}", size=have, error=str(error))
    content = b"".join(parts)
    return content, reason or _short(content, size)


def _short(content: bytes, size: int) -> Message | None:
    if len(content) == size:
        return None
    return message("cut short; {size} bytes of content can be read", size=len(content))


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes: ...


def _decode(coder: Coder, data: bytes | memoryview, size: int) -> Iterator[bytes]:
    """Give the content of a compressed stream piece by piece, and no more of it than the header states."""
    make = _DECODERS[coder.id]
    decoder = make(coder, size)
    position = 0
    while size:
        piece: bytes | memoryview = b""
        if decoder.needs_input:
            piece = data[position : position + _INPUT_BYTES]
            if not piece:
                return
            position += len(piece)
        content = decoder.decompress(piece, min(size, _OUTPUT_BYTES))
        size -= len(content)
        yield content
        if decoder.eof:
            position -= len(decoder.unused_data)
            if coder.id != BZIP2 or position >= len(data):
                return
            decoder = make(coder, size)


def _make_lzma(coder: Coder, size: int) -> _Decoder:
    """Make a decoder from properties, (pb * 5 + lp) * 9 + lc, and dictionary size, 4 bytes."""
    if len(coder.settings) != 5:
        raise ValueError("settings of LZMA that make no sense")
    properties = coder.settings[0]
    fields = {"lc": properties % 9, "lp": properties // 9 % 5, "pb": properties // 45}
    dictionary = int.from_bytes(coder.settings[1:], "little")
    return _make_raw({"id": lzma.FILTER_LZMA1, **fields}, dictionary, size)


def _make_lzma2(coder: Coder, size: int) -> _Decoder:
    """Make a decoder from the dictionary size in one byte: two or three times a power of two."""
    if len(coder.settings) != 1 or coder.settings[0] > 40:
        raise ValueError("settings of LZMA2 that make no sense")
    dictionary = (2 | coder.settings[0] & 1) << (coder.settings[0] // 2 + 11)
    return _make_raw({"id": lzma.FILTER_LZMA2}, dictionary, size)


def _make_raw(fields: dict[str, int], dictionary: int, size: int) -> _Decoder:
    # NOTE: no match reaches back further than the content, so a smaller window gives the same bytes.
    window = max(min(dictionary, size, _LARGEST_DICTIONARY), _SMALLEST_DICTIONARY)
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[{**fields, "dict_size": window}])


class _Deflate:
    """Raw deflate, in the manner of the other decoders of the standard library."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(wbits=-zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def needs_input(self) -> bool:
        return not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        return self._decoder.decompress(self._decoder.unconsumed_tail + data, max_length)


_DECODERS: dict[bytes, Callable[[Coder, int], _Decoder]] = {
    LZMA: _make_lzma,
    LZMA2: _make_lzma2,
    DEFLATE: lambda coder, size: _Deflate(),
    BZIP2: lambda coder, size: bz2.BZ2Decompressor(),
    ZSTD: lambda coder, size: make_zstd_decoder(_WINDOW_LOG),
}


def _undo_delta(coder: Coder, data: bytes | memoryview) -> Iterator[bytes]:
    distance = coder.settings[0] + 1 if coder.settings else 1
    return _through({"id": lzma.FILTER_DELTA, "dist": distance}, data)


def _undo_machine(coder: Coder, data: bytes | memoryview) -> Iterator[bytes]:
    return _through({"id": MACHINES[coder.id][1]}, data)


def _through(fields: dict[str, int], data: bytes | memoryview) -> Iterator[bytes]:
    """Put bytes through a filter: in chunks with 1 (2 after the first), length less one, bytes; 0 ends them."""
    chunks = {"id": lzma.FILTER_LZMA2, "dict_size": _CHUNK_BYTES}
    decoder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[fields, chunks])
    for start in range(0, len(data), _CHUNK_BYTES):
        piece = bytes(data[start : start + _CHUNK_BYTES])
        yield decoder.decompress((b"\2" if start else b"\1") + (len(piece) - 1).to_bytes(2, "big") + piece)
    yield decoder.decompress(b"\0")


_FILTERS: dict[bytes, Callable[[Coder, bytes | memoryview], Iterator[bytes]]] = {
    DELTA: _undo_delta,
    **dict.fromkeys(MACHINES, _undo_machine),
}
