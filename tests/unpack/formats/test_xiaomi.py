"""Tests of Xiaomi's HDR images, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.xiaomi import FORMAT, open_xiaomi
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_PIECES = {"uboot.bin": random.Random(0).randbytes(2_000), "root.ubi": random.Random(1).randbytes(3_000)}


@pytest.mark.parametrize("magic", [b"HDR1", b"HDR2"])
@pytest.mark.parametrize("sign", [b"\xbe\xba\0\0", b"\xba\xbe\0\0"])
def test_each_piece_is_a_part(magic: bytes, sign: bytes) -> None:
    image = _image(_PIECES, magic, sign)
    opened = _open(image + b"another thing")
    assert named(image, opened) == _PIECES
    assert (opened.length, opened.label, opened.problems) == (len(image), magic.decode(), ())


def test_a_wrong_checksum_is_a_problem_and_the_pieces_are_given() -> None:
    image = bytearray(_image(_PIECES))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert problems(opened) == ["the checksum of the image is wrong"]
    assert len(opened.parts) == 2


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_PIECES)[:-372]
    opened = _open(image)
    assert named(image, opened) == {**_PIECES, "root.ubi": _PIECES["root.ubi"][:-100]}
    assert problems(opened) == ["cut short: 372 bytes are missing"]


@pytest.mark.parametrize("change", [b"\0\0", b"\xff" * 16])
def test_a_piece_that_is_not_sound_is_a_problem_and_the_other_is_given(change: bytes) -> None:
    image = bytearray(_image(_PIECES))
    second = 48 + 48 + 2_000
    image[second : second + len(change)] = change
    opened = _open(bytes(image))
    assert list(named(bytes(image), opened)) == ["uboot.bin"]
    assert "piece 2 is not sound; left out" in problems(opened)


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"HDR3"), (4, bytes(4)), (4, b"\xff" * 4), (16, bytes(4)), (16, b"\x2f"), (48, b"\0"), (56, bytes(4)),
     (56, b"\xff" * 4), (64, b"\xff")],
)  # fmt: skip
def test_an_image_whose_first_piece_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image({"uboot.bin": b"x" * 100}))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_pieces_are_explored() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_PIECES))
    assert set(_PIECES.values()) <= set(seen)


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([b"HDR1", b"HDR2"]))
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject, magic: bytes) -> None:
    image = _image({"a": b"x" * 20, "b": b"y" * 20}, magic)
    assert_mutations_stay_within_bounds(open_xiaomi, image, data, len(image))


def _image(pieces: dict[str, bytes], magic: bytes = b"HDR1", sign: bytes = b"\xbe\xba\0\0") -> bytes:
    start = {b"HDR1": 48, b"HDR2": 80}[magic]
    offsets: list[int] = []
    body = b""
    for name, content in pieces.items():
        offsets.append(start + len(body))
        body += sign + struct.pack("<IIHH32s", 0xFFFFFFFF, len(content), 1, 0, name.encode()) + content
    middle = {b"HDR1": b"\0\0\x11\0", b"HDR2": struct.pack("<4x8s8s16x", b"RA70", b"EU")}[magic]
    checked = middle + struct.pack("<8I", *offsets, *[0] * (8 - len(offsets))) + body
    signature = 12 + len(checked)
    checked += struct.pack("<I12x", 256) + b"\xaa" * 256
    return magic + struct.pack("<II", signature, zlib.crc32(checked) ^ 0xFFFFFFFF) + checked


def _open(data: bytes) -> Container:
    return open_xiaomi(View(data), budget())
