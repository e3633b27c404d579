"""Tests of the reader of RBL files, against a generator written from their description."""

from __future__ import annotations

import gzip
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.rbl import FORMAT, open_rbl
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = b"program " * 100


def _make(content: bytes = _PROGRAM, encryption: int = 0, compression: int = 0, raw: int = len(_PROGRAM)) -> bytes:
    header = struct.pack("<4sBB6s16s24s24s", b"RBL", encryption, compression, b"", b"app", b"1.2.3", b"0" * 23)
    header += struct.pack("<IIII", zlib.crc32(content), 0x12345678, raw, len(content))
    return header + struct.pack("<I", zlib.crc32(header)) + content


def test_the_content_is_a_part() -> None:
    image = _make()
    opened = _open(image + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(96, 800, "image")]
    assert (opened.length, opened.label, opened.problems) == (len(image), "partition 'app', version '1.2.3'", ())


def test_a_packed_content_may_hold_anything_and_an_encrypted_one_is_said_to_be() -> None:
    opened = _open(_make(gzip.compress(_PROGRAM), 0, 1))
    assert ([part.content for part in opened.parts], opened.label.endswith("; gzip")) == (["image"], True)
    opened = _open(_make(_PROGRAM, 2, 1))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert opened.label.endswith("; encrypted with AES-256; gzip")


@pytest.mark.parametrize("image", [_make()[:-1], _make()[:-1] + b"!", _make()[:96]])
def test_a_header_without_its_content_takes_nothing_else(image: bytes) -> None:
    opened = _open(image)
    assert (opened.length, opened.parts, len(opened.problems)) == (96, (), 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RBL\0",
        b"RBL\0" + bytes(92),
        _make(encryption=3),
        _make(compression=4),
        _make(b""),
        _make()[:50] + b"!" + _make()[51:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(100), st.integers(0, 896))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_rbl, changed(_make(), these, end))


def _open(data: bytes) -> Container:
    return open_rbl(View(data), Budget(Limits()))
