"""Tests of MikroTik packages, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.npk import FORMAT, open_npk
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    named,
    problems,
)

_SQUASHFS = random.Random(0).randbytes(3_000)
_RECORDS = [
    (1, struct.pack("<16s4BI8x", b"routeros-mipsbe", 1, 0, 48, 6, 1_600_000_000)),
    (2, b"the description"),
    (16, b"mipsbe"),
    (21, _SQUASHFS),
    (99, b"what nobody knows"),
    (9, b"s" * 68),
]


def test_each_record_is_a_part() -> None:
    image = _image(_RECORDS)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [content for _, content in _RECORDS]
    assert [(part.name, part.content) for part in opened.parts] == [
        ("package", "known"),
        ("description", "known"),
        ("architecture", "known"),
        ("squashfs", "image"),
        ("kind 99", "image"),
        ("signature", "known"),
    ]
    assert (opened.length, opened.label, opened.problems) == (len(image), "routeros-mipsbe", ())


def test_a_record_of_nothing_is_no_part() -> None:
    image = _image([(7, b""), *_RECORDS])
    assert len(_open(image).parts) == len(_RECORDS)


def test_what_there_is_of_a_truncated_package_is_given() -> None:
    image = _image([*_RECORDS, (21, _SQUASHFS)])[:-100]
    opened = _open(image)
    assert contents(image, opened)[-1] == _SQUASHFS[:-100]
    assert problems(opened) == ["cut short: 100 bytes are missing"]


def test_a_record_that_is_not_sound_is_a_problem_and_those_before_it_are_given() -> None:
    image = _image([*_RECORDS[:4], (0, b"nothing")])
    opened = _open(image)
    assert list(named(image, opened)) == ["package", "description", "architecture", "squashfs"]
    assert problems(opened) == ["record 5 is not sound; the rest is left out"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"\0"), (4, bytes(4)), (4, b"\xff" * 4), (8, b"\0\0"), (9, b"\1"), (10, b"\xff" * 4)],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_RECORDS))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_the_squashfs_is_explored() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_RECORDS))
    assert _SQUASHFS in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    image = _image([(2, b"x" * 9), (21, b"y" * 9), (9, b"z" * 9)])
    assert_mutations_stay_within_bounds(open_npk, image, data, len(image))


def _image(records: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<HI", kind, len(content)) + content for kind, content in records)
    return b"\x1e\xf1\xd0\xba" + struct.pack("<I", len(body)) + body


def _open(data: bytes) -> Container:
    return open_npk(View(data), budget())
