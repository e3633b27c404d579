"""Tests of the first programs of Mediatek processors, against those that the real mkimage makes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.mediatek_preloader import FILE_MAGIC, FORMAT
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


@pytest.fixture(scope="module")
def emmc(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real image."""
    return _make(tmp_path_factory.mktemp("emmc"), "media=emmc")


@pytest.mark.parametrize(("media", "label"), [("emmc", "EMMC_BOOT"), ("sdmmc", "SDMMC_BOOT"), ("nor", "SF_BOOT")])
def test_program_and_signature_are_known(media: str, label: str, tmp_path: Path) -> None:
    image = _make(tmp_path, f"media={media}")
    found = opened(FORMAT, image + b"else")
    assert contents(image, found)["program"] == _PROGRAM
    assert [(part.name, part.content) for part in found.parts] == [("program", "known"), ("signature", "known")]
    assert (found.length, problems(found)) == (len(image), [])
    assert found.label == f"{label}, kind 1, load address 0x200d00"


def test_the_file_is_found_behind_a_header_of_nand(tmp_path: Path) -> None:
    image = _make(tmp_path, "media=snand;nandinfo=2k+64")
    at = image.index(FILE_MAGIC)
    assert found_in(FORMAT, image)[0] == at
    found = opened(FORMAT, image[at:])
    assert contents(image[at:], found)["program"] == _PROGRAM
    assert found.label == "kind 1, load address 0x200d00"


def test_a_header_without_layout_leads_to_the_file(emmc: bytes) -> None:
    file = emmc[emmc.index(FILE_MAGIC) :]
    image = struct.pack("<12sII", b"COMBO_BOOT", 1, 4096).ljust(4096, b"\xff") + file
    assert contents(image, opened(FORMAT, image))["program"] == _PROGRAM


def test_a_wrong_hash_is_a_problem(emmc: bytes) -> None:
    image = patched(emmc, emmc.index(_PROGRAM) + 9, b"damage")
    assert problems(opened(FORMAT, image)) == ["the SHA-256 of the file is wrong"]


def test_a_truncated_file_keeps_what_is_there(emmc: bytes) -> None:
    cut = emmc[: emmc.index(_PROGRAM) + 1000]
    found = opened(FORMAT, cut)
    assert contents(cut, found) == {"program": _PROGRAM[:1000]}
    assert problems(found)[0] == "cut short: 19032 bytes are missing"


def test_fields_that_make_no_sense_are_refused(emmc: bytes) -> None:
    file = emmc.index(FILE_MAGIC)
    for offset, value in (
        (0, b"EMMC_BOOK"),
        (12, b"\2"),
        (16, b"\xff\xff\xff"),
        (16, b"\1"),
        (0x200, b"BRLYS"),
        (0x208, b"\2"),
        (0x20C, b"\1"),
        (file, b"MMN"),
        (file + 20, b"\2"),
        (file + 32, bytes(4)),
        (file + 35, b"\1"),
        (file + 36, bytes(4)),
        (file + 40, bytes(4)),
        (file + 44, b"\xff\xff"),
        (file + 48, bytes(4)),
    ):
        assert refuses(FORMAT, patched(emmc, offset, value)), (offset, value)
    assert refuses(FORMAT, emmc[: file + 40])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=300, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=5), size=st.integers(0, 23_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(
    emmc: bytes, changes: list[tuple[int, int]], size: int
) -> None:
    image = bytearray(emmc)
    for place, value in changes:
        image[place if place < 20 else 0x1F0 + place if place < 32 else 0x600 + place - 32] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _make(folder: Path, name: str) -> bytes:
    (folder / "program").write_bytes(_PROGRAM)
    command = [tool("mkimage", "u-boot-tools"), "-T", "mtk_image", "-a", "0x201000", "-e", "0x201000"]
    command += ["-n", name, "-d", "program", "image"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()
