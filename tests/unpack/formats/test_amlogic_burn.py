"""Tests of burning images for Amlogic processors, made by a small generator here from their description."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.amlogic_burn import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    opened,
    patched,
    problems,
    refuses,
)

_BOOT, _SYSTEM = random.Random(1).randbytes(3001), random.Random(2).randbytes(5000)
_ITEMS = (
    (b"USB", b"DDR", b"program of the memory"),
    (b"PARTITION", b"boot", _BOOT),
    (b"VERIFY", b"boot", b"sha1sum " + hashlib.sha1(_BOOT).hexdigest().encode()),
    (b"PARTITION", b"system", _SYSTEM),
)


@pytest.mark.parametrize("version", [1, 2])
def test_each_item_is_a_part(version: int) -> None:
    image = _image(version)
    found = opened(FORMAT, image + b"else")
    assert contents(image, found) == {b" ".join(one[:2]).decode(): one[2] for one in _ITEMS}
    assert (found.length, found.label, problems(found)) == (len(image), f"version {version}, 4 items", [])
    assert [part.content for part in found.parts] == ["image", "image", "known", "image"]


def test_items_that_share_their_bytes_are_one_part() -> None:
    image = _image(2)
    entry = 64 + 576
    shared = patched(image, 64 + 16, image[entry + 16 : entry + 32])
    assert [part.name for part in opened(FORMAT, shared).parts] == ["USB DDR", "VERIFY boot", "PARTITION system"]


def test_a_wrong_sha1_is_a_problem() -> None:
    image = _image(2)
    found = opened(FORMAT, patched(image, image.index(_BOOT) + 7, b"damage"))
    assert problems(found) == ["boot: its SHA-1 is wrong"]
    assert len(found.parts) == 4


def test_a_truncated_image_keeps_what_is_there() -> None:
    found = opened(FORMAT, _image(2)[:-1000])
    assert problems(found) == [
        "cut short: 1000 bytes are missing",
        "PARTITION system: cut short: 1000 bytes are missing",
    ]


def test_fields_that_make_no_sense_are_refused() -> None:
    image = _image(2)
    for offset, value in (
        (4, b"\3"),
        (12, bytes(8)),
        (20, b"\3"),
        (24, bytes(4)),
        (24, b"\xff\xff"),
        (30, b"\1"),
        (64 + 4, b"\1"),
        (64 + 16, bytes(8)),
        (64 + 24, b"\xff\xff\xff"),
        (64 + 32, b"\1"),
        (64 + 288, b"\xff"),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), (offset, value)
    assert refuses(FORMAT, image[:600])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=5), st.integers(0, 12_000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    for version in (1, 2):
        image = bytearray(_image(version))
        for offset, value in changes:
            image[offset] = value
        exercise(FORMAT, bytes(image))
        exercise(FORMAT, bytes(image[:size]))


def _image(version: int, items: Sequence[tuple[bytes, bytes, bytes]] = _ITEMS) -> bytes:
    name_bytes = {1: 32, 2: 256}[version]
    entry_bytes = 64 + 2 * name_bytes
    position = 64 + entry_bytes * len(items)
    table, data = b"", b""
    for number, (kind, name, content) in enumerate(items):
        table += struct.pack(f"<IIQQQ{name_bytes}s{name_bytes}s", number, 0, 0, position, len(content), kind, name)
        table += struct.pack("<IHH24x", 0, 0, 0)
        filled = content + bytes(-len(content) % 4)
        data += filled
        position += len(filled)
    return struct.pack("<IIIQII36x", 0, version, 0x27B51956, position, 4, len(items)) + table + data
