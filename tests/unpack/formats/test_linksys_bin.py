"""Tests of the header before TRX images of Linksys routers, made by a small generator here."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import trx
from plimsoll.unpack.formats.linksys_bin import FORMAT, open_linksys_bin
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)


def test_the_header_is_taken_and_says_what_it_is_for() -> None:
    opened = _open(_header() + b"the image")
    assert (opened.length, opened.parts, opened.problems) == (32, (), ())
    assert opened.label == "board W54G, hardware 4712, version 4.21"


def test_the_image_behind_it_is_explored() -> None:
    image = struct.pack("<4sIIHH3I", b"HDR0", 128, 0, 0, 1, 28, 0, 0) + b"k" * 100
    found, seen = explored((FORMAT, trx.FORMAT), b"\x11" * 77 + _header() + image)
    assert b"k" * 100 in seen
    assert [span.format for span in found.image.spans] == ["", "linksys-bin", "trx", ""]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"\0"), (3, b" "), (4, b"\1"), (7, b"\1"), (14, b"V"), (18, b"\4"), (19, b"\1"), (29, b"\1")],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_header() + b"the image")
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_with_nothing_behind_it_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_header())


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_linksys_bin, _header() + b"x", data, 32)


def _header() -> bytes:
    return struct.pack("4s4x4sBB4sB11x2s", b"W54G", b"\x0c\2\x10\0", 4, 21, b"U2ND", 1, b"\x12\x34")


def _open(data: bytes) -> Container:
    return open_linksys_bin(View(data), budget())
