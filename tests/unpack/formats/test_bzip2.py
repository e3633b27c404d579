"""Tests of bzip2 streams."""

from __future__ import annotations

import bz2
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.bzip2 import FORMAT, open_bzip2
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(150_000).hex().encode()


@pytest.mark.parametrize("level", ["-1", "-9"])
def test_a_stream_is_undone_and_ends_where_it_ends(level: str) -> None:
    stream = images.stream("bzip2", "bzip2", _CONTENT, level)
    opened = open_bzip2(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_several_members_are_one_stream() -> None:
    members = bz2.compress(_CONTENT) + bz2.compress(b"end")
    opened = open_bzip2(View(members + bytes(20)), _budget())
    assert (opened.data, opened.length, opened.label) == (_CONTENT + b"end", len(members), "2 members")


@pytest.mark.parametrize("data", [b"", b"BZh9", b"BZh01AY&SY" + bytes(50), b"BZhx1AY&SY" + bytes(50), bytes(60)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_bzip2(View(data), _budget())


def test_damage_in_the_first_block_is_told() -> None:
    stream = bytearray(bz2.compress(_CONTENT))
    stream[1000] ^= 0xFF
    with pytest.raises(Malformed, match="damaged"):
        open_bzip2(View(bytes(stream)), _budget())


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    stream = bz2.compress(_CONTENT, 1)
    opened = open_bzip2(View(stream[:-5000]), _budget())
    assert len(opened.data) > 50_000
    assert _CONTENT.startswith(opened.data)
    assert "cut short" in str(opened.problems[0])


def test_a_bomb_is_stopped_on_the_way() -> None:
    with pytest.raises(LimitReached):
        open_bzip2(View(bz2.compress(bytes(8 << 20))), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 255))
def test_any_bytes_raise_only_declared_errors(tail: bytes, offset: int, flip: int) -> None:
    stream = bytearray(bz2.compress(b"some content " * 20)[: max(offset, 10)] + tail)
    stream[offset % len(stream)] ^= flip
    try:
        opened = open_bzip2(View(bytes(stream)), _budget())
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(stream)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("bzip2", True)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
