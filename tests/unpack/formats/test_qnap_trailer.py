"""Tests of QNAP's trailer, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.qnap_trailer import FORMAT, open_qnap_trailer
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)


def test_device_and_version_are_told_and_what_lies_before_is_encrypted() -> None:
    noise = random.Random(1).randbytes(300_000)
    found, _ = explored((FORMAT,), noise + _trailer(len(noise)))
    assert [(span.length, span.kind, span.label) for span in found.image.spans] == [
        (300_000, "encrypted", ""),
        (74, "understood", "QHora-322, version 2.4.0, 20240101"),
    ]


def test_what_is_no_noise_is_not_called_encrypted() -> None:
    found, _ = explored((FORMAT,), b"text " * 20_000 + _trailer(100_000))
    assert [span.kind for span in found.image.spans] == ["unknown", "understood"]


@pytest.mark.parametrize(
    ("offset", "value"), [(0, b"I"), (6, bytes(4)), (6, b"\xff" * 4), (10, bytes(16)), (12, b"\x80"), (26, b"v")]
)
def test_a_trailer_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_trailer(100))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_trailer(100)[:73])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_qnap_trailer, _trailer(100), data, 74)


def _trailer(size: int) -> bytes:
    return struct.pack("<6sI16s16s16s16s", b"icpnas", size, b"QHora-322", b"2.4.0", b"20240101", b"1")


def _open(data: bytes) -> Container:
    return open_qnap_trailer(View(data), budget())
