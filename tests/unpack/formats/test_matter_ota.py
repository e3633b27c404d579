"""Tests of the reader of Matter upgrade files, against a generator written from the specification."""

from __future__ import annotations

import hashlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.matter_ota import FORMAT, open_matter_ota
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = b"program " * 100


def _field(tag: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        width = 0 if value < 1 << 8 else 1 if value < 1 << 16 else 2 if value < 1 << 32 else 3
        return bytes([0x24 + width, tag]) + value.to_bytes(1 << width, "little")
    kind = 0x30 if tag == 9 else 0x2C
    return bytes([kind, tag, len(value)]) + value


def _make(program: bytes = _PROGRAM, kind: int = 1, digest: bytes | None = None, more: bytes = b"") -> bytes:
    digest = hashlib.sha256(program).digest() if digest is None else digest
    fields = [
        (0, 0xFFF1),
        (1, 0x8000),
        (2, 70_000),
        (3, b"1.2.3"),
        (4, len(program)),
        (7, b"https://a.example"),
        (8, kind),
        (9, digest),
    ]
    header = b"\x15" + b"".join(_field(*one) for one in fields) + more + b"\x18"
    return struct.pack("<IQI", 0x1BEEF11E, 16 + len(header) + len(program), len(header)) + header + program


def test_the_image_is_a_part() -> None:
    image = _make()
    opened = _open(image + b"after")
    (part,) = opened.parts
    assert image[part.offset : part.offset + part.length] == _PROGRAM
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "vendor 0xfff1, product 0x8000, version 70000 ('1.2.3')"


def test_a_digest_may_be_shortened_or_longer() -> None:
    whole = hashlib.sha256(_PROGRAM).digest()
    for kind, length in ((2, 16), (4, 12), (6, 4)):
        assert _open(_make(kind=kind, digest=whole[:length])).problems == ()
    assert _open(_make(kind=8, digest=hashlib.sha512(_PROGRAM).digest())).problems == ()


def test_a_wrong_digest_is_a_problem() -> None:
    assert [str(one) for one in _open(_make()[:-1] + b"!").problems] == ["its sha256 is wrong"]
    assert [str(one) for one in _open(_make(kind=99)).problems] == ["its digest is of a kind that is not known"]


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    opened = _open(_make()[:-300])
    assert [part.length for part in opened.parts] == [500]
    assert [str(one) for one in opened.problems] == ["cut short: 300 bytes are missing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1e\xf1\xee\x1b",
        b"\x1e\xf1\xee\x1b" + bytes(100),
        b"\x1e\xf1\xee\x1b" + b"\xff" * 100,
        _make()[:40],
        _make(more=b"\x28\x0a"),
        _make(more=b"\x35\x0a\x18"),
        _make(more=b"\x24\x00\x01"),
        _make(more=b"\x2c\x0a\xff"),
        _make()[:4] + b"\0" + _make()[5:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes(120), st.integers(0, len(_make())))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_matter_ota, changed(_make(), these, end))


def _open(data: bytes) -> Container:
    return open_matter_ota(View(data), Budget(Limits()))
