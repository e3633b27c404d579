"""Tests of RTK0 firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.rtk import FORMAT, open_rtk
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_image_is_a_part() -> None:
    image = _image()
    opened = _open(image)
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems, opened.label) == (len(image), (), "identity 00000815")


def test_a_file_of_another_length_is_something_else() -> None:
    for image in (_image()[:-1], _image() + b"x"):
        with pytest.raises(NotThisFormat):
            _open(image)


def test_it_is_opened_at_the_beginning_only() -> None:
    _, seen = explored((FORMAT,), _image())
    assert _CONTENT in seen
    assert not FORMAT.carve


@pytest.mark.parametrize(("offset", "value"), [(0, b"r"), (4, bytes(4)), (16, bytes(4)), (16, b"\xff" * 4)])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 31):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_rtk, _image(), data, 64)


def _image() -> bytes:
    return struct.pack("<4sII4xI8xI", b"RTK0", 36 + len(_CONTENT), 7, 32, 0x815) + bytes(4) + _CONTENT


def _open(data: bytes) -> Container:
    return open_rtk(View(data), budget())
