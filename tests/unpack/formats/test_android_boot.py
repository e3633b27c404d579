"""Tests of boot images of Android, against images that mkbootimg makes; version 4 by a small generator here."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.android_boot import FORMAT
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

_KERNEL, _RAMDISK, _SECOND, _RECOVERY, _TREE = (
    random.Random(seed).randbytes(size) for seed, size in enumerate((9_001, 5_003, 700, 300, 450))
)
_LINE = "console=ttyS0,115200 androidboot.selinux=permissive"
_FILES = {"kernel": _KERNEL, "ramdisk": _RAMDISK, "second": _SECOND, "dtb": _TREE}
_OPTIONS = {
    0: ("kernel", "ramdisk", "second"),
    1: ("kernel", "ramdisk", "second"),
    2: ("kernel", "ramdisk", "second", "dtb"),
    3: ("kernel", "ramdisk"),
}
_NAMES = {
    "kernel": "kernel",
    "ramdisk": "first file system",
    "second": "second",
    "dtb": "device tree",
}


@pytest.mark.parametrize("version", _OPTIONS)
def test_every_part_of_a_real_image_is_given(version: int, tmp_path: Path) -> None:
    image = _make(tmp_path, version)
    found = opened(FORMAT, image + b"something else" * 1000)
    expected = {_NAMES[one]: _FILES[one] for one in _OPTIONS[version]}
    assert contents(image, found) == {"command line": _LINE.encode(), **expected}
    assert (found.length, problems(found)) == (len(image), [])
    assert found.label.startswith(f"version {version}")
    assert found.label.endswith("system 10.0.1, patch level 2020-05")


def test_the_program_and_the_trees_are_known_and_the_rest_is_not(tmp_path: Path) -> None:
    found = opened(FORMAT, _make(tmp_path, 2))
    assert {part.name for part in found.parts if part.content == "image"} == {"first file system", "second"}


@pytest.mark.parametrize("page", [2048, 16384])
def test_pages_of_any_length_are_read(page: int, tmp_path: Path) -> None:
    image = _make(tmp_path, 0, "--pagesize", str(page), "--board", "my board")
    found = opened(FORMAT, image)
    assert contents(image, found)["first file system"] == _RAMDISK
    assert found.parts[1].offset == page
    assert "name my board" in found.label


def test_a_signature_of_version_4_is_known() -> None:
    image = _version_4(b"\xaa" * 100)
    found = opened(FORMAT, image)
    assert contents(image, found) == {"kernel": _KERNEL, "first file system": _RAMDISK, "signature": b"\xaa" * 100}
    assert [part.content for part in found.parts] == ["known", "image", "known"]


def test_recovery_tables_are_a_part() -> None:
    image = _version_1(place=2048 * 3)
    assert contents(image, opened(FORMAT, image)) == {"kernel": _KERNEL[:2500], "recovery tables": _RECOVERY}
    assert refuses(FORMAT, _version_1(place=2048 * 4))


def test_device_trees_of_the_old_kind_are_a_part(tmp_path: Path) -> None:
    image = patched(_make(tmp_path, 0, "--pagesize", "2048"), 40, struct.pack("<I", 450)) + _TREE
    image = patched(image, 576, bytes(32))
    found = opened(FORMAT, image)
    assert contents(image, found)["device trees"] == _TREE
    assert found.label.startswith("version 0")


def test_a_damaged_part_has_another_id_and_is_given(tmp_path: Path) -> None:
    image = _make(tmp_path, 2)
    found = opened(FORMAT, patched(image, image.index(_RAMDISK) + 99, b"damage"))
    assert problems(found) == ["its id is not the SHA-1 of its parts"]
    assert len(found.parts) == 5


def test_an_id_of_another_kind_is_not_judged(tmp_path: Path) -> None:
    assert problems(opened(FORMAT, patched(_make(tmp_path, 0), 576, bytes(range(32))))) == []


def test_what_there_is_of_a_truncated_image_is_given(tmp_path: Path) -> None:
    image = _make(tmp_path, 2)
    cut = image[: image.index(_RAMDISK) + 1000]
    found = opened(FORMAT, cut)
    assert contents(cut, found)["first file system"] == _RAMDISK[:1000]
    assert problems(found)[0] == "first file system: cut short: 4003 bytes are missing"


def test_fields_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    old, new = _make(tmp_path, 2), _version_4(b"")
    for image, offset, value in (
        (old, 0, b"ANDROIE!"),
        (old, 36, struct.pack("<I", 3000)),
        (old, 8, struct.pack("<I", 1 << 31)),
        (old, 64, b"\x01\x02"),
        (old, 608, b"\xff\xff"),
        (old, 1644, struct.pack("<I", 1650)),
        (new, 20, struct.pack("<I", 1580)),
        (new, 8, bytes(8)),
        (new, 44, b"\x80"),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), offset
    assert refuses(FORMAT, b"ANDROID!")
    assert refuses(FORMAT, new[:4096])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=8), st.integers(0, 30_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_version_4(b"signature"))
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image[:size]))
    exercise(FORMAT, bytes(image))


def _make(folder: Path, version: int, *options: str) -> bytes:
    command = [tool("mkbootimg", "mkbootimg"), "--header_version", str(version), "--cmdline", _LINE]
    for name in _OPTIONS[version]:
        (folder / name).write_bytes(_FILES[name])
        command += [f"--{name}", str(folder / name)]
    command += ["--os_version", "10.0.1", "--os_patch_level", "2020-05", "-o", str(folder / "image"), *options]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "image").read_bytes()


def _version_1(place: int) -> bytes:
    words = (2500, 0, 0, 0, 0, 0, 0, 2048, 1, 0)
    header = struct.pack("<8s10I16s512s32s1024sIQI", b"ANDROID!", *words, b"", b"", b"", b"", 300, place, 1648)
    return b"".join(one + bytes(-len(one) % 2048) for one in (header, _KERNEL[:2500], _RECOVERY))


def _version_4(signature: bytes) -> bytes:
    header = struct.pack("<8s4I16xI1536sI", b"ANDROID!", len(_KERNEL), len(_RAMDISK), 0, 1584, 4, b"", len(signature))
    return b"".join(one + bytes(-len(one) % 4096) for one in (header, _KERNEL, _RAMDISK, signature))
