"""Tests of the squashfs reader, against images that mksquashfs makes of a real folder."""

from __future__ import annotations

import os
import random
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.squashfs import FORMAT, Squashfs, open_squashfs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree

_KINDS = {
    "gzip": ("-comp", "gzip"),
    "gzip-1m": ("-comp", "gzip", "-b", "1M", "-Xcompression-level", "1"),
    "gzip-4k": ("-comp", "gzip", "-b", "4K"),
    "gzip-as-it-is": ("-comp", "gzip", "-noI", "-noD", "-noF", "-noX", "-noId"),
    "gzip-no-fragments": ("-comp", "gzip", "-no-fragments", "-no-exports", "-no-xattrs"),
    "gzip-all-fragments": ("-comp", "gzip", "-always-use-fragments", "-no-duplicates"),
    "gzip-no-padding": ("-comp", "gzip", "-nopad", "-no-sparse"),
    "xz": ("-comp", "xz"),
    "xz-filters": ("-comp", "xz", "-b", "256K", "-Xbcj", "x86,arm,armthumb,powerpc"),
    "xz-1m": ("-comp", "xz", "-b", "1M", "-Xdict-size", "50%"),
    "lzma": ("-comp", "lzma"),
    "lzo": ("-comp", "lzo"),
    "lzo-4k": ("-comp", "lzo", "-b", "4K", "-Xalgorithm", "lzo1x_1"),
    "lz4": ("-comp", "lz4"),
    "lz4-hc": ("-comp", "lz4", "-Xhc", "-b", "1M"),
    "zstd": ("-comp", "zstd", "-Xcompression-level", "3"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("squashfs") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, data blocks and a fragment."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "etc" / "data").write_text(random.Random(1).randbytes(6000).hex())
    (made / "link").symlink_to("etc/name")
    return images.squashfs(made, "-comp", "gzip", "-b", "4K", "-nopad")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    opened = _open(images.squashfs(folder, *_KINDS[kind]))
    assert opened.problems == ()
    source_tree.assert_same(opened, folder)


def test_owners_that_the_maker_sets_are_read(folder: Path) -> None:
    opened = _open(images.squashfs(folder, "-all-root", "-force-uid", "70000"))
    assert {(node.uid, node.gid) for node in opened.nodes} == {(70_000, 0)}


def test_devices_of_a_pseudo_file_are_read(folder: Path) -> None:
    image = images.squashfs(folder, "-p", "tty c 620 0 5 5 1", "-p", "disk b 660 0 6 8 300")
    nodes = {node.path: node for node in _open(image).nodes}
    console, disk = nodes[b"tty"], nodes[b"disk"]
    assert (console.kind, console.mode, console.gid, console.device) == ("character", 0o620, 5, (5, 1))
    assert (disk.kind, disk.device) == ("block", (8, 300))


def test_extended_attributes_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"content")
    try:
        for path in (tmp_path / "folder", tmp_path / "folder" / "file"):
            os.setxattr(path, "user.plimsoll", b"1")
    except OSError:
        pytest.skip("the file system of temporary files keeps no attributes")
    source_tree.assert_same(_open(images.squashfs(tmp_path)), tmp_path)


def test_the_root_directory_comes_first(small: bytes) -> None:
    opened = _open(small)
    assert [node.path for node in opened.nodes] == [b"", b"etc", b"link", b"etc/data", b"etc/name"]
    assert opened.nodes[0].kind == "directory"
    assert opened.label == "gzip, 4 KiB blocks"


def test_bytes_after_the_image_are_not_part_of_it(small: bytes) -> None:
    assert _open(small + b"another" * 100).length == len(small)


def test_an_image_without_any_file_is_read(tmp_path: Path) -> None:
    opened = _open(images.squashfs(tmp_path))
    assert [node.path for node in opened.nodes] == [b""]


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = _open(images.squashfs(folder, "-comp", "zstd", "-b", "4K", "-Xcompression-level", "1"))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip((node.path for node in nodes), pool.map(opened.read, nodes), strict=True))
    assert found == {node.path: opened.read(node) for node in nodes}


