"""Tests of EcoNet images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.econet_trx import FORMAT, open_econet_trx
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_KERNEL = random.Random(0).randbytes(900)
_ROOT = b"hsqs" + random.Random(1).randbytes(800)


def test_kernel_and_root_file_system_are_parts() -> None:
    image = _image()
    opened = _open(image + b"trailer")
    assert named(image, opened) == {"kernel": _KERNEL, "root file system": bytes(124) + _ROOT + bytes(200)}
    assert (opened.length, opened.label, opened.problems) == (len(image), "TX-6610v4, 0.9.1 build 150922, v3", ())


def test_a_cut_tail_is_a_problem() -> None:
    opened = _open(_image()[:-100])
    assert problems(opened) == ["cut short: 100 bytes are missing"]
    assert list(named(_image(), _open(_image()[:300]))) == ["kernel"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"3"), (4, b"\0\0\2\0"), (8, b"\xff"), (8, bytes(4)), (16, b"\1"), (80, b"\1"), (80, bytes(4)), (84, bytes(4)),
     (88, b"\1"), (92, b"\xff")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 100, 256])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image()[:size])


def test_one_inside_something_else_is_found() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image())
    assert [(span.offset, span.format) for span in found.image.spans if span.format][:1] == [(77, "econet-trx")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_econet_trx, _image(), data, 130)


def _image() -> bytes:
    body = _KERNEL + bytes(124) + _ROOT + bytes(200)
    header = struct.pack(">4sII4s32s32s", b"2RDH", 256, 256 + len(body), b"sum.", b"0.9.1 build 150922\n", b"v3")
    header += struct.pack(">III32s4s", len(_KERNEL), len(_ROOT), 0, b"TX-6610v4", b"\x80\2\0\0")
    return header.ljust(256, b"\0") + body


def _open(data: bytes) -> Container:
    return open_econet_trx(View(data), budget())
