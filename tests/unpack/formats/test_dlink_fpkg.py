"""Tests of D-Link's FPKG archives, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dlink_fpkg import FORMAT, open_fpkg
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_ENTRIES = [
    (0x100, b"kernel.bin", random.Random(0).randbytes(3_000)),
    (0x100, b"core", random.Random(1).randbytes(2_000)),
    (0x102, b"checksum", b"c" * 20),
    (0x103, b"signature       ", b"s" * 128),
]
_NAMED = {name.decode().rstrip(): content for _, name, content in _ENTRIES}


def test_each_entry_of_a_fpkg_is_a_part() -> None:
    image = _image(_ENTRIES)
    opened = _open(image + b"another thing, which is no entry")
    assert named(image, opened) == _NAMED
    assert (opened.length, opened.label, opened.problems) == (len(image), "4 entries", ())
    assert [part.content for part in opened.parts] == ["image", "image", "known", "known"]


def test_each_entry_of_a_cpkg_is_a_part() -> None:
    image = b"CPKG" + struct.pack(">I", 0x01000000) + struct.pack(">I", 12) + _entries(_ENTRIES)
    assert named(image, _open(image)) == _NAMED


def test_an_archive_of_empty_entries_is_taken() -> None:
    image = _image([(0x100, b"nothing", b"")])
    assert (_open(image).length, _open(image).parts) == (len(image), ())


def test_what_there_is_of_a_truncated_archive_is_given() -> None:
    image = _image(_ENTRIES)[:-28]
    opened = _open(image)
    assert named(image, opened)["signature"] == b"s" * 100
    assert problems(opened) == ["signature: cut short: 28 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (4, b"\2"), (8, bytes(4)), (8, b"\xff" * 4), (28, b"\1"), (32, b"\2"), (36, b"\xff"), (40, b"\0"),
     (41, b"\xff")],
)  # fmt: skip
def test_an_archive_whose_first_entry_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_ENTRIES))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_entries_are_explored() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_ENTRIES))
    assert set(_NAMED.values()) <= set(seen)


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    image = _image([(0x100, b"a", b"x" * 9), (0x102, b"b", b"y" * 7)])
    assert_mutations_stay_within_bounds(open_fpkg, image, data, len(image))


def _image(entries: list[tuple[int, bytes, bytes]]) -> bytes:
    model = b"DFL-870\0"
    header = b"FPKG" + struct.pack(">IIII", 0x01000000, 20 + len(model), 1, len(model)) + model
    return header + _entries(entries)


def _entries(entries: list[tuple[int, bytes, bytes]]) -> bytes:
    return b"".join(
        struct.pack(">IHHI16s", 28, kind, 0, len(content), name) + content for kind, name, content in entries
    )


def _open(data: bytes) -> Container:
    return open_fpkg(View(data), budget())