def test_each_fragment_block_is_undone_once_in_disk_order(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number}").write_text(random.Random(number).randbytes(450).hex())
    opened = _open(images.squashfs(tmp_path, "-comp", "gzip", "-b", "4K"))
    undone: list[int] = []
    undo = opened._fragments._undo

    def count(number: int) -> bytes | bytearray | memoryview:
        undone.append(number)
        return undo(number)

    opened._fragments._undo = count  # type: ignore[method-assign]
    opened._fragments._most = 2
    source_tree.assert_same(opened, tmp_path)
    assert len(undone) == len(set(undone)) > 10


@pytest.mark.parametrize("data", [b"", b"hsqs", b"hsqs" + bytes(92), b"sqsh" + bytes(200), bytes(200)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_squashfs(View(data), _budget())


def test_a_superblock_that_contradicts_itself_is_something_else(small: bytes) -> None:
    for offset, value in ((12, b"\x01"), (20, b"\x09"), (22, b"\x0d"), (28, b"\x07"), (40, bytes(8)), (26, bytes(2))):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, offset, value))


@pytest.mark.parametrize(
    ("sign", "order", "major"), [(b"hsqs", "<", 3), (b"sqsh", ">", 2), (b"shsq", "<", 3), (b"qshs", ">", 1)]
)
def test_an_older_version_is_left_to_its_own_reader(sign: bytes, order: str, major: int) -> None:
    header = sign + bytes(24) + struct.pack(f"{order}HHHH", major, 0, 0, 16) + bytes(100)
    with pytest.raises(NotThisFormat):
        open_squashfs(View(header), _budget())


def test_an_image_that_ends_before_its_directories_is_malformed(small: bytes) -> None:
    with pytest.raises(Malformed, match="cut short"):
        _open(small[:4000])


def test_an_image_that_ends_after_its_directories_is_listed(small: bytes) -> None:
    opened = _open(small[:-20])
    assert [node.path for node in opened.nodes][:2] == [b"", b"etc"]
    assert any("cut short" in str(problem) for _, problem in opened.problems)
    assert opened.length == len(small) - 20


def test_a_damaged_data_block_spoils_only_its_file(small: bytes) -> None:
    opened = _open(_patched(small, 100, bytes(50)))
    nodes = {node.path: node for node in opened.nodes}
    assert opened.read(nodes[b"etc/name"]) == b"plimsoll\n" * 50
    with pytest.raises(Malformed, match="data block"):
        opened.read(nodes[b"etc/data"])


def test_a_damaged_fragment_is_told_of_every_file_in_it(small: bytes) -> None:
    place = struct.unpack_from("<Q", small, 80)[0]
    table = struct.unpack_from("<Q", small, place)[0]
    damaged = _patched(small, table, b"\x10\x80" + struct.pack("<QI", 1 << 60, 100))
    opened = _open(damaged)
    name = next(node for node in opened.nodes if node.path == b"etc/name")
    assert opened.position(name) == 1 << 60
    for _ in range(2):
        with pytest.raises(Malformed, match="outside"):
            opened.read(name)


def test_a_claim_of_very_many_fragments_is_not_believed(small: bytes) -> None:
    for count in (1000, 0x00FFFFFF, 0xFFFFFFFF):
        opened = _open(_patched(small, 16, struct.pack("<I", count)))
        assert len(opened.nodes) == 5
        assert "fragment table" in str(opened.problems[0][1])


def test_files_whose_tails_are_in_a_missing_fragment_are_told(small: bytes) -> None:
    opened = _open(_patched(small, 16, bytes(4)))
    name = next(node for node in opened.nodes if node.path == b"etc/name")
    assert opened.position(name) == 0
    with pytest.raises(Malformed, match="not known"):
        opened.read(name)


