"""Tests of xz streams."""

from __future__ import annotations

import lzma
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.xz import FORMAT, open_xz
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(20_000).hex().encode()


@pytest.mark.parametrize(
    "options", [(), ("-0", "--check=sha256"), ("--check=none",), ("--arm", "--lzma2=dict=64KiB"), ("-T2",)]
)
def test_a_stream_is_undone_and_ends_where_it_ends(options: tuple[str, ...]) -> None:
    stream = images.stream("xz", "xz-utils", _CONTENT, *options)
    opened = open_xz(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_several_streams_after_each_other_are_one() -> None:
    streams = lzma.compress(_CONTENT) + lzma.compress(b"end")
    opened = open_xz(View(streams + bytes(20)), _budget())
    assert (opened.data, opened.length, opened.label) == (_CONTENT + b"end", len(streams), "2 members")


@pytest.mark.parametrize("data", [b"", b"\xfd7zXZ\0", b"\xfd7zXZ\0\0\x04" + bytes(50), bytes(60)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_xz(View(data), _budget())


def test_damage_directly_after_a_sound_header_is_told() -> None:
    stream = lzma.compress(_CONTENT)
    with pytest.raises(Malformed, match="damaged"):
        open_xz(View(stream[:12] + b"\xaa" * 1000), _budget())
    with pytest.raises(Malformed, match="cut short"):
        open_xz(View(stream[:12]), _budget())


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    stream = lzma.compress(_CONTENT)
    opened = open_xz(View(stream[:-5000]), _budget())
    assert len(opened.data) > 10_000
    assert _CONTENT.startswith(opened.data)
    assert "cut short" in str(opened.problems[0])


def test_a_window_that_needs_too_much_memory_is_told() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 64 << 10}]
    stream = bytearray(lzma.compress(b"content", filters=filters))
    # The dictionary of 64 KiB is byte 4 of the block header; 40 stands for 4 GiB.
    assert stream[12 + 2 : 12 + 5] == b"\x21\x01\x08"
    stream[12 + 4] = 40
    stream[12 + 8 : 12 + 12] = _crc32(stream[12 : 12 + 8])
    with pytest.raises(Malformed, match="emory"):
        open_xz(View(bytes(stream)), _budget())


def test_a_bomb_is_stopped_on_the_way() -> None:
    with pytest.raises(LimitReached):
        open_xz(View(lzma.compress(bytes(20 << 20), preset=0)), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 255))
def test_any_bytes_raise_only_declared_errors(tail: bytes, offset: int, flip: int) -> None:
    stream = bytearray(lzma.compress(b"some content " * 20)[: max(offset, 12)] + tail)
    stream[offset % len(stream)] ^= flip
    try:
        opened = open_xz(View(bytes(stream)), _budget())
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(stream)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("xz", True)


def _crc32(data: bytearray) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
