"""Tests of the reader of DfuSe files, against dfu-suffix and a generator written from their description."""

from __future__ import annotations

import struct
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dfuse import FORMAT, open_dfuse
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes
from tests.unpack.images import tool

Elements = Sequence[tuple[int, bytes]]


def _body(targets: Sequence[tuple[bytes, Elements]]) -> bytes:
    rows = b""
    for number, (name, elements) in enumerate(targets):
        content = b"".join(struct.pack("<II", address, len(data)) + data for address, data in elements)
        rows += struct.pack("<6sBI255sII", b"Target", number, bool(name), name, len(content), len(elements)) + content
    return struct.pack("<6sIB", b"DfuSe\x01", 11 + len(rows), len(targets)) + rows


def _make(targets: Sequence[tuple[bytes, Elements]]) -> bytes:
    data = _body(targets) + struct.pack("<HHHH4s", 0xFFFF, 0xDF11, 0x0483, 0x011A, b"UFD\x10")
    return data + struct.pack("<I", zlib.crc32(data) ^ 0xFFFFFFFF)


_FILE = _make([(b"ST...", [(0x08000000, b"first " * 50), (0x08010000, b"second")]), (b"", [(0x90000000, b"third")])])


def test_each_element_is_a_part() -> None:
    opened = _open(_FILE + b"after")
    assert [_FILE[part.offset : part.offset + part.length] for part in opened.parts] == [
        b"first " * 50,
        b"second",
        b"third",
    ]
    assert [part.name for part in opened.parts] == [
        "program at 0x08000000",
        "program at 0x08010000",
        "program at 0x90000000",
    ]
    assert (opened.length, opened.problems) == (len(_FILE), ())
    assert opened.label == "target 0 'ST...', target 1; vendor 0x0483, product 0xdf11"


def test_a_suffix_of_the_real_tool_is_right(tmp_path: Path) -> None:
    program = tool("dfu-suffix", "dfu-util")
    target = tmp_path / "file"
    target.write_bytes(_body([(b"name", [(0x08000000, b"program")])]))
    subprocess.run([program, "-v", "1234", "-p", "5678", "-S", "0x011a", "-a", target], check=True, capture_output=True)
    opened = _open(target.read_bytes())
    assert (opened.length, opened.problems) == (target.stat().st_size, ())
    assert opened.label == "target 0 'name'; vendor 0x1234, product 0x5678"


def test_a_wrong_checksum_a_missing_suffix_and_a_cut_tail_are_told() -> None:
    assert [str(one) for one in _open(_FILE[:-1] + b"!").problems] == ["the checksum of the file is wrong"]
    assert [str(one) for one in _open(_FILE[:-16] + b"n" * 16).problems] == ["it has no suffix"]
    assert [str(one) for one in _open(_FILE[:-16]).problems] == []
    cut = _open(_FILE[:400])
    assert [part.length for part in cut.parts] == [400 - 293]
    assert "cut short" in str(cut.problems[0])


def test_a_damaged_target_hides_no_other() -> None:
    opened = _open(_FILE.replace(b"Target\x01", b"target\x01"))
    assert len(opened.parts) == 2
    assert "the target at" in str(opened.problems[0])


@pytest.mark.parametrize(
    "data", [b"", b"DfuSe\x01", b"DfuSe\x01" + bytes(400), _make([]), _FILE.replace(b"Target\0", b"target\0")]
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(len(_FILE)), st.integers(0, len(_FILE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_dfuse, changed(_FILE, these, end))


def _open(data: bytes) -> Container:
    return open_dfuse(View(data), Budget(Limits()))
