"""Tests of TP-Link's RTOS firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.tplink_rtos import FORMAT, open_tplink_rtos
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_image_is_a_part() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems, opened.label) == (len(image), (), "model c20, hardware 4")


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    assert problems(_open(_image()[:-1_000])) == ["cut short: 1000 bytes are missing"]


@pytest.mark.parametrize(("offset", "value"), [(0, b"\1"), (20, b"X"), (24, bytes(4)), (24, b"\xff" * 4)])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image()[:148])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_tplink_rtos, _image(), data, 40)


def _image() -> bytes:
    head = b"\x00\x14\x2f\xc0" + bytes(16) + struct.pack(">4sIHB", b"IMG0", len(_CONTENT) + 128, 0xC20, 4)
    return head.ljust(148, b"\0") + _CONTENT


def _open(data: bytes) -> Container:
    return open_tplink_rtos(View(data), budget())
