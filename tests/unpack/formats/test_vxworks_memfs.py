"""Tests of the file system of VxWorks routers, made by a small generator here."""

from __future__ import annotations

import lzma
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats import lzma as lzma_format
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.vxworks_memfs import FORMAT, open_vxworks_memfs
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
    [(0, b"O"), (32, b"\1"), (36, bytes(4)), (36, b"\xff"), (44, bytes(40)), (44, b"\xff"), (44 + 40, b"\xff"),
     (44 + 44, bytes(4))],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_FILES))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 40, 91, 44 + 100])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_FILES)[:size])


def test_streams_of_lzma_in_it_are_opened() -> None:
    packed = lzma.compress(b"<html>router</html>" * 50, lzma.FORMAT_ALONE)
    _, seen = explored((FORMAT, lzma_format.FORMAT), _image({b"index.htm": packed}))
    assert b"<html>router</html>" * 50 in seen


def test_one_inside_something_else_is_found() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_FILES))
    assert set(_FILES.values()) - {b""} <= set(seen)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes(44 + 3 * 48), st.integers(0, 1500))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_vxworks_memfs, changed(_image(_FILES), these, end))


def _image(files: dict[bytes, bytes]) -> bytes:
    position = 44 + 48 * len(files)
    rows = b""
    for name, content in files.items():
        rows += struct.pack(">40sII", name, len(content), position if content else 0)
        position += len(content)
    return b"ow" * 16 + struct.pack(">III", 1, len(files), 0) + rows + b"".join(files.values())


def _open(data: bytes) -> Archive:
    return open_vxworks_memfs(View(data), budget())
