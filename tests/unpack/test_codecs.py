"""Tests of the block decoders: what they give, and that they never give more than asked for."""

from __future__ import annotations

import lzma
import random
import zlib
from collections.abc import Callable

import lz4.block
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lzallright import LZOCompressor

from plimsoll.unpack import codecs
from plimsoll.unpack.codecs import Decode, Undecodable
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(3000).hex().encode() + bytes(2000)
_LIMIT = 8192


def _lzma_long(content: bytes) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_ALONE)


def _lzma_sized(content: bytes) -> bytes:
    long = _lzma_long(content)
    return long[:5] + len(content).to_bytes(8, "little") + long[13:]


def _lzma_short(content: bytes) -> bytes:
    long = _lzma_long(content)
    return long[:5] + long[13:]


def _zstd(content: bytes) -> bytes:
    return images.stream("zstd", "zstd", content)


_CODECS: dict[str, tuple[Callable[[bytes], bytes], Decode]] = {
    "zlib": (zlib.compress, codecs.decode_zlib),
    "xz": (lzma.compress, codecs.decode_xz),
    "lzma with an end mark": (_lzma_long, codecs.decode_lzma),
    "lzma with the size": (_lzma_sized, codecs.decode_lzma),
    "lzma with a short header": (_lzma_short, codecs.decode_lzma),
    "lzo": (LZOCompressor().compress, codecs.decode_lzo),
    "lz4": (lambda content: lz4.block.compress(content, store_size=False), codecs.decode_lz4),
    "zstd": (_zstd, codecs.decode_zstd),
}
_EACH = pytest.mark.parametrize("name", _CODECS)
_PLAIN = tuple(decode for _, decode in _CODECS.values())


@_EACH
@pytest.mark.parametrize("limit", [len(_CONTENT), _LIMIT, 1 << 20], ids=["exact", "near", "far"])
def test_a_block_is_undone(name: str, limit: int) -> None:
    encode, decode = _CODECS[name]
    assert decode(memoryview(encode(_CONTENT)), limit) == _CONTENT


@_EACH
def test_a_block_of_zeros_is_undone(name: str) -> None:
    encode, decode = _CODECS[name]
    assert decode(memoryview(encode(bytes(1 << 20))), 1 << 20) == bytes(1 << 20)


@_EACH
def test_a_block_that_holds_more_never_gives_more(name: str) -> None:
    encode, decode = _CODECS[name]
    _damaged(decode, encode(_CONTENT), len(_CONTENT) - 1)
    _damaged(decode, encode(bytes(16 << 20)), 4096)


@_EACH
def test_a_block_that_is_cut_short_gives_only_what_is_true(name: str) -> None:
    encode, decode = _CODECS[name]
    block = encode(_CONTENT)
    for length in (0, 1, 4, 12, 40, len(block) // 2, len(block) - 1):
        _damaged(decode, block[:length], _LIMIT)


@pytest.mark.parametrize("name", sorted(_CODECS.keys() - {"lz4"}))
def test_bytes_after_the_end_mark_of_a_block_are_passed_over(name: str) -> None:
    encode, decode = _CODECS[name]
    assert decode(memoryview(encode(_CONTENT) + b"tail" * 10), len(_CONTENT)) == _CONTENT


def test_a_window_larger_than_a_block_ever_needs_costs_nothing() -> None:
    block = bytearray(_lzma_long(_CONTENT))
    block[1:5] = b"\xff" * 4
    assert codecs.decode_lzma(memoryview(block), _LIMIT) == _CONTENT


def test_a_zlib_block_without_a_sound_checksum_is_damaged() -> None:
    block = bytearray(zlib.compress(_CONTENT))
    block[-1] ^= 1
    with pytest.raises(Undecodable):
        codecs.decode_zlib(memoryview(block), _LIMIT)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(_PLAIN), st.binary(max_size=200), st.integers(1, 4096))
def test_any_bytes_raise_only_undecodable(decode: Decode, block: bytes, limit: int) -> None:
    _try(decode, block, limit)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(_CODECS.keys() - {"zstd"})), st.integers(0, 1 << 16), st.integers(1, 255))
def test_a_flipped_byte_raises_only_undecodable(name: str, offset: int, flip: int) -> None:
    encode, decode = _CODECS[name]
    block = bytearray(encode(b"some content " * 40))
    block[offset % len(block)] ^= flip
    _try(decode, bytes(block), 520)


def _try(decode: Decode, block: bytes, limit: int) -> None:
    try:
        content = decode(memoryview(block), limit)
    except Undecodable:
        return
    assert len(content) <= limit


def _damaged(decode: Decode, block: bytes, limit: int) -> None:
    """Check that a block either is told to be damaged, or gives a beginning of the content within the limit."""
    try:
        content = decode(memoryview(block), limit)
    except Undecodable:
        return
    assert len(content) <= limit
    assert _CONTENT.startswith(content) or not any(content)
