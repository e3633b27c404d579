"""Tests of MINIFS images, made by a small generator here."""

from __future__ import annotations

import lzma
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.minifs import FORMAT, open_minifs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.containers import budget, explored
from tests.unpack.look_alikes import assert_nothing_opens

_FILES = [
    ("web", "index.htm", b"<html>" * 200, 0),
    ("web/img", "logo.gif", b"GIF89a" + random.Random(1).randbytes(500), 0),
    ("", "empty", b"", 0),
    ("config", "default.xml", b"<a/>" * 5000, 1),
    ("config", "large.bin", random.Random(2).randbytes(20_000), 2),
]


def test_all_files_come_out_as_they_went_in() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert (opened.length, opened.problems, opened.label) == (len(image), (), "5 files in 3 chunks")
    assert {node.path.decode(): opened.read(node) for node in opened.nodes} == {
        f"{folder}/{name}".lstrip("/"): content for folder, name, content, _ in _FILES
    }
    assert [opened.position(node) for node in opened.nodes] == sorted(opened.position(node) for node in opened.nodes)


def test_a_damaged_chunk_is_an_error_of_its_files_alone() -> None:
    image = bytearray(_image())
    image[-20_000:-19_000] = bytes(1000)
    opened = _open(bytes(image))
    for node in opened.nodes:
        if node.path.endswith(b"large.bin"):
            with pytest.raises(Malformed):
                opened.read(node)
        else:
            assert len(opened.read(node)) == node.size


def test_what_there_is_of_a_truncated_image_is_read() -> None:
    opened = _open(_image()[:-1000])
    assert [str(reason) for _, reason in opened.problems] == ["cut short: 1000 bytes are missing"]
    assert [len(opened.read(node)) for node in opened.nodes[:4]] == [node.size for node in opened.nodes[:4]]
    with pytest.raises(Malformed):
        opened.read(opened.nodes[4])


def test_a_file_beyond_its_chunk_is_not_read() -> None:
    files = [("a", "b", b"text" * 20, 0)]
    image = bytearray(_image(files))
    at = image.index(struct.pack(">III", 0, 0, 80))
    image[at : at + 12] = struct.pack(">III", 0, 0, 81)
    opened = _open(bytes(image))
    with pytest.raises(Malformed):
        opened.read(opened.nodes[0])


def test_a_chunk_larger_than_the_limit_is_not_read() -> None:
    opened = open_minifs(View(_image()), Budget(Limits(file_bytes=10_000)))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[3])


def test_a_name_that_climbs_out_is_left_out() -> None:
    opened = _open(_image([("..", "etc", b"text" * 20, 0), ("a", "b", b"more", 0)]))
    assert [node.path for node in opened.nodes] == [b"a/b"]
    assert len(opened.problems) == 1


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"X"), (10, b"x"), (19, b"\4"), (20, bytes(4)), (20, b"\xff" * 4), (24, bytes(4)), (28, bytes(4)),
     (28, b"\xff" * 4), (28, b"\0\0\0\1")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_tables_that_make_no_sense_are_something_else() -> None:
    names = _image()[32 : 32 + 200].index(b"large.bin\0") + 10
    for at, value in ((0, b"\xff" * 4), (8, b"\xff" * 4), (100, b"\xff" * 4), (104, bytes(4)), (112, bytes(4))):
        image = bytearray(_image())
        image[32 + names + at : 32 + names + at + 4] = value
        with pytest.raises(NotThisFormat):
            _open(bytes(image))


def test_it_is_found_at_any_offset() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image())
    assert _FILES[4][2] in seen


def test_look_alikes_are_refused() -> None:
    assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_read(data: st.DataObject) -> None:
    image = bytearray(_image())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, 300))
        value = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from([b"\xff" * 4, bytes(4)])))
        image[at : at + len(value)] = value
    try:
        opened = open_minifs(View(bytes(image)), Budget(Limits(file_bytes=1 << 20)))
    except NotThisFormat:
        return
    for node in opened.nodes:
        try:
            assert len(opened.read(node)) == node.size
        except (Malformed, LimitReached):
            continue


def _image(files: list[tuple[str, str, bytes, int]] = _FILES) -> bytes:
    names, entries, chunks = b"", b"", [b"" for _ in range(files[-1][3] + 1)]
    for folder, name, content, number in files:
        at = len(names)
        names += folder.encode() + b"\0" + name.encode() + b"\0"
        entries += struct.pack(">5I", at, at + len(folder) + 1, number, len(chunks[number]), len(content))
        chunks[number] += content
    packed = [lzma.compress(chunk, lzma.FORMAT_ALONE) for chunk in chunks]
    table, position = b"", 0
    for chunk, stored in zip(chunks, packed, strict=True):
        table += struct.pack(">3I", position, len(stored), len(chunk))
        position += len(stored)
    head = b"MINIFS" + bytes(10) + struct.pack(">IIII", 3, len(files), len(packed[0]), len(names))
    return head + names + entries + table + b"".join(packed)


def _open(data: bytes) -> Archive:
    return open_minifs(View(data), budget())
