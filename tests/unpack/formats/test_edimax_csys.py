"""Tests of kernels of Edimax's routers, made by a small generator here."""

from __future__ import annotations

import bz2
import gzip
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import gzip as gzip_format
from plimsoll.unpack.formats.edimax_csys import FORMAT, open_edimax_csys
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_KERNEL = b"Linux version 2.4.18 " + random.Random(0).randbytes(2_000)
_PACKED = gzip.compress(_KERNEL, mtime=0)


@pytest.mark.parametrize("packed", [_PACKED, bz2.compress(_KERNEL)])
def test_the_kernel_is_a_part(packed: bytes) -> None:
    image = _image(packed)
    opened = _open(image + b"padding")
    assert contents(image, opened) == [packed]
    assert (opened.length, opened.label, opened.problems) == (len(image), "loaded to 0x80500000", ())


def test_a_cut_tail_is_a_problem() -> None:
    assert problems(_open(_image(_PACKED)[:-100])) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"CSYS",
        b"CSYS" + bytes(40),
        b"CSYS\0\0P\x80\xff\xff\xff\xff\x1f\x8b\x08",
        b"CSYS\0\0P\x10\x40\0\0\0\x1f\x8b\x08",
        b"CSYS\0\0P\x80\x02\0\0\0\x1f\x8b\x08",
        b"CSYS\0\0P\x80\x40\0\0\0\x1f\x8b\x07",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_the_kernel_behind_the_pages_of_the_device_is_found() -> None:
    _, seen = explored((FORMAT, gzip_format.FORMAT), b"pages" + bytes(5000) + _image(_PACKED))
    assert _KERNEL in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_edimax_csys, _image(_PACKED), data, 16)


def _image(packed: bytes) -> bytes:
    return struct.pack("<4sII", b"CSYS", 0x80500000, len(packed)) + packed


def _open(data: bytes) -> Container:
    return open_edimax_csys(View(data), budget())
