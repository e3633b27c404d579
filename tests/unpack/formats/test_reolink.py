"""Tests of Reolink firmware, made by a small generator here whose files pakler takes for whole."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.reolink import FORMAT, open_reolink
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_SECTIONS = {"loader": b"loader" * 30, "kernel": random.Random(0).randbytes(3_000), "fs": b"hsqs" + bytes(100)}


@pytest.mark.parametrize("is_wide", [False, True])
def test_each_section_is_a_part(is_wide: bool) -> None:
    image = _image(_SECTIONS, is_wide)
    opened = _open(image)
    assert named(image, opened) == {f"{name} v1.0": content for name, content in _SECTIONS.items()}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "3 sections, kind 0x2302" + ("; 64-bit" if is_wide else "")


def test_what_follows_is_not_taken() -> None:
    image = _image(_SECTIONS)
    assert (_open(image + b"another thing").length, _open(image + b"another thing").problems) == (len(image), ())


def test_filling_that_the_checksum_covers_is_taken() -> None:
    image = _image({**_SECTIONS, "fs": _SECTIONS["fs"] + bytes(12)})
    at = image.index(b"fs".ljust(32, b"\0")) + 60
    shorter = image[:at] + struct.pack("<I", len(_SECTIONS["fs"])) + image[at + 4 :]
    rows, data = shorter[12 : 12 + 3 * 64], shorter[12 + 3 * (64 + 76) :]
    checksum = zlib.crc32(rows, zlib.crc32(b"\2\0\0\0", zlib.crc32(data, 0xFFFFFFFF))) ^ 0xFFFFFFFF
    opened = _open(shorter[:4] + struct.pack("<I", checksum) + shorter[8:])
    assert (opened.length, opened.problems) == (len(image), ())


def test_a_section_of_no_length_is_no_part() -> None:
    image = _image({"loader": b"", **{name: content for name, content in _SECTIONS.items() if name != "loader"}})
    assert list(named(image, _open(image))) == ["kernel v1.0", "fs v1.0"]


def test_a_wrong_checksum_and_a_cut_tail_are_problems() -> None:
    assert problems(_open(_image(_SECTIONS)[:-1] + b"!")) == ["the checksum of the file is wrong"]
    assert problems(_open(_image(_SECTIONS)[:-50])) == [
        "cut short: 50 bytes are missing",
        "fs v1.0: cut short: 50 bytes are missing",
    ]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (12, b"\xff"),
        (12, bytes(32)),
        (12 + 32, b"\xff"),
        (12 + 56, bytes(4)),
        (12 + 60, b"\xff" * 4),
        (12 + 64, b"\xff"),
        (12 + 3 * 64, b"L"),
        (12 + 3 * 64 + 76, b"K"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_SECTIONS))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 23, 24, 200, 12 + 3 * 64 + 2 * 76])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_SECTIONS)[:size])


def test_firmware_inside_is_found() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image(_SECTIONS))
    assert [(span.offset, span.format) for span in found.image.spans if span.format][:1] == [(77, "reolink")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_reolink, _image(_SECTIONS, data.draw(st.booleans())), data, 500)


def _image(sections: dict[str, bytes], is_wide: bool = False) -> bytes:
    number = "Q" if is_wide else "I"
    head = 24 if is_wide else 12
    position = head + len(sections) * ((72 if is_wide else 64) + 76)
    rows = partitions = b""
    for name, content in sections.items():
        rows += struct.pack(
            f"<32s24s{number}{number}", name.encode(), b"v1.0", position if content else 0, len(content)
        )
        partitions += struct.pack("<32sI32sII", name.encode(), 1, b"/dev/mtd1", 0, 0)
        position += len(content)
    data = b"".join(sections.values())
    checksum = zlib.crc32(rows, zlib.crc32(b"\2\0\0\0", zlib.crc32(data, 0xFFFFFFFF))) ^ 0xFFFFFFFF
    return struct.pack(f"<{number}{number}{number}", 0x32725913, checksum, 0x2302) + rows + partitions + data


def _open(data: bytes) -> Container:
    return open_reolink(View(data), budget())
