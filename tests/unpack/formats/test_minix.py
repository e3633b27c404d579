"""Tests of the Minix reader, against images of a real folder that a writer of ours makes and fsck.minix checks."""

from __future__ import annotations

import itertools
import os
import random
import re
import stat
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.minix import FORMAT, open_minix
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.formats.minix_images import Kind, superblock, write
from tests.unpack.images import tool

_KINDS = [
    Kind(version=version, name_bytes=names, order=order)
    for version, names, order in [*itertools.product((1, 2), (14, 30), "<>"), (3, 60, "<"), (3, 60, ">")]
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that fits: names of 14 bytes, owners of 16 bits, groups of 8."""
    made = tmp_path_factory.mktemp("minix") / "source"
    random_bytes = random.Random(7).randbytes
    for name, content, mode in [
        ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644),
        ("etc/exactly-14-ch", b"", 0o400),
        ("bin/busybox", random_bytes(1_300_001), 0o4755),
        ("lib/seven", random_bytes(7 * 1024), 0o644),
        ("lib/eight", random_bytes(7 * 1024 + 1), 0o644),
        ("lib/single", random_bytes((7 + 512) * 1024), 0o644),
        ("odd/new\nline", b"1", 0o600),
        ("odd/with space", b"2", 0o600),
        *((f"many/{number}", b"%d" % number, 0o644) for number in range(400)),
    ]:
        path = made / name[:18]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    (made / "tmp").mkdir(mode=0o700)
    (made / "tmp").chmod(0o1777)
    with (made / "lib" / "sparse").open("wb") as file:
        file.seek(1_500_000)
        file.write(b"in the middle")
        file.truncate(2_500_000)
    os.link(made / "bin" / "busybox", made / "bin" / "ash")
    (made / "bin" / "sh").symlink_to("busybox")
    (made / "etc" / "long").symlink_to("long/" * 60 + "end")
    (made / "dev").mkdir()
    os.mkfifo(made / "dev" / "fifo", 0o600)
    if source_tree.IS_ROOT:
        os.mknod(made / "dev" / "console", stat.S_IFCHR | 0o600, os.makedev(5, 1))
        os.mknod(made / "dev" / "mtdblock0", stat.S_IFBLK | 0o640, os.makedev(31, 0))
        os.mknod(made / "dev" / "log", stat.S_IFSOCK | 0o755)
        os.chown(made / "tmp", 1000, 100)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, files, a second name and a symlink."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 900)
    (made / "etc" / "other").write_bytes(b"more")
    (made / "link").symlink_to("etc/name")
    os.link(made / "etc" / "name", made / "second")
    return write(made, Kind(zones=100, inodes=64))


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: f"{kind.version}-{kind.name_bytes}-{kind.order}")
def test_every_version_and_order_gives_the_folder_it_was_made_from(folder: Path, kind: Kind) -> None:
    opened = _open(write(folder, kind))
    assert opened.problems == ()
    assert opened.length == 4096 * 1024
    source_tree.assert_same(opened, folder)
    order = "little-endian" if kind.order == "<" else "big-endian"
    assert opened.label == f"version {kind.version}, {order}, names of {kind.name_bytes} bytes, 1 KiB zones"


@pytest.mark.parametrize("block", [2048, 4096, 32_768])
def test_larger_blocks_of_version_3_are_read(folder: Path, block: int) -> None:
    opened = _open(write(folder, Kind(version=3, name_bytes=60, block=block, zones=20_000_000 // block)))
    assert opened.problems == ()
    source_tree.assert_same(opened, folder)


def test_a_file_that_takes_three_steps_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.write(b"start" * 20_000)
        file.seek(66 << 20)
        file.write(b"far behind")
    opened = _open(write(tmp_path, Kind(version=2, name_bytes=30)))
    source_tree.assert_same(opened, tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in _KINDS if kind.order == "<"], ids=str)
def test_the_real_tools_agree_with_the_writer(folder: Path, tmp_path: Path, kind: Kind) -> None:
    make, check = tool("mkfs.minix", "util-linux"), tool("fsck.minix", "util-linux")
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.write_bytes(bytes(kind.zones * kind.block))
    names = [] if kind.version == 3 else ["-n", str(kind.name_bytes)]
    subprocess.run([make, f"-{kind.version}", *names, str(empty)], check=True, capture_output=True)
    assert [node.path for node in _open(empty.read_bytes()).nodes] == [b""]
    assert empty.read_bytes()[1024:1056] == superblock(kind)
    image = write(folder, kind)
    full.write_bytes(image)
    done = subprocess.run([check, "-f", "-l", str(full)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    listed = set(re.findall(rb"^/(.+?):?$", done.stdout.replace(b"new\nline", b"new?line"), re.MULTILINE))
    assert listed == {node.path.replace(b"\n", b"?") for node in _open(image).nodes if node.path}


def test_an_image_in_use_is_read(folder: Path) -> None:
    source_tree.assert_same(_open(write(folder, Kind(state=0))), folder)


def test_an_image_is_found_inside_others(small: bytes) -> None:
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(
        b"x" * 5003 + small + b"x" * 900, b"image"
    )
    spans = [(span.offset, span.length) for span in explored.image.spans if span.format == "minix"]
    assert spans == [(5003, len(small))]


@pytest.mark.parametrize("data", [b"", bytes(2000), b"\xff" * 4000, bytes(1040) + b"\x7f\x13\1\0" + bytes(9000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (1024, bytes(2)),
        (1026, bytes(2)),
        (1028, bytes(4)),
        (1032, b"\2\0"),
        (1034, b"\7\0"),
        (4096, b"\0\x80"),
        (4096 + 14, b"\1\0"),
        (4096 + 14, b"\xff\xff"),
    ],
)
def test_a_superblock_or_root_that_contradicts_itself_is_something_else(
    small: bytes, offset: int, value: bytes
) -> None:
    with pytest.raises(NotThisFormat):
        _open(_patched(small, offset, value))


def test_random_bytes_and_text_that_hold_the_sign_give_nothing() -> None:
    numbers = random.Random(11)
    for filler in (numbers.randbytes(2_000_000), b"all work and no play\n" * 100_000, bytes(1_000_000)):
        data = bytearray(filler)
        for _ in range(2000):
            at = numbers.randrange(len(data) - 10)
            data[at : at + 4] = numbers.choice(FORMAT.magics).literal
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(bytes(data), b"image")
        assert [span for span in explored.image.spans if span.kind == "understood"] == []


def test_a_truncated_image_is_listed_as_far_as_it_is_there(folder: Path) -> None:
    image = write(folder, Kind(version=2))
    whole = {node.path for node in _open(image).nodes}
    assert len(whole) == len(_open(image).nodes)
    for tenth in range(4, 10):
        opened = _open(image[: len(image) * tenth // 10])
        assert "cut short" in str(opened.problems[0][1])
        assert whole >= {node.path for node in opened.nodes}
        _exercise(image[: len(image) * tenth // 10])


def test_a_damaged_inode_spoils_only_its_entry(small: bytes) -> None:
    number = _number(small, b"other")
    opened = _open(_patched(small, 4096 + (number - 1) * 32, b"\0\0"))
    assert [(path, str(reason)) for path, reason in opened.problems] == [(b"etc/other", "an inode of the mode 0o0")]
    assert {node.path for node in opened.nodes} == {b"", b"etc", b"link", b"second", b"etc/name"}


def test_an_entry_of_no_inode_is_told(small: bytes) -> None:
    opened = _open(_patched(small, small.index(b"other\0") - 2, b"\xff\xff"))
    assert [(path, str(reason)) for path, reason in opened.problems] == [(b"etc/other", "there is no inode 65535")]


def test_a_directory_that_holds_itself_or_the_root_is_listed_once(small: bytes) -> None:
    for number in (1, _number(small, b"etc")):
        opened = _open(_patched(small, small.index(b"other\0") - 2, struct.pack("<H", number)))
        assert [path for path, _ in opened.problems] == [b"etc/other"]
        assert "not followed" in str(opened.problems[0][1])


def test_names_that_lead_out_are_left_out(small: bytes) -> None:
    for name in (b"../xy", b"a/b/c", b"\0ther", b"name\0"):
        opened = _open(_patched(small, small.index(b"other\0"), name))
        assert "left out" in str(opened.problems[0][1])
        assert len(opened.nodes) == len(_open(small).nodes) - 1


def test_zones_that_lie_outside_are_told_when_they_are_read(small: bytes) -> None:
    at = 4096 + (_number(small, b"name") - 1) * 32 + 14
    for zone, words in ((0xFFFF, "outside"), (1, "not one of data")):
        opened = _open(_patched(small, at + 2, struct.pack("<H", zone)))
        node = next(node for node in opened.nodes if node.path == b"etc/name")
        with pytest.raises(Malformed, match=words):
            opened.read(node if node.link_to is None else _holder(opened, node.link_to))


def test_a_file_that_claims_to_be_huge_is_refused(small: bytes) -> None:
    at = 4096 + (_number(small, b"other") - 1) * 32
    opened = _open(_patched(small, at + 4, b"\xff\xff\xff\x7f"))
    with pytest.raises(LimitReached):
        opened.read(_holder(opened, b"etc/other"))
    opened = _open(_patched(small, at + 4, struct.pack("<I", 0x0FFFFFFF)))
    with pytest.raises((LimitReached, Malformed)):
        opened.read(_holder(opened, b"etc/other"))


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_minix(View(write(folder, Kind())), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    places = st.integers(1024, 1056) | st.integers(4096, 4096 + 7 * 32) | st.integers(6144, len(small))
    for offset in data.draw(st.lists(places, max_size=8)):
        if offset < len(image):
            image[offset] = data.draw(st.integers(0, 255))
    _exercise(bytes(image))


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("minix", True)
    assert {magic.offset for magic in FORMAT.magics} == {1040, 1048}


def _number(image: bytes, name: bytes) -> int:
    (number,) = struct.unpack_from("<H", image, image.index(name + b"\0") - 2)
    assert isinstance(number, int)
    return number


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_minix(View(image), Budget(Limits(entries=1000, file_bytes=4 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                content = opened.read(node)
            except (Malformed, LimitReached):
                continue
            assert len(content) == node.size


def _open(image: bytes) -> Archive:
    return open_minix(View(image), Budget(Limits()))


def _holder(opened: Archive, path: bytes) -> source_tree.Node:
    return next(node for node in opened.nodes if node.path == path)


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
