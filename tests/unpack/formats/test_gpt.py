"""Tests of GUID partition tables, against disks that the real sfdisk, fdisk and sgdisk make."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, Malformed, NotThisFormat, View
from plimsoll.unpack.formats import gzip
from plimsoll.unpack.formats.gpt import FORMAT, open_gpt
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images
from tests.unpack.formats.disks import CONTENT, MIB, fdisk, filled, gaps, named, patched, sfdisk

_LINUX = "type 0fc63daf-8483-4772-8e79-3d69d8477de4 (Linux file system)"
_EFI = "type c12a7328-f81f-11d2-ba4b-00a0c93ec93b (EFI system)"
_SCRIPT = """label: gpt
start=2048, size=2048, type=uefi, name="EFI System"
start=6144, size=1024, type=linux, name="rööt"
start=4096, size=100, type=12345678-1234-1234-1234-123456789abc
"""
_NAMED = [
    (f"EFI System, {_EFI}", MIB, MIB),
    ("partition 3, type 12345678-1234-1234-1234-123456789abc", 2 * MIB, 100 * 512),
    (f"rööt, {_LINUX}", 3 * MIB, MIB // 2),
]
_SIZE = 4 * MIB
_BACKUP = _SIZE - 512
_MISSING = "the copy of the table at the end is missing or damaged"
_COPY = "the table at the beginning is damaged; its copy at the end is read"


@pytest.fixture(scope="module")
def disk() -> bytes:
    """Give a disk of three partitions, not in the order of the table, with content."""
    return filled(sfdisk(_SCRIPT, _SIZE), [MIB, 2 * MIB, 3 * MIB])


def test_each_partition_is_a_part(disk: bytes) -> None:
    opened = _open(disk)
    assert (opened.problems, opened.label, opened.length) == ((), "sectors of 512 bytes", _SIZE)
    assert named(opened) == _NAMED


def test_the_content_is_that_of_the_partitions(disk: bytes) -> None:
    for (_, offset, _), content in zip(named(_open(disk)), CONTENT, strict=False):
        assert disk[offset : offset + len(content)] == content


def test_what_lies_between_partitions_is_a_part_too(disk: bytes) -> None:
    table_end, copy = 34 * 512, _SIZE - 33 * 512
    between = [(table_end, MIB), (2 * MIB + 51_200, 3 * MIB), (3 * MIB + MIB // 2, copy)]
    assert gaps(_open(disk)) == between


def test_sectors_of_4096_bytes() -> None:
    disk = fdisk("g n 1 256 +255 n 2 600 +99 w", 8 * MIB, 4096)
    opened = _open(disk)
    assert (opened.problems, opened.label, opened.length) == ((), "sectors of 4096 bytes", 8 * MIB)
    assert named(opened) == [
        (f"partition 1, {_LINUX}", 256 * 4096, 256 * 4096),
        (f"partition 2, {_LINUX}", 600 * 4096, 100 * 4096),
    ]


def test_a_table_of_the_real_sgdisk(tmp_path: Path) -> None:
    target = tmp_path / "disk"
    target.write_bytes(bytes(_SIZE))
    options = ["--new=1:2048:4095", "--change-name=1:boot", "--typecode=1:8301", "--new=128:4096:4103"]
    subprocess.run([images.tool("sgdisk", "gdisk"), *options, str(target)], check=True, capture_output=True)
    opened = _open(target.read_bytes())
    assert opened.problems == ()
    assert named(opened) == [
        ("boot, type 8da63339-0007-60c0-c436-083ac8230908", MIB, MIB),
        (f"partition 128, {_LINUX}", 2 * MIB, 4096),
    ]


@pytest.mark.parametrize("offset", [512, 512 + 20, 512 + 90, 1024 + 8, 1024 + 56])
def test_the_copy_is_read_when_the_first_is_damaged(disk: bytes, offset: int) -> None:
    opened = _open(patched(disk, offset, b"\xff\xee"))
    assert named(opened) == _NAMED
    assert [str(problem) for problem in opened.problems] == [_COPY]


def test_the_copy_is_found_where_a_damaged_first_header_says(disk: bytes) -> None:
    opened = _open(patched(disk, 512 + 90, b"\xff") + b"more" * 700)
    assert named(opened) == _NAMED
    assert opened.length == _SIZE


def test_the_copy_is_found_when_the_first_is_gone(disk: bytes) -> None:
    opened = _open(patched(disk, 512, bytes(33 * 512)))
    assert named(opened) == _NAMED
    assert [str(problem) for problem in opened.problems] == [_COPY]


def test_a_damaged_copy_is_told(disk: bytes) -> None:
    opened = _open(patched(disk, _BACKUP + 20, b"\xff"))
    assert named(opened) == _NAMED
    assert [str(problem) for problem in opened.problems] == [_MISSING]


def test_entries_that_are_damaged_in_both_are_read_and_told(disk: bytes) -> None:
    both = patched(patched(disk, 1024 + 56, b"e"), _SIZE - 33 * 512 + 56, b"f")
    opened = _open(both)
    assert named(opened)[0][0] == f"eFI System, {_EFI}"
    assert [str(problem) for problem in opened.problems] == ["the checksum of its entries is wrong"]


def test_when_both_are_damaged_it_is_told(disk: bytes) -> None:
    both = patched(patched(disk, 512 + 90, b"\xff"), _BACKUP + 90, b"\xff")
    with pytest.raises(Malformed, match="neither"):
        _open(both)
    with pytest.raises(NotThisFormat):
        _open(patched(both, 510, bytes(2)))


def test_a_truncated_disk_gives_what_is_there(disk: bytes) -> None:
    opened = _open(disk[: 3 * MIB + 1000])
    assert named(opened) == [*_NAMED[:2], (_NAMED[2][0], 3 * MIB, 1000)]
    missing = MIB // 2 - 1000
    assert [str(problem) for problem in opened.problems] == [
        _MISSING,
        f"rööt, {_LINUX}: cut short: {missing} bytes are missing",
    ]
    opened = _open(disk[: 2 * MIB])
    assert [str(problem).rpartition(": ")[2] for problem in opened.problems[1:]] == ["lies outside"] * 2


def test_partitions_that_overlap_are_left_out(disk: bytes) -> None:
    opened = _open(_with_entry(disk, 1, 2048 + 10, 2048 + 20))
    assert [name for name, _, _ in named(opened)] == [_NAMED[0][0], _NAMED[1][0]]
    assert any("overlaps another partition" in str(problem) for problem in opened.problems)
    for first, last in ((0, 5), (33, 40), (_SIZE // 512 - 10, _SIZE // 512 - 1), (1, 1 << 62)):
        opened = _open(_with_entry(disk, 1, first, last))
        assert any("overlaps the table" in str(problem) for problem in opened.problems)
        assert len(named(opened)) == 2


def test_entries_with_absurd_places_make_nothing(disk: bytes) -> None:
    top = (1 << 64) - 1
    for first, last in ((top, top), (top - 1, 5), (1 << 63, top)):
        assert len(named(_open(_with_entry(disk, 1, first, last)))) == 2


def test_a_disk_is_found_in_a_dump_and_its_partitions_are_explored(disk: bytes) -> None:
    seen: list[File] = []
    formats = (FORMAT, gzip.FORMAT)
    dump = random.Random(8).randbytes(100_003) + disk + b"tail" * 3000
    explored = Explorer(formats, Budget(Limits()), seen.append).explore(dump, b"dump")
    found = [span for span in explored.image.spans if span.format == "gzip"]
    assert [span.offset - 100_003 for span in found] == [MIB, 2 * MIB, 3 * MIB]
    assert sum(span.length for span in explored.image.spans) == len(dump)
    assert explored.image.spans[-1].kind != "understood"


def test_what_lies_between_partitions_is_not_counted_as_understood(disk: bytes) -> None:
    noise = random.Random(9).randbytes(20_000)
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(patched(disk, 50_000, noise), b"x")
    (kind,) = [one.kind for one in explored.image.spans if one.offset <= 60_000 < one.offset + one.length]
    assert kind != "understood"


def test_nothing_is_found_in_noise_or_in_text_with_the_sign(disk: bytes) -> None:
    noise = bytearray(random.Random(6).randbytes(2 << 20))
    for at in range(512, len(noise), 512):
        noise[at : at + 12] = b"EFI PART\0\0\1\0"
        noise[at - 2 : at] = b"\x55\xaa"
    text = b"EFI PART is the sign of a GPT, U\xaa that of an MBR. " * 40_000
    for data in (bytes(noise), text, disk[512:1024] * 2000):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert not {span.kind for span in explored.image.spans} & {"understood"}


@pytest.mark.parametrize("length", [0, 512, 600, 1023])
def test_a_beginning_alone_is_refused(disk: bytes, length: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(disk[:length])


def test_more_entries_than_allowed_raise_the_limit(disk: bytes) -> None:
    with pytest.raises(LimitReached):
        open_gpt(View(disk), Budget(Limits(entries=2)))


@settings(max_examples=150, deadline=None)
@given(
    data=st.data(),
    damage=st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 255)), max_size=6),
    sums=st.booleans(),
)
def test_damage_anywhere_stays_within_bounds(
    disk: bytes, data: st.DataObject, damage: list[tuple[int, int]], sums: bool
) -> None:
    image = bytearray(disk[: data.draw(st.sampled_from([len(disk), 3 * MIB + 7, 2 * MIB, 1400]))])
    for offset, change in damage:
        if offset < len(image):
            image[offset] ^= change
    changed = _summed(bytes(image)) if sums else bytes(image)
    try:
        opened = open_gpt(View(changed), Budget(Limits(entries=1000)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    end = 0
    for part in opened.parts:
        assert part.offset >= end
        assert part.length > 0
        end = part.offset + part.length
    assert end <= opened.length


def _with_entry(disk: bytes, number: int, first: int, last: int) -> bytes:
    """Change where a partition lies, with sums that fit."""
    return _summed(patched(disk, 1024 + number * 128 + 32, struct.pack("<QQ", first, last)))


def _summed(disk: bytes) -> bytes:
    """Make the sums of the first table right."""
    if len(disk) < 34 * 512:
        return disk
    entries = struct.pack("<I", zlib.crc32(disk[1024 : 34 * 512]))
    header = patched(patched(disk[512:604], 88, entries), 16, bytes(4))
    return patched(disk, 512, patched(header, 16, struct.pack("<I", zlib.crc32(header))))


def _open(data: bytes) -> Container:
    return open_gpt(View(data), Budget(Limits()))
