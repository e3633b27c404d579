"""Tests of device trees, against those that the device tree compiler makes."""

from __future__ import annotations

import struct
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.formats import fit
from plimsoll.unpack.formats.dtb import FORMAT
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.containers import assert_not_carved, exercise, opened, patched, problems, refuses, sown
from tests.unpack.images import tool

_BOARD = """/dts-v1/; / {
    model = "Plimsoll board";
    compatible = "plimsoll,board", "maker,chip";
    chosen { bootargs = "console=ttyS0,115200"; };
    memory@0 { reg = <0 0x1000>; };
};"""
_OVERLAY = """/dts-v1/; /plugin/; / { fragment@0 { target = <&serial>; __overlay__ { status = "okay"; }; }; };"""
_FIT = '/dts-v1/; / { images { kernel { data = [01 02 03]; type = "kernel"; }; }; };'


@pytest.fixture(scope="module")
def board() -> bytes:
    """Give a tree."""
    return _compile(_BOARD)


def test_model_and_boards_stand_in_the_label(board: bytes) -> None:
    found = opened(FORMAT, board + b"\xff" * 999)
    assert found.label == "Plimsoll board, compatible plimsoll,board maker,chip"
    assert (found.length, problems(found)) == (len(board), [])
    assert [(part.offset, part.length, part.content) for part in found.parts] == [(0, len(board), "known")]


def test_an_overlay_says_so() -> None:
    assert opened(FORMAT, _compile(_OVERLAY, "-@")).label == "overlay"


def test_a_tree_of_nothing_is_a_tree() -> None:
    assert opened(FORMAT, _compile("/dts-v1/; / { };")).label == ""


def test_images_in_a_tree_are_left_to_the_format_of_images(board: bytes) -> None:
    image = _compile(_FIT)
    assert refuses(FORMAT, image)
    seen: list[File] = []
    explored = Explorer((fit.FORMAT, FORMAT), Budget(Limits()), seen.append).explore(image + board, b"x")
    assert list(dict.fromkeys(span.format for span in explored.image.spans if span.format)) == ["fit", "dtb"]
    assert any(b"console=ttyS0,115200" in file.data for file in seen)


def test_a_truncated_tree_is_told_with_what_is_there(board: bytes) -> None:
    found = opened(FORMAT, board[:-20])
    assert problems(found) == ["cut short: 20 bytes are missing"]
    assert refuses(FORMAT, board[:60])


def test_damage_in_the_tree_is_told(board: bytes) -> None:
    at = board.index(struct.pack(">I", 1) + b"memory@0")
    found = opened(FORMAT, patched(board, at, b"\0\0\0\7"))
    assert "damaged at" in problems(found)[0]
    assert found.label.startswith("Plimsoll board")
    assert refuses(FORMAT, patched(board, 56, b"\0\0\0\7"))


def test_a_length_without_measure_is_refused(board: bytes) -> None:
    assert refuses(FORMAT, patched(board, 4, struct.pack(">I", 1 << 30)))


def test_nothing_is_found_in_noise(board: bytes) -> None:
    assert_not_carved(FORMAT)
    assert refuses(FORMAT, sown(bytes(100_000), board[:40]))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damage_anywhere_is_refused_or_stays_within_bounds(board: bytes, data: st.DataObject) -> None:
    image = bytearray(board)
    for offset in data.draw(st.lists(st.integers(0, len(image) - 1), max_size=6)):
        image[offset] = data.draw(st.integers(0, 255))
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[: data.draw(st.integers(0, len(image)))]))


def _compile(source: str, *options: str) -> bytes:
    command = [tool("dtc", "device-tree-compiler"), "-q", "-I", "dts", "-O", "dtb", *options]
    return subprocess.run(command, input=source.encode(), check=True, capture_output=True).stdout
