"""Tests of Ambarella's romfs, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.ambarella_romfs import FORMAT, open_ambarella_romfs
from tests.unpack.containers import budget, explored
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_FILES = {b"boot.bin": b"text " * 90, b"web/index.htm": random.Random(0).randbytes(700), b"empty": b""}


def test_files_come_out_as_they_went_in() -> None:
    image = _image(_FILES)
    opened = _open(image + b"another thing")
    assert {node.path: opened.read(node) for node in opened.nodes} == _FILES
    assert (opened.length, opened.label, opened.problems) == (len(image), "3 files", ())


def test_a_cut_tail_is_a_problem_of_its_file_alone() -> None:
    opened = _open(_image(_FILES)[:-100])
    assert [(path, str(one)) for path, one in opened.problems] == [
        (b"web/index.htm", "cut short: 100 bytes are missing")
    ]
    assert {node.path: len(opened.read(node)) for node in opened.nodes} == {
        b"boot.bin": 450,
        b"web/index.htm": 600,
        b"empty": 0,
    }


def test_names_that_climb_out_are_left_out() -> None:
    opened = _open(_image({b"../up": b"x", b"/etc/passwd": b"y"}))
    assert [node.path for node in opened.nodes] == [b"etc/passwd"]
    assert len(opened.problems) == 1


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, bytes(4)), (0, b"\xff"), (4, b"!"), (9, b"\0"), (2048, bytes(116)), (2048 + 116, bytes(4)),
     (2048 + 120, b"\xff" * 4), (2048 + 124, b"!")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_FILES))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 8, 2048, 2048 + 300])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_FILES)[:size])


def test_one_inside_something_else_is_found() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_FILES))
    assert set(_FILES.values()) - {b""} <= set(seen)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes(2048 + 3 * 128), st.integers(0, 4000))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ambarella_romfs, changed(_image(_FILES), these, end))


def _image(files: dict[bytes, bytes]) -> bytes:
    position = 2048 + 128 * len(files)
    rows = b""
    for name, content in files.items():
        rows += struct.pack("<116sII", name, position if content else 0, len(content)) + b"\x76\xab\x87\x23"
        position += len(content)
    header = struct.pack("<I", len(files)) + b"\x8a\x32\xfc\x66"
    return header.ljust(2048, b"\xff") + rows + b"".join(files.values())


def _open(data: bytes) -> Archive:
    return open_ambarella_romfs(View(data), budget())
