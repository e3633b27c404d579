"""Tests of the first programs of Rockchip processors, against those that the real mkimage makes."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats.rockchip_boot import FORMAT, ID_MAGIC, open_rockchip_boot
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    named,
    problems,
)
from tests.unpack.images import tool

_MEMORY = random.Random(1).randbytes(3000)
_LOADER = random.Random(2).randbytes(5000)


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real ID block."""
    return _make(tmp_path_factory.mktemp("id"), "rk3288")


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a real RKNS image."""
    return _make(tmp_path_factory.mktemp("rkns"), "rk3568")


def test_the_programs_of_an_id_block_are_parts(block: bytes) -> None:
    opened = open_rockchip_boot(View(block + b"after"), budget())
    found = named(block, opened)
    assert list(found) == ["memory", "boot loader"]
    assert found["memory"][:4] == b"RK32"
    assert _MEMORY[4:] in found["memory"]
    assert found["boot loader"].startswith(_LOADER)
    assert (opened.length, opened.label, opened.problems) == (len(block), "ID block, RK32", ())


def test_a_block_of_one_program_says_so(tmp_path: Path) -> None:
    block = _make(tmp_path, "rk3399", with_loader=False)
    opened = open_rockchip_boot(View(block), budget())
    assert [(part.name, part.length) for part in opened.parts] == [("memory", 4096)]
    assert opened.label == "ID block, RK33"


def test_older_programs_are_scrambled(tmp_path: Path) -> None:
    opened = open_rockchip_boot(View(_make(tmp_path, "rk3188")), budget())
    assert opened.label == "ID block, scrambled with RC4"


@pytest.mark.parametrize(("chip", "name"), [("rk3288", "memory"), ("rk3568", "program 1")])
def test_in_spi_flash_they_are_spread(tmp_path: Path, chip: str, name: str) -> None:
    image = _make(tmp_path, chip, kind="rkspi", with_loader=False)
    opened = open_rockchip_boot(View(image), budget())
    assert [(part.name, part.offset, part.length) for part in opened.parts] == [(name, 4096, 8192)]
    assert opened.problems == ()


def test_the_programs_of_a_later_image_are_parts(later: bytes) -> None:
    opened = open_rockchip_boot(View(later + b"after"), budget())
    assert [content[:3000][:20] for content in named(later, opened).values()] == [_MEMORY[:20], _LOADER[:20]]
    assert (opened.length, opened.label, opened.problems) == (len(later), "RKNS, 2 programs", ())


def test_a_wrong_hash_and_a_cut_tail_are_problems(later: bytes) -> None:
    for image in (later[:-1] + b"!", later[:-600]):
        said = problems(open_rockchip_boot(View(image), budget()))
        assert said[0] == "program 2 is cut short, or its SHA-256 is wrong"


def test_something_else_is_refused(block: bytes, later: bytes) -> None:
    for image, places in ((block, (0, 12, 506, 510, 2048)), (later, (0, 8, 10, 12, 120, 300, 1536))):
        for place in places:
            damaged = bytearray(image)
            damaged[place] ^= 0x80
            with pytest.raises(NotThisFormat):
                open_rockchip_boot(View(bytes(damaged)), budget())
        with pytest.raises(NotThisFormat):
            open_rockchip_boot(View(image[:2000]), budget())
    with pytest.raises(NotThisFormat):
        open_rockchip_boot(View(ID_MAGIC + bytes(5000)), budget())


def test_one_where_a_card_has_it_is_found(block: bytes) -> None:
    found, _ = explored((FORMAT,), bytes(0x8000) + block)
    assert next(span.offset for span in found.image.spans if span.format) == 0x8000


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(block: bytes, later: bytes, data: st.DataObject) -> None:
    image = data.draw(st.sampled_from([block, later]))
    assert_mutations_stay_within_bounds(open_rockchip_boot, image, data, 2060)


def _make(folder: Path, chip: str, kind: str = "rksd", with_loader: bool = True) -> bytes:
    (folder / "memory").write_bytes(_MEMORY)
    (folder / "loader").write_bytes(_LOADER)
    data = "memory:loader" if with_loader else "memory"
    command = [tool("mkimage", "u-boot-tools"), "-n", chip, "-T", kind, "-d", data, "image"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return (folder / "image").read_bytes()