def test_a_truncated_image_is_listed_or_told_to_be_malformed(folder: Path) -> None:
    image = images.squashfs(folder, "-comp", "gzip", "-nopad")
    whole = {node.path for node in _open(image).nodes}
    for hundredth in range(90, 1000, 45):
        _exercise(image[: len(image) * hundredth // 1000])
    listed = 0
    for missing in range(1, 20_000, 500):
        try:
            opened = _open(image[:-missing])
        except Malformed:
            continue
        assert whole >= {node.path for node in opened.nodes}
        assert opened.problems
        listed += 1
    assert listed


def test_a_name_that_leads_out_of_the_tree_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(b"1")
    (tmp_path / "quux").write_bytes(b"2")
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    for name in (b"a/xx", b"../x", b"qu\0x"):
        opened = _open(image.replace(b"quux", name))
        assert [node.path for node in opened.nodes] == [b"", b"good"]
        assert "left out" in str(opened.problems[0][1])


def test_a_listing_that_ends_inside_an_entry_gives_the_entries_before(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_bytes(b"1")
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    opened = _open(_patched(image, image.index(b"second") - 2, b"\xff"))
    assert [node.path for node in opened.nodes] == [b"", b"first"]
    assert "inside an entry" in str(opened.problems[0][1])


def test_two_entries_of_one_name_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(b"1")
    (tmp_path / "hood").write_bytes(b"2")
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    opened = _open(image.replace(b"hood", b"good"))
    assert [node.path for node in opened.nodes] == [b"", b"good"]
    assert "second entry" in str(opened.problems[0][1])


def test_a_directory_that_holds_itself_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"1")
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    root = struct.unpack_from("<Q", image, 32)[0]
    at = image.index(b"inner") - 8
    opened = _open(_patched(image, at, struct.pack("<H", root & 0xFFFF)))
    assert [node.path for node in opened.nodes] == [b""]
    assert "not followed" in str(opened.problems[0][1])


def test_a_damaged_inode_spoils_only_itself(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode())
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    inodes = struct.unpack_from("<Q", image, 64)[0]
    opened = _open(_patched(image, inodes + 2 + 32, struct.pack("<H", 99)))
    assert [node.path for node in opened.nodes] == [b"", b"a", b"c"]
    assert [(path, str(problem)) for path, problem in opened.problems] == [(b"b", "an inode of kind 99")]


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    image = images.squashfs(tmp_path, "-noI", "-comp", "gzip")
    inodes = struct.unpack_from("<Q", image, 64)[0]
    opened = _open(_patched(image, inodes + 2 + 28, struct.pack("<I", 0xFFFFFFF0)))
    node = opened.nodes[1]
    assert node.size == 0xFFFFFFF0
    with pytest.raises(LimitReached):
        opened.read(node)


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    image = images.squashfs(folder, "-comp", "gzip")
    opened = open_squashfs(View(image), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    start = data.draw(st.sampled_from((0, 96, len(small) - 600)))
    for offset in data.draw(st.lists(st.integers(start, len(small)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


def test_damage_to_tables_that_are_stored_as_they_are_raises_only_declared_errors(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes(b"1" * 5000)
    image = images.squashfs(tmp_path, "-noI", "-noX", "-noId", "-noF", "-comp", "gzip", "-b", "4K", "-nopad")
    random_numbers = random.Random(3)
    for _ in range(300):
        offset = random_numbers.randrange(len(image) - 500, len(image))
        _exercise(_patched(image, offset, random_numbers.randbytes(random_numbers.choice((1, 2, 4)))))


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.magics[0].literal, FORMAT.carve) == ("squashfs", b"hsqs", True)


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    budget = Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20))
    try:
        opened = open_squashfs(View(image), budget)
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


def _open(image: bytes) -> Squashfs:
    return open_squashfs(View(image), _budget())


def _budget() -> Budget:
    return Budget(Limits())


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
