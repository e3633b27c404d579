"""Tests of lzip files, made by a small generator here and, where it is on the machine, by the real tool."""

from __future__ import annotations

import lzma
import random
import shutil
import struct
import subprocess
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.lzip import FORMAT, open_lzip
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CHANCE = random.Random(3)
_TEXT = b"".join(b"a line %d of the text\n" % _CHANCE.randrange(10_000) for _ in range(40_000))


@pytest.mark.parametrize("content", [b"", b"a", b"text" * 100, _TEXT, bytes(1_000_000), _CHANCE.randbytes(100_000)])
@pytest.mark.parametrize("dictionary", [0x0C, 0x17, 0xB7])
def test_the_content_comes_out_as_it_went_in(content: bytes, dictionary: int) -> None:
    member = _member(content, dictionary)
    if not content:
        assert _open(member).data == b""
        return
    opened = _open(member + b"something else")
    assert (opened.data, opened.length, opened.problems) == (content, len(member), ())


def test_members_after_each_other_are_one() -> None:
    stream = _member(_TEXT) + _member(b"second") + _member(_TEXT[:70_000])
    opened = _open(stream + bytes(10))
    assert (opened.data, opened.length) == (_TEXT + b"second" + _TEXT[:70_000], len(stream))
    assert opened.label == "lzip, 3 members"


def test_what_the_real_tool_makes_comes_out() -> None:
    program = shutil.which("lzip")
    if program is None:
        pytest.skip("lzip is not installed")
    made = subprocess.run([program, "-9c"], input=_TEXT, check=True, capture_output=True).stdout
    assert (_open(made).data, _open(made).problems) == (_TEXT, ())


@pytest.mark.parametrize("at", [-20, -16, -8])
def test_a_trailer_that_does_not_fit_is_told(at: int) -> None:
    stream = bytearray(_member(_TEXT))
    stream[at] ^= 1
    opened = _open(bytes(stream))
    assert opened.data == _TEXT[: len(opened.data)]
    assert "the trailer does not fit" in problems(opened)[0]


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    for missing in (1, 19, 30, 5_000):
        opened = _open(_member(_TEXT)[:-missing])
        assert _TEXT.startswith(opened.data)
        assert problems(opened)[0].startswith("cut short")


def test_a_stream_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(LimitReached):
        open_lzip(View(_member(bytes(10 << 20))), Budget(Limits(file_bytes=1 << 20)))


@pytest.mark.parametrize(
    ("offset", "value"), [(0, b"l"), (4, b"\2"), (5, b"\x0b"), (5, b"\x1e"), (6, b"\1"), (7, bytes(9))]
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    stream = bytearray(_member(_CHANCE.randbytes(3_000)))
    stream[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(stream))


def test_it_is_found_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _member(_TEXT))
    assert _TEXT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_lzip, _member(_TEXT[:9_000]), data, 200)


def _member(content: bytes, dictionary: int = 0x17) -> bytes:
    size = 1 << (dictionary & 31)
    size -= (dictionary >> 5) * size // 16
    filters = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": max(size, 4096)}]
    packed = lzma.compress(content, lzma.FORMAT_RAW, filters=filters)
    body = b"LZIP\1" + bytes([dictionary]) + packed
    return body + struct.pack("<IQQ", zlib.crc32(content), len(content), len(body) + 20)


def _open(data: bytes) -> Decoded:
    return open_lzip(View(data), budget())
