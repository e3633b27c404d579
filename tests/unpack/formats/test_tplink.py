"""Tests of TP-Link firmware, made by a small generator here."""

from __future__ import annotations

import lzma
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import lzma as lzma_format
from plimsoll.unpack.formats.tplink import FORMAT, open_tplink
from plimsoll.unpack.limits import Budget, Limits

_KERNEL, _ROOT, _BOOT = (random.Random(seed).randbytes(3_000) for seed in range(3))


def test_kernel_and_root_file_system_are_parts_and_so_is_what_lies_between() -> None:
    image = _header(kernel=(0x200, 3_000), root=(0x2000, 3_000), length=0x2000 + 3_000)
    image += _KERNEL + b"\xff" * (0x2000 - 0x200 - 3_000) + _ROOT
    opened = _open(image + b"another thing")
    assert _named(image, opened) == {"kernel": _KERNEL, "": b"\xff" * 4680, "root file system": _ROOT}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "TP-LINK Technologies, ver. 1.0, hardware 25430001 revision 1"


def test_a_stripped_image_ends_where_the_file_ends() -> None:
    image = _header(kernel=(0x200, 3_000), root=(0x200 + 3_000, 3_000), length=0x7C0000) + _KERNEL + _ROOT
    opened = _open(image)
    assert _named(image, opened) == {"kernel": _KERNEL, "root file system": _ROOT}
    assert (opened.length, opened.problems) == (len(image), ())


def test_a_root_file_system_that_collides_with_the_kernel_is_looked_for_behind_it() -> None:
    image = _header(kernel=(0x200, 3_000), root=(0x400, 3_000), length=0x7C0000, vendor=b"OpenWrt") + _KERNEL + _ROOT
    opened = _open(image)
    assert _named(image, opened) == {"kernel": _KERNEL, "": _ROOT}
    assert opened.problems == ()


def test_a_boot_loader_comes_first_and_a_second_header_behind_it() -> None:
    inner = _header(kernel=(0x200, 3_000), root=(0x1000, 3_000), length=0x1000 + 3_000)
    inner += _KERNEL + bytes(0x1000 - 0x200 - 3_000) + _ROOT
    outer = _header(kernel=(0x200, 3_000), root=(0x1000, 3_000), boot=(0, 3_000), length=0x200 + 3_000 + len(inner))
    opened = _open(outer + _BOOT + inner)
    assert _named(outer + _BOOT + inner, opened)["boot loader"] == _BOOT
    seen: list[File] = []
    explored = Explorer((FORMAT,), Budget(Limits()), seen.append).explore(outer + _BOOT + inner, b"x")
    assert {file.data for file in seen} >= {_BOOT, _KERNEL, _ROOT}
    assert sum(span.format == "tplink-v1" for span in explored.image.spans) == 2


def test_a_boot_loader_with_an_offset_is_found_there() -> None:
    image = _header(kernel=(0x200, 3_000), boot=(0x1000, 3_000), length=0x1000 + 3_000)
    image += _KERNEL + bytes(0x1000 - 0x200 - 3_000) + _BOOT
    assert _named(image, _open(image))["boot loader"] == _BOOT


def test_the_second_version_of_the_header_is_laid_out_alike() -> None:
    image = b"\2" + _header(kernel=(0x200, 3_000), root=(0x200 + 3_000, 3_000), length=6_512)[1:] + _KERNEL + _ROOT
    assert _named(image, _open(image)) == {"kernel": _KERNEL, "root file system": _ROOT}


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _header(kernel=(0x200, 3_000), root=(0x200 + 3_000, 3_000), length=6_512) + _KERNEL + _ROOT[:-100]
    opened = _open(image)
    assert _named(image, opened) == {"kernel": _KERNEL, "root file system": _ROOT[:-100]}
    assert [str(one) for one in opened.problems] == ["cut short: 100 bytes are missing of the root file system"]
    opened = _open(image[:1_000])
    assert [str(one) for one in opened.problems] == [
        "cut short: 2512 bytes are missing of the kernel",
        "cut short: 3000 bytes are missing of the root file system",
    ]
    assert _named(image[:1_000], opened) == {"kernel": _KERNEL[:488]}
    assert _open(image[:512]).parts == ()


@pytest.mark.parametrize(
    "change",
    [
        (0, b"\3"),
        (4, b"\x1b["),
        (26, b"x"),
        (28, b"\xff"),
        (64, bytes(4)),
        (124, bytes(4)),
        (124, b"\xff" * 4),
        (128, bytes(4)),
        (128, b"\xff" * 4),
        (132, b"\xff" * 4),
        (136, b"\xff" * 8),
    ],
)
def test_a_header_that_makes_no_sense_is_something_else(change: tuple[int, bytes]) -> None:
    offset, value = change
    image = bytearray(_header(kernel=(0x200, 3_000), length=0x200 + 3_000) + _KERNEL)
    _open(bytes(image))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


@pytest.mark.parametrize("data", [b"", b"\1\0\0\0TP-LINK Technologies\0\0\0\0", bytes(1024), b"\1" * 1024])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_header_without_any_part_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_header(length=4_096) + bytes(4_096))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 4_000), min_size=7, max_size=7), st.integers(512, 3_000))
def test_any_offsets_are_refused_or_cover_the_image_without_a_gap(numbers: list[int], size: int) -> None:
    kernel, root, boot = ((0x200 + numbers[at] if numbers[at] else 0, numbers[at + 1]) for at in (0, 2, 4))
    image = _header(kernel=kernel, root=root, boot=boot, length=numbers[6] + 0x201).ljust(size, b"x")
    try:
        opened = _open(image)
    except NotThisFormat:
        return
    assert opened.length <= size
    position = 0x200
    for part in opened.parts:
        assert (part.offset, part.length > 0) == (position, True)
        position += part.length
    assert position == opened.length


def test_parts_are_explored() -> None:
    text = b"Linux version 4 " + _KERNEL.hex().encode()
    packed = lzma.compress(text, lzma.FORMAT_ALONE)
    image = _header(kernel=(0x200, len(packed)), length=0x7C0000, vendor=b"OpenWrt") + packed + b"the rest"
    seen: list[File] = []
    Explorer((FORMAT, lzma_format.FORMAT), Budget(Limits()), seen.append).explore(b"\x11" * 77 + image, b"x")
    assert [file.data for file in sorted(seen, key=lambda one: len(one.data))] == [b"the rest", b"\x11" * 77, text]


def _header(
    *,
    kernel: tuple[int, int] = (0, 0),
    root: tuple[int, int] = (0, 0),
    boot: tuple[int, int] = (0, 0),
    length: int,
    vendor: bytes = b"TP-LINK Technologies",
) -> bytes:
    front = struct.pack("4s24s36s", b"\1\0\0\0", vendor, b"ver. 1.0") + struct.pack(">III", 0x25430001, 1, 0)
    sums = b"\xaa" * 16 + bytes(4) + b"\xbb" * 16 + bytes(4)
    places = struct.pack(">9I3H", 0x80002000, 0x80002000, length, *kernel, *root, *boot, 3, 12, 1)
    return (front + sums + places).ljust(512, b"\0")


def _named(image: bytes, opened: Container) -> dict[str, bytes]:
    return {part.name: image[part.offset : part.offset + part.length] for part in opened.parts}


def _open(data: bytes) -> Container:
    return open_tplink(View(data), Budget(Limits()))
