"""Tests of programs for Qualcomm processors, made by a small generator here from their description."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.qualcomm_elf import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_CODE, _DATA = random.Random(1).randbytes(3000), random.Random(2).randbytes(900)


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384"])
def test_each_segment_is_known(bits: int, algorithm: str) -> None:
    image = _image(bits, algorithm)
    found = opened(FORMAT, image + b"else")
    parts = contents(image, found)
    assert (parts["segment 2"], parts["segment 3"]) == (_CODE, _DATA)
    assert {part.content for part in found.parts} == {"known"}
    assert (found.length, problems(found)) == (len(image), [])
    assert found.label == f"{algorithm}, signature and certificates of 500 bytes"


def test_a_program_without_signature_says_so() -> None:
    assert opened(FORMAT, _image(signature=b"")).label == "sha256, not signed"


def test_a_wrong_hash_is_told_by_its_segment() -> None:
    image = _image()
    found = opened(FORMAT, patched(image, image.index(_DATA) + 5, b"damage"))
    assert problems(found) == ["the hash of segment 3 is wrong"]


def test_a_truncated_program_keeps_what_is_there() -> None:
    found = opened(FORMAT, _image()[:-1500])
    assert problems(found)[0] == "cut short: 1500 bytes are missing"
    assert [part.name for part in found.parts] == ["hashes", "segment 2"]


def test_an_ordinary_program_is_something_else() -> None:
    image = _image()
    assert refuses(FORMAT, _image(kinds=(0, 0)))
    assert refuses(FORMAT, patched(image, 16, b"\xff"))
    for offset, value in ((0, b"\x7fELG"), (4, b"\3"), (5, b"\2"), (42, b"\1"), (44, b"\0"), (28, b"\xff\xff\xff")):
        assert refuses(FORMAT, patched(image, offset, value)), offset
    assert refuses(FORMAT, image[:100])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT, b"\x7fELF\x01\x01\x01", b"\x7fELF\x02\x01\x01")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=5), st.integers(0, 6000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_image())
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, bytes(image[:size]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 1 << 40)), min_size=2, max_size=6))
def test_segments_anywhere_stay_within_bounds(places: list[tuple[int, int]]) -> None:
    exercise(FORMAT, _image(64, places=places))


def _image(
    bits: int = 32,
    algorithm: str = "sha256",
    signature: bytes = b"s" * 500,
    kinds: tuple[int, int] = (7, 2),
    places: list[tuple[int, int]] | None = None,
) -> bytes:
    digest_bytes = hashlib.new(algorithm).digest_size
    count = 4 + len(places or ())
    header_bytes, segment_bytes = (52, 32) if bits == 32 else (64, 56)
    head = header_bytes + count * segment_bytes
    hashes_bytes = 40 + count * digest_bytes + len(signature)
    code = head + hashes_bytes
    table = [(kinds[0], 0, head), (kinds[1], head, hashes_bytes), (0, code, 3000), (0, code + 3000, 900)]
    table += [(0, *place) for place in places or ()]
    ident = b"\x7fELF" + bytes((bits // 32, 1, 1)) + bytes(9)
    if bits == 32:
        header = ident + struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, 0, 52, 0, 5, 52, 32, count, 0, 0, 0)
        header += b"".join(struct.pack("<8I", 0, at, 0, 0, size, 0, kind << 24, 0) for kind, at, size in table)
    else:
        header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, 0, 64, 0, 5, 64, 56, count, 0, 0, 0)
        header += b"".join(struct.pack("<IIQQQQQQ", 0, kind << 24, at, 0, 0, size, 0, 0) for kind, at, size in table)
    digests = [hashlib.new(algorithm, header).digest(), bytes(digest_bytes)]
    digests += [hashlib.new(algorithm, one).digest() for one in (_CODE, _DATA)]
    digests += [bytes(digest_bytes)] * len(places or ())
    return header + struct.pack("<10I", *range(10)) + b"".join(digests) + signature + _CODE + _DATA
