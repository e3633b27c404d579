"""Tests of Intel HEX files, made by objcopy and srec_cat, and by hand where they refuse."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.intel_hex import open_intel_hex
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images
from tests.unpack.formats.explored import Everything

_PROGRAM = random.Random(1).randbytes(200_000)


def test_a_file_of_objcopy_gives_the_program(tmp_path: Path) -> None:
    text = _objcopy(tmp_path, _PROGRAM, 0x0800_FF00)
    opened = _open(text)
    assert (opened.data, opened.length, opened.problems) == (_PROGRAM, len(text), ())
    assert opened.label == "0x800ff00 to 0x8040c3f"


@pytest.mark.parametrize("options", [["-Intel"], ["-Intel", "--address-length=3"], ["-Intel", "-Line_Length=255"]])
def test_a_file_of_srec_cat_gives_the_program(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "a.bin").write_bytes(_PROGRAM[:90_000])
    command = [images.tool("srec_cat", "srecord"), "a.bin", "-Binary", "-offset", "0x1234", "-o", "a.hex", *options]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    opened = _open((tmp_path / "a.hex").read_bytes())
    assert (opened.data, opened.problems) == (_PROGRAM[:90_000], ())


def test_what_is_in_the_program_is_explored(tmp_path: Path) -> None:
    stream = images.stream("gzip", "gzip", b"the settings " * 500)
    found = Everything(_objcopy(tmp_path, _PROGRAM[:5_000] + stream, 0))
    assert b"the settings " * 500 in found.raw
    assert found.formats == {"intel-hex"}


def test_lines_may_end_in_any_way_and_be_blank() -> None:
    text = _record(0, 0, b"ab") + b"\r\n\r\n" + _record(2, 0, b"cd").lower() + b"  \n" + _record(4, 0, b"e") + b"\r\r\n"
    opened = _open(text + _record(0, 1))
    assert (opened.data, opened.problems) == (b"abcde", ())


def test_a_short_gap_is_filled_and_a_long_one_left_out() -> None:
    text = _lines(
        _record(0, 0, b"one"), _record(8, 0, b"two"), _record(0, 4, b"\1\0"), _record(0, 0, b"far"), _record(0, 1)
    )
    opened = _open(text)
    assert opened.data == b"one\xff\xff\xff\xff\xfftwofar"
    assert opened.label == "0x0 to 0xa, 0x1000000 to 0x1000002"


def test_a_segment_moves_addresses_by_sixteen() -> None:
    opened = _open(_lines(_record(0, 2, b"\x10\0"), _record(4, 0, b"x"), _record(0, 3, bytes(4)), _record(0, 1)))
    assert opened.label == "0x10004 to 0x10004"


def test_the_later_of_two_pieces_at_one_address_counts_and_is_told() -> None:
    opened = _open(_lines(_record(0, 0, b"abcd"), _record(2, 0, b"XYZ"), _record(1, 0, b"-"), _record(0, 1)))
    assert opened.data == b"a-XYZ"
    assert [str(problem) for problem in opened.problems] == ["3 bytes are given more than once; the last ones count"]


def test_a_wrong_sum_is_a_problem_and_its_bytes_are_kept() -> None:
    opened = _open(_lines(_record(0, 0, b"ab"), _record(2, 0, b"cd")[:-1] + b"0", _record(0, 1)))
    assert opened.data == b"abcd"
    assert [str(problem) for problem in opened.problems] == ["1 records have a wrong sum"]


def test_a_file_that_breaks_off_gives_what_is_there() -> None:
    text = _lines(_record(0, 0, b"ab"), _record(2, 0, b"cd"))
    opened = _open(text + b":0400")
    assert (opened.data, opened.length) == (b"abcd", len(text))
    assert [str(problem) for problem in opened.problems] == ["no record is at 0x20, and none was the end"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b":",
        b":10 is the time",
        b":" + b"0" * 200,
        b":0000000\n",
        b":00000001FF\n",
        b":0200000061623C\n:" + b"0" * 600,
        b":0300000061623A\n",
        b":02000009616232\n",
        b":02000000616\n",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_far_apart_pieces_make_nothing_of_that_size() -> None:
    lines = []
    for number in range(200):
        lines += [_record(0, 4, (number * 16).to_bytes(2, "big")), _record(0, 0, b"x" * 16)]
    opened = _open(_lines(*lines, _record(0, 1)))
    assert len(opened.data) <= (32 << 20) + 200 * 16
    with pytest.raises(LimitReached):
        open_intel_hex(View(_lines(*lines, _record(0, 1))), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 6), st.binary(max_size=6)), max_size=8), st.binary())
def test_any_records_are_refused_or_read_within_their_bounds(
    records: list[tuple[int, int, bytes]], rest: bytes
) -> None:
    text = _lines(*(_record(address, kind, data) for address, kind, data in records)) + rest
    try:
        opened = open_intel_hex(View(text), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(text)
    assert opened.data


def _objcopy(folder: Path, data: bytes, address: int) -> bytes:
    (folder / "a.bin").write_bytes(data)
    program = images.tool("objcopy", "binutils")
    command = [program, "-I", "binary", "-O", "ihex", f"--change-addresses={address:#x}", "a.bin", "a.hex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "a.hex").read_bytes()


def _record(address: int, kind: int, data: bytes = b"") -> bytes:
    body = bytes([len(data)]) + address.to_bytes(2, "big") + bytes([kind]) + data
    return b":" + (body + bytes([-sum(body) & 0xFF])).hex().upper().encode()


def _lines(*records: bytes) -> bytes:
    return b"".join(record + b"\n" for record in records)


def _open(data: bytes) -> Decoded:
    return open_intel_hex(View(data), Budget(Limits()))
