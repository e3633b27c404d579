"""Tests of programs for Berlin processors, made by a small generator here."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.berlin_image import FORMAT, open_berlin_image
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
)

_CONTENT = random.Random(0).randbytes(3_000)
_KEY = struct.pack("<IH", 1, 0xA2E1).ljust(0x400, b"\x11")
_LATER_KEY = struct.pack("<IH", 0x20000000, 0x2F04).ljust(0x1000, b"\x11")


def _first(key: int = 0, what: int = 4, hashed: bytes = _CONTENT) -> bytes:
    header = struct.pack("<IHBBBBH16sIIBBHI", 1, 0xC0DE, key, what, 0, 0, 0, b"", 0, 0, 0, 0, 0, len(_CONTENT))
    return header + hashlib.sha256(hashed).digest() + b"\x33" * 256 + _CONTENT


def _fourth(digest: str = "sha256", key: int = 0) -> bytes:
    value = hashlib.new(digest, _CONTENT).digest()
    header = struct.pack("<IHBBBBH16sIIBB", 0x20000000, 0xC0DE, key, 4, 0, 0, 0, b"", 0, 0, 0, 0)
    header += struct.pack("<BBHHI", 32, 0, len(value), 0, len(_CONTENT))
    return header + value.ljust(64, b"\0") + b"\x33" * 1024 + _CONTENT


@pytest.mark.parametrize("digest", ["first", "sha256", "sha512"])
def test_the_program_is_a_part(digest: str) -> None:
    image = _first() if digest == "first" else _fourth(digest)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.label, opened.problems) == (len(image), "kernel; signed", ())


@pytest.mark.parametrize(("keys", "image"), [(_KEY, "first"), (_LATER_KEY * 2, "fourth")])
def test_keys_before_it_are_taken_with_it(keys: bytes, image: str) -> None:
    whole = keys + (_first() if image == "first" else _fourth())
    opened = _open(whole)
    assert contents(whole, opened) == [_CONTENT]
    assert (opened.length, opened.problems) == (len(whole), ())
    assert "keys before it" in opened.label


def test_encrypted_programs_say_so() -> None:
    opened = _open(_first(key=2))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert opened.label == "kernel; encrypted; signed"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _first()[:300],
        _first()[:-1],
        _first(hashed=b"other"),
        _first(key=2, hashed=b"other"),
        _first(what=9),
        _KEY,
        _KEY * 6 + _first(),
        _fourth()[:1136],
        b"\2" + _first()[1:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_one_inside_something_else_is_found_once_with_its_keys() -> None:
    found, _ = explored((FORMAT,), b"\x22" * 77 + _KEY + _first())
    assert next((span.offset, span.format) for span in found.image.spans if span.format) == (77, "berlin-image")


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.booleans())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject, is_first: bool) -> None:
    image = _first(key=1) if is_first else _fourth(key=1)
    assert_mutations_stay_within_bounds(open_berlin_image, image, data, 120)


def _open(data: bytes) -> Container:
    return open_berlin_image(View(data), budget())
