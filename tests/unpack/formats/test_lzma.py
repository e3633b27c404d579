"""Tests of LZMA streams with the header of the SDK."""

from __future__ import annotations

import lzma
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats.lzma import FORMAT, open_lzma
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(80_000).hex().encode()
_UNKNOWN = b"\xff" * 8


@pytest.mark.parametrize("options", [(), ("-1",), ("--lzma1=lc=1,lp=2,pb=2,dict=8MiB",), ("--lzma1=dict=96KiB",)])
def test_a_stream_with_an_end_mark_is_undone_and_ends_there(options: tuple[str, ...]) -> None:
    stream = images.stream("xz", "xz-utils", _CONTENT, "--format=lzma", *options)
    opened = open_lzma(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_a_stream_of_known_size_is_undone_and_ends_there() -> None:
    stream = _of_known_size(_CONTENT)
    opened = open_lzma(View(stream + b"other things"), _budget())
    assert (opened.data, opened.problems) == (_CONTENT, ())
    assert opened.length == len(stream)


def test_the_properties_are_shown() -> None:
    assert open_lzma(View(_of_known_size(_CONTENT)), _budget()).label == "lc 3, lp 0, pb 2"


@pytest.mark.parametrize(
    "header",
    [
        b"\x5d\0\0\x81\0" + _UNKNOWN,
        b"\x5d\0\0\0\0" + _UNKNOWN,
        b"\x5d\0\0\x80\0" + bytes(8),
        b"\x5d\0\0\x80\0" + b"\0\0\0\0\x01\0\0\0",
        b"\x5d\0\0\x80\0" + b"\x07" * 8,
        b"\x5d\0\0\0\x80" + _UNKNOWN,
    ],
    ids=["odd dictionary", "no dictionary", "no content", "4 GiB of content", "absurd size", "2 GiB dictionary"],
)
def test_a_header_that_makes_no_sense_is_something_else(header: bytes) -> None:
    body = lzma.compress(_CONTENT, format=lzma.FORMAT_ALONE)[13:]
    with pytest.raises(NotThisFormat):
        open_lzma(View(header + body), _budget())


@pytest.mark.parametrize("size", [_UNKNOWN, (100_000).to_bytes(8, "little"), (64).to_bytes(8, "little")])
@pytest.mark.parametrize("body", [bytes(5000), bytes(5) + b"\xff" * 5000, b"\0" + b"some text " * 500, b"\0"])
def test_other_bytes_behind_a_sound_header_are_something_else(size: bytes, body: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_lzma(View(b"\x5d\0\0\x80\0" + size + body), _budget())


def test_random_bytes_behind_a_sound_header_are_something_else() -> None:
    numbers = random.Random(5)
    for size in (_UNKNOWN, (1 << 20).to_bytes(8, "little"), (100).to_bytes(8, "little")):
        for _ in range(100):
            with pytest.raises(NotThisFormat):
                open_lzma(View(b"\x5d\0\0\x80\0" + size + b"\0" + numbers.randbytes(2000)), _budget())


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    stream = _of_known_size(_CONTENT)
    opened = open_lzma(View(stream[:-5000]), _budget())
    assert len(opened.data) > 100_000
    assert _CONTENT.startswith(opened.data)
    assert "cut short" in str(opened.problems[0])


def test_a_bomb_is_stopped_on_the_way() -> None:
    bomb = lzma.compress(b"ab" * (10 << 20), format=lzma.FORMAT_ALONE, preset=0)
    with pytest.raises(LimitReached):
        open_lzma(View(bomb), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 255), st.integers(0, 255))
def test_any_bytes_raise_only_declared_errors(tail: bytes, first: int, log: int) -> None:
    data = bytes([first]) + (1 << log % 32).to_bytes(4, "little") + _UNKNOWN + b"\0" + tail
    try:
        opened = open_lzma(View(data), _budget())
    except (NotThisFormat, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(data)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("lzma", True)


def _of_known_size(content: bytes) -> bytes:
    """Make a stream without an end mark, as the SDK's program does."""
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": 1 << 20}]
    raw = lzma.compress(content, format=lzma.FORMAT_RAW, filters=filters)
    header = b"\x5d" + (1 << 20).to_bytes(4, "little") + len(content).to_bytes(8, "little")
    return header + raw


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
