"""Tests of DrayTek's encrypted images, made by a small generator here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Encrypted, NotThisFormat, View
from plimsoll.unpack.formats.draytek_linux import FORMAT, open_draytek_linux
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_CONTENT = random.Random(0).randbytes(70_000)
_IMAGE = b"enc_Image" + len(_CONTENT).to_bytes(4, "little") + _CONTENT


def test_it_is_told_to_be_encrypted_with_its_length_at_any_offset() -> None:
    with pytest.raises(Encrypted) as raised:
        open_draytek_linux(View(_IMAGE + b"another thing"), budget())
    assert raised.value.length == len(_IMAGE)
    before = b"nonce" + (12).to_bytes(4, "little") + b"123456789abc"
    found, _ = explored((FORMAT,), before + _IMAGE + b"another thing")
    assert [(span.offset, span.length) for span in found.image.spans if span.kind == "encrypted"] == [(21, len(_IMAGE))]


@pytest.mark.parametrize(("offset", "value"), [(0, b"E"), (9, bytes(4)), (9, b"\xff" * 4), (9, b"\xff\xff\0\0")])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_IMAGE)
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        open_draytek_linux(View(bytes(image)), budget())


def test_a_truncated_image_is_something_else() -> None:
    for size in (0, 12, 13, len(_IMAGE) - 1):
        with pytest.raises(NotThisFormat):
            open_draytek_linux(View(_IMAGE[:size]), budget())


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_draytek_linux, _IMAGE, data, 16)
