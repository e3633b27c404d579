"""Tests of the ext reader, against images that the real mkfs makes of a real folder."""

from __future__ import annotations

import os
import random
import struct
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.ext import FORMAT, Ext, open_ext
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree

_KINDS = {
    "ext2-1k": ("-t", "ext2", "-b", "1024"),
    "ext2-4k": ("-t", "ext2", "-b", "4096", "-O", "^dir_index"),
    "ext2-2k-small-inodes": ("-t", "ext2", "-b", "2048", "-I", "128"),
    "ext3-1k": ("-t", "ext3", "-b", "1024"),
    "ext4-1k": ("-t", "ext4", "-b", "1024"),
    "ext4-4k": ("-t", "ext4", "-b", "4096"),
    "ext4-64k": ("-t", "ext4", "-b", "65536", "-O", "^has_journal"),
    "ext4-without-extents": ("-t", "ext4", "-b", "1024", "-O", "^extent,^64bit"),
    "ext4-32bit": ("-t", "ext4", "-b", "4096", "-O", "^64bit,^metadata_csum"),
    "ext4-meta-groups": ("-t", "ext4", "-b", "1024", "-g", "1024", "-O", "meta_bg,^resize_inode,^flex_bg"),
    "ext4-two-copies": ("-t", "ext4", "-b", "1024", "-g", "2048", "-O", "sparse_super2,meta_bg,^resize_inode"),
    "ext4-clusters": ("-t", "ext4", "-b", "4096", "-O", "bigalloc", "-C", "16384"),
}
_SIZE = {"ext4-64k": 192 << 20, "ext4-clusters": 48 << 20}
_LOST = (b"lost+found",)
_NAMES = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("ext") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with directories, links and a file of many blocks by block numbers."""
    return _image(_small_folder(tmp_path_factory.mktemp("small")), ("-t", "ext2", "-b", "1024", "-N", "24"), 400 << 10)


@pytest.fixture(scope="module")
def small_extents(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the same by extents, with content in inodes."""
    folder = _small_folder(tmp_path_factory.mktemp("small"))
    return _image(folder, ("-b", "1024", "-N", "24", "-O", "inline_data,^has_journal,^resize_inode"), 400 << 10)


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    opened = _open(_image(folder, _KINDS[kind], _SIZE.get(kind, 16 << 20)))
    assert opened.problems == ()
    assert opened.label.startswith(kind[:4])
    source_tree.assert_same(opened, folder, ignore=_LOST)


@pytest.mark.parametrize("size", ["256", "1024"])
def test_content_in_inodes_is_read(tmp_path: Path, size: str) -> None:
    folder = tmp_path / "source"
    source_tree.build(folder)
    # This mkfs drops a hole at the end of a file when content may lie in inodes.
    for name in ("mixed", "sparse", "hole"):
        (folder / "lib" / name).unlink()
    for length in (59, 60, 61, 100, 160, 161, 900):
        (folder / f"{length}").write_bytes(b"x" * length)
    opened = _open(_image(folder, ("-t", "ext4", "-b", "4096", "-I", size, "-O", "inline_data"), 16 << 20))
    assert opened.problems == ()
    assert opened._files[b"100"].more
    assert opened.position(_node(opened, b"100")) == 0
    source_tree.assert_same(opened, folder, ignore=_LOST)


@pytest.mark.parametrize("options", [("-t", "ext2", "-b", "1024"), ("-t", "ext4", "-b", "1024")])
def test_a_file_with_three_levels_of_blocks_is_read(tmp_path: Path, options: Sequence[str]) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    with (folder / "large").open("wb") as file:
        for place in (0, 11, 12, 267, 268, 269, 66_000, 66_500, 66_504, 70_001):
            file.seek(place * 1024 + 1)
            file.write(b"%d\n" % place * 150)
    opened = open_ext(View(_image(folder, options, 8 << 20)), Budget(Limits(ratio=10_000)))
    assert opened.read(_node(opened, b"large")) == (folder / "large").read_bytes()


