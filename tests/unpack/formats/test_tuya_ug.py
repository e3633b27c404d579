"""Tests of Tuya's upgrade packages, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.tuya_ug import FORMAT, open_tuya_ug
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(3_000)


def test_the_content_is_a_part() -> None:
    image = _image(_CONTENT)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.label, opened.problems) == (len(image), "version 1.2.3", ())


def test_a_wrong_sum_and_a_cut_tail_are_problems() -> None:
    assert problems(_open(_image(_CONTENT)[:-1] + b"\0")) == ["the sum of its content is wrong"]
    opened = _open(_image(_CONTENT)[:-100])
    assert problems(opened) == ["cut short: 100 bytes are missing"]
    assert contents(_image(_CONTENT), opened) == [_CONTENT[:-100]]


@pytest.mark.parametrize("offset", [0, 4, 16, 20, 24, 28])
def test_a_header_that_makes_no_sense_is_something_else(offset: int) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset] ^= 0x10
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("data", [b"", _CONTENT[:32]])
def test_no_content_is_something_else(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)
    with pytest.raises(NotThisFormat):
        _open(_image(b""))


def test_a_package_inside_is_found() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image(_CONTENT))
    assert [(span.offset, span.format) for span in found.image.spans if span.format] == [(77, "tuya-ug")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_tuya_ug, _image(bytes(40)), data, 40)


def _image(content: bytes) -> bytes:
    header = b"\x55\xaa\x55\xaa" + struct.pack(">12sII", b"1.2.3", len(content), sum(content))
    return header + struct.pack(">I", sum(header)) + b"\xaa\x55\xaa\x55" + content


def _open(data: bytes) -> Container:
    return open_tuya_ug(View(data), budget())
