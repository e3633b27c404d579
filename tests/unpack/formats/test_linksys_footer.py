"""Tests of the footer of Linksys firmware, made by a small generator here."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.linksys_footer import FORMAT, open_linksys_footer
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)


def test_the_footer_is_taken_and_says_what_it_is_for() -> None:
    opened = _open(_footer() + b"another thing")
    assert (opened.length, opened.parts, opened.problems) == (256, (), ())
    assert opened.label == "EA6350v3, version 01000409"


def test_the_footer_is_found_behind_an_image() -> None:
    found, seen = explored((FORMAT,), b"the image, and what fills it up" + _footer())
    assert seen == [b"the image, and what fills it up"]
    assert [(span.format, span.length) for span in found.image.spans] == [("", 31), ("linksys-footer", 256)]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b","),
        (9, b"\0"),
        (17, b" "),
        (20, b"\xff"),
        (32, b"g"),
        (40, b"\0"),
        (50, b"\xff"),
        (64, b"\1"),
        (255, b" "),
    ],
)
def test_a_footer_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_footer())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_footer_that_is_not_all_there_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_footer()[:-1])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_linksys_footer, _footer(), data, 256)


def _footer() -> bytes:
    text = b".LINKSYS.01000409" + b"EA6350v3".ljust(15) + b"5E1A7B3C" + b"0".ljust(8) + b"K0000000F0246434"
    return text.ljust(256, b"\0")


def _open(data: bytes) -> Container:
    return open_linksys_footer(View(data), budget())
