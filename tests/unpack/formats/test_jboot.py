"""Tests of kernels behind the SCH2 header of JBOOT, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.jboot import FORMAT, open_jboot
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_KERNEL = random.Random(0).randbytes(3_000)


@pytest.mark.parametrize(("compression", "name"), [(0, ""), (1, "jz, "), (2, "gzip, "), (3, "LZMA, ")])
def test_the_kernel_is_a_part(compression: int, name: str) -> None:
    image = _image(_KERNEL, compression)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_KERNEL]
    assert (opened.length, opened.label, opened.problems) == (len(image), f"{name}entry 0x80002000", ())


def test_a_wrong_checksum_and_a_cut_tail_are_problems() -> None:
    image = bytearray(_image(_KERNEL))
    image[-1] ^= 1
    assert problems(_open(bytes(image))) == ["the checksum of the kernel is wrong"]
    assert problems(_open(bytes(image[:-100]))) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize("offset", [0, 1, 2, 3, 4, 8, 20, 32, 36, 38])
def test_a_header_with_a_wrong_checksum_is_something_else(offset: int) -> None:
    image = bytearray(_image(_KERNEL))
    image[offset] ^= 0x11
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    for data in (b"", _image(_KERNEL)[:40], _image(b"")):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_the_kernel_is_explored() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_KERNEL))
    assert _KERNEL in seen
    assert [span.format for span in found.image.spans] == ["", "jboot", ""]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    size = data.draw(st.one_of(st.none(), st.integers(0, 2**32 - 1)))
    assert_mutations_stay_within_bounds(open_jboot, _image(b"x" * 50, size=size), data, 80)


def _image(kernel: bytes, compression: int = 3, *, size: int | None = None) -> bytes:
    length = len(kernel) if size is None else size
    front = struct.pack("<2sBB7I", b"\x24\x21", compression, 2, 0x80002000, length, zlib.crc32(kernel), 0x80002000,
                        0x1E0000, 3_000, 0x12345678)  # fmt: skip
    back = struct.pack("<HH", 40, 0)
    return front + zlib.crc32(front + bytes(4) + back).to_bytes(4, "little") + back + kernel


def _open(data: bytes) -> Container:
    return open_jboot(View(data), budget())
