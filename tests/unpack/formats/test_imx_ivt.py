"""Tests of boot images of i.MX processors, against those that the real mkimage makes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.imx_ivt import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    found_in,
    opened,
    patched,
    problems,
    refuses,
)
from tests.unpack.images import tool

_PROGRAM = random.Random(1).randbytes(20_000)
_PLAIN = "IMAGE_VERSION 2\nBOOT_FROM sd\n"
_CONFIGURED = _PLAIN + "DATA 4 0x021b0000 0x83190000\nDATA 4 0x021b0004 0x00000001\n"
_SIGNED = _CONFIGURED + "CSF 0x2000\n"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real image with device configuration."""
    return _make(tmp_path_factory.mktemp("plain"), _CONFIGURED)


def test_program_and_device_configuration_are_known(plain: bytes) -> None:
    found = opened(FORMAT, plain + b"else")
    parts = contents(plain, found)
    assert parts["program"].rstrip(b"\0").endswith(_PROGRAM.rstrip(b"\0"))
    assert parts["device configuration"][:1] == b"\xd2"
    assert {part.content for part in found.parts} == {"known"}
    assert (found.length, found.label, problems(found)) == (len(plain), "table at 0x877ff400, not signed", [])


def test_an_image_without_device_configuration_is_read(tmp_path: Path) -> None:
    image = _make(tmp_path, _PLAIN)
    assert _PROGRAM in contents(image, opened(FORMAT, image))["program"]


def test_an_image_of_imx8m_is_read(tmp_path: Path) -> None:
    (tmp_path / "spl.bin").write_bytes(_PROGRAM)
    image = _make(tmp_path, "FIT\nBOOT_FROM sd\nLOADER spl.bin 0x7E1000\n", "imx8mimage", "0x7E1000")
    found = opened(FORMAT, image)
    assert _PROGRAM in contents(image, found)["program"]
    assert (found.length, problems(found)) == (len(image), [])


def test_the_label_says_whether_it_can_be_verified(tmp_path: Path) -> None:
    image = _make(tmp_path, _SIGNED)
    found = opened(FORMAT, image)
    assert found.label.endswith("room for commands that verify it, which are missing")
    assert problems(found) == ["cut short: 8192 bytes are missing"]
    commands = bytes.fromhex("d4002040") + b"\xbe" * 28
    signed = image + commands.ljust(0x2000, b"\0")
    found = opened(FORMAT, signed + b"else")
    assert found.label.endswith(", commands that verify it")
    assert (found.length, problems(found)) == (len(signed), [])
    assert contents(signed, found)["commands"] == commands


def test_a_table_behind_what_it_signs_is_opened_as_itself(tmp_path: Path) -> None:
    image = _make(tmp_path, "", "firmware_ivt", "0x10000000")
    at = image.index(bytes.fromhex("d1002040"))
    assert refuses(FORMAT, image[at:])
    signed = image + bytes.fromhex("d4001040") + bytes(12)
    assert found_in(FORMAT, signed)[0] == at
    assert opened(FORMAT, signed[at:]).length == 48


def test_a_truncated_image_keeps_what_is_there(plain: bytes) -> None:
    found = opened(FORMAT, plain[:-5000])
    assert problems(found) == ["cut short: 5000 bytes are missing"]
    assert [part.name for part in found.parts] == ["device configuration", "program"]


def test_addresses_that_contradict_each_other_are_refused(plain: bytes) -> None:
    for offset, value in (
        (3, b"\x44"),
        (4, bytes(4)),
        (8, b"\1"),
        (12, b"\1\1\1\1"),
        (16, b"\1\1\1\1"),
        (16, bytes(4)),
        (20, bytes(4)),
        (20, b"\1"),
        (24, b"\1"),
        (28, b"\1"),
        (32, b"\xff\xff\xff\xff"),
        (36, bytes(4)),
        (36, b"\xff\xff\xff\xff"),
        (40, b"\2"),
        (44, b"\xd3"),
        (47, b"\x30"),
    ):
        assert refuses(FORMAT, patched(plain, offset, value)), (offset, value)
    assert refuses(FORMAT, plain[:40])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=300, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 72), st.integers(0, 255)), max_size=5), size=st.integers(0, 24_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(
    plain: bytes, changes: list[tuple[int, int]], size: int
) -> None:
    image = bytearray(plain)
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def test_extreme_addresses_stay_within_bounds() -> None:
    for address in (4, 0x7FFFFFFC, 0xFFFFFFFC):
        for other in (0, 4, address + 32 & 0xFFFFFFFF, 0xFFFFFFFF):
            table = struct.pack("<4s7I", b"\xd1\0\x20\x40", 1, 0, other, other, address, other, 0)
            exercise(FORMAT, table + struct.pack("<III", other, other, 0) + bytes(100))


def _make(folder: Path, text: str, kind: str = "imximage", entry: str = "0x87800000") -> bytes:
    (folder / "program").write_bytes(_PROGRAM)
    (folder / "settings").write_text(text)
    name = "settings" if text else "name"
    command = [tool("mkimage", "u-boot-tools"), "-T", kind, "-n", name, "-a", entry, "-e", entry]
    subprocess.run([*command, "-d", "program", "image"], check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()
