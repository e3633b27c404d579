"""Tests of Motorola S-record files, made by objcopy and srec_cat, and by hand where they refuse."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.srecord import open_srecord
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_PROGRAM = random.Random(1).randbytes(60_000)


@pytest.mark.parametrize("address", [0, 0x1000, 0x12_0000, 0x0800_FF00])
def test_a_file_of_objcopy_gives_the_program(tmp_path: Path, address: int) -> None:
    (tmp_path / "a.bin").write_bytes(_PROGRAM)
    program = images.tool("objcopy", "binutils")
    command = [program, "-I", "binary", "-O", "srec", f"--change-addresses={address:#x}", "a.bin", "a.srec"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    text = (tmp_path / "a.srec").read_bytes()
    opened = _open(text)
    assert (opened.data, opened.length, opened.problems) == (_PROGRAM, len(text), ())
    assert opened.label == f"{address:#x} to {address + len(_PROGRAM) - 1:#x}"


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_file_of_srec_cat_gives_the_program(tmp_path: Path, width: int) -> None:
    (tmp_path / "a.bin").write_bytes(_PROGRAM[:5_000])
    command = [images.tool("srec_cat", "srecord"), "a.bin", "-Binary", "-o", "a.srec", "-Motorola",
               f"--address-length={width}"]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    opened = _open((tmp_path / "a.srec").read_bytes())
    assert (opened.data, opened.problems) == (_PROGRAM[:5_000], ())


def test_a_wrong_sum_is_a_problem_and_its_bytes_are_kept() -> None:
    opened = _open(_lines(_record(1, 0, b"ab"), _record(1, 2, b"cd")[:-1] + b"0", _record(9, 0)))
    assert opened.data == b"abcd"
    assert [str(problem) for problem in opened.problems] == ["1 records have a wrong sum"]


def test_a_file_that_breaks_off_gives_what_is_there() -> None:
    text = _lines(_record(1, 0, b"ab"))
    opened = _open(text + b"S109")
    assert (opened.data, opened.length) == (b"ab", len(text))
    assert [str(problem) for problem in opened.problems] == ["no record is at 0xf, and none was the end"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"S1",
        b"S0 is a record",
        b"S1" + b"0" * 200,
        b"S9030000FC\n",
        b"S00600004844521B\nS9030000FC\n",
        b"S105000061623C\n",
        b"S104000061623B\n",
        b"S40500006162\n",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 0xFFFF), st.binary(max_size=6)), max_size=8), st.binary())
def test_any_records_are_refused_or_read_within_their_bounds(
    records: list[tuple[int, int, bytes]], rest: bytes
) -> None:
    text = _lines(*(_record(kind, address, data) for kind, address, data in records)) + rest
    try:
        opened = open_srecord(View(text), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(text)
    assert opened.data


def _record(kind: int, address: int, data: bytes = b"") -> bytes:
    width = {2: 3, 3: 4, 6: 3, 7: 4, 8: 3}.get(kind, 2)
    body = bytes([width + len(data) + 1]) + address.to_bytes(width, "big") + data
    return b"S%d" % kind + (body + bytes([~sum(body) & 0xFF])).hex().upper().encode()


def _lines(*records: bytes) -> bytes:
    return b"".join(record + b"\n" for record in records)


def _open(data: bytes) -> Decoded:
    return open_srecord(View(data), Budget(Limits()))
