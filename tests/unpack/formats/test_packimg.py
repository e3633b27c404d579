"""Tests of PackImg tags, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.packimg import FORMAT, open_packimg
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_follows_is_a_part(order: str) -> None:
    image = _image(order)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems) == (len(image), ())


def test_a_truncated_image_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image()[:-1_000])


@pytest.mark.parametrize(("offset", "value"), [(0, b"_"), (11, b"_"), (16, bytes(4)), (16, b"\xff" * 4)])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 32):
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
    assert_mutations_stay_within_bounds(open_packimg, _image(), data, 64)


def _image(order: str = "<") -> bytes:
    return struct.pack(f"{order}12s4xI12x", b"--PaCkImGs--", len(_CONTENT)) + _CONTENT


def _open(data: bytes) -> Container:
    return open_packimg(View(data), budget())
