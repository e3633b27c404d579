"""Tests of Sercomm's sign, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.sercomm import FORMAT, open_sercomm
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_what_it_says_of_the_device_is_told() -> None:
    opened = _open(_image() + b"another thing")
    assert (opened.length, opened.parts, opened.problems) == (64, (), ())
    assert opened.label == "hardware CE3400, version 0x1, firmware 0x120"


@pytest.mark.parametrize(("offset", "value"), [(0, b"S"), (11, bytes(32)), (12, b"\x80"), (44, bytes(20))])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 63):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_it_is_found_at_any_offset() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image() + _CONTENT)
    assert [(span.offset, span.length) for span in found.image.spans if span.format] == [(77, 64)]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_sercomm, _image(), data, 64)


def _image() -> bytes:
    return struct.pack("<7sHH32sxH12xHHH", b"sErCoMm", 1, 1, b"CE3400", 1, 0x120, 2, 30)


def _open(data: bytes) -> Container:
    return open_sercomm(View(data), budget())
