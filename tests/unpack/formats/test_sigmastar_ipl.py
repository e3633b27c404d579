"""Tests of the first programs of SigmaStar's processors, made by a small generator here from their description."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.sigmastar_ipl import FORMAT
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

_PROGRAM = random.Random(1).randbytes(20_000)


@pytest.mark.parametrize("magic", [b"IPL_", b"IPLC"])
@pytest.mark.parametrize("counts_header", [True, False])
def test_the_program_is_known(magic: bytes, counts_header: bool) -> None:
    image = _image(magic, counts_header)
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {"program": _PROGRAM}
    assert found.parts[0].content == "known"
    assert (found.length, problems(found)) == (len(image), [])
    assert found.label == f"{magic.decode()}, processor 0xed"


def test_it_is_found_in_flash_and_says_that_it_must_be_authenticated() -> None:
    image = patched(_image(b"IPL_", True), 11, b"\xfa")
    assert found_in(FORMAT, bytes(0x4000) + image)[0] == 0x4000
    assert opened(FORMAT, image).label.endswith("to be authenticated")


def test_a_wrong_sum_is_refused() -> None:
    image = _image(b"IPL_", True)
    assert refuses(FORMAT, patched(image, 500, b"damage"))
    assert refuses(FORMAT, image[:-4])
    for data in (b"", image[:15], patched(image, 4, b"IPLD"), patched(image, 8, b"\x08\0"), patched(image, 8, b"\1")):
        assert refuses(FORMAT, data)
    assert refuses(FORMAT, bytes(4) + b"IPL_" + struct.pack("<HHI", 512, 0, 0) + bytes(600))


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)
    assert_not_carved(FORMAT, b"IPL_\0\x10\0\0\0\0\0\0")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 255)), max_size=4), st.integers(0, 20_016))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image(b"IPL_", False))
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(magic: bytes, counts_header: bool) -> bytes:
    total = sum(struct.unpack(f"<{len(_PROGRAM) // 4}I", _PROGRAM)) & 0xFFFFFFFF
    size = len(_PROGRAM) + (16 if counts_header else 0)
    return struct.pack("<I4sHBBI", 0xEA00000E, magic, size, 0xED, 0, total) + _PROGRAM
