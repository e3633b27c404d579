"""Tests of TP-Link SafeLoader firmware, made by a small generator here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.tplink_safeloader import FORMAT, open_safeloader
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_PARTITIONS = {
    "partition-table": b"the table of the flash",
    "os-image": random.Random(0).randbytes(3_000),
    "file-system": random.Random(1).randbytes(5_000),
    "support-list": b"CPE510(TP-LINK|UN|N300-5):1.0",
}


@pytest.mark.parametrize("signed", [False, True])
def test_each_partition_is_a_part(signed: bool) -> None:
    image = _image(_PARTITIONS, signed=signed)
    opened = _open(image + b"another thing")
    assert named(image, opened) == _PARTITIONS
    assert (opened.length, opened.label, opened.problems) == (len(image), "4 partitions", ())
    assert [part.content for part in opened.parts] == ["known", "image", "image", "known"]


def test_a_partition_without_content_is_left_out() -> None:
    image = _image({**_PARTITIONS, "extra-para": b""})
    assert "extra-para" not in named(image, _open(image))


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(_PARTITIONS)[:-129]
    opened = _open(image)
    assert named(image, opened) == {
        **{name: _PARTITIONS[name] for name in ("partition-table", "os-image")},
        "file-system": _PARTITIONS["file-system"][:-100],
    }
    assert problems(opened) == ["cut short: 129 bytes are missing"]


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"fwup-ptn \0",
        b"fwup-ptn os-image base 0x01000 size 0x00010\t\r\n\0",
        b"fwup-ptn partition-table base 0x00800 size 0x00010\t\r\n",
        b"fwup-ptn partition-table base 0x00000 size 0x00010\t\r\n\0",
        b"fwup-ptn partition-table base 0x00800 size 0xffffffff\t\r\n\0",
        b"fwup-ptn partition-table base 0xffffffff size 0x00010\t\r\n\0",
        b"fwup-ptn partition-table base 0x00800 size 0x00010 and more\t\r\n\0",
        b"fwup-ptn partition-table base 0x00800 size 0x00010\t\r\nfwup-ptn a base 0x0080f size 0x00010\t\r\n\0",
        b"fwup-ptn partition-table base 0x00800 size 0x00010\t\r\n" * 2 + b"\0",
    ],
)
def test_a_table_that_is_not_sound_is_something_else(table: bytes) -> None:
    image = _image(_PARTITIONS)
    with pytest.raises(NotThisFormat):
        _open(image[:0x1014] + table.ljust(0x800, b"\xff") + image[0x1814:])


def test_a_length_that_does_not_fit_is_something_else() -> None:
    image = _image(_PARTITIONS)
    for length in (bytes(4), b"\xff" * 4):
        with pytest.raises(NotThisFormat):
            _open(length + image[4:])


def test_the_image_is_found_at_any_offset() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_PARTITIONS))
    assert set(_PARTITIONS.values()) <= set(seen)
    assert found.image.spans[1].offset == 77
    assert found.image.spans[1].format == "tplink-safeloader"


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    image = _image({"partition-table": b"x" * 20, "os-image": b"y" * 40})
    table = bytearray(image[0x1014:])
    for _ in range(data.draw(st.integers(0, 3))):
        table[data.draw(st.integers(0, 120))] = data.draw(st.sampled_from(b"0123456789abcdef"))
    assert_mutations_stay_within_bounds(open_safeloader, image[:0x1014] + bytes(table), data, 4)


def _image(partitions: dict[str, bytes], *, signed: bool = False) -> bytes:
    lines = b""
    base = 0x800
    for name, content in partitions.items():
        lines += b"fwup-ptn %s base 0x%05x size 0x%05x\t\r\n" % (name.encode(), base, len(content))
        base += len(content)
    body = (lines + b"\0").ljust(0x800, b"\xff") + b"".join(partitions.values())
    if signed:
        length = (0x1050 + len(body)).to_bytes(4, "big")
        return (b"\xaa" * 16 + length + b"?NEW").ljust(0x1050, b"\xff") + body
    length = (0x1014 + len(body)).to_bytes(4, "big")
    return (length + b"\xaa" * 16 + b"\0\0\0\x20TP-LINK").ljust(0x1014, b"\xff") + body


def _open(data: bytes) -> Container:
    return open_safeloader(View(data), budget())
