"""Tests that F2FS images are recognised, against images of mkfs.f2fs."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.f2fs import FORMAT, open_f2fs
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.images import tool

_SIZE = 64 << 20


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the beginning of an image of 64 MiB."""
    target = tmp_path_factory.mktemp("f2fs") / "image"
    with target.open("wb") as file:
        file.truncate(_SIZE)
    subprocess.run([tool("mkfs.f2fs", "f2fs-tools"), "-q", str(target)], check=True, capture_output=True)
    with target.open("rb") as file:
        return file.read(1 << 20)


def test_an_image_is_recognised_with_its_length(image: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="F2FS") as raised:
        _open(image + bytes(_SIZE))
    assert raised.value.length == _SIZE
    with pytest.raises(Unsupported) as raised:
        _open(image[:100_000])
    assert raised.value.length == 100_000


def test_it_is_told_once_though_there_are_two_superblocks(image: bytes) -> None:
    data = b"text " * 1000 + image
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
    assert [str(problem.message) for problem in explored.image.problems] == ["F2FS is not read yet"]


def test_a_superblock_that_contradicts_itself_or_is_alone_is_something_else(image: bytes) -> None:
    for offset, value in ((1024, b"\0"), (1028, b"\2"), (1032, b"\7"), (1040, b"\0"), (1120, b"\4"), (5120, b"\0")):
        with pytest.raises(NotThisFormat):
            _open(image[:offset] + value + image[offset + 1 :])


@pytest.mark.parametrize("data", [b"", bytes(9000), bytes(1024) + b"\x10\x20\xf5\xf2\x01\0" + bytes(9000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_neither_text_nor_random_bytes_that_hold_the_sign_count() -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(2000, len(noise) - 4000, 900):
        noise[at : at + 6] = b"\x10\x20\xf5\xf2\x01\0"
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(bytes(noise), b"x")
    assert explored.image.problems == ()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1024, 1300), st.integers(0, 255), st.integers(0, 9000))
def test_damage_anywhere_raises_only_declared_errors(image: bytes, at: int, value: int, end: int) -> None:
    changed = (image[:at] + bytes([value]) + image[at + 1 : 9000])[:end]
    with pytest.raises((NotThisFormat, Unsupported)):
        _open(changed)


def _open(data: bytes) -> None:
    open_f2fs(View(data), Budget(Limits()))