def test_a_file_in_many_pieces_needs_a_tree_of_extents(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    with (folder / "pieces").open("wb") as file:
        for place in range(0, 2400, 2):
            file.seek(place * 1024)
            file.write(b"%d" % place * 200)
    opened = _open(_image(folder, ("-t", "ext4", "-b", "1024"), 8 << 20))
    node = _node(opened, b"pieces")
    assert struct.unpack_from("<HHHH", opened._files[b"pieces"].places)[3] >= 1
    assert opened.read(node) == (folder / "pieces").read_bytes()
    assert opened.position(node) > 0


def test_the_label_names_the_volume(small: bytes, folder: Path) -> None:
    assert _open(small).label == "ext2, 1 KiB blocks"
    image = _image(folder, ("-t", "ext4", "-b", "4096", "-L", "root fs"), 16 << 20)
    assert _open(image).label == "ext4, 4 KiB blocks, name root%20fs"


def test_bytes_after_the_image_are_not_part_of_it(small: bytes) -> None:
    assert _open(small + b"another" * 100).length == len(small)


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = _open(_image(folder, _KINDS["ext4-4k"], 16 << 20))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(opened.read, nodes))
    assert found == [opened.read(node) for node in nodes]


@pytest.mark.parametrize("data", [b"", bytes(4096), bytes(1080) + b"\x53\xef" + bytes(4000), b"\x53\xef" * 4096])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_superblock_that_contradicts_itself_is_something_else(small: bytes) -> None:
    for offset, value in ((0, 1), (4, 1), (20, 2), (24, 7), (32, 0), (40, 0), (76, 2), (88, 100), (90, 3)):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, 1024 + offset, struct.pack("<H" if offset >= 88 else "<I", value)))


def test_a_copy_of_the_superblock_is_no_image(folder: Path) -> None:
    image = _image(folder, ("-t", "ext2", "-b", "1024", "-g", "4096"), 16 << 20)
    copy = image[1024 * 4096 :]
    assert copy[1024 + 56 : 1024 + 58] == b"\x53\xef"
    with pytest.raises(NotThisFormat):
        _open(copy)


@pytest.mark.parametrize("feature", [0x1, 0x8, 0x1000, 0x80000])
def test_a_feature_that_we_cannot_read_is_told(small: bytes, feature: int) -> None:
    needed = struct.unpack_from("<I", small, 1024 + 96)[0] | feature
    with pytest.raises(Unsupported, match=f"features {feature:#x}"):
        _open(_patched(small, 1024 + 96, struct.pack("<I", needed)))


def test_a_journal_that_was_not_replayed_is_told(folder: Path) -> None:
    image = _image(folder, _KINDS["ext4-4k"], 16 << 20)
    needed = struct.unpack_from("<I", image, 1024 + 96)[0] | 0x4
    opened = _open(_patched(image, 1024 + 96, struct.pack("<I", needed)))
    assert [str(problem) for _, problem in opened.problems] == [
        "it was not closed properly; changes that are only in its journal are not read"
    ]
    source_tree.assert_same(opened, folder, ignore=_LOST)


def test_an_image_whose_root_is_cut_off_cannot_be_read(small: bytes) -> None:
    with pytest.raises(Malformed, match="lies outside") as caught:
        _open(small[: 12 << 10])
    assert caught.value.length == 12 << 10


def test_a_truncated_image_gives_what_is_there(small: bytes) -> None:
    whole = _open(small)
    cut = whole.position(_node(whole, b"etc/name"))
    opened = _open(small[:cut])
    assert opened.length == cut
    assert "cut short" in str(opened.problems[0][1])
    assert {node.path for node in opened.nodes} == {node.path for node in whole.nodes}
    assert len(opened.read(_node(opened, b"etc/large"))) == 90_000
    with pytest.raises(Malformed, match="outside"):
        opened.read(_node(opened, b"etc/name"))


def test_an_image_that_ends_before_its_root_is_malformed(small: bytes) -> None:
    with pytest.raises(Malformed, match="outside"):
        _open(small[:2100])


