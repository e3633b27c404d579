"""Tests of programs for the chip LN882H, made by a generator whose files are those of the maker's tools."""

from __future__ import annotations

import lzma
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, Decoded, NotThisFormat, Opened, View
from plimsoll.unpack.formats.ln882h_image import FORMAT, open_ln882h_image
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_PROGRAM = random.Random(0).randbytes(900) + b"text " * 200


def test_a_program_is_a_part() -> None:
    image = _image(_PROGRAM)
    opened = _open(image + b"after")
    assert isinstance(opened, Container)
    assert contents(image, opened) == [_PROGRAM]
    assert [part.content for part in opened.parts] == ["known"]
    assert (opened.length, opened.label, opened.problems) == (len(image), "program, version 1.2", ())


def test_a_packed_program_is_unpacked() -> None:
    image = _image(_PROGRAM, 2)
    opened = _open(image + b"after")
    assert isinstance(opened, Decoded)
    assert (opened.data, opened.length, opened.problems) == (_PROGRAM, len(image), ())
    assert opened.label == "program in LZMA, version 1.2"


@pytest.mark.parametrize("kind", [3, 4])
def test_a_difference_is_a_part_that_is_not_applied(kind: int) -> None:
    opened = _open(_image(b"difference" * 9, kind))
    assert isinstance(opened, Container)
    assert [(part.length, part.content) for part in opened.parts] == [(90, "image")]


def test_wrong_checksums_and_a_cut_tail_are_problems() -> None:
    for kind in (1, 2):
        image = _image(_PROGRAM, kind)
        for damaged, said in (
            (image[:-1] + bytes([image[-1] ^ 1]), "the checksum of its content is wrong"),
            (image[:-50], "cut short: 50 bytes are missing"),
        ):
            opened = _open(damaged)
            assert isinstance(opened, Container | Decoded)
            assert problems(opened) == [said]


def test_what_cannot_be_unpacked_is_a_part() -> None:
    opened = _open(_headed(2, b"\xff" * 90, len(_PROGRAM), 0))
    assert isinstance(opened, Container)
    assert [part.length for part in opened.parts] == [90]


def test_a_program_that_is_another_one_is_a_problem() -> None:
    opened = _open(_headed(2, _packed(_PROGRAM), len(_PROGRAM), 1))
    assert isinstance(opened, Decoded)
    assert problems(opened) == ["the checksum of the program is wrong"]


def test_a_bomb_is_refused() -> None:
    with pytest.raises(LimitReached):
        open_ln882h_image(View(_image(bytes(9_000_000), 2)), Budget(Limits(output_bytes=1 << 18)))


@pytest.mark.parametrize("offset", [0, 4, 8, 100, 252])
def test_a_wrong_header_is_something_else(offset: int) -> None:
    image = bytearray(_image(_PROGRAM))
    image[offset] ^= 0x10
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("data", [b"", bytes(300), b"\1" + bytes(400)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)
    with pytest.raises(NotThisFormat):
        _open(_headed(1, b"", 0, 0))


def test_one_at_the_beginning_is_found() -> None:
    found, _ = explored((FORMAT,), _image(_PROGRAM))
    assert [span.format for span in found.image.spans] == ["ln882h-image"]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from([1, 2, 3]))
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject, kind: int) -> None:
    assert_mutations_stay_within_bounds(open_ln882h_image, _image(b"x" * 90, kind), data, 300)


def _image(program: bytes, kind: int = 1) -> bytes:
    content = _packed(program) if kind == 2 else program
    return _headed(kind, content, len(program), zlib.crc32(program))


def _packed(program: bytes) -> bytes:
    packed = lzma.compress(program, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 4096}])
    return packed[:5] + struct.pack("<Q", len(program)) + packed[13:]


def _headed(kind: int, content: bytes, size: int, checksum: int) -> bytes:
    sizes, checksums = [size, 0, 0, 0], [checksum, 0, 0, 0]
    sizes[kind - 1], checksums[kind - 1] = len(content), zlib.crc32(content)
    header = struct.pack("<IBBH4I4I212x", kind, 1, 2, 0, *sizes, *checksums)
    return header + struct.pack("<I", zlib.crc32(header)) + content


def _open(data: bytes) -> Opened:
    return open_ln882h_image(View(data), budget())
