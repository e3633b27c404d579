"""Tests of the reader of GBL files, against a generator written from their description."""

from __future__ import annotations

import lzma
import random
import struct
import zlib
from collections.abc import Sequence

import lz4.block
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.gbl import FORMAT, open_gbl
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = random.Random(1).randbytes(1000) + b"text " * 200
_APPLICATION = (0xF40A0AF4, struct.pack("<III16s", 1, 0x01020304, 0, bytes(16)))


def _make(tags: Sequence[tuple[int, bytes]], kind: int = 0, version: int = 0x03000000) -> bytes:
    rows = [(0x03A617EB, struct.pack("<II", version, kind)), *tags]
    data = b"".join(struct.pack("<II", id_, len(value)) + value for id_, value in rows) + struct.pack(
        "<II", 0xFC0404FC, 4
    )
    return data + struct.pack("<I", zlib.crc32(data))


def _at(address: int, content: bytes) -> bytes:
    return struct.pack("<I", address) + content


def _lzma(content: bytes) -> bytes:
    packed = lzma.compress(content, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 8192}])
    return packed[:5] + struct.pack("<Q", len(content)) + packed[13:]


def test_pieces_that_follow_each_other_are_one_file() -> None:
    image = _make(
        [
            _APPLICATION,
            (0xFD0303FD, _at(0x4000, _PROGRAM[:700])),
            (0xFE0101FE, _at(0x4000 + 700, _PROGRAM[700:])),
            (0xFE0101FE, _at(0x9000, b"elsewhere")),
            (0xF60808F6, b"{}"),
        ]
    )
    opened = _archive(image + b"after")
    assert _contents(opened) == {b"program at 0x4000": _PROGRAM, b"program at 0x9000": b"elsewhere", b"metadata": b"{}"}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "application version 0x1020304; no signature"


def test_packed_programs_are_unpacked() -> None:
    image = _make(
        [
            _APPLICATION,
            (0xFD0505FD, _at(0x4000, lz4.block.compress(_PROGRAM, store_size=False))),
            (0xFD0707FD, _at(0x4000 + len(_PROGRAM), _lzma(_PROGRAM))),
        ]
    )
    assert _contents(_archive(image)) == {b"program at 0x4000": _PROGRAM * 2}


def test_a_boot_loader_and_a_signature_are_told() -> None:
    image = _make([(0xF50909F5, struct.pack("<II", 7, 0) + _PROGRAM), (0xF70A0AF7, bytes(64))], 0x100, version=3)
    assert _contents(_archive(image)) == {b"boot loader at 0x0": _PROGRAM}
    assert _archive(image).label == "boot loader; signature ECDSA P-256"


def test_encrypted_programs_are_encrypted_parts() -> None:
    image = _make([_APPLICATION, (0xFA0606FA, bytes(16)), (0xF90707F9, _PROGRAM), (0xF90707F9, b"x" * 40)], 0x101)
    opened = open_gbl(View(image), Budget(Limits()))
    assert isinstance(opened, Container)
    assert [(part.length, part.content) for part in opened.parts] == [(2000, "encrypted"), (40, "encrypted")]
    assert opened.label == "application version 0x1020304; encrypted; signature ECDSA P-256"


def test_two_programs_for_one_address_are_both_listed() -> None:
    opened = _archive(_make([(0xFE0101FE, _at(0, b"one")), (0xFE0101FE, _at(0, b"two"))]))
    assert sorted(_contents(opened).values()) == [b"one", b"two"]


def test_a_wrong_checksum_is_a_problem() -> None:
    opened = _archive(_make([_APPLICATION, (0xFE0101FE, _at(0, b"one"))])[:-1] + b"\0")
    assert [str(one) for _, one in opened.problems] == ["the checksum of the file is wrong"]


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    opened = _archive(_make([_APPLICATION, (0xFE0101FE, _at(0, _PROGRAM))])[:-500])
    assert [str(one) for _, one in opened.problems] == ["cut short: 488 bytes are missing"]
    assert _contents(opened) == {b"program at 0x0": _PROGRAM[:-488]}
    opened = _archive(_make([_APPLICATION])[:-12])
    assert [str(one) for _, one in opened.problems] == ["cut short: its last tag is missing"]


def test_damaged_packed_programs_and_differences_hide_no_other() -> None:
    opened = _archive(
        _make(
            [
                (0xFD0505FD, _at(0, b"\xff" * 40)),
                (0xFD0707FD, _at(0, b"\xff" * 40)),
                (0xF80A0AF8, b"difference"),
                (0xFE0101FE, _at(0, b"whole")),
            ]
        )
    )
    assert _contents(opened) == {b"program at 0x0": b"whole"}
    assert len(opened.problems) == 3
    assert "not applied" in str(opened.problems[2][1])


def test_a_bomb_is_refused() -> None:
    bomb = _make([(0xFD0707FD, _at(0, _lzma(_PROGRAM + bytes(400_000))))])
    with pytest.raises(LimitReached):
        open_gbl(View(bomb), Budget(Limits(output_bytes=1 << 18)))


def test_a_tag_that_is_not_known_ends_what_is_read() -> None:
    opened = _archive(_make([(0xFE0101FE, _at(0, b"one")), (0x12345678, b"unknown"), (0xFE0101FE, _at(3, b"two"))]))
    assert [str(one) for _, one in opened.problems] == ["the tag at 0x1f is not known; what follows is not read"]
    assert _contents(opened) == {b"program at 0x0": b"one"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _make([])[:8],
        _make([])[:8] + bytes(200),
        _make([], kind=2),
        _make([], version=0x04000000),
        _make([(0x12345678, b"unknown")]),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_gbl(View(data), Budget(Limits()))


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


_WHOLE = _make(
    [
        _APPLICATION,
        (0xFE0101FE, _at(0, b"x" * 90)),
        (0xFD0505FD, _at(90, lz4.block.compress(b"y" * 900, store_size=False))),
    ]
)


@settings(max_examples=200, deadline=None)
@given(changes(len(_WHOLE)), st.integers(0, len(_WHOLE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_gbl, changed(_WHOLE, these, end))


def _contents(opened: Archive) -> dict[bytes, bytes]:
    return {node.path: opened.read(node) for node in opened.nodes}


def _archive(data: bytes) -> Archive:
    opened = open_gbl(View(data), Budget(Limits()))
    assert isinstance(opened, Archive)
    return opened
