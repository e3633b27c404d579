"""Tests of HP's BDL and IPKG files, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.hp_bdl import FORMAT, open_hp_bdl
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_FILES = {"rootfs.tgz": random.Random(1).randbytes(5_000), "install.sh": b"#!/bin/sh\n" * 40}


def test_the_files_of_a_package_are_parts() -> None:
    image = _package()
    opened = _open(image + b"another thing")
    assert named(image, opened) == _FILES
    assert (opened.length, opened.label, opened.problems) == (len(image), "3.2, LaserJet, base", ())


def test_the_packages_of_a_bundle_are_parts_and_their_files_are_seen() -> None:
    image = _bundle()
    opened = _open(image)
    assert named(image, opened) == {"package 1": _package(), "package 2": _package()[:2000]}
    _, seen = explored((FORMAT,), b"\x11" * 77 + image)
    assert _FILES["rootfs.tgz"] in seen


def test_a_wrong_checksum_is_told() -> None:
    image = bytearray(_package())
    image[-1] ^= 1
    assert problems(_open(bytes(image))) == ["install.sh: the checksum is wrong"]


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    assert problems(_open(_package()[:-100])) == [
        "cut short: 100 bytes are missing",
        "install.sh: cut short: 100 bytes are missing",
    ]


def test_parts_that_overlap_are_told() -> None:
    image = bytearray(_package())
    at = 1056 + 276 + 256
    image[at : at + 8] = struct.pack("<Q", 1056 + 2 * 276 + 10)
    assert "install.sh: overlaps another part; left out" in problems(_open(bytes(image)))


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"x"), (4, b"\2"), (8, bytes(4)), (8, b"\xff" * 4), (16, bytes(4)), (16, b"\xff" * 4), (1056, bytes(256)),
     (1056 + 256, bytes(8)), (1056 + 256, b"\xff" * 8), (1056 + 264, b"\xff" * 8)],
)  # fmt: skip
def test_a_table_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_package())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 700, 1100):
        with pytest.raises(NotThisFormat):
            _open(_package()[:size])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    image = data.draw(st.sampled_from([_package(), _bundle()]))
    assert_mutations_stay_within_bounds(open_hp_bdl, image, data, 1700)


def _package() -> bytes:
    head = struct.pack("<8sI4xI12x", b"ipkg\1\0\3\0", 1056, len(_FILES))
    head += b"".join(text.ljust(256, b"\0") for text in (b"3.2", b"LaserJet", b"base", b"signature"))
    table, at = b"", len(head) + len(_FILES) * 276
    for name, content in _FILES.items():
        table += struct.pack("<256sQQI", name.encode(), at, len(content), zlib.crc32(content))
        at += len(content)
    return head + table + b"".join(_FILES.values())


def _bundle() -> bytes:
    head = struct.pack("<8sI4xI12x", b"ibdl\1\0\1\0", 1400, 2)
    head += b"".join(text.ljust(256, b"\0") for text in (b"2024", b"HP", b"id")) + bytes(9)
    packages = [_package(), _package()[:2000]]
    table = struct.pack("<QQQQ", 1500, len(packages[0]), 1500 + len(packages[0]), len(packages[1]))
    return (head.ljust(1400, b"\0") + table).ljust(1500, b"\0") + b"".join(packages)


def _open(data: bytes) -> Container:
    return open_hp_bdl(View(data), budget())
