"""Tests of objects of ZyNOS, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.zynos import FORMAT, open_zynos
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


@pytest.mark.parametrize(("flags", "size"), [(0xC0, 20_000), (0x00, 5_000)])
def test_the_content_is_a_part(flags: int, size: int) -> None:
    image = _image(flags, size)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    said = "compressed" if flags else "not compressed"
    assert (opened.length, opened.problems, opened.label) == (len(image), (), f"ROMBIN, {said}")


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (6, b"s"),
        (9, b"\5"),
        (9, b"\x41"),
        (10, bytes(4)),
        (10, b"\xff" * 4),
        (14, bytes(4)),
        (14, b"\xff" * 4),
        (18, b"\x81"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 47, 2_000):
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
    assert_mutations_stay_within_bounds(open_zynos, _image(), data, 64)


def _image(flags: int = 0xE0, size: int = 20_000) -> bytes:
    head = struct.pack(">I2x3sBIIBxHH", 0x80000000, b"SIG", 4, size, len(_CONTENT), flags, 1, 2)
    return head.ljust(48, b"\0") + _CONTENT


def _open(data: bytes) -> Container:
    return open_zynos(View(data), budget())
