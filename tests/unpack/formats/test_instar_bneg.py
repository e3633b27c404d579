"""Tests of BNEG images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.instar_bneg import FORMAT, open_bneg
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_both_partitions_are_parts() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT, b"second" * 10]
    assert (opened.length, opened.problems) == (len(image), ())


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    assert problems(_open(_image()[:-30])) == ["cut short: 30 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"b"), (4, b"\2"), (8, b"\2"), (12, bytes(4)), (16, bytes(4)), (12, b"\xff" * 4), (16, b"\xff" * 4)],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 20):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_bneg, _image(), data, 64)


def _image() -> bytes:
    return struct.pack("<4sIIII", b"BNEG", 1, 1, len(_CONTENT), 60) + _CONTENT + b"second" * 10


def _open(data: bytes) -> Container:
    return open_bneg(View(data), budget())
