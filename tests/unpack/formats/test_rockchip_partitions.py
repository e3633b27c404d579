"""Tests of images of partitions for Rockchip processors, made by a generator that the real rkunpack agrees with."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.rockchip_partitions import FORMAT
from tests.unpack.formats import rockchip_images
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

_IMAGE = rockchip_images.partitions()


def test_each_partition_is_a_part_and_the_real_tool_agrees(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(_IMAGE)
    subprocess.run([tool("rkunpack", "rkflashtool"), "image"], cwd=tmp_path, check=True, capture_output=True)
    found = opened(FORMAT, _IMAGE + b"\xff" * 99)
    given = contents(_IMAGE, found)
    assert [name.partition(" ")[0] for name in given] == ["package-file", "boot", "system"]
    for name, content in given.items():
        assert (tmp_path / name.partition(" ")[2]).read_bytes() == content
    assert (found.length, found.label, problems(found)) == (len(_IMAGE), "MAKER, RK3326, 4 partitions", [])


def test_a_wrong_checksum_is_a_problem() -> None:
    assert problems(opened(FORMAT, patched(_IMAGE, 5000, b"damage"))) == ["the checksum of the image is wrong"]


def test_a_truncated_image_keeps_what_is_there() -> None:
    found = opened(FORMAT, _IMAGE[: 2048 * 3])
    assert [part.name for part in found.parts] == ["package-file package-file", "boot Image/boot.img"]
    assert "cut short" in problems(found)[0]
    assert problems(found)[1].startswith("system Image/system.img: cut short")


def test_a_maker_in_another_encoding_is_shown_as_far_as_it_can_be() -> None:
    assert opened(FORMAT, patched(_IMAGE, 72, b"\xd0\xc5ER")).label == "??ERR, RK3326, 4 partitions"


def test_partitions_that_overlap_are_left_out() -> None:
    found = opened(FORMAT, patched(_IMAGE, 140 + 112 * 2 + 96, struct.pack("<I", 4096 + 100)))
    assert len(found.parts) == 2
    assert problems(found)[0] == "system Image/system.img: overlaps another part; left out"


def test_fields_that_make_no_sense_are_refused() -> None:
    for offset, value in (
        (4, bytes(4)),
        (136, bytes(4)),
        (136, b"\x41"),
        (140, bytes(32)),
        (140, b"\x01"),
        (140 + 96, bytes(4)),
        (140 + 108, b"\xff\xff\xff"),
    ):
        assert refuses(FORMAT, patched(_IMAGE, offset, value)), (offset, value)
    assert refuses(FORMAT, _IMAGE[:200])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 590), st.integers(0, 255)), max_size=5), st.integers(0, len(_IMAGE)))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_IMAGE)
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))