def test_an_image_whose_root_is_a_file_is_malformed(small: bytes) -> None:
    with pytest.raises(Malformed, match="no directory"):
        _open(_patched(small, _inode_at(small, 2), struct.pack("<H", 0o100644)))


def test_an_encrypted_file_is_listed_and_not_read(small: bytes) -> None:
    opened = _open(_flagged(small, b"etc/name", 0x800))
    with pytest.raises(Unsupported, match="encrypted"):
        opened.read(_node(opened, b"etc/name"))
    assert len(opened.read(_node(opened, b"etc/large"))) == 90_000


def test_the_names_in_an_encrypted_directory_are_not_listed(small: bytes) -> None:
    opened = _open(_flagged(small, b"etc", 0x800))
    assert {node.path for node in opened.nodes} == {b"", b"etc", b"lost+found", b"link", b"long"}
    assert [(path, "encrypted" in str(problem)) for path, problem in opened.problems] == [(b"etc", True)]


def test_a_damaged_inode_spoils_only_itself(small: bytes) -> None:
    at = _inode_at(small, _number(small, b"etc/name"))
    opened = _open(_patched(small, at, struct.pack("<H", 0xF000)))
    assert b"etc/name" not in {node.path for node in opened.nodes}
    assert (b"etc/name", "of kind 15") in [(path, str(problem)[-10:]) for path, problem in opened.problems]
    assert len(opened.read(_node(opened, b"etc/large"))) == 90_000


def test_a_name_with_a_slash_is_left_out(small: bytes) -> None:
    opened = _open(small.replace(b"etc-or-so", b"etc/or/so"))
    assert [str(problem) for _, problem in opened.problems] == ["an entry of the name 'etc%2For%2Fso' is left out"]


def test_a_directory_that_holds_itself_is_listed_once(small: bytes) -> None:
    at = small.index(b"etc-or-so") - _NAMES
    opened = _open(_patched(small, at, struct.pack("<I", _number(small, b"etc"))))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"etc/etc-or-so", "the same directory as 'etc'; not followed")
    ]


def test_a_damaged_entry_spoils_only_the_rest_of_its_block(small: bytes) -> None:
    at = small.index(b"etc-or-so") - _NAMES + 4
    opened = _open(_patched(small, at, struct.pack("<H", 3)))
    assert [path for path, _ in opened.problems] == [b"etc"]
    assert "damaged" in str(opened.problems[0][1])
    assert b"link" in {node.path for node in opened.nodes}


def test_old_and_new_device_numbers_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    image = _with_debugfs(_image(folder, ("-t", "ext2", "-b", "1024"), 400 << 10), tmp_path, [
        "mknod console c 5 1", "mknod disk b 8 300", "mknod pipe p",
    ])  # fmt: skip
    nodes = {node.path: (node.kind, node.device) for node in _open(image).nodes}
    assert nodes[b"console"] == ("character", (5, 1))
    assert nodes[b"disk"] == ("block", (8, 300))
    assert nodes[b"pipe"] == ("fifo", None)


def test_an_indexed_directory_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    for number in range(1500):
        (folder / f"a-rather-long-name-of-file-{number:05}").write_bytes(b"%d" % number)
    path = tmp_path / "image"
    path.write_bytes(_image(folder, ("-t", "ext4", "-b", "1024", "-N", "2000"), 8 << 20))
    check = subprocess.run([images.tool("e2fsck", "e2fsprogs"), "-fyD", str(path)], capture_output=True, check=False)
    assert check.returncode in (0, 1)
    opened = _open(path.read_bytes())
    assert opened.problems == ()
    source_tree.assert_same(opened, folder, ignore=_LOST)


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(small: bytes) -> None:
    at = _inode_at(small, _number(small, b"etc/name"))
    opened = _open(_patched(_patched(small, at + 4, b"\xff" * 4), at + 108, b"\xff\x0f\0\0"))
    node = _node(opened, b"etc/name")
    assert node.size == 0xFFFFFFFFFFF
    with pytest.raises(LimitReached):
        opened.read(node)


