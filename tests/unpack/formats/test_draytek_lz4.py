"""Tests of DrayTek's compressed blocks, made with the LZ4 library."""

from __future__ import annotations

import random
import struct

import lz4.block
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.draytek_lz4 import FORMAT, open_draytek_lz4
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CHANCE = random.Random(3)
_CONTENT = b"".join(b"a line of the program %d\n" % _CHANCE.randrange(10_000) for _ in range(12_000))


@pytest.mark.parametrize("size", [300, 65_536, 65_537, 131_072, len(_CONTENT)])
@pytest.mark.parametrize("after", [b"", b"DLM/1.0 and more", b"\xff" * 40, b"\1\0\0\0"])
def test_the_content_comes_out_as_it_went_in(size: int, after: bytes) -> None:
    stream = _stream(_CONTENT[:size])
    opened = _open(stream + after)
    assert (opened.data, opened.length, problems(opened)) == (_CONTENT[:size], len(stream), [])


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    stream = _stream(_CONTENT)
    opened = _open(stream[: len(stream) // 2])
    assert len(opened.data) % 65_536 == 0
    assert _CONTENT.startswith(opened.data)


def test_a_stream_larger_than_the_limit_is_read_up_to_it() -> None:
    opened = open_draytek_lz4(View(_stream(_CONTENT)), Budget(Limits(file_bytes=140_000)))
    assert opened.data == _CONTENT[:131_072]
    with pytest.raises(LimitReached):
        open_draytek_lz4(View(_stream(_CONTENT)), Budget(Limits(output_bytes=10)))


@pytest.mark.parametrize(("offset", "value"), [(0, b"\0"), (4, bytes(4)), (4, b"\xff" * 4), (8, b"\0\0\0\0\0\0")])
def test_a_stream_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    stream = bytearray(_stream(_CONTENT))
    stream[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(stream))


def test_a_short_stream_is_something_else() -> None:
    for data in (_stream(b"a few bytes"), b"\xaa\x1d\x7f\x50", b"\xaa"):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _stream(_CONTENT))
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_draytek_lz4, _stream(_CONTENT[:70_000]), data, 100)


def _stream(content: bytes) -> bytes:
    blocks = [lz4.block.compress(content[at : at + 65_536], store_size=False) for at in range(0, len(content), 65_536)]
    return b"\xaa\x1d\x7f\x50" + b"".join(struct.pack("<I", len(block)) + block for block in blocks)


def _open(data: bytes) -> Decoded:
    return open_draytek_lz4(View(data), budget())
