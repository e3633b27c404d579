"""Tests of Hikvision's firmware, made by a small generator here from its description."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.hikvision import FORMAT, KEY, unmask
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_FILES = {"_cfgUpgClass": b"class" * 20, "uImage": random.Random(1).randbytes(3000), "app.tar.gz": b"\x1f\x8b" * 900}


@pytest.mark.parametrize("magic", [b"HKWS", b"SWKH"])
def test_each_file_is_a_part(magic: bytes) -> None:
    image = _image(magic)
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == _FILES
    assert (found.length, found.label, problems(found)) == (len(image), "3 files, language 2", [])


def test_the_header_is_masked_as_described() -> None:
    masked = unmask(bytes(48))
    assert masked[:16] == KEY
    assert masked[16:32] == KEY[1:] + KEY[:1]
    assert masked[32:48] == KEY[2:] + KEY[:2]
    assert unmask(unmask(_image())) == _image()


def test_a_truncated_file_keeps_what_is_there() -> None:
    found = opened(FORMAT, _image()[:-2000])
    assert problems(found)[0] == "cut short: 2000 bytes are missing"
    assert [part.name for part in found.parts] == ["_cfgUpgClass", "uImage"]


def test_fields_that_make_no_sense_are_refused() -> None:
    for offset, value in (
        (0, b"HKWT"),
        (8, bytes(4)),
        (8, b"\xff\xff"),
        (12, bytes(4)),
        (12, b"\xff\xff"),
        (64, bytes(32)),
        (64, b"\x01"),
        (64 + 20, b"x"),
        (64 + 36, bytes(4)),
    ):
        assert refuses(FORMAT, _image(change=(offset, value))), (offset, value)
    assert refuses(FORMAT, _image()[:150])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 195), st.integers(0, 255)), max_size=5), st.integers(0, 5500))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image())
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(magic: bytes = b"HKWS", change: tuple[int, bytes] | None = None) -> bytes:
    position = header_bytes = 64 + 44 * len(_FILES)
    header = struct.pack("<4sIIII44x", magic, 0, header_bytes, len(_FILES), 2)
    for name, content in _FILES.items():
        header += struct.pack("<32sIII", name.encode(), len(content), position, sum(content))
        position += len(content)
    if change:
        header = patched(header, *change)
    return unmask(header) + b"".join(_FILES.values())
