"""Tests of U-Boot images with a magic of a maker, made by a small generator here and with the real mkimage."""

from __future__ import annotations

import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import uimage
from plimsoll.unpack.formats.uimage_oem import FORMAT, open_uimage_oem
from tests.unpack import images
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(3_000)


@pytest.mark.parametrize("magic", [b"OKLI", b"3703", b"\x83\x80\0\0", b"\x12\x29\x10\0"])
@pytest.mark.parametrize("processor", [2, 5, 22])
@pytest.mark.parametrize("checked_with_common", [False, True])
def test_the_kernel_is_a_part_whatever_the_magic(magic: bytes, processor: int, checked_with_common: bool) -> None:
    image = _image(_CONTENT, magic, processor, checked_with_common=checked_with_common)
    opened = _open(image + b"another thing")
    assert contents(image, opened) == [_CONTENT]
    assert (opened.length, opened.problems) == (len(image), ())


def test_the_label_names_the_magic() -> None:
    assert _open(_image(_CONTENT, b"OKLI")).label == "magic OKLI, kernel, Linux, MIPS, LZMA, name kernel"
    assert _open(_image(_CONTENT, b"\x83\x80\0\0")).label.startswith("magic 83800000, ")


def test_an_image_of_the_real_tool_whose_magic_was_changed_later_is_opened() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        source, target = Path(temporary) / "kernel", Path(temporary) / "image"
        source.write_bytes(_CONTENT)
        command = [images.tool("mkimage", "u-boot-tools"), "-A", "mips", "-O", "linux", "-T", "kernel", "-C", "lzma"]
        subprocess.run([*command, "-n", "x", "-d", str(source), str(target)], check=True, capture_output=True)
        image = target.read_bytes()
    with pytest.raises(NotThisFormat):
        _open(image)
    assert contents(image, _open(b"OKLI" + image[4:])) == [_CONTENT]


def test_wrong_data_and_a_cut_tail_are_problems() -> None:
    image = bytearray(_image(_CONTENT))
    image[-1] ^= 1
    assert problems(_open(bytes(image))) == ["the checksum of the data is wrong"]
    assert problems(_open(bytes(image[:-100]))) == ["cut short: 100 bytes are missing"]


@pytest.mark.parametrize("offset", [0, 4, 8, 12, 24, 30, 32, 63])
def test_a_header_with_a_wrong_checksum_is_something_else(offset: int) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset] ^= 0x10
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_without_a_magic_is_something_else() -> None:
    for data in (b"", bytes(100), _image(_CONTENT, bytes(4)), _image(_CONTENT)[:63]):
        with pytest.raises(NotThisFormat):
            _open(data)


def test_the_common_magic_is_left_to_its_own_format() -> None:
    image = _image(_CONTENT, b"OKLI") + _image(_CONTENT[::-1], uimage.MAGIC)
    found, seen = explored((uimage.FORMAT, FORMAT), b"\x11" * 77 + image)
    assert {_CONTENT, _CONTENT[::-1]} <= set(seen)
    assert [span.format for span in found.image.spans] == ["", "uimage-oem", "", "uimage", ""]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    size = data.draw(st.one_of(st.none(), st.integers(0, 2**32 - 1)))
    assert_mutations_stay_within_bounds(open_uimage_oem, _image(b"x" * 50, size=size), data, 100)


def _image(
    content: bytes,
    magic: bytes = b"OKLI",
    processor: int = 5,
    *,
    checked_with_common: bool = False,
    size: int | None = None,
) -> bytes:
    length = len(content) if size is None else size
    rest = struct.pack(
        ">5I4B32s", 0, length, 0x80000000, 0x80000000, zlib.crc32(content), 5, processor, 2, 3, b"kernel"
    )
    checksum = zlib.crc32((uimage.MAGIC if checked_with_common else magic) + bytes(4) + rest)
    return magic + checksum.to_bytes(4, "big") + rest + content


def _open(data: bytes) -> Container:
    return open_uimage_oem(View(data), budget())
