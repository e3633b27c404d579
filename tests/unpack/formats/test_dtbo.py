"""Tests of tables of device trees, made by a small generator here from their descriptions."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.dtbo import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_FIRST = b"\xd0\x0d\xfe\xed" + bytes(range(200))
_SECOND = b"\xd0\x0d\xfe\xed" + bytes(range(100))


def test_each_tree_of_android_is_a_part() -> None:
    image = _android([_FIRST, _SECOND])
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {"device tree 1": _FIRST, "device tree 2": _SECOND}
    assert (found.length, found.label, problems(found)) == (len(image), "version 0, 2 entries", [])
    assert {part.content for part in found.parts} == {"known"}


def test_entries_may_share_a_tree() -> None:
    image = _android([_FIRST], repeat=3)
    found = opened(FORMAT, image)
    assert contents(image, found) == {"device tree 1": _FIRST}
    assert found.label == "version 0, 3 entries"


def test_compressed_trees_of_version_1_are_parts() -> None:
    for packed in (zlib.compress(_FIRST), zlib.compress(_FIRST, wbits=31)):
        image = _android([packed], version=1)
        assert contents(image, opened(FORMAT, image)) == {"device tree 1": packed}


def test_each_tree_of_qualcomm_is_a_part() -> None:
    for version in (1, 2, 3):
        image = _qualcomm(version, [_FIRST, _SECOND])
        found = opened(FORMAT, image + b"else")
        assert contents(image, found) == {"device tree 1": _FIRST, "device tree 2": _SECOND}
        assert found.label == f"of Qualcomm, version {version}, 2 entries"
        assert found.length == len(image)


def test_a_truncated_table_keeps_what_is_there() -> None:
    image = _android([_FIRST, _SECOND])
    found = opened(FORMAT, image[:-10])
    assert [part.length for part in found.parts] == [len(_FIRST), len(_SECOND) - 10]
    assert problems(found)[0] == "cut short: 10 bytes are missing"


def test_trees_that_overlap_are_left_out() -> None:
    image = patched(_android([_FIRST, _SECOND]), 32 + 32 + 4, struct.pack(">I", 32 + 64 + 10))
    found = opened(FORMAT, image)
    assert len(found.parts) == 1
    assert problems(found) == ["device tree 2: overlaps another part; left out"]


def test_fields_that_make_no_sense_are_refused() -> None:
    android, qualcomm = _android([_FIRST]), _qualcomm(2, [_FIRST])
    for image, offset, value in (
        (android, 8, b"\0\0\0\x21"),
        (android, 12, b"\0\0\0\x21"),
        (android, 16, bytes(4)),
        (android, 16, b"\0\0\1\0"),
        (android, 20, bytes(4)),
        (android, 28, b"\0\0\0\2"),
        (android, 32, bytes(4)),
        (android, 32, b"\0\0\4\0"),
        (android, 64, b"tree"),
        (qualcomm, 4, b"\4"),
        (qualcomm, 8, b"\0"),
        (qualcomm, 28, bytes(4)),
        (qualcomm, 36, b"tree"),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), (offset, value)
    assert refuses(FORMAT, android[:40])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 255)), max_size=6), st.integers(0, 400))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    for made in (_android([_FIRST, _SECOND]), _qualcomm(3, [_FIRST, _SECOND])):
        image = bytearray(made)
        for offset, value in changes:
            image[offset] = value
        exercise(FORMAT, bytes(image))
        exercise(FORMAT, bytes(image[:size]))


def _android(trees: Sequence[bytes], version: int = 0, repeat: int = 1) -> bytes:
    count = len(trees) * repeat
    place = 32 + 32 * count
    entries = b""
    for tree in trees:
        entries += struct.pack(">8I", len(tree), place, 0, 0, 0, 0, 0, 0) * repeat
        place += len(tree)
    return struct.pack(">8I", 0xD7B7AB1E, place, 32, 32, count, 32, 2048, version) + entries + b"".join(trees)


def _qualcomm(version: int, trees: Sequence[bytes]) -> bytes:
    words = {1: 3, 2: 4, 3: 8}[version]
    place = 12 + (words + 2) * 4 * len(trees)
    entries = b""
    for tree in trees:
        entries += struct.pack(f"<{words + 2}I", *range(words), place, len(tree))
        place += len(tree)
    return struct.pack("<4sII", b"QCDT", version, len(trees)) + entries + b"".join(trees)
