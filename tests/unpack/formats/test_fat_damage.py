"""Tests of the FAT reader on images that are damaged, hostile, cut short, or none."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat
from plimsoll.unpack.formats.fat import FORMAT
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.fat_images import (
    entry,
    exercise,
    first_cluster,
    linked,
    make,
    make_small,
    node,
    opened_of,
    patched,
    paths,
)
from tests.unpack.look_alikes import told


@pytest.fixture(scope="module")
def small_fat(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a file of three clusters, a long name and a directory."""
    return make_small(tmp_path_factory.mktemp("small"))


def test_a_chain_that_runs_in_a_circle_is_told(small_fat: bytes) -> None:
    first = first_cluster(small_fat, b"ALONGN~1TEX")
    opened = opened_of(linked(small_fat, first + 1, first))
    with pytest.raises(Malformed, match="circle"):
        opened.read(node(opened, b"A long name.text"))
    assert opened.read(node(opened, b"LAST")) == b"the last"


def test_a_directory_that_runs_in_a_circle_is_listed_once(small_fat: bytes) -> None:
    first = first_cluster(small_fat, b"ETC        ")
    opened = opened_of(linked(small_fat, first, first))
    assert paths(opened).count(b"etc/PASSWD") == 1
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"etc", "its chain of clusters runs in a circle")
    ]


def test_a_directory_in_itself_is_not_followed(small_fat: bytes) -> None:
    at = small_fat.index(b"PASSWD     ")
    inside = struct.pack("<B", 0x10)
    opened = opened_of(
        patched(
            patched(small_fat, at + 11, inside), at + 26, struct.pack("<H", first_cluster(small_fat, b"ETC        "))
        )
    )
    assert b"etc/PASSWD" in paths(opened)
    assert not any(path.startswith(b"etc/PASSWD/") for path in paths(opened))
    assert any("those of another entry" in str(problem) for _, problem in opened.problems)


def test_files_that_share_clusters_are_read_as_the_device_does_and_told(small_fat: bytes) -> None:
    first = first_cluster(small_fat, b"ALONGN~1TEX")
    opened = opened_of(patched(small_fat, entry(small_fat, b"LAST       ") + 26, struct.pack("<HI", first + 1, 600)))
    assert opened.read(node(opened, b"LAST")) == (bytes(range(256)) * 6)[512 : 512 + 600]
    assert [str(problem) for _, problem in opened.problems] == ["some of its clusters are those of another entry too"]


@pytest.mark.parametrize(
    ("value", "words"), [(0, "free"), (1, "free"), (0xFF7, "bad"), (0xFF0, "not there"), (0xFFF, "shorter")]
)
def test_a_chain_that_ends_too_early_makes_its_file_unreadable(small_fat: bytes, value: int, words: str) -> None:
    opened = opened_of(linked(small_fat, first_cluster(small_fat, b"ALONGN~1TEX"), value))
    with pytest.raises(Malformed, match=words):
        opened.read(node(opened, b"A long name.text"))
    assert opened.read(node(opened, b"etc/PASSWD")) == b"root::0:0"


def test_a_file_without_clusters_is_empty_or_unreadable(small_fat: bytes) -> None:
    at = entry(small_fat, b"LAST       ") + 26
    opened = opened_of(patched(small_fat, at, struct.pack("<HI", 0, 0)))
    assert opened.read(node(opened, b"LAST")) == b""
    opened = opened_of(patched(small_fat, at, struct.pack("<HI", 0, 0xFFFFFFF0)))
    with pytest.raises(LimitReached):
        opened.read(node(opened, b"LAST"))
    opened = opened_of(patched(small_fat, at, struct.pack("<HI", 0, 8)))
    with pytest.raises(Malformed, match="free"):
        opened.read(node(opened, b"LAST"))


def test_copies_that_differ_are_told_and_the_first_is_read(small_fat: bytes) -> None:
    second = 512 + int.from_bytes(small_fat[22:24], "little") * 512
    opened = opened_of(patched(small_fat, second + 9, b"\x77"))
    assert [str(problem) for _, problem in opened.problems] == ["the copies of its FAT differ"]
    assert opened.read(node(opened, b"A long name.text")) == bytes(range(256)) * 6


def test_the_second_copy_is_read_when_the_first_is_no_fat(small_fat: bytes) -> None:
    opened = opened_of(patched(small_fat, 512, bytes(512)))
    assert [str(problem) for _, problem in opened.problems] == ["the copies of its FAT differ"]
    assert opened.read(node(opened, b"A long name.text")) == bytes(range(256)) * 6


