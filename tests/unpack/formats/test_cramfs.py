"""Tests of the cramfs reader, against images that mkfs.cramfs makes of a real folder."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.cramfs import FORMAT, open_cramfs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.images import tool

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "binwalk3-cramfs.bin"

_KINDS = {
    "little": ("-N", "little"),
    "big": ("-N", "big"),
    "holes": ("-N", "little", "-z"),
    "big-holes": ("-N", "big", "-z"),
    "boot-bytes": ("-p",),
    "big-boot-bytes": ("-p", "-N", "big"),
    "pages-of-16": ("-b", "16384"),
    "pages-of-64": ("-b", "65536", "-N", "big"),
    "named": ("-n", "plimsoll", "-e", "7"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything that cramfs can carry: names to 252 bytes, groups to 255, no hard links."""
    made = tmp_path_factory.mktemp("cramfs") / "source"
    source_tree.build(made)
    for name in ("bin/ash", "home/a/vi", "etc/passwd-", "odd/" + "n" * 255):
        (made / name).unlink()
    (made / "odd" / ("n" * 251)).write_bytes(b"long")
    if source_tree.IS_ROOT:
        (made / "dev" / "large").unlink()
        os.chown(made / "home", 1000, 200)
        os.chown(made / "etc" / "shadow", 65_535, 255)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, two files and a symlink."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "data").write_text(random.Random(1).randbytes(3000).hex())
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "link").symlink_to("etc/name")
    return _make(made, "-N", "little")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    image = _make(folder, *_KINDS[kind])
    opened = _open(image + b"\xff" * 6000)
    assert opened.problems == ()
    assert opened.length == len(image)
    source_tree.assert_same(opened, folder)


def test_bytes_that_the_maker_put_before_the_root_are_passed_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kernel").write_bytes(random.Random(2).randbytes(5001))
    source_tree.assert_same(_open(_make(folder, "-i", str(tmp_path / "kernel"))), folder)
    padded = _make(folder, "-i", str(tmp_path / "kernel"), "-p")
    source_tree.assert_same(_open(padded), folder)


def test_an_empty_folder_is_read(tmp_path: Path) -> None:
    for order in ("little", "big"):
        assert [node.path for node in _open(_make(tmp_path, "-N", order)).nodes] == [b""]


def test_the_label_says_which_order_it_has(small: bytes) -> None:
    assert _open(small).label == "little-endian"
    assert [node.path for node in _open(small).nodes] == [b"", b"etc", b"link", b"etc/data", b"etc/name"]


def test_an_image_with_boot_bytes_is_not_opened_at_its_superblock(folder: Path) -> None:
    with pytest.raises(NotThisFormat):
        _open(_make(folder, "-p")[512:])


def test_an_image_of_the_first_version_ends_where_its_content_does(folder: Path) -> None:
    image = _make(folder, "-N", "little")
    first = _patched(image, 4, struct.pack("<II", 0x10000, 0))
    opened = _open(first + bytes(9000))
    assert (opened.length, opened.label) == (len(image), "little-endian, first version")
    source_tree.assert_same(opened, folder)


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_opens() -> None:
    opened = _open(_PRIVATE.read_bytes())
    assert opened.problems == ()
    assert [node.kind for node in opened.nodes] == ["directory", "file"]


