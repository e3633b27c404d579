"""Tests of the exFAT reader: mkfs.exfat makes file systems, they are filled here, and fsck.exfat passes them."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.exfat import FORMAT, open_exfat
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.exfat_images import CLUSTER, Card, check, entries

_TEXT = b"all work and no play\n" * 1_000
_NOISE = random.Random(1).randbytes(50_001)
_LONG = "a rather long name with ünïcode and \N{GRINNING FACE} that takes several entries.text"


@pytest.fixture(scope="module")
def image() -> bytes:
    """Give a file system with files and directories, in rows and in chains."""
    card = Card()
    deep = card.directory("deep", [card.file("chained", _NOISE, is_row=False), card.file("empty", b"")])
    many = [card.file(f"file {number:03}", b"%d" % number) for number in range(60)]
    listing = [
        card.file("passwd", b"root::0:0\n"),
        card.directory("dir", [card.file("row.bin", _NOISE), deep]),
        card.directory("many", many, is_row=False),
        card.file(_LONG, _TEXT),
        card.file("sparse", b"x" * 10_000, written=5_000),
    ]
    return card.finished(listing)


def test_everything_in_it_is_read(image: bytes) -> None:
    check(image)
    opened = _open(image)
    assert (opened.problems, opened.label, opened.length) == ((), "4 KiB clusters, name CARD", len(image))
    files = {node.path: opened.read(node) for node in opened.nodes if node.kind == "file"}
    assert files == {
        b"passwd": b"root::0:0\n",
        b"dir/row.bin": _NOISE,
        b"dir/deep/chained": _NOISE,
        b"dir/deep/empty": b"",
        _LONG.encode(): _TEXT,
        b"sparse": b"x" * 5_000 + bytes(5_000),
    } | {b"many/file %03d" % number: b"%d" % number for number in range(60)}
    directories = {node.path for node in opened.nodes if node.kind == "directory"}
    assert directories == {b"", b"dir", b"dir/deep", b"many"}
    assert {(node.mode, node.uid, node.gid) for node in opened.nodes} == {(0o755, 0, 0)}


def test_entries_that_are_not_in_use_are_left_out(image: bytes) -> None:
    at = _entry(image, "passwd")
    deleted = image
    for number in range(3):
        deleted = _patched(deleted, at + number * 32, bytes([image[at + number * 32] & 0x7F]))
    opened = _open(deleted)
    assert opened.problems == ()
    assert len(opened.nodes) == len(_open(image).nodes) - 1


def test_a_wrong_sum_is_told_and_the_file_is_read(image: bytes) -> None:
    opened = _open(_patched(image, _entry(image, "passwd") + 2, b"\0\0"))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"passwd", "the checksum of its entry is wrong")
    ]
    assert opened.read(_node(opened, b"passwd")) == b"root::0:0\n"


def test_a_damaged_entry_hides_none_of_its_neighbours(image: bytes) -> None:
    at = _entry(image, "passwd")
    for offset, value in ((1, b"\xff"), (1, b"\x01"), (32, b"\xc1"), (35, b"\xff"), (35, b"\0"), (64, b"\xc0")):
        opened = _open(_patched(image, at + offset, value))
        assert ["is damaged" in str(problem) for _, problem in opened.problems] == [True]
        assert len(opened.nodes) == len(_open(image).nodes) - 1


def test_names_that_lead_out_or_come_twice_are_left_out(image: bytes) -> None:
    size = len(entries("passwd", 0, 0, is_row=False))
    at = _entry(image, "passwd")
    for name in ("..", ".", "a/b", "a\0b", "sparse"):
        opened = _open(_patched(image, at, entries(name, 0, 0, is_row=False).ljust(size, b"\0")))
        assert ["left out" in str(problem) for _, problem in opened.problems] == [True]


def test_a_directory_that_holds_itself_is_listed_once() -> None:
    card = Card()
    inner = entries("again", card.root + 2, CLUSTER, is_row=True, attributes=0x10)
    listing = [card.file("x", b"x"), card.directory("dir", [inner])]
    assert card.image[card.place(card.root + 2)] == 0x85
    opened = _open(card.finished(listing))
    assert [node.path for node in opened.nodes] == [b"", b"x", b"dir", b"dir/again"]
    assert ["those of another entry" in str(problem) for _, problem in opened.problems] == [True]


def test_a_chain_that_runs_in_a_circle_is_told() -> None:
    card = Card()
    listing = [card.file("file", _NOISE, is_row=False)]
    card.link(card.root + 5, card.root + 8)
    opened = _open(card.finished(listing))
    with pytest.raises(Malformed, match="circle"):
        opened.read(_node(opened, b"file"))


def test_files_that_share_clusters_are_told() -> None:
    card = Card()
    listing = [card.file("one", _NOISE), entries("two", card.root + 1, CLUSTER, is_row=True)]
    opened = _open(card.finished(listing))
    assert opened.read(_node(opened, b"two")) == _NOISE[:CLUSTER]
    assert [path for path, _ in opened.problems] == [b"two"]


@pytest.mark.parametrize(
    ("first", "size", "is_row"),
    [
        (0, 10, True),
        (1, 10, False),
        (5, 1 << 62, True),
        (0xFFFFFFF0, 10, True),
        (0xFFFFFFF7, 10, False),
        (900, 1 << 24, True),
    ],
)
def test_clusters_that_are_not_there_make_their_file_unreadable(first: int, size: int, is_row: bool) -> None:
    opened = _open(Card().finished([entries("file", first, size, is_row=is_row)]))
    with pytest.raises((Malformed, LimitReached)):
        opened.read(_node(opened, b"file"))


def test_a_wrong_checksum_of_the_boot_sectors_is_told(image: bytes) -> None:
    opened = _open(_patched(image, 600, b"\x77"))
    assert [str(problem) for _, problem in opened.problems] == ["the checksum of its boot sectors is wrong"]
    assert len(opened.nodes) == len(_open(image).nodes)


def test_a_truncated_image_gives_what_is_there(image: bytes) -> None:
    cut = image[: image.rindex(b"x" * 100)]
    opened = _open(cut)
    assert str(opened.problems[0][1]) == f"cut short: {len(image) - len(cut)} bytes are missing"
    assert opened.read(_node(opened, b"dir/row.bin")) == _NOISE
    with pytest.raises(Malformed):
        opened.read(_node(opened, b"sparse"))


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"\0"), (3, b"e"), (20, b"\1"), (72, bytes(8)), (80, bytes(4)), (84, b"\1\0\0\0"), (88, bytes(4)),
        (92, bytes(4)), (92, b"\xff\xff\xff\xff"), (96, bytes(4)), (96, b"\xff\xff\0\0"), (105, b"\2"), (108, b"\x08"),
        (108, b"\xff"), (109, b"\xff"), (110, b"\0"), (510, b"\0\0"),
    ],
)  # fmt: skip
def test_a_boot_sector_that_does_not_fit_itself_is_refused(image: bytes, offset: int, value: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(_patched(image, offset, value))


def test_an_image_is_found_in_a_dump(image: bytes) -> None:
    dump = random.Random(5).randbytes(70_001) + image + b"tail" * 2_500
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(dump, b"dump")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(70_001, len(image))]


def test_nothing_is_found_in_noise_or_in_text_with_the_sign(image: bytes) -> None:
    noise = bytearray(random.Random(6).randbytes(2 << 20))
    for at in range(0, len(noise) - 512, 512):
        noise[at : at + 64] = image[:64]
        noise[at + 510 : at + 512] = b"\x55\xaa"
    for data in (bytes(noise), b"\xeb\x76\x90EXFAT   is the sign. " * 80_000, image[:512] * 2_000):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.kind for span in explored.image.spans} == {"unknown"}


def test_more_entries_than_allowed_are_cut_off_and_told(image: bytes) -> None:
    opened = open_exfat(View(image), Budget(Limits(entries=20)))
    assert 1 < len(opened.nodes) <= 21
    assert "20 entries" in str(opened.problems[-1][1])


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(image: bytes, data: st.DataObject) -> None:
    card_root = struct.unpack_from("<I", image, 96)[0]
    heap = struct.unpack_from("<I", image, 88)[0] * 512
    start = heap + (card_root - 2) * CLUSTER
    changed = bytearray(image[: data.draw(st.integers(start, len(image)) | st.just(len(image)))])
    places = st.integers(72, 112) | st.integers(start, start + 900) | st.integers(start - CLUSTER, start + 200_000)
    for offset in data.draw(st.lists(places, max_size=10)):
        if offset < len(changed):
            changed[offset] ^= data.draw(st.integers(1, 255))
    try:
        opened = open_exfat(View(changed), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(changed)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                content = opened.read(node)
            except (Malformed, LimitReached):
                continue
            assert len(content) == node.size


def _entry(image: bytes, name: str) -> int:
    """Find the entries of a file of a short name."""
    return image.index(b"\xc1\0" + name.encode("utf-16-le")) - 64


def _node(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return image[:offset] + value + image[offset + len(value) :]


def _open(image: bytes) -> Archive:
    return open_exfat(View(image), Budget(Limits()))
