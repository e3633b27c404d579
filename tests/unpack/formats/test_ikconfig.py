"""Tests of configurations that were built into a kernel."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats.ikconfig import END, FORMAT, MAGIC, open_ikconfig
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import kernels


def test_the_configuration_is_a_tree_of_one_file() -> None:
    data = kernels.ikconfig()
    opened = open_ikconfig(View(data + b"other things"), _budget())
    (node,) = opened.nodes
    assert (node.path, node.kind, node.size) == (b"config", "file", len(kernels.CONFIG))
    assert opened.read(node) == kernels.CONFIG
    assert (opened.length, opened.label, opened.problems) == (len(data), "60 settings", ())


def test_it_is_found_in_a_kernel_that_is_not_compressed() -> None:
    data = kernels.content(kernels.ikconfig())
    explored, seen = kernels.explore(data)
    assert seen == {f"x!ikconfig@{hex(data.index(MAGIC))}/config": kernels.CONFIG}
    assert [span.format for span in explored.image.spans] == ["", "ikconfig", ""]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + b"\n" + kernels.ikconfig()[8:],
        kernels.ikconfig()[:-1],
        kernels.ikconfig()[:-8] + b"IKCFG_ST",
        kernels.ikconfig()[:-40] + kernels.ikconfig()[-30:],
        kernels.ikconfig(b"some text that holds no settings\n" * 9),
        kernels.ikconfig(kernels.CONFIG + b"\0\1\2"),
        kernels.ikconfig(b""),
        MAGIC + END,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_ikconfig(View(data), _budget())


def test_random_bytes_and_text_with_the_magic_hold_none() -> None:
    random_bytes = random.Random(3).randbytes(1 << 20)
    data = random_bytes + (b"grep -abo IKCFG_ST, then IKCFG_ED\n") * 30_000 + (MAGIC + b"\x1f\x8b\x08\0") * 9_000
    explored, seen = kernels.explore(data)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


def test_a_bomb_is_stopped_on_the_way() -> None:
    bomb = MAGIC + gzip.compress(b"CONFIG_A=y\n" * (2 << 20)) + END
    with pytest.raises(LimitReached):
        open_ikconfig(View(bomb), Budget(Limits(file_bytes=1 << 20)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=5), st.integers(0, 20))
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], missing: int) -> None:
    data = bytearray(kernels.ikconfig())
    del data[len(data) - missing :]
    for position, value in changes:
        data[position % len(data)] = value
    try:
        opened = open_ikconfig(View(bytes(data)), _budget())
    except (NotThisFormat, EOFError):
        return
    assert 0 < opened.length <= len(data)
    assert opened.read(opened.nodes[0]) == kernels.CONFIG


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("ikconfig", True)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
