"""Tests of the reader of Winner Micro's images, against a generator written from their description."""

from __future__ import annotations

import gzip
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.winner_micro import FORMAT, open_winner_micro
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = random.Random(1).randbytes(1000)


def _crc(data: bytes, inverted: bool = True) -> int:
    return zlib.crc32(data) ^ (0xFFFFFFFF if inverted else 0)


def _w800(content: bytes = _PROGRAM, kind: int = 1, inverted: bool = True, size: int | None = None) -> bytes:
    size = len(content) if size is None else size
    header = struct.pack(
        "<7II16s12x", 0xA0FFFF9F, kind, 0x80D0400, size, 0x80D0000, 0x8010000, _crc(content, inverted), 0, b"G01"
    )
    return header + struct.pack("<I", _crc(header, inverted)) + content


def _w600(content: bytes = _PROGRAM, packed: bool = False) -> bytes:
    stored = gzip.compress(content, mtime=0) if packed else content
    later = (0x8090000, len(stored), _crc(stored)) if packed else (0x8090000, 0, 0)
    header = struct.pack(
        "<IHHIIIIIII16s", 0xA0FFFF9F, 0, packed, 0x8010100, len(content), _crc(content), *later, 1, b"G03"
    )
    return header + struct.pack("<I", _crc(header)) + stored


@pytest.mark.parametrize("inverted", [False, True])
def test_an_image_of_the_w800_is_opened(inverted: bool) -> None:
    image = _w800(inverted=inverted)
    opened = _open(image + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(64, 1000, "known")]
    assert (opened.length, opened.label, opened.problems) == (len(image), "W800; version 'G01'", ())


@pytest.mark.parametrize("kind", [1 | 1 << 16, 1 | 1 << 19])
def test_a_packed_image_may_hold_anything(kind: int) -> None:
    assert [part.content for part in _open(_w800(gzip.compress(_PROGRAM), kind)).parts] == ["image"]


def test_an_encrypted_image_is_an_encrypted_part() -> None:
    opened = _open(_w800(kind=0x11))
    assert ([part.content for part in opened.parts], opened.label) == (["encrypted"], "W800; version 'G01'; encrypted")


def test_a_signature_follows_the_image() -> None:
    image = _w800(kind=0x101) + bytes(range(128))
    opened = _open(image + b"after")
    assert (opened.length, opened.label) == (len(image), "W800; version 'G01'; signed")
    assert [part.name for part in opened.parts] == ["image", "signature"]


@pytest.mark.parametrize("packed", [False, True])
def test_an_image_of_the_w600_is_opened(packed: bool) -> None:
    image = _w600(packed=packed)
    opened = _open(image + b"after" * 20)
    assert (opened.length, opened.label, opened.problems) == (len(image), "W600; version 'G03'", ())
    assert [(part.offset, part.content) for part in opened.parts] == [(56, "image" if packed else "known")]


def test_a_wrong_checksum_and_a_cut_tail_are_problems() -> None:
    for make in (_w800, _w600):
        assert [str(one) for one in _open(make()[:-1] + b"!").problems] == ["the checksum of the image is wrong"]
        assert [str(one) for one in _open(make()[:-9]).problems] == ["cut short: 9 bytes are missing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x9f\xff\xff\xa0",
        b"\x9f\xff\xff\xa0" + bytes(80),
        _w800()[:8] + b"!" + _w800()[9:],
        _w800(size=0),
        _w800(size=1 << 30),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(64), st.integers(0, 1064))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_winner_micro, changed(_w800(), these, end))


def _open(data: bytes) -> Container:
    return open_winner_micro(View(data), Budget(Limits()))
