"""Tests of the flash of the chip LN882H, made by a generator whose files are those of the maker's tools."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import ln882h_image
from plimsoll.unpack.formats.ln882h_flash import FORMAT, open_ln882h_flash
from tests.unpack.containers import assert_mutations_stay_within_bounds, assert_not_in_look_alikes, budget, explored

_PARTITIONS = [(0, 0x7000, 0x2000), (1, 0x9000, 0x1000), (3, 0xA000, 0x1000), (2, 0xB000, 0x1000)]
_PROGRAM = random.Random(0).randbytes(900) + b"text " * 200


def test_each_partition_is_a_part() -> None:
    opened = _open(_flash())
    assert [(part.offset, part.length, part.name) for part in opened.parts] == [
        (0, 0x6000, "boot loader"),
        (0x7000, 0x2000, "program"),
        (0x9000, 0x1000, "upgrade"),
        (0xA000, 0x1000, "keys and values of the system"),
        (0xB000, 0x1000, "keys and values"),
    ]
    assert (opened.length, opened.label, opened.problems) == (0xC000, "4 partitions", ())


def test_a_flash_may_end_where_its_content_ends() -> None:
    opened = _open(_flash()[:0x7800])
    assert [(part.name, part.length) for part in opened.parts] == [("boot loader", 0x6000), ("program", 0x800)]
    assert opened.problems == ()


def test_the_program_in_it_is_found() -> None:
    found, _ = explored((FORMAT, ln882h_image.FORMAT), _flash())
    assert {span.format for span in found.image.spans} == {"ln882h-flash", "ln882h-image", ""}


@pytest.mark.parametrize("offset", [0, 20, 0x6000, 0x6004, 0x6018, 0x602C])
def test_a_wrong_checksum_is_something_else(offset: int) -> None:
    image = bytearray(_flash())
    image[offset] ^= 1
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_partition_that_lies_where_none_can_is_something_else() -> None:
    for partitions in ([(0, 0x5000, 0x1000)], [(0, 0x7000, 0xFFFFFFFF)], []):
        with pytest.raises(NotThisFormat):
            _open(_flash([*partitions, *_PARTITIONS[: 3 if partitions else 2]]))


@pytest.mark.parametrize("size", [0, 100, 0x6000, 0x6FFF])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_flash()[:size])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_ln882h_flash, _flash(), data, 0x6080)


def _flash(partitions: list[tuple[int, int, int]] | None = None) -> bytes:
    image = bytearray(b"\xff" * 0xC000)
    loader = struct.pack("<IHHIII", 0x20000000, 2000, 0, 7, 0x20000100, 0)
    image[: len(loader) + 4] = loader + struct.pack("<I", zlib.crc32(loader))
    position = 0x6000
    for partition in _PARTITIONS if partitions is None else partitions:
        row = struct.pack("<III", *partition)
        image[position : position + 16] = row + struct.pack("<I", zlib.crc32(row))
        position += 16
    image[position : position + 16] = bytes(16)
    header = struct.pack("<IBBH4I4I212x", 1, 1, 2, 0, len(_PROGRAM), 0, 0, 0, zlib.crc32(_PROGRAM), 0, 0, 0)
    program = header + struct.pack("<I", zlib.crc32(header)) + _PROGRAM
    image[0x7000 : 0x7000 + len(program)] = program
    return bytes(image)


def _open(data: bytes) -> Container:
    return open_ln882h_flash(View(data), budget())
