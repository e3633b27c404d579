"""Tests of EnGenius firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, Decoded, NotThisFormat, Opened, View
from plimsoll.unpack.formats.engenius import FORMAT, KEY, open_engenius
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = b"Linux version 4 " + random.Random(0).randbytes(2_000) + bytes(64) + random.Random(1).randbytes(1_001)


@pytest.mark.parametrize("turn", range(8))
def test_the_content_comes_out_as_it_went_in(turn: int) -> None:
    image = _image(_hidden(_CONTENT, turn))
    opened = _open(image + b"another thing")
    assert isinstance(opened, Decoded)
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(image), ())
    assert opened.label == "EAP1250, version 1.0.0"


def test_content_in_the_clear_is_a_part() -> None:
    image = _image(_CONTENT)
    opened = _open(image)
    assert isinstance(opened, Container)
    assert contents(image, opened) == [_CONTENT]


def test_a_cut_tail_is_a_problem() -> None:
    opened = _open(_image(_hidden(_CONTENT, 3))[:-100])
    assert isinstance(opened, Decoded)
    assert opened.data == _CONTENT[:-100]
    assert problems(opened) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(12, b"\0"), (13, b"\xff"), (32, bytes(4)), (32, b"\xff" * 4), (92, b"\0"), (96, b"A"), (132, bytes(4)),
     (132, b"\xff" * 4), (136, b"\0"), (137, b"\xff")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset : offset + len(value)] = value
    if offset in (12, 136):
        image[offset : offset + 7] = bytes(7)
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    for data in (b"", _image(_CONTENT)[:136], _image(_CONTENT)[:143]):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_what_comes_out_is_explored() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_hidden(_CONTENT, 5)))
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_engenius, _image(_hidden(bytes(40), 2)), data, 180)


def _hidden(content: bytes, turn: int) -> bytes:
    return bytes(byte ^ KEY[(number + turn) % 8] for number, byte in enumerate(content))


def _image(content: bytes) -> bytes:
    header = struct.pack(">III20sI", 0, 0x101, 0x9D, b"1.0.0", len(content)) + bytes(4) + b"\xaa" * 16 + bytes(36)
    header += b"\x12\x34\x56\x78" + b"all".ljust(8, b"\0") + struct.pack(">7I", 1, 0, 0, 0x20200101, 1, 8, 8)
    return header + struct.pack(">I", 7) + b"EAP1250" + content


def _open(data: bytes) -> Opened:
    return open_engenius(View(data), budget())
