"""Tests of the reader of Realtek's Ameba Z2 upgrades, against a generator written from their description."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.ameba_z2 import FORMAT, PATTERN, open_ameba_z2
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_RAM, _FLASH, _MORE = (random.Random(seed).randbytes(size) for seed, size in ((1, 1000), (2, 2000), (3, 500)))
_LAST = 0xFFFFFFFF

Sections = Sequence[tuple[int, int, bytes]]
"""Kind of memory, address, content."""


def _sections(sections: Sections, encrypted: bool) -> bytes:
    rows = b""
    for number, (kind, address, content) in enumerate(sections):
        body = struct.pack("<II", len(content), address).ljust(32, b"\xff") + content
        padded = body + bytes(-len(body) % 32)
        following = _LAST if number == len(sections) - 1 else 96 + len(padded)
        header = struct.pack("<IIBBBB4x", len(body), following, kind, encrypted, 0, 0) + PATTERN
        rows += header.ljust(96, b"\xff") + padded
    return rows


def _make(
    images: Sequence[tuple[int, Sections]], encrypted: bool = False, sections_encrypted: bool = False, key: bytes = b""
) -> bytes:
    file = b""
    for number, (kind, sections) in enumerate(images):
        table = (b"\1\0\1\0" + bytes(4) + PATTERN).ljust(96, b"\xff")
        content = table + _sections(sections, sections_encrypted)
        if encrypted:
            content = random.Random(9).randbytes(len(content))
        start = 0 if number else 224
        size = 96 + len(content) + 32
        is_last = number == len(images) - 1
        filled = size if is_last else -(-(start + size) // 0x1000) * 0x1000 - start
        header = struct.pack("<IIBBBB", len(content), _LAST if is_last else filled, kind, encrypted, 0xFF, 0).ljust(
            96, b"\xff"
        )
        before = b"" if number else hashlib.sha256(key + header).digest() + b"\xff" * 192
        image = before + header + content
        image += hashlib.sha256(key + image).digest()
        file += image + b"\x87" * (filled - size)
    return file


_FILE = _make([(2, [(0x82, 0x10000480, _RAM), (0x85, 0x9B000140, _FLASH)]), (8, [(0x85, 0x9B010140, _MORE)])])


def test_each_section_is_a_part() -> None:
    opened = _open(_FILE + b"sum!")
    assert [_FILE[part.offset : part.offset + part.length] for part in opened.parts] == [_RAM, _FLASH, _MORE]
    assert [part.name for part in opened.parts] == ["RAM at 0x10000480", "flash at 0x9b000140", "flash at 0x9b010140"]
    assert {part.content for part in opened.parts} == {"known"}
    assert (opened.length, opened.problems) == (len(_FILE), ())
    assert opened.label == "images secure, in flash; hashes SHA-256"


def test_encrypted_sections_are_encrypted_parts() -> None:
    opened = _open(_make([(2, [(0x85, 0, _FLASH)])], sections_encrypted=True))
    assert [part.content for part in opened.parts] == ["encrypted"]


def test_hashes_with_a_key_are_told() -> None:
    opened = _open(_make([(2, [(0x85, 0, _FLASH)])], key=b"key"))
    assert (opened.label, opened.problems) == ("images secure; hashes with a key", ())


def test_an_encrypted_image_after_the_first_is_an_encrypted_part() -> None:
    first = _make([(2, [(0x82, 0, _RAM)]), (8, [(0x82, 0, _MORE)])])
    second = bytearray(first)
    second[0x1000 + 9] = 1
    opened = _open(bytes(second))
    assert [part.content for part in opened.parts] == ["known", "encrypted"]
    assert [str(one) for one in opened.problems] == ["the hash of image 1 is wrong"]


def test_a_wrong_hash_is_a_problem() -> None:
    data = bytearray(_FILE)
    data[1000] ^= 1
    assert [str(one) for one in _open(bytes(data)).problems] == ["the hash of image 0 is wrong"]


def test_an_image_that_is_not_all_there_is_left_out() -> None:
    assert len(_open(_FILE[:-1]).parts) == 2
    with pytest.raises(NotThisFormat):
        _open(_FILE[:2000])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PATTERN,
        bytes(328) + PATTERN + bytes(500),
        _make([(9, [(0x82, 0, _RAM)])]),
        _make([(2, [(0x99, 0, _RAM)])]),
        _FILE[:328] + bytes(8) + _FILE[336:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT, [_FILE[224:336]])


@settings(max_examples=150, deadline=None)
@given(changes(600), st.integers(0, len(_FILE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ameba_z2, changed(_FILE, these, end))


def _open(data: bytes) -> Container:
    return open_ameba_z2(View(data), Budget(Limits()))
