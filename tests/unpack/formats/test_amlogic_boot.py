"""Tests of the first programs of Amlogic processors, made by a small generator here from their description."""

from __future__ import annotations

import random
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.amlogic_boot import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    found_in,
    opened,
    patched,
    problems,
    refuses,
)

_PROGRAM = random.Random(1).randbytes(3000)


def test_the_program_is_known() -> None:
    image = _image()
    found = opened(FORMAT, image + b"else")
    assert contents(image, found)["program"] == _PROGRAM
    assert (found.length, found.label, problems(found)) == (len(image), "header version 1", [])
    assert [part.content for part in found.parts] == ["known", "known"]
    assert found_in(FORMAT, bytes(512) + image)[0] == 512


def test_an_encrypted_program_says_so() -> None:
    found = opened(FORMAT, _image(encrypted=1))
    assert found.label == "header version 1, encrypted"
    assert [part.content for part in found.parts] == ["known", "encrypted"]


def test_a_truncated_program_keeps_what_is_there() -> None:
    found = opened(FORMAT, _image()[:-500])
    assert found.parts[-1].length == 2500
    assert problems(found)[0] == "cut short: 500 bytes are missing"


def test_fields_that_make_no_sense_are_refused() -> None:
    image = _image()
    for offset, value in (
        (16, b"@AMM"),
        (20, bytes(4)),
        (20, b"\xff\xff\xff\xff"),
        (24, b"\x41"),
        (26, b"\x0a"),
        (32, b"\2"),
        (36, bytes(4)),
        (40, bytes(4)),
        (46, b"\xff\xff"),
        (68, b"\xff\xff"),
        (72, bytes(4)),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), (offset, value)
    assert refuses(FORMAT, image[:79])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=5), st.integers(0, 4000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image())
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(encrypted: int = 0) -> bytes:
    places = (64, 512, 576, 100, 676, 348)
    size = 1024 + len(_PROGRAM)
    header = struct.pack("<4sIHHII6I8xIII", b"@AML", size, 64, 1, 0, encrypted, *places, 1024, len(_PROGRAM), 0)
    return random.Random(2).randbytes(16) + header.ljust(1024, b"\0") + _PROGRAM
