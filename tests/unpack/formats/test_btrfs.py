"""Tests that Btrfs images are recognised, against images of mkfs.btrfs."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.btrfs import FORMAT, open_btrfs
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.images import tool

_SIZE = 128 << 20


@pytest.fixture(scope="module", params=["crc32c", "xxhash", "sha256", "blake2"])
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the beginning of an image of 128 MiB."""
    target = tmp_path_factory.mktemp("btrfs") / "image"
    with target.open("wb") as file:
        file.truncate(_SIZE)
    command = [tool("mkfs.btrfs", "btrfs-progs"), "-q", "--csum", request.param, str(target)]
    subprocess.run(command, check=True, capture_output=True)
    with target.open("rb") as file:
        return file.read(1 << 20)


def test_an_image_is_recognised_with_its_length(image: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="Btrfs") as raised:
        _open(image + bytes(_SIZE))
    assert raised.value.length == _SIZE
    with pytest.raises(Unsupported) as raised:
        _open(image[:100_000])
    assert raised.value.length == 100_000


def test_it_is_found_inside_others_and_told_once(image: bytes) -> None:
    data = b"text " * 1000 + image
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
    assert [str(problem.message) for problem in explored.image.problems] == ["Btrfs is not read yet"]


def test_a_copy_of_the_superblock_is_something_else(image: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(image[: 65_536 + 48] + (64 << 20).to_bytes(8, "little") + image[65_536 + 56 :])


def test_a_superblock_that_contradicts_itself_is_something_else(image: bytes) -> None:
    for offset, value in ((48, b"\1"), (64, b"B"), (112, b"\0\0\0\0"), (144, b"\1"), (196, b"\7")):
        at = 65_536 + offset
        with pytest.raises(NotThisFormat):
            _open(image[:at] + value + image[at + len(value) :])


def test_a_wrong_checksum_makes_it_something_else(image: bytes) -> None:
    kind = image[65_536 + 196]
    at = 65_536 + 300
    changed = image[:at] + b"label" + image[at + 5 :]
    with pytest.raises(Unsupported if kind == 1 else NotThisFormat):
        _open(changed)


@pytest.mark.parametrize("data", [b"", bytes(9000), bytes(65_600) + b"_BHRfS_M" + bytes(9000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_neither_text_nor_random_bytes_that_hold_the_sign_count() -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(70_000, len(noise) - 4000, 900):
        noise[at : at + 8] = b"_BHRfS_M"
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(bytes(noise), b"x")
    assert explored.image.problems == ()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(65_536, 66_000), st.integers(0, 255), st.integers(0, 80_000))
def test_damage_anywhere_raises_only_declared_errors(image: bytes, at: int, value: int, end: int) -> None:
    changed = (image[:at] + bytes([value]) + image[at + 1 : 80_000])[:end]
    with pytest.raises((NotThisFormat, Unsupported)):
        _open(changed)


def _open(data: bytes) -> None:
    open_btrfs(View(data), Budget(Limits()))
