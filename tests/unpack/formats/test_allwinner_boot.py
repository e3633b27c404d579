"""Tests of the first programs of Allwinner processors, against those that the real mkimage and mksunxiboot make."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.allwinner_boot import FORMAT
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
def egon(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real image."""
    return _make(tmp_path_factory.mktemp("egon"), "-T", "sunxi_egon", "-n", "dram=foo")


def test_a_real_program_is_known(egon: bytes, tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(_PROGRAM)
    command = [tool("mksunxiboot", "u-boot-tools"), "program", "other"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    for image in (egon, (tmp_path / "other").read_bytes()):
        found = opened(FORMAT, image + b"else")
        assert (found.length, found.label, problems(found)) == (len(image), "eGON.BT0", [])
        assert _PROGRAM in contents(image, found)["program"]
        assert found.parts[0].content == "known"


def test_it_is_found_where_a_card_has_it(egon: bytes) -> None:
    assert found_in(FORMAT, bytes(8192) + egon + bytes(100))[0] == 8192


def test_the_items_of_a_signed_program_are_known(tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (tmp_path / "root_key.pem").write_bytes(pem)
    image = _make(tmp_path, "-T", "sunxi_toc0", "-A", "arm64", "-n", "root_key.pem")
    found = opened(FORMAT, image + b"else")
    assert contents(image, found)["program"] == _PROGRAM
    assert [part.name for part in found.parts] == ["key", "certificate", "program"]
    assert (found.length, found.label, problems(found)) == (len(image), "TOC0, 3 items", [])
    assert refuses(FORMAT, patched(image, 5000, b"damage"))
    for offset in (24, 44):
        assert refuses(FORMAT, patched(image, offset, b"\0"))
    moved = opened(FORMAT, _summed(patched(image, 0x34, struct.pack("<I", 1 << 30))))
    assert problems(moved) == ["item 0x10303 makes no sense"]
    assert len(moved.parts) == 2


def test_a_wrong_checksum_is_refused(egon: bytes) -> None:
    assert refuses(FORMAT, patched(egon, 5000, b"damage"))
    assert refuses(FORMAT, egon[:-512])


def test_fields_that_make_no_sense_are_refused(egon: bytes) -> None:
    for image in (
        egon[:40],
        patched(egon, 16, bytes(4)),
        patched(egon, 16, b"\1"),
        _summed(patched(egon, 11, b"\xff")),
        _summed(patched(egon, 4, b"eGOO")),
    ):
        assert refuses(FORMAT, image)


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT, b"eGON.BT0", b"eGON.BT0\0\0\0\0\0\x60\0\0", b"TOC0.GLH\0\x98\x11\x89")


@settings(max_examples=200, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5), size=st.integers(0, 25_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(
    egon: bytes, changes: list[tuple[int, int]], size: int
) -> None:
    image = bytearray(egon)
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, _summed(bytes(image)))
    exercise(FORMAT, bytes(image[:size]))


def _make(folder: Path, *options: str) -> bytes:
    (folder / "program").write_bytes(_PROGRAM)
    command = [tool("mkimage", "u-boot-tools"), *options, "-d", "program", "image"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()


def _summed(image: bytes) -> bytes:
    cleared = patched(image, 12, struct.pack("<I", 0x5F0A6C39))
    total = sum(struct.unpack(f"<{len(image) // 4}I", cleared[: len(image) // 4 * 4]))
    return patched(image, 12, struct.pack("<I", total & 0xFFFFFFFF))
