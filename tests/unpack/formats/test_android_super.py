"""Tests of the reader of Android's super partition, against images made from the description of the format."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Malformed, NotThisFormat, View, Volumes
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.android_super import FORMAT, open_android_super
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import super_images
from tests.unpack.formats.super_images import FIRST, linear, zeros
from tests.unpack.images import tool
from tests.unpack.look_alikes import told

_A, _B = random.Random(1).randbytes(8192), random.Random(2).randbytes(4096)
_SIZE = 1 << 17

_WHOLE = {b"system_a": [linear(FIRST, 8192)], b"vendor_a": [linear(65_536, 4096)], b"system_b": []}
_IN_PIECES = {b"system": [linear(65_536, 4096), zeros(2048), linear(FIRST, 8192)], b"odm": [linear(98_304, 512)]}
_CONTENT = {FIRST: _A, 65_536: _B}


@pytest.fixture(scope="module")
def pieces() -> bytes:
    """Give an image with a partition in three stretches."""
    return super_images.image(_IN_PIECES, _CONTENT, _SIZE)


@pytest.mark.parametrize("minor", [0, 1, 2])
def test_partitions_in_one_piece_are_parts_in_their_place(minor: int) -> None:
    opened = _open(super_images.image(_WHOLE, _CONTENT, _SIZE, minor=minor) + bytes(500))
    assert isinstance(opened, Container)
    assert [(part.name, part.offset, part.length) for part in opened.parts] == [
        ("system_a", FIRST, 8192),
        ("vendor_a", 65_536, 4096),
    ]
    assert (opened.length, opened.label, opened.problems) == (_SIZE, "2 partitions", ())


def test_partitions_in_pieces_are_put_together(pieces: bytes) -> None:
    opened = _open_pieces(pieces)
    assert opened.problems == ()
    assert opened.length == _SIZE
    content = {node.path: opened.read(node) for node in opened.nodes}
    assert content == {b"system": _B + bytes(2048) + _A, b"odm": bytes(512)}
    assert [node.size for node in opened.nodes] == [14_336, 512]
    system = opened.nodes[0]
    assert opened.start(system) == content[b"system"]
    assert opened.position(system) == FIRST
    assert opened.pieces(system) == (range(65_536, 69_632), range(FIRST, FIRST + 8192))


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_file_system_in_a_partition_is_read(tmp_path: Path, is_whole: bool) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "build.prop").write_bytes(b"ro.adb.secure=1\n")
    made = tmp_path / "erofs"
    program = tool("mkfs.erofs", "erofs-utils")
    subprocess.run([program, "--quiet", str(made), str(tmp_path / "files")], check=True, capture_output=True)
    inner = made.read_bytes()
    half = 4096 if not is_whole else len(inner)
    extents = [linear(65_536, half)] + ([linear(FIRST, len(inner) - half)] if not is_whole else [])
    image = super_images.image({b"system": extents}, {65_536: inner[:half], FIRST: inner[half:]}, _SIZE)
    found: dict[bytes, bytes] = {}
    explorer = Explorer(FORMATS, Budget(Limits()), lambda file: found.update({file.path: file.data}))
    explored = explorer.explore(b"text " * 1000 + image, b"x")
    assert found[b"build.prop"] == b"ro.adb.secure=1\n"
    assert explored.image.problems == ()


def test_a_damaged_copy_is_made_good_by_the_next(pieces: bytes) -> None:
    for offset in (12_288, 12_288 + 20, 12_288 + 90, 12_288 + 150):
        opened = _open_pieces(_patched(pieces, offset, b"\xee"))
        assert [str(problem) for _, problem in opened.problems] == ["the first copy of the metadata is damaged"]
        assert opened.read(opened.nodes[0]) == _B + bytes(2048) + _A


def test_a_damaged_geometry_is_made_good_by_the_next(pieces: bytes) -> None:
    opened = _open_pieces(_patched(pieces, 4096 + 10, b"\xee"))
    assert len(opened.nodes) == 2


def test_without_a_sound_copy_it_is_malformed(pieces: bytes) -> None:
    with pytest.raises(Malformed, match="no copy"):
        _open(_patched(_patched(pieces, 12_300, b"\xee"), 16_400, b"\xee"))
    with pytest.raises(Malformed, match="no copy"):
        _open(pieces[:13_000])


def test_another_version_is_not_read() -> None:
    copy = super_images.metadata(_WHOLE, _SIZE, version=9)
    with pytest.raises(Malformed, match="no copy"):
        _open(super_images.image(_WHOLE, {12_288: copy, 16_384: copy}, _SIZE))


@pytest.mark.parametrize("data", [b"", bytes(70_000), bytes(4096) + b"gDla", bytes(4096) + b"gDla" + bytes(70_000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_what_cannot_be_read_is_told_and_the_rest_is_read() -> None:
    partitions = {
        b"good": [linear(FIRST, 8192)],
        b"elsewhere": [linear(FIRST, 512, device=1)],
        b"outside": [linear(1 << 40, 512)],
        b"shared": [linear(65_536, 4096)],
        b"shared_too": [linear(65_536 + 512, 512)],
        b"a/b": [linear(98_304, 512)],
        b"..": [linear(98_304, 512)],
    }
    opened = _open(super_images.image(partitions, _CONTENT, _SIZE))
    assert isinstance(opened, Container)
    assert [part.name for part in opened.parts] == ["good", "shared"]
    assert [str(problem) for problem in opened.problems] == [
        "partition 'elsewhere' lies on another device",
        "partition 'outside' lies outside",
        "partition 'shared_too' lies where another does",
        "a partition of the name 'a%2Fb' is left out",
        "a partition of the name '..' is left out",
    ]


def test_a_truncated_image_gives_what_is_there() -> None:
    opened = _open(super_images.image(_WHOLE, _CONTENT, _SIZE)[:40_000])
    assert isinstance(opened, Container)
    assert [part.name for part in opened.parts] == ["system_a"]
    assert [str(problem) for problem in opened.problems] == [
        f"cut short: {_SIZE - 40_000} bytes are missing",
        "partition 'vendor_a' lies outside",
    ]


def test_a_partition_that_says_more_extents_than_there_are_makes_its_copy_unsound() -> None:
    copy = bytearray(super_images.metadata(_WHOLE, _SIZE))
    good = super_images.metadata(_WHOLE, _SIZE)
    opened = _open(super_images.image(_WHOLE, {12_288: bytes(copy[:128]) + b"\xff" * 60, 16_384: good}, _SIZE))
    assert isinstance(opened, Container)
    assert str(opened.problems[0]) == "the first copy of the metadata is damaged"


def test_huge_zeros_are_refused_before_anything_is_made() -> None:
    opened = _open_pieces(super_images.image({b"huge": [zeros(1 << 50)]}, {}, _SIZE))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])
    assert len(opened.start(opened.nodes[0])) == 1 << 17


def test_more_entries_than_allowed_are_refused(pieces: bytes) -> None:
    with pytest.raises(LimitReached):
        open_android_super(View(pieces), Budget(Limits(entries=1)))


def test_neither_text_nor_random_bytes_that_hold_the_sign_open() -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(5000, len(noise) - 40_000, 900):
        noise[at : at + 8] = b"gDla\x34\0\0\0"
    text = (b"a line of text gDla\n" * 60_000)[: 1 << 20]
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.format for span in explored.image.spans} == {""}
        assert told(explored) == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_partitions_raise_only_declared_errors(data: st.DataObject) -> None:
    number = st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1))
    extent = st.tuples(number, st.integers(0, 2), number, st.integers(0, 2))
    names = st.one_of(st.binary(max_size=40), st.sampled_from([b"system", b"vendor"]))
    partitions = data.draw(st.dictionaries(names, st.lists(extent, max_size=4), max_size=5))
    _exercise(super_images.image(partitions, _CONTENT, _SIZE))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(4096, 20_000), st.integers(0, 255)), max_size=4), st.integers(0, _SIZE))
def test_damage_anywhere_raises_only_declared_errors(changes: list[tuple[int, int]], end: int) -> None:
    image = bytearray(super_images.image(_IN_PIECES, _CONTENT, _SIZE))
    for at, value in changes:
        image[at] = value
    _exercise(bytes(image[:end]))
    _exercise(bytes(image))


def test_the_sign_is_that_of_the_format() -> None:
    assert [(magic.literal, magic.offset) for magic in FORMAT.magics] == [(b"gDla", 4096)]


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_android_super(View(image), Budget(Limits(file_bytes=1 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    if isinstance(opened, Container):
        assert all(part.offset + part.length <= opened.length for part in opened.parts)
        return
    for node in opened.nodes:
        assert all(piece.stop <= opened.length for piece in opened.pieces(node))
        assert len(opened.start(node)) <= node.size
        try:
            content = opened.read(node)
        except (Malformed, LimitReached):
            continue
        assert len(content) == node.size


def _open(image: bytes) -> Container | Volumes:
    return open_android_super(View(image), Budget(Limits()))


def _open_pieces(image: bytes) -> Volumes:
    opened = _open(image)
    assert not isinstance(opened, Container)
    return opened


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
