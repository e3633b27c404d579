"""Tests of ANJVision firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.anjvision import FORMAT, open_anjvision
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_LOADER = random.Random(0).randbytes(900)
_TREE = b"hsqs" + random.Random(1).randbytes(800)


def test_boot_loader_and_file_system_are_parts() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert named(image, opened) == {"boot loader": _LOADER, "file system": _TREE}
    assert (opened.length, opened.problems) == (len(image), ())


def test_a_firmware_without_boot_loader_has_one_part() -> None:
    assert list(named(_image(b""), _open(_image(b"")))) == ["file system"]


def test_a_cut_tail_is_a_problem() -> None:
    opened = _open(_image()[:-100])
    assert problems(opened) == ["cut short: 100 bytes are missing"]
    assert list(named(_image(), _open(_image()[:300]))) == ["boot loader"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"B"), (12, bytes(4)), (12, b"\xff" * 4), (16, b"\4"), (20, bytes(4)), (20, b"\xff" * 4), (24, b"\xff" * 4)],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 31, 128])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image()[:size])


def test_one_inside_something_else_is_found() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image())
    assert [(span.offset, span.format) for span in found.image.spans if span.format][:1] == [(77, "anjvision")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_anjvision, _image(), data, 40)


def _image(loader: bytes = _LOADER) -> bytes:
    length = 128 + len(loader) + len(_TREE)
    header = struct.pack("<8sIIIIII", b"ANJOY888", 7, length, 3, 128, len(loader), 0)
    return header.ljust(128, b"\0") + loader + _TREE


def _open(data: bytes) -> Container:
    return open_anjvision(View(data), budget())
