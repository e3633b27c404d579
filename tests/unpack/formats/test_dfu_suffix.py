"""Tests of the reader of suffixes for USB upgrades, against dfu-suffix and a generator of a few bytes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dfu_suffix import FORMAT, open_dfu_suffix
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes
from tests.unpack.images import tool

_FIRMWARE = random.Random(1).randbytes(500)


def _suffix(version: int = 0x0100, magic: bytes = b"UFD\x10") -> bytes:
    return struct.pack("<HHHH4sI", 1, 0x5678, 0x1234, version, magic, 0)


def test_a_suffix_tells_the_device() -> None:
    opened = _open(_suffix())
    assert (opened.length, opened.parts, opened.label) == (16, (), "vendor 0x1234, product 0x5678")


def test_the_suffix_of_the_real_tool_is_found_at_the_end(tmp_path: Path) -> None:
    program = tool("dfu-suffix", "dfu-util")
    target = tmp_path / "file"
    target.write_bytes(_FIRMWARE)
    subprocess.run([program, "-v", "1234", "-p", "5678", "-a", target], check=True, capture_output=True)
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(target.read_bytes(), b"x")
    assert [(span.length, span.format) for span in explored.image.spans] == [(500, ""), (16, "dfu-suffix")]


@pytest.mark.parametrize("data", [b"", _suffix()[:15], _suffix() + b"\0", _suffix(0x0200), _suffix(magic=b"UFD\x11")])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT, [_suffix()])


@settings(max_examples=100, deadline=None)
@given(changes(16), st.integers(0, 16))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_dfu_suffix, changed(_suffix(), these, end))


def _open(data: bytes) -> Container:
    return open_dfu_suffix(View(data), Budget(Limits()))
