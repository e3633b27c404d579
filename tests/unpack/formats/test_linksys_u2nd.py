"""Tests of Linksys' headers before TRX, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.linksys_u2nd import FORMAT, open_linksys_u2nd
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_what_it_says_of_the_device_is_told_and_the_image_is_left() -> None:
    opened = _open(_image() + b"HDR0")
    assert (opened.length, opened.parts, opened.problems) == (32, (), ())
    assert opened.label == "board W54G, version 4.21.5, processor 4712"


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"\0"),
        (1, b"\x80"),
        (4, b"\1"),
        (9, b"\0"),
        (9, b"\x0d"),
        (10, b"\x20"),
        (14, b"u"),
        (18, b"\4"),
        (25, b"\1"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 31):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_it_is_found_at_any_offset() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image() + _CONTENT)
    assert [(span.offset, span.length) for span in found.image.spans if span.format] == [(77, 32)]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_linksys_u2nd, _image(), data, 64)


def _image() -> bytes:
    return struct.pack("<4sI3B3B4sB13x", b"W54G", 0, 7, 5, 31, 4, 21, 5, b"U2ND", 1)


def _open(data: bytes) -> Container:
    return open_linksys_u2nd(View(data), budget())
