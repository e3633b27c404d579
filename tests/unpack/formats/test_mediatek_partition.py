"""Tests of partitions of Mediatek processors, against those that the real mkimage makes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.mediatek_partition import FORMAT
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

_DATA = random.Random(1).randbytes(5_000)


def test_a_real_boot_loader_is_known(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(_DATA)
    command = [tool("mkimage", "u-boot-tools"), "-T", "mtk_image", "-a", "0x201000", "-n", "lk=1", "-d", "program"]
    subprocess.run([*command, "image"], check=True, capture_output=True, cwd=tmp_path)
    image = (tmp_path / "image").read_bytes()
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {"U-Boot": _DATA}
    assert (found.length, found.label, problems(found)) == (len(image), "U-Boot, load address 0x201000", [])
    assert found.parts[0].content == "known"
    assert image == _image(b"U-Boot")


def test_other_data_may_hold_anything() -> None:
    for second in (False, True):
        found = opened(FORMAT, _image(b"ROOTFS", second=second))
        assert [(part.name, part.content) for part in found.parts] == [("ROOTFS", "image")]


def test_a_truncated_partition_keeps_what_is_there() -> None:
    image = _image(b"logo")[:-1000]
    assert contents(image, opened(FORMAT, image)) == {"logo": _DATA[:-1000]}
    assert problems(opened(FORMAT, image)) == ["logo: cut short: 1000 bytes are missing"]


def test_fields_that_make_no_sense_are_refused() -> None:
    image = _image(b"logo")
    for offset, value in (
        (0, b"\x89"),
        (4, bytes(4)),
        (4, b"\xff\xff\xff\xff"),
        (8, bytes(32)),
        (8, b"\x01"),
        (20, b"x"),
        (60, b"x"),
        (300, b"x"),
        (128, b"x" * 384),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), (offset, value)
    assert refuses(FORMAT, image[:512])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=5), st.integers(0, 5600))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image(b"logo"))
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(name: bytes, second: bool = False) -> bytes:
    header = struct.pack("<II32sII", 0x58881688, len(_DATA), name, 0x201000, 0xFFFFFFFF)
    if second:
        header += struct.pack("<8I", 0x58891689, 512, 1, 0, 0, 16, 0, 0)
    return header.ljust(512, b"\xff") + _DATA