def test_a_large_hole_without_content_is_refused(small: bytes) -> None:
    at = _inode_at(small, _number(small, b"etc/name"))
    opened = _open(_patched(small, at + 4, struct.pack("<I", 200 << 20)))
    with pytest.raises(LimitReached):
        opened.read(_node(opened, b"etc/name"))


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_ext(View(_image(folder, _KINDS["ext4-4k"], 16 << 20)), Budget(Limits(entries=100)))
    assert len(opened.nodes) == 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, small_extents: bytes, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from((small, small_extents)))
    image = bytearray(source[: data.draw(st.integers(0, len(source)) | st.just(len(source)))])
    start = data.draw(st.sampled_from((1024, 2048, _inode_at(source, 2), _inode_at(source, 12), 5 * 1024, 10 * 1024)))
    for offset in data.draw(st.lists(st.integers(start, start + 1500), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


def test_damage_to_inodes_raises_only_declared_errors(small: bytes, small_extents: bytes) -> None:
    random_numbers = random.Random(5)
    for _ in range(150):
        for image in (small, small_extents):
            offset = random_numbers.randrange(_inode_at(image, 11), _inode_at(image, 20))
            _exercise(_patched(image, offset, random_numbers.randbytes(random_numbers.choice((1, 2, 4, 8)))))


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.magics[0].literal, FORMAT.magics[0].offset) == ("ext", b"\x53\xef", 0x438)


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    budget = Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20))
    try:
        opened = open_ext(View(image), budget)
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


def _small_folder(folder: Path) -> Path:
    (folder / "etc").mkdir()
    (folder / "etc" / "etc-or-so").mkdir()
    (folder / "etc" / "name").write_bytes(b"plimsoll\n")
    (folder / "etc" / "hundred").write_bytes(b"plimsoll!\n" * 10)
    (folder / "etc" / "large").write_bytes(random.Random(1).randbytes(90_000))
    os.link(folder / "etc" / "name", folder / "etc" / "second")
    (folder / "link").symlink_to("etc/name")
    (folder / "long").symlink_to("etc/" * 30 + "name")
    return folder


def _image(folder: Path, options: Sequence[str], size: int) -> bytes:
    path = folder.parent / f"{folder.name}.image"
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(size)
    command = [images.tool("mkfs.ext4", "e2fsprogs"), "-q", "-F", "-m", "0", *options, "-d", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    image = path.read_bytes()
    path.unlink()
    return image


def _with_debugfs(image: bytes, folder: Path, commands: Sequence[str]) -> bytes:
    path = folder / "debugfs.image"
    path.write_bytes(image)
    for line in commands:
        subprocess.run(
            [images.tool("debugfs", "e2fsprogs"), "-w", "-R", line, str(path)], check=True, capture_output=True
        )
    return path.read_bytes()


def _flagged(image: bytes, path: bytes, flag: int) -> bytes:
    at = _inode_at(image, _number(image, path)) + 32
    return _patched(image, at, struct.pack("<I", struct.unpack_from("<I", image, at)[0] | flag))


def _number(image: bytes, path: bytes) -> int:
    """Find the number of an inode: it stands before the name in its directory."""
    name = path.rpartition(b"/")[2]
    entry = image.index(bytes([len(name)]) + (b"\x02" if path == b"etc" else b"\x01") + name)
    return int(struct.unpack_from("<I", image, entry - 6)[0])


def _inode_at(image: bytes, number: int) -> int:
    """Find an inode of a small image with 1 KiB blocks and one group."""
    size = struct.unpack_from("<H", image, 1024 + 88)[0]
    table = struct.unpack_from("<I", image, 2048 + 8)[0]
    return int(table * 1024 + (number - 1) * size)


def _node(opened: Ext, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _open(image: bytes) -> Ext:
    return open_ext(View(image), Budget(Limits()))


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
