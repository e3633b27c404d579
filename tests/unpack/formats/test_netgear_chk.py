"""Tests of Netgear's CHK images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.netgear_chk import FORMAT, open_chk
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_KERNEL, _ROOT = (random.Random(seed).randbytes(3_000) for seed in range(2))


def test_kernel_and_root_file_system_are_parts() -> None:
    image = _image(_KERNEL, _ROOT)
    opened = _open(image + b"another thing")
    assert named(image, opened) == {"kernel": _KERNEL, "root file system": _ROOT}
    assert (opened.length, opened.label, opened.problems) == (len(image), "board U12H270T00_NETGEAR", ())


def test_an_image_in_one_piece_has_one_part() -> None:
    image = _image(_KERNEL)
    assert named(image, _open(image)) == {"kernel": _KERNEL}


def test_a_name_that_is_filled_up_with_zeros_is_read() -> None:
    assert _open(_image(_KERNEL, board=b"U12H064T00_NETGEAR\0\0")).label == "board U12H064T00_NETGEAR"


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_KERNEL, _ROOT)[:-3_100]
    opened = _open(image)
    assert named(image, opened) == {"kernel": _KERNEL[:-100]}
    assert problems(opened) == ["cut short: 3100 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"*#$_"),
        (4, bytes(4)),
        (4, b"\xff" * 4),
        (4, b"\0\0\0\x28"),
        (4, b"\0\0\0\x69"),
        (24, b"\xff" * 4),
        (28, b"\xff" * 4),
        (40, b"\0"),
        (44, b" "),
        (44, b"\xff"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_KERNEL, _ROOT))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_an_image_of_nothing_is_something_else() -> None:
    for data in (b"", b"*#$^", _image(b"")):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_the_image_is_found_at_any_offset() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_KERNEL, _ROOT))
    assert sorted(seen) == sorted([b"\x11" * 77, _KERNEL, _ROOT])
    assert [span.format for span in found.image.spans] == ["", "netgear-chk", ""]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_chk, _image(b"k" * 50, b"r" * 50), data, 60)


def _image(kernel: bytes, root: bytes = b"", board: bytes = b"U12H270T00_NETGEAR") -> bytes:
    sums = struct.pack(">II", 0x12345678, 0x9ABCDEF0)
    lengths = struct.pack(">II", len(kernel), len(root))
    return (
        b"*#$^"
        + struct.pack(">I", 40 + len(board))
        + b"\1\1\0\0\1\2\3\4"
        + sums
        + lengths
        + sums
        + board
        + kernel
        + root
    )


def _open(data: bytes) -> Container:
    return open_chk(View(data), budget())
