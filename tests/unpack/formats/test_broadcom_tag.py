"""Tests of Broadcom's image tags, made by a small generator here."""

from __future__ import annotations

import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.broadcom_tag import FORMAT, open_broadcom_tag
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)

_ROOT, _KERNEL, _BOOT = (random.Random(seed).randbytes(size) for seed, size in ((1, 4096), (2, 3000), (3, 1024)))


def test_root_file_system_and_kernel_are_parts_by_their_addresses() -> None:
    image = _image(_ROOT + _KERNEL)
    opened = _open(image + b"another thing")
    assert named(image, opened) == {"root file system": _ROOT, "kernel": _KERNEL}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "Broadcom Corporation, ver. 2.0, processor 6348, board 96348GW-10, 6"


def test_a_kernel_may_come_first_and_a_boot_loader_before_both() -> None:
    image = _image(_BOOT + _KERNEL + bytes(96) + _ROOT, boot=len(_BOOT), kernel=0xBFC10100, root=0xBFC10100 + 3096)
    opened = _open(image)
    assert named(image, opened) == {"boot loader": _BOOT, "kernel": _KERNEL, "": bytes(96), "root file system": _ROOT}


def test_what_is_not_named_is_a_part_without_a_name() -> None:
    image = _image(_KERNEL + b"more", root=None, kernel=0xBFC10100)
    assert named(image, _open(image)) == {"kernel": _KERNEL, "": b"more"}


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    assert problems(_open(_image(_ROOT + _KERNEL)[:-1000])) == [
        "cut short: 1000 bytes are missing",
        "kernel: cut short: 1000 bytes are missing",
    ]


def test_a_wrong_checksum_is_told_and_none_is_not() -> None:
    image = bytearray(_image(_ROOT + _KERNEL))
    image[200] ^= 1
    assert problems(_open(bytes(image))) == ["the checksum of the header is wrong"]
    image[236:240] = bytes(4)
    assert problems(_open(bytes(image))) == []


@pytest.mark.parametrize(
    ("offset", "value"),
    [(5, b"\x80"), (38, b"6?"), (38, b"\0" * 6), (44, bytes(16)), (60, b"7"), (62, b"-1"), (62, b"99999999999"),
     (62, b"1\0" + bytes(8)), (84, b"x"), (94, b"\x01"), (106, b"99999999999"), (128, bytes(10)), (128, b"1 2")],
)  # fmt: skip
def test_a_tag_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_ROOT + _KERNEL))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_addresses_that_overlap_are_told() -> None:
    image = _image(_ROOT + _KERNEL, kernel=0xBFC10100 + 100)
    assert "kernel: overlaps another part; left out" in problems(_open(image))


def test_a_short_view_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_ROOT + _KERNEL)[:255])


def test_what_is_inside_is_explored_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_ROOT + _KERNEL))
    assert _ROOT in seen
    assert _KERNEL in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_broadcom_tag, _image(_ROOT + _KERNEL), data, 256)


def _image(
    content: bytes, boot: int = 0, root: int | None = 0xBFC10100, kernel: int = 0xBFC10100 + len(_ROOT)
) -> bytes:
    def text(value: object, size: int) -> bytes:
        return str(value).encode().ljust(size, b"\0")

    tag = b"6\0\0\0" + b"Broadcom Corporation" + text("ver. 2.0", 14) + text(6348, 6) + text("96348GW-10", 16) + b"1\0"
    tag += text(len(content), 10) + text(0xBFC00000 if boot else "", 12) + text(boot, 10)
    tag += text(root or 0, 12) + text(len(_ROOT) if root else 0, 10) + text(kernel, 12) + text(len(_KERNEL), 10)
    tag = tag.ljust(216, b"\0") + bytes(20)
    return tag + (zlib.crc32(tag) ^ 0xFFFFFFFF).to_bytes(4, "big") + bytes(16) + content


def _open(data: bytes) -> Container:
    return open_broadcom_tag(View(data), budget())
