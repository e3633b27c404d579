"""Tests of firmware for Airoha's chips, made by a small generator here."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.airoha import FORMAT, open_airoha
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


@pytest.mark.parametrize(("compression", "said"), [(0, "not compressed"), (1, "LZMA"), (2, "LZMA in AES")])
def test_the_firmware_is_a_part(compression: int, said: str) -> None:
    image = _image(compression)
    opened = _open(image)
    assert contents(image, opened) == [_CONTENT]
    assert opened.parts[0].content == ("encrypted" if compression == 2 else "image")
    assert (opened.length, opened.problems, opened.label) == (len(image), (), f"{said}, SHA-256")


def test_what_is_damaged_or_truncated_is_told_and_given() -> None:
    assert problems(_open(_image()[:-1_000])) == ["cut short: 1000 bytes are missing"]
    assert problems(_open(_image()[:-1] + b"?")) == ["the SHA-256 of the file is wrong"]
    assert _open(_image() + b"another thing").length == len(_image())


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (40, b"\0"),
        (256, b"\0"),
        (260, b"\3"),
        (261, b"\3"),
        (262, bytes(4)),
        (262, b"\xff" * 4),
        (266, bytes(4)),
        (266, b"\xff" * 4),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 270):
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
    assert_mutations_stay_within_bounds(open_airoha, _image(), data, 300)


def _image(compression: int = 1) -> bytes:
    rest = b"\xff" * 224 + struct.pack("<HHBBII", 0x11, 10, compression, 1, 320, len(_CONTENT))
    rest += struct.pack("<HHI", 0x12, 16, 1) + bytes(50 - 8) + _CONTENT
    return hashlib.sha256(rest).digest() + rest


def _open(data: bytes) -> Container:
    return open_airoha(View(data), budget())
