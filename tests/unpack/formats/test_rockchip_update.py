"""Tests of update images for Rockchip processors, made by a generator that the real rkunpack agrees with."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.formats import rockchip_loader, rockchip_partitions
from plimsoll.unpack.formats.rockchip_update import FORMAT
from plimsoll.unpack.limits import Budget, Limits
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

_IMAGE = rockchip_images.update()


def test_loader_and_partitions_are_parts_and_the_real_tool_agrees(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(_IMAGE)
    subprocess.run([tool("rkunpack", "rkflashtool"), "image"], cwd=tmp_path, check=True, capture_output=True)
    found = opened(FORMAT, _IMAGE + b"\xff" * 99)
    assert contents(_IMAGE, found) == {
        "loader": (tmp_path / "BOOT").read_bytes(),
        "partitions": (tmp_path / "embedded-update.img").read_bytes(),
    }
    assert (found.length, problems(found)) == (len(_IMAGE), [])
    assert found.label == "version 8.1.0, 2024-05-17, processor 0x33"


def test_what_is_in_the_parts_is_found() -> None:
    seen: list[File] = []
    formats = (FORMAT, rockchip_partitions.FORMAT, rockchip_loader.FORMAT)
    explored = Explorer(formats, Budget(Limits()), seen.append).explore(_IMAGE, b"x")
    assert {span.format for span in explored.image.spans} >= {one.name for one in formats}
    assert rockchip_images.PARTITIONS[2][2] in b"".join(file.data for file in seen)


def test_a_wrong_md5_is_a_problem() -> None:
    assert problems(opened(FORMAT, patched(_IMAGE, 5000, b"damage"))) == ["the MD5 of the image is wrong"]


def test_a_truncated_image_keeps_what_is_there() -> None:
    found = opened(FORMAT, _IMAGE[:-3000])
    assert [part.name for part in found.parts] == ["loader", "partitions"]
    assert problems(found)[-1] == "cut short: 3000 bytes are missing"


def test_fields_that_make_no_sense_are_refused() -> None:
    for offset, value in (
        (4, b"\x67"),
        (16, b"\x0d"),
        (25, b"\1"),
        (25, struct.pack("<I", 1 << 30)),
        (29, bytes(4)),
        (33, bytes(4)),
        (37, bytes(4)),
        (102, b"BOOK"),
        (_IMAGE.index(b"RKAF"), b"RKAG"),
    ):
        assert refuses(FORMAT, patched(_IMAGE, offset, value)), (offset, value)
    assert refuses(FORMAT, _IMAGE[:100])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 110), st.integers(0, 255)), max_size=5), st.integers(0, len(_IMAGE)))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_IMAGE)
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))
