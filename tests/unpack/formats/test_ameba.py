"""Tests of the reader of Realtek's Ameba images, against a generator written from their description."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.ameba import APPLICATION, FORMAT, LOADER, open_ameba
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes


def _section(address: int, content: bytes, magic: bytes = APPLICATION) -> bytes:
    return magic + struct.pack("<II", len(content), address) + b"\xff" * 16 + content


_IMAGE = _section(0x0800B020, b"flash " * 100) + _section(0x10005000, b"ram " * 50)


def test_each_section_is_a_part() -> None:
    opened = _open(_IMAGE + b"sum!")
    assert [(part.offset, part.length, part.name, part.content) for part in opened.parts] == [
        (32, 600, "section at 0x0800b020", "known"),
        (664, 200, "section at 0x10005000", "known"),
    ]
    assert (opened.length, opened.label, opened.problems) == (len(_IMAGE), "application", ())


def test_a_boot_loader_is_told() -> None:
    assert _open(_section(0x10002000, b"x" * 40, LOADER)).label == "boot loader"


def test_a_section_that_is_not_all_there_is_none() -> None:
    assert len(_open(_IMAGE[:-1]).parts) == 1
    with pytest.raises(NotThisFormat):
        _open(_IMAGE[:600])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        APPLICATION,
        APPLICATION + bytes(100),
        APPLICATION + b"\xff" * 100,
        _section(0x55000000, b"x"),
        _section(0x08000000, b""),
        b"call 81958711 for help",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(len(_IMAGE)), st.integers(0, len(_IMAGE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ameba, changed(_IMAGE, these, end))


def _open(data: bytes) -> Container:
    return open_ameba(View(data), Budget(Limits()))
