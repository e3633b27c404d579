"""Tests of Ubiquiti firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.ubiquiti import FORMAT, open_ubiquiti
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_PARTITIONS = {name: random.Random(name).randbytes(2_000) for name in ("u-boot", "kernel", "rootfs")}


@pytest.mark.parametrize("magic", [b"UBNT", b"GEOS", b"OPEN"])
@pytest.mark.parametrize("end", [b"END.", b"ENDS"])
@pytest.mark.parametrize("inverted", [False, True])
def test_each_partition_is_a_part(magic: bytes, end: bytes, inverted: bool) -> None:
    image = _image(_PARTITIONS, magic=magic, end=end, inverted=inverted)
    opened = _open(image + b"another thing")
    assert named(image, opened) == _PARTITIONS
    assert (opened.length, opened.label, opened.problems) == (len(image), "XW.ar934x.v5.6.3", ())


def test_wrong_checksums_are_problems_and_the_partitions_are_given() -> None:
    image = bytearray(_image(_PARTITIONS))
    image[10] ^= 1
    image[400] ^= 1
    opened = _open(bytes(image))
    assert problems(opened) == ["the checksum of the header is wrong", "u-boot: its checksum is wrong"]
    assert len(opened.parts) == 3


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_PARTITIONS)[:-120]
    opened = _open(image)
    assert named(image, opened) == {**_PARTITIONS, "rootfs": _PARTITIONS["rootfs"][:-100]}
    assert problems(opened) == ["cut short: 108 bytes are missing"]


def test_an_image_without_an_end_mark_has_a_problem() -> None:
    image = _image(_PARTITIONS)[:-12]
    assert problems(_open(image)) == ["there is no end mark"]
    assert problems(_open(image + bytes(100))) == ["there is no end mark"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (4, b"\xff"), (259, b"x"), (264, b"\1"), (268, b"X"), (272, b"\0"), (273, b"\xff"), (316, b"\xff")],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_PARTITIONS))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_partitions_are_explored() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_PARTITIONS))
    assert set(_PARTITIONS.values()) <= set(seen)
    assert found.image.spans[1].format == "ubiquiti"


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    image = _image({"a": b"x" * 9, "b": b"", "c": b"z" * 9})
    assert_mutations_stay_within_bounds(open_ubiquiti, image, data, len(image))
    assert_mutations_stay_within_bounds(open_ubiquiti, image[:268] + image[268:].replace(b"x", b"P"), data, 400)


def _image(
    partitions: dict[str, bytes], *, magic: bytes = b"UBNT", end: bytes = b"END.", inverted: bool = False
) -> bytes:
    change = 0xFFFFFFFF if inverted else 0

    def sealed(data: bytes) -> bytes:
        return data + struct.pack(">I4x", zlib.crc32(data) ^ change)

    image = sealed(struct.pack("4s256s", magic, b"XW.ar934x.v5.6.3"))
    for number, (name, content) in enumerate(partitions.items()):
        header = struct.pack(">4s16s12x6I", b"PART", name.encode(), 0, number, 0x9F000000, 0, len(content), 0x10000)
        image += sealed(header + content)
    return image + end + (b"\xaa" * 256 if end == b"ENDS" else struct.pack(">I4x", zlib.crc32(image)))


def _open(data: bytes) -> Container:
    return open_ubiquiti(View(data), budget())
