"""Tests of LZ4 streams."""

from __future__ import annotations

import random

import lz4.frame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._stream import OUTPUT_BYTES
from plimsoll.unpack.formats.lz4 import FORMAT, LEGACY_MAGIC, MAGIC, open_lz4
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(200_000).hex().encode()


@pytest.mark.parametrize("options", [(), ("-9", "-B4"), ("--content-size", "-BX"), ("-BD", "--no-frame-crc")])
def test_a_frame_is_undone_and_ends_where_it_ends(options: tuple[str, ...]) -> None:
    stream = images.stream("lz4", "lz4", _CONTENT, *options)
    opened = open_lz4(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


@pytest.mark.parametrize("size", [0, 1, OUTPUT_BYTES, OUTPUT_BYTES + 1, 3 * OUTPUT_BYTES])
def test_a_frame_that_ends_where_the_image_ends_is_undone(size: int) -> None:
    stream = lz4.frame.compress(b"\xff" * size)
    opened = open_lz4(View(stream), Budget(Limits()))
    assert (len(opened.data), opened.length, opened.problems) == (size, len(stream), ())


def test_several_frames_are_one_stream() -> None:
    frames = lz4.frame.compress(_CONTENT) + lz4.frame.compress(b"end")
    opened = open_lz4(View(frames + bytes(20)), _budget())
    assert (opened.data, opened.length, opened.label) == (_CONTENT + b"end", len(frames), "2 members")


@pytest.mark.parametrize("content", [_CONTENT, b"some text " * 900_000, b"ab" * (4 << 20)])
def test_a_legacy_stream_is_undone_block_by_block(content: bytes) -> None:
    stream = images.stream("lz4", "lz4", content, "-l")
    opened = open_lz4(View(stream + b"\xff" * 50), Budget(Limits()))
    assert (opened.length, opened.label, opened.problems) == (len(stream), "legacy", ())
    assert opened.data == content


def test_the_size_behind_the_stream_of_a_kernel_is_no_further_block() -> None:
    content = b"ab" * (4 << 20)
    stream = images.stream("lz4", "lz4", content, "-l")
    for tail in (b"", bytes(40), b"\xff" * (9 << 20)):
        opened = open_lz4(View(stream + len(content).to_bytes(4, "little") + tail), Budget(Limits()))
        assert (opened.length, opened.data == content, opened.problems) == (len(stream), True, ())


def test_a_legacy_stream_that_breaks_off_is_told() -> None:
    stream = images.stream("lz4", "lz4", b"some text " * 900_000, "-l")
    opened = open_lz4(View(stream[:-100]), Budget(Limits()))
    assert len(opened.data) == 8 << 20
    assert "breaks off" in str(opened.problems[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + b"\x64\x40\x00" + bytes(50),
        LEGACY_MAGIC,
        LEGACY_MAGIC + b"\xff" * 50,
        LEGACY_MAGIC + bytes(50),
        LEGACY_MAGIC + b"\x10\0\0\0" + b"\xff" * 50,
        bytes(60),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_lz4(View(data), _budget())


def test_what_there_is_of_a_truncated_frame_is_given() -> None:
    stream = images.stream("lz4", "lz4", _CONTENT, "-B4")
    opened = open_lz4(View(stream[:-5000]), _budget())
    assert len(opened.data) > 100_000
    assert _CONTENT.startswith(opened.data)
    assert "cut short" in str(opened.problems[0])


def test_a_wrong_checksum_is_a_problem() -> None:
    stream = images.stream("lz4", "lz4", _CONTENT)
    opened = open_lz4(View(stream[:-1] + bytes([stream[-1] ^ 1])), _budget())
    assert "damaged" in str(opened.problems[0])


def test_a_bomb_is_stopped_on_the_way() -> None:
    content = bytes(20 << 20)
    for bomb in (lz4.frame.compress(content), images.stream("lz4", "lz4", content, "-l")):
        with pytest.raises(LimitReached):
            open_lz4(View(bomb), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from((MAGIC, LEGACY_MAGIC)), st.binary(max_size=300), st.booleans())
def test_any_bytes_raise_only_declared_errors(magic: bytes, tail: bytes, sound: bool) -> None:
    data = lz4.frame.compress(b"content")[:15] + tail if sound else magic + tail
    try:
        opened = open_lz4(View(data), _budget())
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(data)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("lz4", True)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
