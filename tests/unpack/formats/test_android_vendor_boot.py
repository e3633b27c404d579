"""Tests of vendor boot images of Android: version 3 as mkbootimg makes it, version 4 by a small generator here."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.android_vendor_boot import FORMAT
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

_FIRST, _SECOND, _TREE = (random.Random(seed).randbytes(size) for seed, size in enumerate((5_003, 3_000, 450)))
_SETTINGS = b"androidboot.hardware=board\n"


def test_a_real_image_gives_its_parts(tmp_path: Path) -> None:
    (tmp_path / "first").write_bytes(_FIRST)
    (tmp_path / "tree").write_bytes(_TREE)
    command = [tool("mkbootimg", "mkbootimg"), "--header_version", "3", "--vendor_cmdline", "quiet", "--board", "board"]
    command += ["--vendor_ramdisk", "first", "--dtb", "tree", "--vendor_boot", "image"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    image = (tmp_path / "image").read_bytes()
    found = opened(FORMAT, image + b"else" * 5000)
    assert contents(image, found) == {"command line": b"quiet", "first file system": _FIRST, "device tree": _TREE}
    assert [part.content for part in found.parts] == ["known", "image", "known"]
    assert (found.length, found.label, problems(found)) == (len(image), "version 3, name board", [])


def test_each_first_file_system_of_version_4_is_a_part() -> None:
    image = _image()
    found = opened(FORMAT, image)
    assert contents(image, found) == {
        "first file system platform": _FIRST,
        "first file system recovery extra": _SECOND,
        "device tree": _TREE,
        "boot settings": _SETTINGS,
    }
    assert problems(found) == []


def test_a_table_that_lies_gives_one_first_file_system() -> None:
    image = _image(first=len(_FIRST) + len(_SECOND) + 1)
    found = opened(FORMAT, image)
    assert contents(image, found)["first file system"] == _FIRST + _SECOND
    assert problems(found) == ["entry 0 of the table lies outside; all is given as one"]


def test_a_truncated_image_keeps_what_is_there() -> None:
    image = _image()
    cut = image[: image.index(_TREE) + 100]
    found = opened(FORMAT, cut)
    assert contents(cut, found)["device tree"] == _TREE[:100]
    assert "the table of first file systems is missing or too long" in problems(found)


def test_fields_that_make_no_sense_are_refused() -> None:
    image = _image()
    for offset, value in ((0, b"VNDRBOOK"), (8, b"\5"), (12, b"\1"), (28, b"\1"), (2096, b"\0"), (2112, b"\1\1\1")):
        assert refuses(FORMAT, patched(image, offset, value)), offset
    assert refuses(FORMAT, patched(image, 24, b"\xff" * 4))
    assert refuses(FORMAT, image[:2128])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=8), st.integers(0, 22_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image())
    table = image.index(struct.pack("<I", len(_FIRST)), 4096)
    for place, value in changes:
        offset = place if place < 28 else table + place - 28 if place < 240 else 2076 + place - 240
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(first: int = len(_FIRST)) -> bytes:
    table = struct.pack("<3I32s64x", first, 0, 1, b"")
    table += struct.pack("<3I32s64x", len(_SECOND), len(_FIRST), 2, b"extra")
    ramdisks = _FIRST + _SECOND
    header = struct.pack("<8s5I2048sI16s2IQ", b"VNDRBOOT", 4, 4096, 0, 0, len(ramdisks), b"", 0, b"", 2128, 450, 0)
    header += struct.pack("<4I", len(table), 2, 108, len(_SETTINGS))
    return b"".join(one + bytes(-len(one) % 4096) for one in (header, ramdisks, _TREE, table, _SETTINGS))
