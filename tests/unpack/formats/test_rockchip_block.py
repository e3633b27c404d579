"""Tests of blocks of Rockchip's tools, against those that the real rkcrc makes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats._rockchip_crc import checksum
from plimsoll.unpack.formats.rockchip_block import FORMAT
from tests.unpack.formats.containers import assert_not_carved, contents, exercise, opened, patched, refuses
from tests.unpack.formats.rockchip_images import slow_checksum
from tests.unpack.images import tool

_DATA = random.Random(1).randbytes(70_001)
_PARAMETERS = b"FIRMWARE_VER:8.1\nCMDLINE:console=ttyFIQ0 mtdparts=rk29xxnand:0x2000@0x2000(uboot)\n"


@pytest.mark.parametrize(("option", "data", "name"), [("-k", _DATA, "data"), ("-p", _PARAMETERS, "parameters")])
def test_a_real_block_gives_its_data(option: str, data: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(data)
    subprocess.run([tool("rkcrc", "rkflashtool"), option, "in", "out"], cwd=tmp_path, check=True)
    image = (tmp_path / "out").read_bytes()
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {name: data}
    assert (found.length, found.parts[0].content) == (len(image), "known" if name == "parameters" else "image")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 13_000))
def test_the_checksum_is_the_same_whichever_way_it_is_computed(data: bytes, filled: int) -> None:
    whole = data + bytes(range(256)) * (filled // 256) + data
    assert checksum(memoryview(whole)) == slow_checksum(whole)


def test_a_block_with_a_wrong_checksum_is_refused() -> None:
    image = _block(b"KRNL", _DATA[:5000])
    assert not refuses(FORMAT, image)
    assert refuses(FORMAT, patched(image, 100, b"damage"))
    assert refuses(FORMAT, image[:-1])


def test_fields_that_make_no_sense_are_refused() -> None:
    assert refuses(FORMAT, b"KRNL")
    assert refuses(FORMAT, _block(b"KRNM", b"data"))
    assert refuses(FORMAT, _block(b"KRNL", b""))
    assert refuses(FORMAT, _block(b"PARM", b"text" * 20_000))
    assert refuses(FORMAT, _block(b"PARM", b"text\0text"))


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT, b"KRNL", b"PARM\x20\0\0\0")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=12), st.integers(0, 200))
def test_damage_anywhere_is_refused_or_stays_within_bounds(start: bytes, size: int) -> None:
    image = _block(b"KRNL", _DATA[:180])
    exercise(FORMAT, start + image[len(start) :])
    exercise(FORMAT, image[:size])


def _block(magic: bytes, data: bytes) -> bytes:
    return magic + struct.pack("<I", len(data)) + data + slow_checksum(data).to_bytes(4, "little")
