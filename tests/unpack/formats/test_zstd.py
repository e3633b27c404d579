"""Tests of Zstandard streams."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats.zstd import FORMAT, MAGIC, open_zstd
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(200_000).hex().encode()
_SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0skip"


@pytest.fixture(scope="module")
def frame() -> bytes:
    """Give a frame whose header states no size."""
    return images.stream("zstd", "zstd", _CONTENT)


@pytest.mark.parametrize("options", [("-19",), ("--no-check",), ("--long=27",), ("--fast=5",)])
def test_a_frame_is_undone_and_ends_where_it_ends(options: tuple[str, ...]) -> None:
    stream = images.stream("zstd", "zstd", _CONTENT, *options)
    opened = open_zstd(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_several_frames_are_one_stream(frame: bytes) -> None:
    opened = open_zstd(View(frame + _SKIPPED + frame + bytes(20)), _budget())
    assert opened.data == _CONTENT * 2
    assert opened.length == 2 * len(frame) + len(_SKIPPED)


@pytest.mark.parametrize("data", [b"", MAGIC, MAGIC + b"\x08" + bytes(50), MAGIC + b"\xff" * 60, bytes(60)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_zstd(View(data), _budget())


def test_a_window_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(NotThisFormat):
        open_zstd(View(MAGIC + b"\x00\xa8" + bytes(50)), _budget())


def test_a_claim_of_a_huge_size_is_not_believed() -> None:
    with pytest.raises(NotThisFormat):
        open_zstd(View(MAGIC + b"\xe0" + b"\xff" * 7 + b"\x0f" + bytes(50)), _budget())


def test_what_there_is_of_a_truncated_stream_is_given(frame: bytes) -> None:
    opened = open_zstd(View(frame[:-5000]), _budget())
    assert len(opened.data) > 100_000
    assert _CONTENT.startswith(opened.data)
    assert "cut short" in str(opened.problems[0])


def test_a_wrong_checksum_is_a_problem(frame: bytes) -> None:
    opened = open_zstd(View(frame[:-1] + bytes([frame[-1] ^ 1])), _budget())
    assert "damaged" in str(opened.problems[0])


def test_a_bomb_is_stopped_on_the_way() -> None:
    bomb = images.stream("zstd", "zstd", bytes(8 << 20))
    with pytest.raises(LimitReached):
        open_zstd(View(bomb), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_raise_only_declared_errors(tail: bytes) -> None:
    try:
        opened = open_zstd(View(MAGIC + tail), _budget())
    except (NotThisFormat, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(tail) + 4


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("zstd", True)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
