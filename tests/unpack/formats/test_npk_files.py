"""Tests of the list of files in a MikroTik package, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import npk
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.npk_files import FORMAT, open_npk_files
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.containers import assert_not_in_look_alikes, budget, explored

_PROGRAM = random.Random(0).randbytes(30_000)
_ENTRIES = [
    (0o040755, b"bin", b""),
    (0o100755, b"bin/program", _PROGRAM),
    (0o120777, b"bin/alias", b"program"),
    (0o100644, b"etc/empty", b""),
]


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_each_entry_is_listed_and_read(level: int) -> None:
    packed = zlib.compress(_list(_ENTRIES), level)
    opened = _open(packed + b"another thing")
    assert opened.nodes == (
        Node(b"bin", "directory", 0o755),
        Node(b"bin/program", "file", 0o755, size=len(_PROGRAM)),
        Node(b"bin/alias", "symlink", 0o777, target=b"program"),
        Node(b"etc/empty", "file", 0o644),
    )
    assert (opened.length, opened.problems) == (len(packed), ())
    assert opened.read(opened.nodes[1]) == _PROGRAM
    assert opened.read(opened.nodes[3]) == b""


def test_a_name_that_climbs_out_is_left_out_and_its_neighbour_is_read() -> None:
    opened = _open(zlib.compress(_list([(0o100644, b"../passwd", b"x"), (0o100644, b"good", b"y")])))
    assert [node.path for node in opened.nodes] == [b"good"]
    assert len(opened.problems) == 1


def test_an_entry_that_is_not_sound_ends_the_list_with_a_problem() -> None:
    opened = _open(zlib.compress(_list(_ENTRIES[:2]) + b"\0" * 40))
    assert [node.path for node in opened.nodes] == [b"bin", b"bin/program"]
    assert "the rest is left out" in str(opened.problems[0][1])


def test_a_truncated_stream_gives_the_entries_that_are_there() -> None:
    first = _list([(0o100644, b"first", b"content " * 100)])
    opened = _open(zlib.compress(first + _list(_ENTRIES))[:-20_000])
    assert [node.path for node in opened.nodes][:2] == [b"first", b"bin"]
    assert opened.read(opened.nodes[0]) == b"content " * 100
    assert opened.problems


@pytest.mark.parametrize(
    "data",
    [b"", b"\x78", b"\x78\x9c", b"\x78\x9c" + bytes(50), zlib.compress(b""), zlib.compress(b"x" * 20),
     zlib.compress(b"text " * 100), zlib.compress(bytes(5_000)), zlib.compress(_PROGRAM)],
)  # fmt: skip
def test_another_stream_is_something_else(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = zlib.compress(struct.pack("<H22xIH", 0o100644, 1 << 24, 1) + b"a" + bytes(1 << 24), 9)
    with pytest.raises(LimitReached):
        open_npk_files(View(bomb), Budget(Limits(file_bytes=1 << 20)))


def test_the_files_of_a_package_are_explored() -> None:
    packed = zlib.compress(_list(_ENTRIES))
    package = b"\x1e\xf1\xd0\xba" + struct.pack("<IHI", 6 + len(packed), 4, len(packed)) + packed
    found, seen = explored((npk.FORMAT, FORMAT), package)
    assert _PROGRAM in seen
    assert [tree.format for tree in found.trees if tree.format != "raw"] == ["npk-files"]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_read_within_bounds(data: st.DataObject) -> None:
    entries = bytearray(_list([(0o100644, b"a", b"xyz"), (0o040755, b"b", b""), (0o120777, b"c", b"a")]))
    for _ in range(data.draw(st.integers(0, 4))):
        entries[data.draw(st.integers(0, len(entries) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened = _open(zlib.compress(bytes(entries)))
    except (NotThisFormat, Malformed):
        return
    for node in opened.nodes:
        if node.kind == "file":
            assert len(opened.read(node)) == node.size


def _list(entries: list[tuple[int, bytes, bytes]]) -> bytes:
    return b"".join(
        struct.pack("<H22xIH", mode, len(content), len(name)) + name + content for mode, name, content in entries
    )


def _open(data: bytes) -> Archive:
    return open_npk_files(View(data), budget())
