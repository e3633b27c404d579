"""Tests of the reader of EBL files, against a generator written from their description."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.ebl import FORMAT, open_ebl
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_HEADER = (0, struct.pack(">HHII", 0x0202, 0xE350, 0x4000, 0x12345678).ljust(140, b"\0"))
_PROGRAM = random.Random(1).randbytes(3000)


def _make(tags: Sequence[tuple[int, bytes]]) -> bytes:
    data = b"".join(struct.pack(">HH", id_, len(value)) + value for id_, value in tags) + struct.pack(">HH", 0xFC04, 4)
    return data + struct.pack("<I", zlib.crc32(data))


def _at(address: int, content: bytes) -> bytes:
    return struct.pack(">I", address) + content


_WHOLE = _make(
    [
        _HEADER,
        (0xFD03, _at(0x4080, _PROGRAM[:2000])),
        (0xFE01, _at(0x4080 + 2000, _PROGRAM[2000:])),
        (0x02FE, _at(4, b"abc")),
    ]
)


def test_pieces_that_follow_each_other_are_one_file() -> None:
    opened = open_ebl(View(_WHOLE + b"\xff" * 9), Budget(Limits()))
    assert isinstance(opened, Archive)
    assert {node.path: opened.read(node) for node in opened.nodes} == {
        b"program at 0x4080": _PROGRAM,
        b"settings at 0x4": b"abc",
    }
    assert (opened.length, opened.label, opened.problems) == (len(_WHOLE), "version 2.2", ())


def test_encrypted_programs_are_encrypted_parts() -> None:
    image = _make([(0xFB05, b"\2\2\0\1"), (0xFA06, bytes(16)), (0xF907, _PROGRAM), (0xF709, bytes(16))])
    opened = open_ebl(View(image), Budget(Limits()))
    assert isinstance(opened, Container)
    assert [(part.length, part.content) for part in opened.parts] == [(3000, "encrypted")]
    assert opened.label == "encrypted"


def test_wrong_checksums_and_cut_tails_are_problems() -> None:
    for data, expected in ((_WHOLE[:-1] + b"!", "checksum"), (_WHOLE[:2000], "cut short")):
        opened = open_ebl(View(data), Budget(Limits()))
        assert isinstance(opened, Archive)
        assert expected in str(opened.problems[0][1])
        assert opened.nodes


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _WHOLE[:100],
        b"\0\0\0\x8c\x02\x02" + bytes(200),
        _make([_HEADER]),
        _make([_HEADER, (0x1234, b"unknown"), (0xFE01, _at(0, b"x"))]),
        _make([(0xFB05, b"\2\2\0\1"), (0xFE01, _at(0, b"x"))]),
        _make([(0xFB05, b"\2\2\0\1"), (0xF907, _PROGRAM)])[:-1],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_ebl(View(data), Budget(Limits()))


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes(len(_WHOLE)), st.integers(0, len(_WHOLE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ebl, changed(_WHOLE, these, end))
