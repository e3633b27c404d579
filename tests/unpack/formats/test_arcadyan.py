"""Tests of Arcadyan's obfuscated firmware, made by undoing what the reader undoes."""

from __future__ import annotations

import lzma
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.arcadyan import FORMAT, open_arcadyan, tidied
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CHANCE = random.Random(3)
_CONTENT = b"".join(b"a line of the program %d\n" % _CHANCE.randrange(10_000) for _ in range(20_000))


def test_the_program_comes_out_as_it_went_in() -> None:
    image = _image()
    opened = _open(image + b"another thing" * 50)
    assert (opened.data, opened.problems) == (_CONTENT, ())
    assert opened.label == "sign 32113050, lc 3, lp 0, pb 2"
    assert len(image) - 8 <= opened.length <= len(image)


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    opened = _open(_image()[:-2_000])
    assert _CONTENT.startswith(opened.data)
    assert problems(opened)[0].startswith("cut short")


@pytest.mark.parametrize(("offset", "value"), [(2, b"\0"), (104, b"\1"), (106, b"\7"), (112, b"\1"), (117, b"\1")])
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_an_image_of_which_no_lzma_comes_is_something_else() -> None:
    image = bytearray(_image())
    image[200:3000] = _CHANCE.randbytes(2800)
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image()[:256])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_arcadyan, _image(), data, 200)


def _image() -> bytes:
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 8 << 20, "lc": 3, "lp": 0, "pb": 2}]
    packed = bytearray(lzma.compress(_CONTENT, lzma.FORMAT_ALONE, filters=filters))
    packed[5:13] = len(_CONTENT).to_bytes(8, "little")
    clear = b"\x32\x11\x30\x50" + bytes(packed)
    block, rest = clear[4:36], clear[104:136]
    swapped = b"".join(block[at : at + 2][::-1] for at in range(0, 32, 2))
    garbled = bytes(byte >> 4 | (byte & 15) << 4 for byte in swapped)
    image = clear[:4] + rest + clear[36:104] + garbled + clear[136:]
    assert tidied(image[:136]) == clear[:136]
    return image


def _open(data: bytes) -> Decoded:
    return open_arcadyan(View(data), budget())
