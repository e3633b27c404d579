"""Tests of the reader of Bouffalo Lab's images, against a generator written from their description."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.bouffalo import FORMAT, open_bouffalo
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = random.Random(1).randbytes(1000)
_WHOLE = 1 << 8


def _checked(data: bytes) -> bytes:
    return struct.pack("<I", zlib.crc32(data))


class _Chip(NamedTuple):
    name: str
    clock: int
    header: int


_BL602, _BL616, _BL808 = _Chip("BL602 or BL702", 8, 172), _Chip("BL616", 12, 252), _Chip("BL808", 20, 348)
_CHIPS = (_BL602, _BL616, _BL808)


def _make(
    flags: int = _WHOLE,
    start: int = 0x1000,
    digest: bytes | None = None,
    own: bytes | None = None,
    chip: _Chip = _BL602,
) -> bytes:
    flash, clock = bytes(range(84)), bytes(range(1, chip.clock + 1))
    header = b"BFNP\1\0\0\0FCFG" + flash + _checked(flash) + b"PCFG" + clock + _checked(clock)
    if chip is _BL602:
        header += struct.pack("<IIII", flags, len(_PROGRAM), 0x21000000, start)
    else:
        header += struct.pack("<IIII", flags, start, 0, len(_PROGRAM))
    header += hashlib.sha256(_PROGRAM).digest() if digest is None else digest
    header = header.ljust(chip.header, b"\0")
    return (header + (_checked(header) if own is None else own)).ljust(start, b"\xff") + _PROGRAM


@pytest.mark.parametrize("chip", _CHIPS)
def test_the_image_is_a_part(chip: _Chip) -> None:
    opened = _open(_make(chip=chip) + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(0x1000, 1000, "known")]
    assert (opened.length, opened.label, opened.problems) == (0x1000 + 1000, f"{chip.name}; not signed", ())


def test_signed_and_encrypted_images_say_so() -> None:
    opened = _open(_make(_WHOLE | 1 | 2 << 2))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert opened.label == "BL602 or BL702; encrypted with AES-256; signed"


def test_a_wrong_digest_and_a_cut_tail_are_problems() -> None:
    assert [str(one) for one in _open(_make()[:-1] + b"!").problems] == ["the SHA-256 of the image is wrong"]
    assert [str(one) for one in _open(_make()[:-9]).problems] == ["cut short: 9 bytes are missing"]


@pytest.mark.parametrize(
    "image", [_make(digest=b"\xef\xbe\xad\xde" + bytes(28)), _make(_WHOLE | 1 << 17, digest=bytes(32))]
)
def test_a_digest_that_was_left_out_is_no_problem(image: bytes) -> None:
    assert _open(image).problems == ()


@pytest.mark.parametrize("chip", _CHIPS)
def test_the_clock_s_checksum_must_hold_in_one_of_the_layouts(chip: _Chip) -> None:
    image = bytearray(_make(chip=chip))
    image[104 + chip.clock - 1] ^= 0xFF
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_checksums_that_were_left_out_are_no_problem() -> None:
    assert _open(_make(own=b"\xef\xbe\xad\xde")).problems == ()
    assert _open(_make(_WHOLE | 1 << 16, own=bytes(4))).problems == ()


def test_a_header_alone_takes_only_itself() -> None:
    for image in (_make()[:176], _make(0), _make(start=0x1000)[:0x1000]):
        assert (_open(image).length, _open(image).parts) == (176, ())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BFNP",
        b"BFNP" + bytes(200),
        _make()[:40] + b"!" + _make()[41:],
        _make()[:106] + b"!" + _make()[107:],
        _make(own=bytes(4)),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(180), st.integers(0, 0x1000 + 1000), st.sampled_from(_CHIPS))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int, chip: _Chip) -> None:
    assert_bounded(open_bouffalo, changed(_make(_WHOLE | 1 << 16, chip=chip), these, end))


def _open(data: bytes) -> Container:
    return open_bouffalo(View(data), Budget(Limits()))
