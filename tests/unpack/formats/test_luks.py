"""Tests of LUKS volumes, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.luks import FORMAT, open_luks
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(5_000)


def test_version_1_is_told_by_its_header() -> None:
    opened = _open(_image() + _CONTENT)
    assert (opened.length, opened.label, opened.problems) == (8192, "version 1, aes-xts-plain64, sha256", ())
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(4096, 4096, "encrypted")]


def test_version_2_is_told_by_its_header() -> None:
    opened = _open(_second() + _CONTENT)
    assert (opened.length, opened.label) == (32_768, "version 2, aes-xts-plain64")


@pytest.mark.parametrize(
    ("offset", "value"),
    [(7, b"\3"), (8, bytes(8)), (8, b"\xff" * 8), (72, bytes(32)), (168, b"?"), (4096, b"x"), (4097, bytes(100))],
)
def test_a_header_of_version_2_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_second() + _CONTENT)
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_what_follows_is_looked_at_as_it_is() -> None:
    noise = random.Random(9).randbytes(200_000)
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image() + noise)
    kinds = [(span.offset, span.kind) for span in found.image.spans]
    assert (77 + 8192, "encrypted") in kinds


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"l"),
        (7, b"\0"),
        (8, bytes(32)),
        (9, b"\x80"),
        (40, bytes(32)),
        (104, bytes(4)),
        (104, b"\xff" * 4),
        (108, bytes(4)),
        (170, b"?"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image() + _CONTENT)
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 7, 100, 8192):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_luks, _image(), data, 210)


_UUID = b"e0cf1a8d-6d1c-4a44-9f0a-3a1f7b1c2d3e"


def _image() -> bytes:
    head = struct.pack(">6sH32s32s32sII56x40s", b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64", b"sha256", 16, 64, _UUID)
    return head.ljust(8192, b"\0")


def _second() -> bytes:
    head = struct.pack(">6sHQQ48s32s64x40s", b"LUKS\xba\xbe", 2, 16_384, 3, b"", b"sha256", _UUID).ljust(4096, b"\0")
    text = b'{"keyslots":{"0":{"area":{"offset":"4096"}}},"segments":{"0":{"type":"crypt","offset":"32768",'
    return (head + text + b'"size":"dynamic","encryption":"aes-xts-plain64"}}}').ljust(32_768, b"\0")


def _open(data: bytes) -> Container:
    return open_luks(View(data), budget())
