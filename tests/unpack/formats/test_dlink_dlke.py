"""Tests of D-Link's encrypted firmware for JBOOT, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Encrypted, NotThisFormat, Opened, View
from plimsoll.unpack.formats.dlink_dlke import FORMAT, open_dlke
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_it_is_told_to_be_encrypted_with_its_length() -> None:
    image = _image()
    with pytest.raises(Encrypted) as raised:
        _open(image + b"another thing")
    assert raised.value.length == len(image)
    with pytest.raises(Encrypted) as raised:
        _open(image[:-1000])
    assert raised.value.length == len(image) - 1000


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"X"),
        (16, b"\1"),
        (26, b"\2"),
        (44, bytes(4)),
        (44, b"\xff" * 4),
        (50, b"\1"),
        (64, b"\1"),
        (68, b"\1"),
        (336 + 26, b"\0"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (79, 300):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_it_is_found_at_any_offset() -> None:
    image = _image()
    found, _ = explored((FORMAT,), b"\x11" * 77 + image)
    assert [(span.offset, span.length) for span in found.image.spans if span.kind == "encrypted"] == [(77, len(image))]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_dlke, _image(), data, 64)


def _header(size: int) -> bytes:
    front = b"DLK6E8202001" + struct.pack("<HH10xHIIIII", 0, 0x1234, 1, 0, 0, 0, 0, size)
    return (front + bytes(16) + b"\x42\x48\2\0" + bytes(12)).ljust(80, b"\0")


def _image() -> bytes:
    return _header(256) + b"s" * 256 + _header(len(_CONTENT)) + _CONTENT


def _open(data: bytes) -> Opened:
    return open_dlke(View(data), budget())
