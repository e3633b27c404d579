"""Tests of Allwinner's table of partitions, against those that the real sunxi-nand-part writes."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.allwinner_partitions import FORMAT, TABLE_BYTES
from tests.unpack.formats.containers import assert_not_carved, exercise, found_in, opened, patched, refuses
from tests.unpack.images import tool


def test_every_copy_that_the_real_tool_writes_is_found(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    flash.write_bytes(bytes(1 << 20))
    command = [tool("sunxi-nand-part", "sunxi-tools"), "-f", "a20", str(flash), "2048", "boot 32768", "rootfs 40000"]
    # It ends with an error, for a file is no flash whose table could be read again.
    subprocess.run(command, input=b"Y\n", capture_output=True, cwd=flash.parent)
    image = flash.read_bytes()
    assert found_in(FORMAT, image) == [0, 0x4000, 0x8000, 0xC000]
    found = opened(FORMAT, image[0x4000:])
    assert (found.length, found.parts, found.label) == (TABLE_BYTES, (), "copy 1, partitions boot rootfs")
    assert _table(("boot", "rootfs"), copy=1)[8:0x1C] == image[0x4008:0x401C]


def test_a_wrong_checksum_is_refused() -> None:
    image = _table(("boot",))
    assert not refuses(FORMAT, image)
    assert refuses(FORMAT, patched(image, 9000, b"x"))
    assert refuses(FORMAT, image[:-1])


@pytest.mark.parametrize(("offset", "value"), [(4, b"\1"), (8, b"S"), (24, b"\x79"), (0x20 + 32, b"\1")])
def test_fields_that_make_no_sense_are_refused(offset: int, value: bytes) -> None:
    assert refuses(FORMAT, _summed(patched(_table(("boot",)), offset, value)))


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=5), st.integers(0, TABLE_BYTES))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_table(("boot", "rootfs")))
    for offset, value in changes:
        image[offset] = value
    exercise(FORMAT, bytes(image))
    exercise(FORMAT, _summed(bytes(image)))
    exercise(FORMAT, bytes(image[:size]))


def _table(names: tuple[str, ...], copy: int = 0) -> bytes:
    entries = b"".join(struct.pack("<4I16s16s80x", 0, 2048, 0, 99, b"DISK", name.encode()) for name in names)
    header = struct.pack("<II8sIII4x", 0, 0x200, b"softw411", 0, copy, len(names))
    return _summed((header + entries).ljust(TABLE_BYTES, b"\0"))


def _summed(image: bytes) -> bytes:
    return struct.pack("<I", zlib.crc32(image[4:TABLE_BYTES])) + image[4:]
