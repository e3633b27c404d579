"""Tests of environments of U-Boot, against those that the real mkenvimage makes."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.uboot_env import FORMAT, NAMES, Environment, open_uboot_env
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.containers import NOISE_BYTES, patched, refuses, sown
from tests.unpack.images import tool

_TEXT = (
    b"bootcmd=nand read 0x80008000 0x200000; bootm\n"
    b"bootdelay=3\n"
    b"baudrate=115200\n"
    b"bootargs=console=ttyS0,115200 root=/dev/mtdblock3 init=/bin/sh\n"
    b"ethaddr=00:11:22:33:44:55\n"
)
_OPTIONS = {"little-endian": (), "big-endian": ("-b",), "copies": ("-r",), "zeros": ("-p", "0x0")}


@pytest.mark.parametrize("kind", _OPTIONS)
@pytest.mark.parametrize("size", [0x1000, 0x2000, 0x1F000, 0x20000, 0x40000])
def test_a_real_environment_is_a_text(kind: str, size: int, tmp_path: Path) -> None:
    image = _make(tmp_path, size, *_OPTIONS[kind])
    opened = _open(image + b"something else" * 5000)
    assert opened.read(opened.nodes[0]) == _TEXT
    assert (opened.length, opened.problems) == (size, ())
    order = "big-endian" if kind == "big-endian" else "little-endian"
    flag = ", flag 1" if kind == "copies" else ""
    assert opened.label == f"5 variables, {size // 1024} KiB, {order}{flag}"


def test_two_copies_in_flash_are_found_and_seen(tmp_path: Path) -> None:
    block = _make(tmp_path, 0x4000, "-r")
    second = patched(block, 4, b"\0")
    flash = b"\xff" * 0x30000 + block + b"\xff" * 0x4000 + second + b"\xff" * 999
    seen: list[File] = []
    explored = Explorer((FORMAT,), Budget(Limits()), seen.append).explore(flash, b"x")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.format == "uboot-env"]
    assert spans == [(0x30000, 0x4000), (0x38000, 0x4000)]
    assert [(file.path, file.data) for file in seen if file.path] == [(b"env", _TEXT)] * 2


@pytest.mark.parametrize("name", NAMES)
def test_every_first_name_leads_to_an_environment(name: bytes) -> None:
    opened = _open(_block([name + b"1", b"other=2"]))
    assert opened.read(opened.nodes[0]) == name + b"1\nother=2\n"


def test_what_is_left_of_longer_variables_behind_the_end_is_not_read() -> None:
    block = bytearray(_block([b"bootcmd=boot"]))
    block[100:120] = b"bootdelay=3\0old=vars"
    image = struct.pack("<I", zlib.crc32(block[4:])) + bytes(block[4:])
    assert _open(image).read(_open(image).nodes[0]) == b"bootcmd=boot\n"


def test_variables_without_value_are_told() -> None:
    opened = _open(_block([b"bootcmd=boot", b"novalue"]))
    assert [(path, str(problem)) for path, problem in opened.problems] == [(b"env", "1 variables have no value")]


def test_another_file_is_not_there() -> None:
    opened = _open(_block([b"bootcmd=boot"]))
    with pytest.raises(Malformed):
        opened.read(opened.nodes[0].__class__(b"other", "file"))


def test_a_wrong_checksum_is_refused() -> None:
    block = _block([b"bootcmd=boot"])
    assert refuses(FORMAT, patched(block, 2000, b"\0"))
    assert refuses(FORMAT, patched(block, 0, b"\0"))
    assert refuses(FORMAT, block[:-1])


def test_text_with_such_names_is_refused() -> None:
    text = b"set bootcmd=boot and bootdelay=3\n" * 500
    for image in (b"", b"abcd", b"abcdbootcmd=", text[:0], b"abcd" + b"bootcmd=" + text, b"abcdbootcmd=\x01\0\0" * 99):
        assert refuses(FORMAT, image)


def test_nothing_is_found_in_noise() -> None:
    for noise in (random.Random(4).randbytes(NOISE_BYTES // 4), bytes(NOISE_BYTES // 4)):
        image = sown(noise, b"1234bootcmd=boot\0\0", 2003)
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None, workers=1).explore(image, b"x")
        assert not explored.trees


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.sampled_from([0x400, 0x1000, 0x2000]), st.integers(0, 0x2400), st.booleans())
def test_any_content_is_refused_or_read_within_bounds(content: bytes, size: int, cut: int, redundant: bool) -> None:
    body = (b"\1" if redundant else b"") + b"bootcmd=" + content
    crc = zlib.crc32((body[redundant:] + bytes(size))[: size - 4 - redundant])
    image = struct.pack("<I", crc) + (body + bytes(size))[: size - 4]
    for whole in (image, image[:cut]):
        try:
            opened = _open(whole)
        except NotThisFormat:
            continue
        assert opened.length <= len(whole)
        assert len(opened.read(opened.nodes[0])) == opened.nodes[0].size


def _make(folder: Path, size: int, *options: str) -> bytes:
    (folder / "text").write_bytes(_TEXT)
    command = [tool("mkenvimage", "u-boot-tools"), *options, "-s", str(size), "-o", "image", "text"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()


def _block(variables: list[bytes], size: int = 0x1000) -> bytes:
    data = (b"\0".join(variables) + b"\0\0").ljust(size - 4, b"\xff")
    return struct.pack("<I", zlib.crc32(data)) + data


def _open(image: bytes) -> Environment:
    return open_uboot_env(View(image), Budget(Limits()))
