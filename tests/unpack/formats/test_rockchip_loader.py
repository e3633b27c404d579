"""Tests of loaders for Rockchip processors, made by a generator from their description."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.rockchip_loader import FORMAT
from tests.unpack.formats import rockchip_images
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_IMAGE = rockchip_images.loader()


@pytest.mark.parametrize("magic", [b"LDR ", b"BOOT"])
def test_each_program_is_a_part(magic: bytes) -> None:
    image = rockchip_images.loader(magic=magic)
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == dict(rockchip_images.LOADER_ENTRIES)
    assert (found.length, found.label, problems(found)) == (len(image), "version 2.58, processor 330A", [])
    assert {part.content for part in found.parts} == {"known"}


def test_a_wrong_checksum_is_a_problem() -> None:
    assert problems(opened(FORMAT, patched(_IMAGE, 400, b"damage"))) == ["the checksum of the loader is wrong"]


def test_a_truncated_loader_keeps_what_is_there() -> None:
    found = opened(FORMAT, _IMAGE[:-304])
    assert [part.length for part in found.parts] == [300, 210, 300]
    assert problems(found) == [
        "FlashBoot: cut short: 300 bytes are missing",
        "cut short: 304 bytes are missing",
    ]


def test_fields_that_make_no_sense_are_refused() -> None:
    for offset, value in (
        (4, b"\x67"),
        (25, b"\xff"),
        (26, b"\1"),
        (30, b"\x38"),
        (102, b"\x38"),
        (107, b"\x01\x02"),
        (147, bytes(4)),
        (154, b"\x7f"),
    ):
        assert refuses(FORMAT, patched(_IMAGE, offset, value)), (offset, value)
    assert refuses(FORMAT, _IMAGE[:150])
    assert refuses(FORMAT, patched(_IMAGE, 25, bytes(18)))


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 270), st.integers(0, 255)), max_size=5), st.integers(0, len(_IMAGE)))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_IMAGE)
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))
