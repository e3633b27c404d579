"""Tests of programs for powerline adapters, made by a small generator here."""

from __future__ import annotations

import lzma
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.qca_lzma import FORMAT, open_qca_lzma
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_program_comes_out_as_it_went_in() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_TEXT, len(image), ())


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"\4"),
        (6, b"\1"),
        (8, bytes(4)),
        (8, b"\xff" * 4),
        (12, bytes(4)),
        (12, b"\xff\0\0\0"),
        (16, b"\1"),
        (40, bytes(90)),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 16, 100):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _TEXT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_qca_lzma, _image(), data, 64)


_TEXT = b"".join(b"a line %d of the program\n" % (number * number) for number in range(900))


def _image() -> bytes:
    filters = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 4096}]
    packed = lzma.compress(_TEXT, lzma.FORMAT_RAW, filters=filters)
    return struct.pack("<HHIII", 3, 2, 4096, len(packed), len(_TEXT)) + packed


def _open(data: bytes) -> Decoded:
    return open_qca_lzma(View(data), budget())
