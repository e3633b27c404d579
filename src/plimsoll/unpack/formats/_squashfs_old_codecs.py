"""Undoes the blocks of old squashfs images: zlib, and LZMA behind whatever header a maker of chips left before it.

The format itself names no codec, so all are tried on one block. The range coder of LZMA begins with a zero byte; before
it stand properties, dictionary size and length of the content, or only the first of them, or nothing. Source of the
properties byte: the LZMA SDK's `lzma-specification.txt`.
"""

from __future__ import annotations

import itertools
import lzma
from collections.abc import Iterator

import msgspec

from plimsoll.unpack.codecs import Decode, Undecodable, decode_zlib

_FLUSHED = 6
"""Bytes at the end of a stream of which the range coder may not need all."""
_STEP = 256
_MOST = 225
"""Properties bytes there are."""
_USUAL = 2 * 45 + 3


class Codec(msgspec.Struct, frozen=True):
    """One way to undo the blocks of an image."""

    name: str
    decode: Decode


class LzmaLayout(msgspec.Struct, frozen=True):
    """Where the stream of an LZMA block begins, and where its properties are from; callable as a decoder."""

    header: int
    """Bytes before the stream: 13, 9, 5, 1 or 0."""
    properties: int | None = None
    """(pb * 5 + lp) * 9 + lc when the block does not begin with it."""

    def __call__(self, block: memoryview, limit: int) -> bytes:
        """Undo a block; a few zlib blocks may stand among those of LZMA."""
        if len(block) > 2 and block[0] & 0x8F == 0x08 and (block[0] << 8 | block[1]) % 31 == 0:
            try:
                return bytes(decode_zlib(block, limit))
            except Undecodable:
                pass
        return self.undo(block, limit)

    def undo(self, block: memoryview, limit: int) -> bytes:
        """Undo a block of LZMA."""
        if len(block) < self.header + 5 or block[self.header]:
            raise Undecodable("no LZMA stream where it should be")
        properties = block[0] if self.properties is None else self.properties
        size = int.from_bytes(block[5 : self.header], "little") if self.header > 5 else limit
        if properties >= _MOST:
            raise Undecodable("no properties of LZMA")
        return _decode(block[self.header :], properties, min(size, limit))


def codecs() -> Iterator[Codec]:
    """Give all codecs, the usual ones first."""
    yield Codec("zlib", decode_zlib)
    for header in (13, 5, 9, 1):
        yield Codec("LZMA", LzmaLayout(header))
    yield Codec("LZMA", LzmaLayout(0, _USUAL))
    for pb, lp, lc in itertools.product(range(5), range(5), range(5)):
        properties = (pb * 5 + lp) * 9 + lc
        if lc + lp <= 4 and properties != _USUAL:
            yield Codec("LZMA", LzmaLayout(0, properties))


def certain_codecs() -> Iterator[Codec]:
    """Give the codecs that may be told from the length of the content alone: those that do not guess properties."""
    for codec in codecs():
        yield codec
        if isinstance(codec.decode, LzmaLayout) and not codec.decode.header:
            return


def _decode(stream: memoryview, properties: int, limit: int) -> bytes:
    """Undo a stream that has no end mark: what its last few bytes give may be nonsense, and is as good as padding."""
    try:
        content = _decoder(properties, limit).decompress(stream, limit)
    except (lzma.LZMAError, ValueError):
        content = _decode_to_nonsense(stream, properties, limit)
    if not content:
        raise Undecodable("an empty LZMA stream")
    return content


def _decode_to_nonsense(stream: memoryview, properties: int, limit: int) -> bytes:
    """Undo a stream up to what makes no sense, which only the range coder's last bytes may do."""
    try:
        _decoder(properties, limit).decompress(stream[:-_FLUSHED], limit)
        sound = len(_steps(_decoder(properties, limit), stream, b"", limit, _STEP))
        decoder = _decoder(properties, limit)
        before = decoder.decompress(stream, sound) if sound else b""
        return _steps(decoder, b"" if sound else stream, before, min(sound + _STEP, limit), 1)
    except (lzma.LZMAError, ValueError) as error:
        raise Undecodable(str(error)) from error


def _steps(decoder: lzma.LZMADecompressor, stream: memoryview | bytes, before: bytes, limit: int, step: int) -> bytes:
    parts, size = [before], len(before)
    try:
        while size < limit:
            part = decoder.decompress(stream, min(step, limit - size))
            stream = b""
            if not part:
                break
            parts.append(part)
            size += len(part)
    except (lzma.LZMAError, EOFError):
        pass
    return b"".join(parts)


def _decoder(properties: int, limit: int) -> lzma.LZMADecompressor:
    filters = {
        "id": lzma.FILTER_LZMA1,
        "lc": properties % 9,
        "lp": properties // 9 % 5,
        "pb": properties // 45,
        # NOTE: no match reaches back further than the content, so a smaller window gives the same bytes.
        "dict_size": max(limit, 4096),
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[filters])
