"""Tests of boot programs of STM32MP processors, against those that the real mkimage makes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.stm32_boot import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)
from tests.unpack.images import tool

_PROGRAM = random.Random(1).randbytes(20_000)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real image."""
    folder: Path = tmp_path_factory.mktemp("stm32")
    (folder / "program").write_bytes(_PROGRAM)
    command = [tool("mkimage", "u-boot-tools"), "-T", "stm32image", "-a", "0x2ffc2500", "-e", "0x2ffc2600"]
    subprocess.run([*command, "-d", "program", "image"], check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()


def test_the_program_is_known(image: bytes) -> None:
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {"program": _PROGRAM}
    assert found.parts[0].content == "known"
    assert (found.length, found.label) == (len(image), "load address 0x2ffc2500, version 0, not signed")
    assert problems(found) == []


def test_a_signed_program_says_so(image: bytes) -> None:
    signed = patched(patched(image, 4, b"s" * 64), 100, bytes(4))
    assert opened(FORMAT, patched(signed, 96, b"\7")).label.endswith("version 7, signed")


def test_something_else_is_refused(image: bytes) -> None:
    for data in (
        b"STM2",
        image[:256],
        image[:-1],
        patched(image, 0, b"STM3"),
        patched(image, 74, b"\2"),
        patched(image, 76, bytes(4)),
        patched(image, 76, struct.pack("<I", 1 << 30)),
        patched(image, 5000, b"damage"),
    ):
        assert refuses(FORMAT, data)


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 110), st.integers(0, 255)), max_size=4), size=st.integers(0, 20_300))
def test_damage_anywhere_is_refused_or_stays_within_bounds(
    image: bytes, changes: list[tuple[int, int]], size: int
) -> None:
    damaged = bytearray(image)
    for offset, value in changes:
        damaged[offset] = value
    exercise(FORMAT, bytes(damaged))
    exercise(FORMAT, bytes(damaged[:size]))
