"""Tests of images for Realtek's RTL819x processors, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.realtek import FORMAT, KINDS, open_realtek
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
)

_CONTENT = random.Random(0).randbytes(3_000)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_content_is_a_part(kind: bytes) -> None:
    image = _image(kind, _CONTENT)
    opened = _open(image + b"another thing")
    assert named(image, opened) == {KINDS[kind]: image[16:]}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == f"{kind.decode()}, flash 0x30000"


def test_content_of_an_odd_length_is_added_up_too() -> None:
    content = b"\0\0" + _CONTENT[2:-1]
    rest = -sum(struct.unpack(f">{len(_CONTENT) // 2}H", content + b"\0")) % 65536
    content = rest.to_bytes(2, "big") + content[2:]
    image = struct.pack(">4sIII", b"cr6c", 0x80500000, 0x30000, len(content)) + content
    assert _open(image).length == len(image)


def test_web_pages_may_have_a_sum_of_bytes() -> None:
    content = _CONTENT + bytes([-sum(_CONTENT) % 256])
    image = struct.pack(">4sIII", b"w6cg", 0, 0x10000, len(content)) + content
    assert _open(image).length == len(image)
    with pytest.raises(NotThisFormat):
        _open(b"r6cr" + image[4:])


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"x"), (4, bytes(4)), (8, b"\xff"), (12, bytes(4)), (12, b"\xff" * 4), (100, b"\xaa\xbb")],
)
def test_an_image_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(b"cr6c", _CONTENT))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_an_image_that_is_not_all_there_is_something_else() -> None:
    for data in (b"", _image(b"cr6c", _CONTENT)[:-1], _image(b"cr6c", _CONTENT)[:16]):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_padding_adds_up_to_zero_and_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(struct.pack(">4sIII", b"r6cr", 0, 0, 4_096) + bytes(4_096))


def test_images_after_each_other_are_explored() -> None:
    first, second = _image(b"cr6c", _CONTENT), _image(b"r6cr", _CONTENT[::-1])
    found, seen = explored((FORMAT,), b"\x11" * 77 + first + second)
    assert {first[16:], second[16:]} <= set(seen)
    assert [span.format for span in found.image.spans] == ["", "realtek", "", "realtek", ""]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_realtek, _image(b"w6cg", _CONTENT[:100]), data, 16)


def _image(kind: bytes, content: bytes) -> bytes:
    content += bytes(len(content) % 2)
    rest = -sum(struct.unpack(f">{len(content) // 2}H", content)) % 65536
    content += rest.to_bytes(2, "big")
    return struct.pack(">4sIII", kind, 0x80500000, 0x30000, len(content)) + content


def _open(data: bytes) -> Container:
    return open_realtek(View(data), budget())
