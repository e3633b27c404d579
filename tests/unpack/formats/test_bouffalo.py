"""Tests of the reader of Bouffalo Lab's images, against a generator written from their description."""

from __future__ import annotations

import hashlib
import random
import struct
import zlib

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


def _make(flags: int = _WHOLE, start: int = 0x1000, digest: bytes | None = None, own: bytes | None = None) -> bytes:
    flash, clock = bytes(range(84)), b"\1\2\3\4\5\6\7\0"
    header = b"BFNP\1\0\0\0FCFG" + flash + _checked(flash) + b"PCFG" + clock + _checked(clock)
    header += struct.pack("<IIII", flags, len(_PROGRAM), 0x21000000, start)
    header += (hashlib.sha256(_PROGRAM).digest() if digest is None else digest) + bytes(8)
    return (header + (_checked(header) if own is None else own)).ljust(start, b"\xff") + _PROGRAM


def test_the_image_is_a_part() -> None:
    opened = _open(_make() + b"after")
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(0x1000, 1000, "known")]
    assert (opened.length, opened.label, opened.problems) == (0x1000 + 1000, "entry at 0x21000000; not signed", ())


def test_signed_and_encrypted_images_say_so() -> None:
    opened = _open(_make(_WHOLE | 1 | 2 << 2))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert opened.label == "entry at 0x21000000; encrypted with AES-256; signed"


def test_a_wrong_digest_and_a_cut_tail_are_problems() -> None:
    assert [str(one) for one in _open(_make()[:-1] + b"!").problems] == ["the SHA-256 of the image is wrong"]
    assert [str(one) for one in _open(_make()[:-9]).problems] == ["cut short: 9 bytes are missing"]


@pytest.mark.parametrize(
    "image", [_make(digest=b"\xef\xbe\xad\xde" + bytes(28)), _make(_WHOLE | 1 << 17, digest=bytes(32))]
)
def test_a_digest_that_was_left_out_is_no_problem(image: bytes) -> None:
    assert _open(image).problems == ()


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
@given(changes(180), st.integers(0, 0x1000 + 1000))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_bouffalo, changed(_make(_WHOLE | 1 << 16), these, end))


def _open(data: bytes) -> Container:
    return open_bouffalo(View(data), Budget(Limits()))
