"""Tests of QNAP firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.qnap import FORMAT, open_qnap
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
)

_HIDDEN, _REST = b"\xf5\x7b\x47\x03" + random.Random(0).randbytes(2_000), random.Random(1).randbytes(3_000)


def test_what_is_encrypted_and_what_is_not_are_parts() -> None:
    image = _image(_HIDDEN, _REST)
    opened = _open(image)
    assert contents(image, opened) == [_HIDDEN, _REST]
    assert [part.content for part in opened.parts] == ["encrypted", "image"]
    assert (opened.length, opened.label, opened.problems) == (len(image), "TS-X53, version 4.3.6, 20190403", ())


def test_an_image_that_is_encrypted_as_a_whole_has_one_part() -> None:
    image = _image(_HIDDEN, b"")
    assert contents(image, _open(image)) == [_HIDDEN]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (-74, b"X"), (-68, bytes(4)), (-68, b"\xff" * 4), (-64, b"\0"), (-63, b"\xff"), (-48, b"\0")],
)
def test_a_trailer_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_HIDDEN, _REST))
    at = offset % len(image)
    image[at : at + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_an_image_whose_end_is_missing_is_something_else() -> None:
    for data in (b"", _HIDDEN, _image(_HIDDEN, _REST)[:-1], _image(_HIDDEN, _REST) + b"x"):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_what_is_in_the_clear_is_explored() -> None:
    _, seen = explored((FORMAT,), _image(_HIDDEN, _REST))
    assert _REST in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(0, 2**32 - 1))
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject, size: int) -> None:
    image = _image(b"\xf5\x7b\x47\x03", b"y" * 20)
    if data.draw(st.booleans()):
        image = image[:-68] + (size % 40).to_bytes(4, "little") + image[-64:]
    assert_mutations_stay_within_bounds(open_qnap, image, data, len(image))


def _image(hidden: bytes, rest: bytes) -> bytes:
    texts = (b"TS-X53", b"4.3.6", b"20190403", b"0895")
    return hidden + rest + struct.pack("<6sI16s16s16s16s", b"icpnas", len(hidden), *texts)


def _open(data: bytes) -> Container:
    return open_qnap(View(data), budget())
