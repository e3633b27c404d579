"""Tests of SEAMA images, made by a small generator here."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.seama import FORMAT, MAGIC, open_seama
from plimsoll.unpack.limits import Budget, Limits

_CONTENT = random.Random(5).randbytes(10_000)


def test_an_image_is_a_part_after_its_notes() -> None:
    image = _image(_CONTENT, b"dev=/dev/mtdblock/2\0type=firmware\0\0\0")
    opened = _open(image + b"more")
    assert (_contents(image, opened), opened.length, opened.problems) == ([_CONTENT], len(image), ())
    assert opened.label == "dev=/dev/mtdblock/2 type=firmware"


def test_a_seal_has_no_image_and_takes_only_its_notes() -> None:
    seal = _seal(b"signature=device_a\0\0")
    opened = _open(seal + _image(_CONTENT))
    assert (opened.parts, opened.length, opened.label) == ((), len(seal), "seal, signature=device_a")


def test_a_file_for_an_update_is_opened_behind_its_seal() -> None:
    text = b"text " * 1000
    seen: list[File] = []
    image = _seal(b"signature=device_a\0\0") + _image(text)
    explored = Explorer((FORMAT,), Budget(Limits()), seen.append).explore(image, b"x")
    assert [file.data for file in seen] == [text]
    assert [span.kind for span in explored.image.spans] == ["understood", "understood", "unknown"]


def test_another_md5_is_a_problem_and_the_image_is_given() -> None:
    image = bytearray(_image(_CONTENT))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert [str(problem) for problem in opened.problems] == ["the MD5 of the image is wrong"]
    assert [part.length for part in opened.parts] == [len(_CONTENT)]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_CONTENT)[:-100]
    opened = _open(image)
    assert _contents(image, opened) == [_CONTENT[:-100]]
    assert [str(problem) for problem in opened.problems] == ["cut short: 100 bytes are missing"]


def test_an_image_of_which_only_the_header_is_there_has_no_part() -> None:
    header = _image(_CONTENT)[: -len(_CONTENT)]
    assert _open(header).parts == ()


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    image = bytearray(_image(_CONTENT))
    image[8:12] = b"\xff" * 4
    opened = _open(bytes(image))
    assert opened.length == len(image)
    assert "cut short" in str(opened.problems[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + bytes(60),
        MAGIC + struct.pack(">HHI", 1, 4, 0) + b"a=b\0",
        MAGIC + struct.pack(">HHI", 0, 4, 0) + b"a=b",
        MAGIC + struct.pack(">HHI", 0, 4, 0) + b"a b\0",
        MAGIC + struct.pack(">HHI", 0, 4, 0) + b"\xff=b\0",
        MAGIC + struct.pack(">HHI", 0, 4, 0) + bytes(4),
        MAGIC + struct.pack(">HHI", 0, 5000, 0) + b"a=b\0" * 1250,
        b"\x5e\xa3\xa4\x18" + _CONTENT,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 2), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_any_bytes_are_refused_or_opened_within_their_bounds(data: bytes, reserved: int, notes: int, size: int) -> None:
    image = MAGIC + struct.pack(">HHI", reserved, notes, size) + data
    try:
        opened = _open(image)
    except NotThisFormat:
        return
    assert all(part.offset + part.length <= opened.length for part in opened.parts)
    assert opened.length <= len(image)


def _image(content: bytes, notes: bytes = b"type=firmware\0\0\0") -> bytes:
    header = struct.pack(">HHI", 0, len(notes), len(content))
    return MAGIC + header + hashlib.md5(content, usedforsecurity=False).digest() + notes + content


def _seal(notes: bytes) -> bytes:
    return MAGIC + struct.pack(">HHI", 0, len(notes), 0) + notes


def _contents(image: bytes, opened: Container) -> list[bytes]:
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def _open(data: bytes) -> Container:
    return open_seama(View(data), Budget(Limits()))
