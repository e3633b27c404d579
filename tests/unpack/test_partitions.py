"""How the division of a flash is found: in command lines and device trees, where it fits what was opened."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.image import Partition
from plimsoll.model.locator import Place
from plimsoll.unpack import partitions
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.formats import dtb, gzip
from plimsoll.unpack.limits import Budget, Limits
from plimsoll.unpack.partitions import layouts_of
from tests.unpack import images

_TEXT = b"all work and no play\n" * 500
_LINE = b"bootargs=console=ttyS0 root=31:02 mtdparts=spi0.0:64k(u-boot)ro,0x10000(env),-(rootfs) rootfstype=squashfs\0"
_TREE = """/dts-v1/;
/ { compatible = "example,board"; flash@0 { partitions { compatible = "fixed-partitions"; #address-cells = <1>;
 #size-cells = <1>; partition@0 { label = "loader"; reg = <0 0x10000>; };
 partition@20000 { label = "system"; reg = <0x20000 0x8000>; }; }; }; };"""


def _dump(start: bytes) -> bytes:
    import gzip as packer

    stream = packer.compress(_TEXT, mtime=0)
    return (start.ljust(0x20000, b"\xff") + stream).ljust(0x30000, b"\xff")


def _partitions(dump: bytes) -> list[tuple[str, int, int]]:
    explored = Explorer((gzip.FORMAT, dtb.FORMAT), Budget(Limits()), lambda file: None).explore(dump, b"x.bin")
    return [(one.name, one.offset, one.length) for one in explored.image.partitions]


def test_a_command_line_that_fits_names_the_partitions() -> None:
    assert _partitions(_dump(b"\x10\0\0\xff code " + _LINE)) == [
        ("u-boot", 0, 0x10000),
        ("env", 0x10000, 0x10000),
        ("rootfs", 0x20000, 0x10000),
    ]


def test_a_device_tree_that_fits_names_the_partitions(tmp_path: Path) -> None:
    program = images.tool("dtc", "device-tree-compiler")
    tree = subprocess.run([program, "-I", "dts", "-O", "dtb"], input=_TREE.encode(), capture_output=True, check=True)
    assert _partitions(_dump(b"\x01" * 64 + tree.stdout)) == [("loader", 0, 0x10000), ("system", 0x20000, 0x8000)]


@pytest.mark.parametrize(
    "line",
    [
        _LINE.replace(b"64k", b"96k"),
        _LINE.replace(b"-(rootfs)", b"16m(rootfs)"),
        b"mtdparts=%s:%s",
        b"mtdparts=spi0.0:",
        b"mtdparts=one",
        b"mtdparts=spi0.0:-(all)",
    ],
    ids=["no border fits", "too long", "a form", "empty", "no device", "one partition"],
)
def test_a_division_that_does_not_fit_is_not_told(line: bytes) -> None:
    assert _partitions(_dump(line)) == []


def test_of_two_divisions_the_one_that_fits_better_is_told() -> None:
    other = b"mtdparts=a:128k(x),8k(y),-(z)\0"
    more = b"mtdparts=a:64k(a),64k(b),-(c)\0"
    dump = bytearray(_dump(other + more))
    assert [name for name, _, _ in _partitions(bytes(dump))] in (["x", "y", "z"], ["a", "b", "c"])


def test_offsets_and_several_devices_are_read() -> None:
    line = b"mtdparts=nor:32k(a);nand:0x20000(b)ro,4k@0x28000(c),-(d)\0"
    assert _partitions(_dump(line)) == []
    line = b"mtdparts=nor:32k(a);nand:0x8000@0x20000(b)ro,4k@0x28000(c),-(d)\0"
    assert _partitions(_dump(line)) == [("b", 0x20000, 0x8000), ("c", 0x28000, 0x1000), ("d", 0x29000, 0x7000)]


@given(st.binary(max_size=300))
def test_any_command_line_is_read_or_left(text: bytes) -> None:
    from plimsoll.model.locator import Place

    for layout in layouts_of(memoryview(b"mtdparts=spi:1k(a),2k(b)," + text), (), Place("x")):
        assert len(layout.partitions) >= 1


def test_partitions_are_values() -> None:
    chance = random.Random(1)
    assert Partition("a", chance.randrange(1), 1, "x") == Partition("a", 0, 1, "x")  # type: ignore[arg-type]


def test_a_command_line_across_the_border_of_two_windows_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "WINDOW_BYTES", 64)
    line = b"mtdparts=spi:1k(a),2k(b) "
    for before in range(40, 90):
        told: list[int] = []
        data = bytes(before) + line + bytes(100) + line
        layouts = list(layouts_of(memoryview(data), (), Place("x"), told.append))
        assert [layout.partitions for layout in layouts] == [(("a", 0, 1024), ("b", 1024, 2048))] * 2
        assert sum(told) == len(data)
