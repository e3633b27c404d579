"""Tests of D-Link's images with model and board, made by a small generator here."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.dlink_tlv import FORMAT, open_dlink_tlv
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)


@pytest.mark.parametrize("has_checksum", [True, False])
def test_the_content_is_a_part(has_checksum: bool) -> None:
    image = _image(_CONTENT, has_checksum=has_checksum)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.label, opened.problems) == (len(image), "model DIR-3040, board DIR3040A1", ())
    assert [part.content for part in opened.parts] == ["image"]


def test_encrypted_content_is_said_to_be() -> None:
    opened = _open(_image(b"Salted__" + _CONTENT))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert opened.label.endswith(", encrypted")


def test_a_wrong_checksum_is_a_problem_and_the_content_is_given() -> None:
    image = bytearray(_image(_CONTENT))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert problems(opened) == ["the MD5 of the image is wrong"]
    assert [part.length for part in opened.parts] == [len(_CONTENT)]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_CONTENT)[:-100]
    assert contents(image, _open(image)) == [_CONTENT[:-100]]
    assert problems(_open(image)) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"\0"), (4, bytes(8)), (36, bytes(9)), (6, b"\xff"), (76, b"x"), (108, b"\2"), (112, bytes(4)),
     (112, b"\xff" * 4)],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_CONTENT)[:116])


def test_the_content_is_explored() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_CONTENT))
    assert _CONTENT in seen
    assert [span.format for span in found.image.spans] == ["", "dlink-tlv", ""]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_dlink_tlv, _image(b"x" * 50), data, 120)


def _image(content: bytes, *, has_checksum: bool = True) -> bytes:
    rest = struct.pack("<II", 1, len(content)) + content
    checksum = hashlib.md5(rest, usedforsecurity=False).hexdigest().encode() if has_checksum else b""
    return struct.pack("4s32s32s8x32s", b"\x64\x80\x19\x40", b"DIR-3040", b"DIR3040A1", checksum) + rest


def _open(data: bytes) -> Container:
    return open_dlink_tlv(View(data), budget())
