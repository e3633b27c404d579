"""Tests of Windows CE images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.wince import FORMAT, open_wince
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_memory_comes_out_as_it_went_in() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(image), ())
    assert opened.label == "3 records, address 0x80000000"


def test_a_wrong_checksum_is_told() -> None:
    image = bytearray(_image())
    image[-20] ^= 1
    assert problems(_open(bytes(image))) == ["the checksum of record 2 is wrong"]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    opened = _open(_image()[:-1_000])
    assert problems(opened) == ["record 2 does not fit"]
    assert opened.data == _CONTENT[:4_000]
    assert problems(_open(_image()[:-12])) == ["cut short: the last record is missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"b"),
        (6, b"\r"),
        (11, bytes(4)),
        (11, b"\xff" * 4),
        (15, bytes(4)),
        (15, b"\1\0\0\0"),
        (19, b"\xff" * 4),
        (23, b"\1\1"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 14, 200):
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
    assert_mutations_stay_within_bounds(open_wince, _image(), data, 64)


def _image() -> bytes:
    image = struct.pack("<7sII", b"B000FF\n", 0x80000000, len(_CONTENT))
    for at in range(0, len(_CONTENT), 2_000):
        piece = _CONTENT[at : at + 2_000]
        image += struct.pack("<III", 0x80000000 + at, len(piece), sum(piece)) + piece
    return image + struct.pack("<III", 0, 0x80001000, 0)


def _open(data: bytes) -> Decoded:
    return open_wince(View(data), budget())
