"""Tests of Instar's HD firmware, made by a small generator here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.instar_zip import FORMAT, open_instar_zip
from plimsoll.unpack.formats.zip import FORMAT as ZIP
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)
from tests.unpack.formats.zips import python_zip

_CONTENT = random.Random(0).randbytes(5_000)


def test_the_archive_comes_out_as_it_went_in() -> None:
    opened = _open(_image() + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_ARCHIVE, len(_ARCHIVE), ())


def test_the_files_in_it_are_seen_at_any_offset() -> None:
    _, seen = explored((FORMAT, ZIP), b"\x11" * 77 + _image())
    assert {_CONTENT, b"text"} <= set(seen)


def test_a_truncated_archive_is_something_else() -> None:
    for size in (0, 20, 1000, len(_ARCHIVE) - 30):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


@pytest.mark.parametrize(("offset", "value"), [(0, b"p"), (26, bytes(2)), (26, b"\xff\xff"), (-6, b"\0\0")])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_instar_zip, _image(), data, 64)


_ARCHIVE = python_zip([("etc/random", _CONTENT, 8), ("text", b"text", 0)])


def _image() -> bytes:
    changed = _ARCHIVE
    for sign, own in ((b"PK\x03\x04", b"PK\x03\x07"), (b"PK\x01\x02", b"PK\x01\x08"), (b"PK\x05\x06", b"PK\x05\x09")):
        changed = changed.replace(sign, own)
    return changed


def _open(data: bytes) -> Decoded:
    return open_instar_zip(View(data), budget())
