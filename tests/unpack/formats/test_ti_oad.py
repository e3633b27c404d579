"""Tests of the reader of TI's upgrades, against a generator written from their description."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.ti_oad import FORMAT, open_ti_oad
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes


def _make(
    chip: bytes = b"CC26x2R1",
    length: int = 1000,
    header: int = 44,
    kind: int = 1,
    size: int | None = None,
    entry: int = 0x38,
) -> bytes:
    program = random.Random(1).randbytes(1000 - 44 - 12)
    size = 12 + len(program) if size is None else size
    checked = struct.pack(
        "<BBHBBBBIII4sIHH",
        3,
        1,
        0xFFFE,
        0xFF,
        0xFF,
        7,
        0,
        0xFFFFFFFF,
        length,
        entry,
        b"\1\0\1\0",
        0x3E7,
        header,
        0xFFFF,
    )
    checked += struct.pack("<BHBII", kind, 0xFFFE, 0xFF, size, 0) + program
    return chip + struct.pack("<I", zlib.crc32(checked)) + checked


@pytest.mark.parametrize("chip", [b"CC26x2R1", b"CC13x2R1", b"OAD IMG "])
def test_the_image_is_a_part(chip: bytes) -> None:
    opened = _open(_make(chip) + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(44, 956, "known")]
    assert (opened.length, opened.problems) == (1000, ())
    assert opened.label == f"{chip.decode().strip()}; kind 7; version 01 00 01 00; CRC-32"


def test_another_checksum_is_no_problem_and_not_told() -> None:
    opened = _open(_make()[:-1] + b"!")
    assert (opened.label, opened.problems) == ("CC26x2R1; kind 7; version 01 00 01 00", ())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"CC26x2R1",
        b"CC26x2R1 is the name of a chip that is written in many a text of this length and more",
        b"CC26x2R1" + bytes(100),
        _make(b"CC99x2R1"),
        _make(length=1001),
        _make(length=44),
        _make(header=45),
        _make(kind=9),
        _make(size=5),
        _make(size=999),
        _make(entry=0x1000),
        _make()[:-1],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(60), st.integers(0, 1000))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ti_oad, changed(_make(), these, end))


def _open(data: bytes) -> Container:
    return open_ti_oad(View(data), Budget(Limits()))
