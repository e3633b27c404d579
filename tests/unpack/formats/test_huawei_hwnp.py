"""Tests of Huawei firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.huawei_hwnp import FORMAT, open_huawei_hwnp
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_KERNEL = random.Random(0).randbytes(3_000)
_ITEMS = {"file:/var/check.xml": b"<check/>", "flash:kernel": _KERNEL}


def test_each_item_is_a_part() -> None:
    image = _image(_ITEMS)
    opened = _open(image + b"another thing")
    assert named(image, opened) == _ITEMS
    assert [part.content for part in opened.parts] == ["known", "image"]
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "2 items; products 494|4B4|;COMMON|"


def test_an_item_of_no_length_is_no_part() -> None:
    assert list(named(b"", _open(_image({"flash:config": b"", **_ITEMS})))) == list(_ITEMS)


def test_a_cut_tail_is_a_problem() -> None:
    opened = _open(_image(_ITEMS)[:-100])
    assert problems(opened) == [
        "cut short: 100 bytes are missing",
        "flash:kernel: cut short: 100 bytes are missing",
    ]


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (12, bytes(4)),
        (20, bytes(4)),
        (20, b"\xff" * 4),
        (26, b"\xff\xff"),
        (28, b"\x10"),
        (36 + 256 + 8, bytes(4)),
        (36 + 256 + 12, b"\xff" * 4),
        (36 + 256 + 16, b"\xff"),
        (36 + 256 + 16, bytes(256)),
        (36 + 256 + 272, b"\x01"),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_ITEMS))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("size", [0, 35, 36, 36 + 256 + 700])
def test_a_header_alone_is_something_else(size: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_ITEMS)[:size])


def test_firmware_inside_is_found() -> None:
    found, _ = explored((FORMAT,), b"\x11" * 77 + _image(_ITEMS))
    assert [(span.offset, span.format) for span in found.image.spans if span.format][:1] == [(77, "huawei-hwnp")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_huawei_hwnp, _image(_ITEMS), data, 36 + 256 + 720)


def _image(items: dict[str, bytes]) -> bytes:
    products = b"494|4B4|;COMMON|".ljust(256, b"\0")
    position = 36 + len(products) + 360 * len(items)
    rows = b""
    for number, (name, content) in enumerate(items.items()):
        rows += struct.pack(
            "<IIII256s16s64sII", number, 0x11, position, len(content), name.encode(), b"KERNEL", b"NULL", 0, 0
        )
        position += len(content)
    header = struct.pack("<4sIIIIIHHII", b"HWNP", position, 1, len(products) + len(rows), 2, len(items), 0, 256, 360, 0)
    return header + products + rows + b"".join(items.values())


def _open(data: bytes) -> Container:
    return open_huawei_hwnp(View(data), budget())
