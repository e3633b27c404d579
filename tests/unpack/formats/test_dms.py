"""Tests of DMS firmware, made by a small generator here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.dms import FORMAT, open_dms
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_image_comes_out_put_right() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_CLEAR, len(image), ())


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    opened = _open(_image()[:-1_001])
    assert problems(opened) == ["cut short: 1001 bytes are missing"]
    assert opened.data == _CLEAR[:-1_004]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"GM"), (4, b"1"), (14, b"\xff\xff\xff\xff"), (12, bytes(4)), (13, b"\1")],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 255):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _CLEAR in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_dms, _image(), data, 64)


_CLEAR = b"\0\1MG<10>\0\0\0\0" + (16 + 5_000).to_bytes(4, "big") + _CONTENT


def _image() -> bytes:
    return b"".join(_CLEAR[at + 2 : at + 4] + _CLEAR[at : at + 2] for at in range(0, len(_CLEAR), 4))


def _open(data: bytes) -> Decoded:
    return open_dms(View(data), budget())
