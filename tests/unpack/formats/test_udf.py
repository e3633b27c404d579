"""Tests that UDF file systems of the real mkudffs are recognised, and nothing else is."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.udf import FORMAT, open_udf
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images
from tests.unpack.look_alikes import told

_SIZE = 4 << 20


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give an empty file system of 512 byte blocks."""
    return _make(tmp_path_factory.mktemp("udf"), 512)


@pytest.mark.parametrize("block", [512, 2048, 4096])
def test_each_size_of_blocks_is_recognised_and_not_read(tmp_path: Path, block: int) -> None:
    made = _make(tmp_path, block)
    with pytest.raises(Unsupported, match="not read") as raised:
        _open(made + b"tail" * 1000)
    assert _SIZE - 300 * block <= raised.value.length <= _SIZE


def test_it_is_told_of_a_dump_and_its_bytes_stay_unknown(image: bytes) -> None:
    dump = random.Random(5).randbytes(70_001) + image
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(dump, b"dump")
    assert "understood" not in {span.kind for span in explored.image.spans}
    assert [str(problem.message) for problem in explored.image.problems] == ["UDF file systems are not read"]


@pytest.mark.parametrize("offset", [32_768, 32_769, 34_817, 131_072, 131_076, 131_084])
def test_what_does_not_fit_itself_is_refused(image: bytes, offset: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(image[:offset] + b"\xee" + image[offset + 1 :])


@pytest.mark.parametrize("length", [0, 32_768, 40_000, 131_072 + 100])
def test_a_beginning_alone_is_refused(image: bytes, length: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(image[:length])


def test_nothing_is_found_in_noise_or_in_text_with_the_sign() -> None:
    noise = bytearray(random.Random(6).randbytes(1 << 20))
    for at in range(0, len(noise) - 2048, 2048):
        noise[at : at + 7] = (b"\0BEA01\1", b"\0NSR02\1", b"\0TEA01\1")[at // 2048 % 3]
    for data in (bytes(noise), b"\0BEA01\1 and \0NSR02\1 are signs. " * 30_000):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert (told(explored), explored.image.understood_share) == ([], 0.0)


@settings(max_examples=100, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=6), length=st.integers(0, _SIZE))
def test_damage_anywhere_raises_only_declared_errors(image: bytes, damage: list[tuple[int, int]], length: int) -> None:
    changed = bytearray(image)
    for offset, value in damage:
        changed[131_072 + offset] = value
    for data in (changed, changed[:length]):
        with pytest.raises((NotThisFormat, Unsupported)) as raised:
            _open(bytes(data))
        if isinstance(raised.value, Unsupported):
            assert 0 < raised.value.length <= len(data)


def _make(folder: Path, block: int) -> bytes:
    target = folder / "image"
    target.write_bytes(bytes(_SIZE))
    command = [images.tool("mkudffs", "udftools"), f"--blocksize={block}", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target.read_bytes()


def _open(data: bytes) -> None:
    open_udf(View(data), Budget(Limits()))
