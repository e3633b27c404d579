"""Tests of the first programs of Qualcomm processors, made by a small generator here from their description."""

from __future__ import annotations

import random
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.qualcomm_boot import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_PROGRAM = random.Random(1).randbytes(3000)


def test_program_signature_and_certificates_are_known() -> None:
    image = _image(256, 700)
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {"program": _PROGRAM, "signature": b"s" * 256, "certificates": b"c" * 700}
    assert (found.length, found.label, problems(found)) == (len(image), "image 21, signed", [])


def test_a_program_without_signature_says_so() -> None:
    assert opened(FORMAT, _image(0, 0)).label == "image 21, not signed"


def test_a_truncated_program_keeps_what_is_there() -> None:
    found = opened(FORMAT, _image(256, 700)[:-800])
    assert problems(found)[0] == "cut short: 800 bytes are missing"
    assert [part.name for part in found.parts] == ["program", "signature"]


def test_lengths_that_contradict_each_other_are_refused() -> None:
    image = _image(256, 700)
    for offset, value in (
        (0, b"\xd2"),
        (20, b"\x4f"),
        (28, bytes(4)),
        (28, b"\xff\xff\xff\xff"),
        (32, bytes(4)),
        (36, b"\1"),
        (40, b"\xff\xff"),
        (44, b"\1"),
        (48, b"\xff\xff"),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), offset
    assert refuses(FORMAT, image[:79])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 52), st.integers(0, 255)), max_size=5), st.integers(0, 4036))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image(256, 700))
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


def _image(signature: int, certificates: int) -> bytes:
    code = len(_PROGRAM)
    address = 0x2A000000
    words = (80, address, code + signature + certificates, code)
    words += (address + code, signature, address + code + signature, certificates)
    header = struct.pack("<II3I8I", 0x844BDCD1, 0x73D71034, 21, 0, 0, *words).ljust(80, b"\xff")
    return header + _PROGRAM + b"s" * signature + b"c" * certificates