def test_the_fat_in_use_is_read_when_only_one_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    image = make(tmp_path, 40_000, "-F", "32", "-s", "1")
    table = int.from_bytes(image[36:40], "little") * 512
    start = int.from_bytes(image[14:16], "little") * 512
    one_in_use = patched(patched(image, 40, struct.pack("<H", 0x81)), start + 8, bytes(table - 8))
    opened = opened_of(one_in_use)
    assert (opened.problems, opened.read(node(opened, b"file"))) == ((), b"content")
    assert any("free" in str(problem) for _, problem in opened_of(patched(one_in_use, 40, b"\0\0")).problems)


def test_a_truncated_image_gives_what_is_there(small_fat: bytes) -> None:
    cut = small_fat[: small_fat.index(b"the last")]
    opened = opened_of(cut)
    assert (opened.length, str(opened.problems[0][1])) == (
        len(cut),
        f"cut short: {len(small_fat) - len(cut)} bytes are missing",
    )
    assert opened.read(node(opened, b"A long name.text")) == bytes(range(256)) * 6
    with pytest.raises(Malformed, match="not there"):
        opened.read(node(opened, b"LAST"))


def test_what_follows_is_not_taken(small_fat: bytes) -> None:
    assert opened_of(small_fat + b"something else" * 100).length == len(small_fat)


def test_an_image_is_found_at_an_odd_offset_in_a_dump(small_fat: bytes) -> None:
    dump = random.Random(5).randbytes(70_001) + small_fat + b"tail" * 2_500
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(dump, b"dump")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(70_001, len(small_fat))]


def test_nothing_is_found_in_noise_or_in_text_with_the_sign(small_fat: bytes) -> None:
    noise = bytearray(random.Random(6).randbytes(3 << 20))
    for at in range(510, len(noise), 512):
        noise[at : at + 2] = b"\x55\xaa"
        noise[at - 510 : at - 507] = b"\xeb\x3c\x90"
    text = (b"FAT12   FAT16   FAT32   mkfs.fat \xeb\x3c\x90 the sign is \x55\xaa. " * 60_000)[: 3 << 20]
    boot = small_fat[:512] * 100
    for data in (bytes(noise), text, boot):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert not {span.kind for span in explored.image.spans} & {"understood"}
        assert told(explored) == []


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0, b"\0\0\0"), (2, b"\x91"), (11, b"\0\0"), (11, b"\x01\x02"), (13, b"\0"), (13, b"\x03"), (14, b"\0\0"),
        (16, b"\0"), (16, b"\x09"), (17, b"\0\0"), (19, b"\0\0"), (19, b"\x03\0"), (21, b"\xf1"), (22, b"\0\0"),
        (510, b"\0\0"), (512, b"\x12"),
    ],
)  # fmt: skip
def test_a_boot_sector_that_does_not_fit_itself_is_refused(small_fat: bytes, offset: int, value: bytes) -> None:
    changed = patched(small_fat, offset, value)
    if offset == 512:
        changed = patched(changed, 512 + int.from_bytes(small_fat[22:24], "little") * 512, value)
    with pytest.raises(NotThisFormat):
        opened_of(changed)


@pytest.mark.parametrize("length", [0, 3, 511, 512, 519])
def test_a_beginning_alone_is_refused(small_fat: bytes, length: int) -> None:
    with pytest.raises(NotThisFormat):
        opened_of(small_fat[:length])


def test_huge_claims_make_nothing_of_that_size(small_fat: bytes) -> None:
    huge = patched(patched(small_fat, 19, b"\0\0"), 32, struct.pack("<I", 60_000))
    opened = opened_of(huge)
    assert "cut short" in str(opened.problems[0][1])
    assert opened.length == len(small_fat)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small_fat: bytes, data: st.DataObject) -> None:
    image = bytearray(small_fat[: data.draw(st.integers(0, len(small_fat)) | st.just(len(small_fat)))])
    for offset in data.draw(st.lists(st.integers(11, 66) | st.integers(512, 9000), max_size=10)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    exercise(bytes(image))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listing=st.binary(max_size=640), table=st.binary(max_size=190))
def test_any_root_and_any_fat_raise_only_declared_errors(small_fat: bytes, listing: bytes, table: bytes) -> None:
    root = small_fat.index(b"ETC        ") // 512 * 512
    exercise(patched(patched(small_fat, 515, table), root, listing))
