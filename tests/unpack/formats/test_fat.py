"""Tests of the FAT reader, against images that the real mkfs.fat and mtools make of a real folder."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from plimsoll.unpack.format import View
from plimsoll.unpack.formats.fat import open_fat
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.fat_images import (
    SMALL,
    assert_same,
    entry,
    make,
    make_at,
    make_small,
    mtools,
    node,
    opened_of,
    patched,
    paths,
)

_KINDS = {
    "FAT12 of 512 byte clusters": (("-F", "12", "-s", "2"), 3000, "FAT12, 1 KiB clusters"),
    "FAT16 of 2 KiB clusters": (("-F", "16", "-s", "4"), 20_000, "FAT16, 2 KiB clusters"),
    "FAT32 of 512 byte clusters": (("-F", "32", "-s", "1"), 40_000, "FAT32, 512 byte clusters"),
    "FAT16 of 4 KiB sectors": (("-F", "16", "-S", "4096", "-s", "1"), 40_000, "FAT16, 4 KiB clusters"),
    "one FAT": (("-F", "16", "-s", "4", "-f", "1"), 20_000, "FAT16, 2 KiB clusters"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that FAT can carry."""
    made = tmp_path_factory.mktemp("fat") / "source"
    random_bytes = random.Random(3).randbytes
    for name, content in {
        "UPPER.TXT": b"short as it is",
        "lower.txt": b"short in lower case",
        "Mixed Case and long.text": b"long",
        "ünïcode €.txt": b"beyond",
        "no-ending": b"",
        "n" * 250: b"very long",
        "dir/sub/deep/file.bin": random_bytes(300_001),
        "dir/text": b"all work and no play\n" * 5_000,
        "dir/empty": b"",
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    (made / "empty folder").mkdir()
    (made / "many").mkdir()
    for number in range(150):
        (made / "many" / f"a rather long name {number:03}").write_bytes(b"%d" % number)
    return made


@pytest.fixture(scope="module")
def small_fat(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a file of three clusters, a long name and a directory."""
    return make_small(tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    options, size, label = _KINDS[kind]
    image = make(folder, size, *options)
    opened = opened_of(image)
    assert (opened.problems, opened.label) == ((), label)
    # Whole tracks of 32 sectors are used.
    assert len(image) - 32 * 4096 < opened.length <= len(image)
    assert_same(opened, folder)


def test_chains_in_pieces_and_deleted_entries(folder: Path, tmp_path: Path) -> None:
    image = tmp_path / "image"
    make_at(image, folder, 2000, "-F", "12", "-s", "1")
    for number in range(0, 150, 2):
        mtools("mdel", image, f"::many/a rather long name {number:03}")
    later = random.Random(4).randbytes(200_000)
    (tmp_path / "later").write_bytes(later)
    mtools("mcopy", image, str(tmp_path / "later"), "::later")
    opened = opened_of(image.read_bytes())
    assert opened.problems == ()
    assert opened.read(node(opened, b"later")) == later
    kept = sorted(node.path for node in opened.nodes if node.path.startswith(b"many/"))
    assert kept == [b"many/a rather long name %03d" % number for number in range(1, 150, 2)]


def test_the_name_of_the_volume_is_no_file(tmp_path: Path) -> None:
    opened = opened_of(make(tmp_path, 64, *SMALL, "-n", "MYBOOTDISK1"))
    assert [node.path for node in opened.nodes] == [b""]
    assert opened.label == "FAT12, 512 byte clusters, name MYBOOTDISK1"


def test_short_names_are_given_as_they_are(small_fat: bytes) -> None:
    renamed = small_fat.replace(b"LAST       ", b"\x05\x81ST    TXT", 1)
    assert b"\xe5\x81ST.TXT" in paths(opened_of(renamed))
    at = renamed.index(b"\x05\x81ST    TXT")
    assert b"\xe5\x81st.TXT" in paths(opened_of(patched(renamed, at + 12, b"\x08")))
    assert b"\xe5\x81ST.txt" in paths(opened_of(patched(renamed, at + 12, b"\x10")))


def test_modes_are_those_of_a_mount(small_fat: bytes) -> None:
    assert {(node.mode, node.uid, node.gid) for node in opened_of(small_fat).nodes} == {(0o755, 0, 0)}


def test_a_long_name_that_is_not_its_own_gives_the_short_one(small_fat: bytes) -> None:
    at = entry(small_fat, b"ALONGN~1TEX") - 32
    for offset, value in ((at, b"\x02"), (at + 13, b"\0"), (at, b"\xe5")):
        opened = opened_of(patched(small_fat, offset, value))
        assert b"ALONGN~1.TEX" in paths(opened)
        assert opened.read(node(opened, b"ALONGN~1.TEX")) == bytes(range(256)) * 6
    opened = opened_of(patched(small_fat, at + 13, b"\0"))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"ALONGN~1.TEX", "its long name is damaged; this is its short one")
    ]


def test_names_that_lead_out_are_left_out(small_fat: bytes) -> None:
    for name in (b"A/B        ", b"\x2e\x2e      A  ", b"A\0B        ", b"A\nB        ", b"ETC        "):
        listed = paths(opened_of(patched(small_fat, entry(small_fat, b"LAST       "), name)))
        assert all(b"/" not in path or path.startswith(b"etc/") for path in listed)
    opened = opened_of(patched(small_fat, entry(small_fat, b"LAST       "), b"A/B        "))
    assert ["left out" in str(problem) for _, problem in opened.problems] == [True]
    assert len(opened.nodes) == len(opened_of(small_fat).nodes) - 1


def test_a_long_name_that_leads_out_is_left_out(small_fat: bytes) -> None:
    at = entry(small_fat, b"ALONGN~1TEX") - 64
    for name in ("..", "a/b", ".", "", "\N{GRINNING FACE}"):
        piece = (name + "\0").encode("utf-16-le").ljust(10, b"\xff")
        first = patched(patched(small_fat, at, b"\xe5"), at + 32, b"\x41" + piece)
        listed = paths(opened_of(patched(first, at + 46, b"\xff" * 12)))
        assert (b"ALONGN~1.TEX" in listed) == (name == "")
        assert ("\N{GRINNING FACE}".encode() in listed) == (name > "z")
        assert not {b"..", b".", b"a/b"} & set(listed)


def test_the_second_of_two_entries_of_one_name_is_left_out(small_fat: bytes) -> None:
    opened = opened_of(small_fat.replace(b"LAST       ", b"SAME       ").replace(b"PASSWD     ", b"SAME       "))
    assert {b"SAME", b"etc/SAME"} <= set(paths(opened))
    doubled = patched(small_fat, entry(small_fat, b"ALONGN~1TEX"), b"LAST       ")
    assert paths(opened_of(doubled)).count(b"LAST") == 1


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_fat(View(make(folder, 3000, "-F", "12", "-s", "2")), Budget(Limits(entries=20)))
    assert 1 < len(opened.nodes) <= 21
    assert "20 entries" in str(opened.problems[-1][1])
