"""Tests of Allwinner's firmware images, made by a small generator here from their description."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.allwinner_image import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_FILES = {
    "sys_config.fex": b"[product]\nversion = 100\n" * 20,
    "boot.fex": random.Random(1).randbytes(3000),
    "rootfs.fex": random.Random(2).randbytes(2500),
}


@pytest.mark.parametrize("version", [0x100, 0x300, 0x403])
def test_each_file_is_a_part(version: int) -> None:
    image = _image(version)
    found = opened(FORMAT, image + b"\xff" * 99)
    assert contents(image, found) == _FILES
    assert (found.length, found.label, problems(found)) == (len(image), f"version {version:#x}, 3 files", [])


def test_a_file_without_name_is_called_by_its_kind() -> None:
    image = _image(0x300)
    image = patched(image, 1024 + 36, bytes(256))
    assert opened(FORMAT, image).parts[0].name == "COMMON SYS_CONFIG"


def test_a_truncated_image_keeps_what_is_there() -> None:
    image = _image(0x300)
    found = opened(FORMAT, image[:-2560])
    assert [part.name for part in found.parts] == ["sys_config.fex", "boot.fex"]
    assert problems(found)[0] == "cut short: 2560 bytes are missing"


def test_files_that_overlap_are_left_out() -> None:
    image = _image(0x300)
    place = struct.unpack_from("<I", image, 2048 + 308)[0]
    found = opened(FORMAT, patched(image, 3072 + 308, struct.pack("<I", place + 512)))
    assert problems(found) == ["rootfs.fex: overlaps another part; left out"]


def test_fields_that_make_no_sense_are_refused() -> None:
    for version, offset, value in (
        (0x100, 8, b"\0\2"),
        (0x100, 12, b"\x60"),
        (0x100, 28, b"\1"),
        (0x100, 56, bytes(4)),
        (0x300, 60, b"\xff\xff"),
        (0x300, 1024, b"\1"),
        (0x300, 1028, b"\1"),
        (0x300, 1024 + 36, b"\1"),
        (0x300, 1024 + 300, b"\xff\xff\xff"),
        (0x300, 1024 + 308, bytes(4)),
    ):
        assert refuses(FORMAT, patched(_image(version), offset, value)), (version, offset)
    assert refuses(FORMAT, _image(0x300)[:3000])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 420), st.integers(0, 255)), max_size=5), st.integers(0, 10_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    for version in (0x100, 0x300):
        image = bytearray(_image(version))
        for place, value in changes:
            image[place if place < 64 else 1024 + place - 64] = value
        exercise(FORMAT, bytes(image))
        exercise(FORMAT, bytes(image[:size]))


def _image(version: int) -> bytes:
    heads, data = b"", b""
    start = 1024 * (1 + len(_FILES))
    for name, content in _FILES.items():
        stored = -(-len(content) // 512) * 512
        head = struct.pack("<II8s16s", 256, 1024, b"COMMON", b"SYS_CONFIG")
        path = b"/" + name.encode()
        if version == 0x100:
            head += struct.pack("<4I4x256s", 0, stored, len(content), start + len(data), path)
        else:
            head += struct.pack("<4x256sI4xI4xI", path, stored, len(content), start + len(data))
        heads += head.ljust(1024, b"\0")
        data += content.ljust(stored, b"\0")
    size = start + len(data)
    fields = {0x100: 80, 0x300: 96, 0x403: 96}[version]
    header = struct.pack("<8s6I", b"IMAGEWTY", version, fields, 0x4D00000, 0x100234, size, 1024)
    header += b"" if version == 0x100 else bytes(4)
    header += struct.pack("<8I", 0x1234, 0x8743, 256, 256, 1, 1024, len(_FILES), 1024)
    return header.ljust(1024, b"\0") + heads + data
