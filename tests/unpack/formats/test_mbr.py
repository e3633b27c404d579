"""Tests of master boot records, against disks that the real sfdisk and fdisk make."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS, gzip
from plimsoll.unpack.formats.mbr import FORMAT, open_mbr
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import fat_images
from tests.unpack.formats.disks import CONTENT, MIB, fdisk, filled, gaps, named, patched, sfdisk

_SIZE = 8 * MIB
_SCRIPT = """label: dos
start=2048, size=2048, type=c, bootable
start=4096, size=1024, type=83
start=6144, size=8192, type=5
start=8192, size=1000, type=83
start=12288, size=2000, type=82
"""
_STARTS = [MIB, 2 * MIB, 4 * MIB, 6 * MIB]
_NAMED = [
    ("partition 1, type 0c", MIB, MIB),
    ("partition 2, type 83", 2 * MIB, MIB // 2),
    ("partition 5, type 83", 4 * MIB, 512_000),
    ("partition 6, type 82", 6 * MIB, 1_024_000),
]


@pytest.fixture(scope="module")
def disk() -> bytes:
    """Give a disk of two partitions and an extended one of two more, with content."""
    return filled(sfdisk(_SCRIPT, _SIZE), _STARTS)


def test_each_partition_is_a_part_those_of_extended_ones_too(disk: bytes) -> None:
    opened = _open(disk)
    assert (opened.problems, opened.label) == ((), "sectors of 512 bytes")
    assert named(opened) == _NAMED
    assert opened.length == (6144 + 8192) * 512
    for start, content in zip(_STARTS, CONTENT, strict=False):
        assert disk[start : start + len(content)] == content


def test_what_lies_between_partitions_is_a_part_too(disk: bytes) -> None:
    found = gaps(_open(disk))
    assert found[0] == (512, MIB)
    tables = [one for one in range(0, len(disk), 512) if disk[one + 510 : one + 512] == b"\x55\xaa"]
    assert len(tables) == 3
    assert not any(start <= table < end for table in tables for start, end in found)
    covered = sum(end - start for start, end in found) + sum(length for _, _, length in named(_open(disk)))
    assert covered + 3 * 512 == _open(disk).length


def test_what_follows_the_last_partition_is_not_taken(disk: bytes) -> None:
    assert _open(disk + b"more" * 1000).length == _open(disk).length


def test_sectors_of_4096_bytes_are_known_by_where_content_is() -> None:
    disk = fdisk("o n p 1 256 +255 n p 2 600 +99 w", 8 * MIB, 4096)
    opened = _open(filled(disk, [256 * 4096, 600 * 4096]))
    assert opened.label == "sectors of 4096 bytes"
    assert named(opened) == [
        ("partition 1, type 83", 256 * 4096, 256 * 4096),
        ("partition 2, type 83", 600 * 4096, 100 * 4096),
    ]
    assert _open(disk).label == "sectors of 512 bytes"


def test_a_chain_of_tables_that_runs_in_a_circle_is_told(disk: bytes) -> None:
    tables = _tables(disk)
    back = struct.pack("<B3xB3xII", 0, 5, tables[2] // 512 - 6144, 100)
    opened = _open(patched(disk, tables[2] + 446 + 16, back))
    assert named(opened) == _NAMED
    assert [str(problem) for problem in opened.problems] == [
        "the tables of an extended partition run in a circle or are too many"
    ]


def test_a_chain_that_leads_nowhere_keeps_what_comes_before(disk: bytes) -> None:
    tables = _tables(disk)
    for damaged in (
        patched(disk, tables[2] + 510, b"\0\0"),
        patched(disk, tables[1] + 446 + 16 + 8, struct.pack("<I", 0xFFFFFFF0)),
    ):
        opened = _open(damaged)
        assert named(opened) == _NAMED[:3]
        assert ["no table at" in str(problem) for problem in opened.problems] == [True]


def test_a_partition_that_reaches_out_of_its_extended_one_is_left_out(disk: bytes) -> None:
    opened = _open(patched(disk, _tables(disk)[1] + 446 + 12, struct.pack("<I", 0xFFFFFFFF)))
    assert [one for one in named(opened) if one[1] == 4 * MIB] == []
    assert any("reaches out" in str(problem) for problem in opened.problems)
    assert any(offset == 6 * MIB for _, offset, _ in named(opened))


def test_partitions_that_overlap_are_left_out(disk: bytes) -> None:
    opened = _open(patched(disk, 446 + 16 + 8, struct.pack("<II", 2050, 10)))
    assert _NAMED[1] not in named(opened)
    assert any("overlaps another partition" in str(problem) for problem in opened.problems)


def test_a_truncated_disk_gives_what_is_there(disk: bytes) -> None:
    opened = _open(disk[: 6 * MIB + 1000])
    assert named(opened) == [*_NAMED[:3], ("partition 6, type 82", 6 * MIB, 1000)]
    assert "cut short" in str(opened.problems[0])
    with pytest.raises(NotThisFormat):
        _open(disk[: 2 * MIB - 1])


def test_a_mark_of_a_table_that_is_gone_is_told() -> None:
    disk = patched(sfdisk("label: gpt\nsize=1000\n", 2 * MIB), 512, bytes(2 * MIB - 512))
    assert [str(problem) for problem in _open(disk).problems] == [
        "it announces a GUID partition table, and there is none"
    ]


def test_a_disk_of_which_only_the_copy_of_a_gpt_is_left_is_opened_as_that() -> None:
    disk = sfdisk("label: gpt\nstart=2048, size=1000, name=root\n", 2 * MIB)
    opened = _open(patched(disk, 512, bytes(33 * 512)))
    assert [(name.partition(",")[0], offset) for name, offset, _ in named(opened)] == [("root", MIB)]


def test_the_boot_sector_of_a_file_system_is_none(tmp_path: Path, disk: bytes) -> None:
    image = fat_images.make_small(tmp_path)
    with pytest.raises(NotThisFormat):
        _open(image)
    with pytest.raises(NotThisFormat):
        _open(patched(image, 446, disk[446:510]))
    for sign, at in ((b"NTFS    ", 3), (b"EXFAT   ", 3)):
        with pytest.raises(NotThisFormat):
            _open(patched(disk, at, sign))


def test_a_kernel_with_the_sign_is_none() -> None:
    kernel = bytearray(8 * MIB)
    kernel[497:514] = bytes.fromhex("1b0100009e0900000000ffff000355aaeb") + b"\x66"
    with pytest.raises(NotThisFormat):
        _open(bytes(kernel))
    kernel[514:518] = b"HdrS"
    with pytest.raises(NotThisFormat):
        _open(bytes(kernel))


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (510, b"\0\0"),
        (446, b"\x81"),
        (462, b"\x01"),
        (450, b"\0"),
        (454, bytes(4)),
        (458, bytes(4)),
        (454, b"\xff" * 4),
    ],
)
def test_entries_that_make_no_sense_are_refused(disk: bytes, offset: int, value: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(patched(disk, offset, value))


def test_a_table_without_entries_is_refused(disk: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(patched(disk, 446, bytes(64)))


def test_it_is_not_searched_for(disk: bytes) -> None:
    assert not FORMAT.carve
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(bytes(512) + disk, b"x")
    assert not [span for span in explored.image.spans if span.format == "mbr"]


def test_partitions_and_what_lies_between_are_explored(disk: bytes) -> None:
    seen: list[File] = []
    noise = random.Random(9).randbytes(20_000)
    explored = Explorer((FORMAT, gzip.FORMAT), Budget(Limits()), seen.append).explore(
        patched(disk, 40_960, noise), b"x"
    )
    assert [span.offset for span in explored.image.spans if span.format == "gzip"] == _STARTS
    kinds = {span.kind for span in explored.image.spans if span.offset <= 50_000 < span.offset + span.length}
    assert "understood" not in kinds
    assert sum(span.length for span in explored.image.spans) == len(disk)


def test_a_card_with_a_boot_partition_is_opened_through(tmp_path: Path) -> None:
    boot = fat_images.make_small(tmp_path)
    card = patched(sfdisk("label: dos\nstart=2048, size=2048, type=c\n", 2 * MIB), MIB, boot)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(card, b"card")
    assert [tree.format for tree in explored.image.trees] == ["fat"]
    assert [span.format for span in explored.image.spans if span.kind == "understood"] == ["mbr", "fat"]


@settings(max_examples=200, deadline=None)
@given(
    data=st.data(),
    damage=st.lists(st.tuples(st.integers(446, 511), st.integers(0, 255)), max_size=8),
    inside=st.lists(st.tuples(st.integers(446, 511), st.integers(0, 255)), max_size=4),
)
def test_any_table_is_refused_or_stays_within_bounds(
    disk: bytes, data: st.DataObject, damage: list[tuple[int, int]], inside: list[tuple[int, int]]
) -> None:
    image = bytearray(disk[: data.draw(st.sampled_from([len(disk), 5 * MIB + 7, 3 * MIB, 600]))])
    for base, changes in ((0, damage), (6144 * 512, inside)):
        for offset, value in changes:
            if base + offset < len(image):
                image[base + offset] = value
    try:
        opened = open_mbr(View(bytes(image)), Budget(Limits(entries=1000)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    end = 0
    for part in opened.parts:
        assert part.offset >= end
        assert part.length > 0
        end = part.offset + part.length
    assert end <= opened.length


def _tables(disk: bytes) -> list[int]:
    """Find the tables."""
    return [one for one in range(0, len(disk), 512) if disk[one + 510 : one + 512] == b"\x55\xaa"]


def _open(data: bytes) -> Container:
    return open_mbr(View(data), Budget(Limits()))
