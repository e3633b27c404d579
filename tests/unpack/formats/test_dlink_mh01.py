"""Tests of D-Link's MH01 images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dlink_mh01 import FORMAT, open_mh01
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    problems,
)

_CONTENT = b"Salted__" + random.Random(0).randbytes(3_000)


def test_the_content_is_an_encrypted_part() -> None:
    image = _image(_CONTENT)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert (opened.length, opened.label, opened.problems) == (len(image), "encrypted", ())


def test_a_cut_tail_is_a_problem() -> None:
    image = _image(_CONTENT)[:-100]
    assert contents(image, _open(image)) == [_CONTENT[:-100]]
    assert problems(_open(image)) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (8, b"\xff" * 4), (16, b"X"), (20, bytes(4)), (20, b"\xff" * 4), (24, bytes(4)), (24, b"\xff" * 4),
     (32, b"g"), (64, b"0"), (65, b"X")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    for data in (b"", b"MH01", _image(_CONTENT)[:65]):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_mh01, _image(b"Salted__" + b"x" * 50), data, 80)


def _image(content: bytes) -> bytes:
    chain = b"00112233445566778899AABBCCDDEEFF\n"
    header = struct.pack("<4sIII4sIII", b"MH01", len(content), 128, 0, b"MH01", len(chain), len(content), 0)
    return header + chain + content


def _open(data: bytes) -> Container:
    return open_mh01(View(data), budget())
