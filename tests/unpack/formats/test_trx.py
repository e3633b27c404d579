"""Tests of TRX images, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import gzip
from plimsoll.unpack.formats.trx import FORMAT, open_trx
from plimsoll.unpack.limits import Budget, Limits

_LOADER, _KERNEL, _ROOT = (random.Random(seed).randbytes(2_000) for seed in range(3))


@pytest.mark.parametrize("version", [1, 2])
def test_each_partition_is_a_part(version: int) -> None:
    image = _image([_LOADER, _KERNEL, _ROOT], version=version)
    opened = _open(image + b"another thing")
    assert _contents(image, opened) == [_LOADER, _KERNEL, _ROOT]
    assert [part.name for part in opened.parts] == ["partition 1", "partition 2", "partition 3"]
    assert (opened.length, opened.label, opened.problems) == (len(image), f"version {version}", ())


def test_the_fourth_partition_of_version_2_is_a_part() -> None:
    image = _image([b"1", b"22", b"333", b"4444"], version=2)
    assert _contents(image, _open(image)) == [b"1", b"22", b"333", b"4444"]


def test_an_image_of_one_partition_has_one_part() -> None:
    image = _image([_KERNEL])
    assert _contents(image, _open(image)) == [_KERNEL]


def test_a_partition_that_is_left_out_in_between_is_skipped() -> None:
    image = _image([_LOADER, b"", _ROOT])
    assert _contents(image, _open(image)) == [_LOADER, _ROOT]


def test_what_lies_before_the_first_partition_is_a_part_without_a_name() -> None:
    image = _with_header(b"gap." + _KERNEL, [32])
    opened = _open(image)
    assert _contents(image, opened) == [b"gap.", _KERNEL]
    assert [part.name for part in opened.parts] == ["", "partition 1"]


def test_partitions_out_of_order_are_cut_where_the_next_begins() -> None:
    image = _with_header(b"aaaabbbb", [32, 28])
    opened = _open(image)
    assert _contents(image, opened) == [b"aaaa", b"bbbb"]
    assert [part.name for part in opened.parts] == ["partition 2", "partition 1"]


def test_a_wrong_checksum_is_a_problem_and_the_partitions_are_given() -> None:
    image = bytearray(_image([_KERNEL, _ROOT]))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert [str(problem) for problem in opened.problems] == ["the checksum of the image is wrong"]
    assert [part.length for part in opened.parts] == [2_000, 2_000]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image([_LOADER, _KERNEL, _ROOT])[:-2500]
    opened = _open(image)
    assert _contents(image, opened) == [_LOADER, _KERNEL[:-500]]
    assert [str(problem) for problem in opened.problems] == ["cut short: 2500 bytes are missing"]
    assert _open(image[:28]).parts == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HDR0",
        b"HDR0" + bytes(40),
        b"HDR0 is what the header begins with",
        struct.pack("<4sIIHH", b"HDR0", 100, 0, 0, 1),
        struct.pack("<4sIIHH3I", b"HDR0", 100, 0, 0, 3, 28, 0, 0) + bytes(72),
        struct.pack("<4sIIHH3I", b"HDR0", 100, 0, 0, 1, 0, 0, 0) + bytes(72),
        struct.pack("<4sIIHH3I", b"HDR0", 100, 0, 0, 1, 27, 0, 0) + bytes(72),
        struct.pack("<4sIIHH3I", b"HDR0", 100, 0, 0, 1, 28, 100, 0) + bytes(72),
        struct.pack("<4sIIHH3I", b"HDR0", 12, 0, 0, 1, 28, 0, 0) + bytes(72),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    image = struct.pack("<4sIIHH3I", b"HDR0", 0xFFFFFFFF, 0, 0, 1, 28, 0xFFFFFFF0, 0) + b"abc"
    opened = _open(image)
    assert (_contents(image, opened), opened.length) == ([b"abc"], 31)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 200),
    st.integers(0, 3),
    st.lists(st.integers(0, 120), min_size=3, max_size=4),
    st.binary(max_size=80),
)
def test_any_header_is_refused_or_opened_within_its_bounds(
    length: int, version: int, offsets: list[int], data: bytes
) -> None:
    image = struct.pack(f"<4sIIHH{len(offsets)}I", b"HDR0", length, 0, 0, version, *offsets) + data
    try:
        opened = _open(image)
    except NotThisFormat:
        return
    header = {1: 28, 2: 32}[version]
    assert opened.length == header + sum(part.length for part in opened.parts) or opened.length <= header
    assert opened.length <= len(image)


def test_partitions_are_explored() -> None:
    text = b"text " * 1000
    seen: list[File] = []
    image = _image([zlib.compress(text, wbits=31), text])
    explored = Explorer((FORMAT, gzip.FORMAT), Budget(Limits()), seen.append).explore(image, b"x")
    assert [file.data for file in seen] == [text, text]
    assert [span.format for span in explored.image.spans] == ["trx", "gzip", ""]


def _image(partitions: Sequence[bytes], version: int = 1) -> bytes:
    offsets: list[int] = []
    position = {1: 28, 2: 32}[version]
    for content in partitions:
        offsets.append(position if content else 0)
        position += len(content)
    return _with_header(b"".join(partitions), offsets, version)


def _with_header(content: bytes, offsets: Sequence[int], version: int = 1) -> bytes:
    count = {1: 3, 2: 4}[version]
    table = struct.pack(f"<{count}I", *offsets, *[0] * (count - len(offsets)))
    checked = struct.pack("<HH", 0, version) + table + content
    return struct.pack("<4sII", b"HDR0", 12 + len(checked), zlib.crc32(checked) ^ 0xFFFFFFFF) + checked


def _contents(image: bytes, opened: Container) -> list[bytes]:
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def _open(data: bytes) -> Container:
    return open_trx(View(data), Budget(Limits()))