@pytest.mark.parametrize("data", [b"", b"E=\xcd(", b"E=\xcd(" + bytes(100), b"(\xcd=E" + bytes(2000), bytes(2000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_superblock_that_contradicts_itself_is_something_else(small: bytes) -> None:
    for offset, value in ((16, b"c"), (4, b"\x10\x00"), (8, b"\x03\x10"), (64, b"\xa4\x81"), (72, b"\xc0\x05")):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, offset, value))


def test_another_signature_is_believed_with_its_flag_and_a_right_checksum(small: bytes) -> None:
    image = _patched(_patched(small, 16, b"another-maker-16"), 8, struct.pack("<I", 0x203))
    with pytest.raises(NotThisFormat):
        _open(image)
    assert len(_open(_summed(image)).nodes) == 5


def test_extended_pointers_are_told_with_the_length(small: bytes) -> None:
    with pytest.raises(Unsupported, match="extended block pointers") as raised:
        _open(_patched(small, 8, struct.pack("<I", 0x803)) + bytes(100))
    assert raised.value.length == len(small)


def test_a_wrong_checksum_is_told_and_the_rest_is_read(small: bytes) -> None:
    opened = _open(_patched(small, 32, b"\0\0\0\0"))
    assert [str(problem) for _, problem in opened.problems] == ["the checksum of the image is wrong"]
    assert len(opened.nodes) == 5


def test_a_truncated_image_is_listed_as_far_as_it_is_there(small: bytes, folder: Path) -> None:
    opened = _open(small[:1000])
    assert [node.path for node in opened.nodes] == [b"", b"etc", b"link", b"etc/data", b"etc/name"]
    assert "cut short" in str(opened.problems[0][1])
    with pytest.raises(Malformed, match="lies outside"):
        opened.read(_node(opened, b"etc/data"))
    image = _make(folder)
    for tenth in range(10):
        _exercise(image[: len(image) * tenth // 10])


def test_an_image_that_ends_before_its_listing_is_malformed(small: bytes) -> None:
    with pytest.raises(Malformed, match="listing"):
        _open(small[:80])


def test_a_damaged_block_spoils_only_its_file(small: bytes) -> None:
    opened = _open(small)
    at = opened.position(_node(opened, b"etc/data"))
    broken = _open(_patched(small, at + 50, b"\xff" * 60))
    with pytest.raises(Malformed, match="data block"):
        broken.read(_node(broken, b"etc/data"))
    assert broken.read(_node(broken, b"etc/name")) == b"plimsoll\n" * 50


def test_pointers_that_run_backward_are_malformed(small: bytes) -> None:
    at = _open(small).position(_node(_open(small), b"etc/data"))
    for end in (0, 1, at, 0xFFFFFFFF, len(small) - 1):
        broken = _open(_patched(small, at, struct.pack("<I", end)))
        with pytest.raises(Malformed):
            broken.read(_node(broken, b"etc/data"))


def test_a_directory_that_holds_itself_is_listed_once(small: bytes) -> None:
    at = small.index(b"etc\0") - 12
    opened = _open(_patched(small, at, small[64:72] + struct.pack("<I", (76 // 4) << 6 | 1)))
    assert [node.path for node in opened.nodes] == [b"", b"etc", b"link"]
    assert any("not followed" in str(problem) for _, problem in opened.problems)


def test_names_that_lead_out_and_second_names_are_left_out(small: bytes) -> None:
    for name in (b"..\0\0", b"a/b\0", b"lin\0", b".\0\0\0", b"\0\0\0\0", b"a\0b\0"):
        opened = _open(_patched(small, small.index(b"etc\0"), name))
        assert b"link" in {node.path for node in opened.nodes}
        assert name == b"lin\0" or b"etc/name" not in {node.path for node in opened.nodes}
        assert name == b"lin\0" or any("left out" in str(problem) for _, problem in opened.problems)


def test_an_unknown_kind_of_inode_spoils_only_itself(small: bytes) -> None:
    opened = _open(_patched(small, small.index(b"etc\0") - 12, b"\xff\xff"))
    assert [node.path for node in opened.nodes] == [b"", b"link"]
    assert "an inode of the mode" in str(opened.problems[-1][1])


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(small: bytes) -> None:
    at = small.index(b"name") - 12
    opened = _open(_patched(small, at + 4, b"\xff\xff\xff"))
    node = _node(opened, b"etc/name")
    assert node.size == 0xFFFFFF
    with pytest.raises(Malformed):
        opened.read(node)


def test_a_link_target_that_is_too_long_or_damaged_is_told(small: bytes) -> None:
    at = small.index(b"link") - 12
    for size, words in ((b"\x88\x13", "a link target of 5000 bytes"), (b"\xff\0", "holds 8 bytes, not 255")):
        opened = _open(_patched(small, at + 4, size))
        assert _node(opened, b"link").target is None
        assert any(words in str(problem) for _, problem in opened.problems)


def test_an_image_is_found_inside_others(folder: Path) -> None:
    explorer = Explorer((FORMAT,), Budget(Limits()), lambda file: None)
    plain, padded = _make(folder, "-N", "big"), _make(folder, "-p")
    explored = explorer.explore(b"x" * 700 + plain + b"y" * 33 + padded + b"z" * 900, b"image")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(700, len(plain)), (700 + len(plain) + 33, len(padded))]


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_cramfs(View(_make(folder)), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


def test_checksums_are_not_taken_without_end(small: bytes) -> None:
    with pytest.raises(LimitReached):
        open_cramfs(View(small), Budget(Limits(search_bytes=100)))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    for offset in data.draw(st.lists(st.integers(0, 250) | st.integers(0, len(small)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from("<>"))
def test_any_bytes_behind_a_superblock_raise_only_declared_errors(tail: bytes, order: str) -> None:
    head = struct.pack(f"{order}IIII16sIIII16s", 0x28CD3D45, 4096, 3, 0, b"Compressed ROMFS", 0, 0, 9, 9, b"")
    mode, size, offset = (0o40755, 0x1000, 19 << 6) if order == "<" else (0o40755 << 16, 0x1000 << 8, 19)
    _exercise(head + struct.pack(f"{order}III", mode, size, offset) + tail)
    _exercise(tail)


def test_the_signs_are_those_of_the_format() -> None:
    assert FORMAT.name == "cramfs"
    assert {(magic.literal, magic.offset) for magic in FORMAT.magics} == {
        (sign, offset) for sign in (b"E=\xcd(", b"(\xcd=E") for offset in (0, 512)
    }


def _make(folder: Path, *options: str) -> bytes:
    program = tool("mkfs.cramfs", "util-linux or util-linux-extra")
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        subprocess.run([program, *options, str(folder), str(target)], check=True, capture_output=True)
        return target.read_bytes()


def _summed(image: bytes) -> bytes:
    return _patched(image, 32, struct.pack("<I", zlib.crc32(_patched(image, 32, bytes(4)))))


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_cramfs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
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
    return open_cramfs(View(image), Budget(Limits()))


def _node(opened: Archive, path: bytes) -> source_tree.Node:
    return next(node for node in opened.nodes if node.path == path)


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
