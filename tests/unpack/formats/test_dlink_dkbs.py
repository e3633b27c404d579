"""Tests of D-Link's DKBS firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dlink_dkbs import FORMAT, open_dkbs
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_image_is_a_part(order: str) -> None:
    image = _image(order)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "wapac28_dkbs_dap2310, v2.05, /dev/mtdblock/2"


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    assert problems(_open(_image()[:-1_000])) == ["cut short: 1000 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(3, b"\x80"), (7, b"-"), (40, bytes(32)), (41, b"\1"), (104, bytes(4)), (104, b"\x70\0\0\x70"), (112, bytes(32))],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 160):
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
    assert_mutations_stay_within_bounds(open_dkbs, _image(), data, 160)


def _image(order: str = ">") -> bytes:
    head = struct.pack("32s8x32s32x", b"wapac28_dkbs_dap2310", b"v2.05")
    head += struct.pack(f"{order}I4x32s16x", len(_CONTENT), b"/dev/mtdblock/2")
    return head + _CONTENT


def _open(data: bytes) -> Container:
    return open_dkbs(View(data), budget())
