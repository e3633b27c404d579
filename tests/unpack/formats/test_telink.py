"""Tests of the reader of Telink's programs, against a generator written from their description."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.telink import FORMAT, open_telink
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes


def _make(size: int = 2048, mark: int = 0x88, inverted: bool = False, crc: bool = True) -> bytes:
    header = struct.pack("<II4sHHIII", 0x12348026, 0x025D0000, b"KNLT", 0x40, mark, 0x8026, 0, size)
    data = header.ljust(32, b"\0") + random.Random(1).randbytes(size - 36)
    return data + struct.pack("<I", zlib.crc32(data) ^ (0 if inverted else 0xFFFFFFFF) if crc else 0)


@pytest.mark.parametrize("image", [_make(), _make(inverted=True), _make(mark=0)])
def test_a_program_with_a_right_checksum_is_opened(image: bytes) -> None:
    opened = _open(image + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(28, 2020, "known")]
    assert (opened.length, opened.label, opened.problems) == (2048, "CRC-32", ())


def test_a_program_without_a_checksum_is_opened_when_its_header_fits() -> None:
    opened = _open(_make(crc=False))
    assert [str(one) for one in opened.problems] == ["its CRC-32 is wrong, or there is none"]
    assert [str(one) for one in _open(_make()[:1500]).problems] == ["cut short: 548 bytes are missing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(8) + b"KNLT" + bytes(2000),
        _make(mark=0, crc=False),
        _make(mark=0)[:-1],
        _make(1000),
        _make(2050),
        _make(3000)[1:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(32), st.integers(0, 2048))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_telink, changed(_make(), these, end))


def _open(data: bytes) -> Container:
    return open_telink(View(data), Budget(Limits()))
