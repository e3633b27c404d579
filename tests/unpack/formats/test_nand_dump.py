"""Tests of dumps of NAND flash with spare bytes, made of images of the real tools."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File, Node
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._nand_pages import PAGES, PagedView, Pages
from plimsoll.unpack.formats.nand_dump import FORMAT, open_nand_dump
from plimsoll.unpack.formats.ubi import open_ubi
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats.jffs2_nodes import make_image
from tests.unpack.look_alikes import assert_nothing_opens

_CHANCE = random.Random(5)


def with_spare(image: bytes, page: int, spare: int, make: Callable[[int], bytes] = _CHANCE.randbytes) -> bytes:
    """Put spare bytes behind each page, as a raw dump has them."""
    whole = image + b"\xff" * (-len(image) % page)
    return b"".join(whole[at : at + page] + make(spare) for at in range(0, len(whole), page))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder as a JFFS2 or UBIFS image carries it."""
    made = tmp_path_factory.mktemp("nand") / "source"
    source_tree.build(made)
    (made / "etc" / "long").unlink()
    if source_tree.IS_ROOT:
        (made / "dev" / "large").unlink()
        os.chown(made / "home", 1000, 60_000)
    return made


@pytest.fixture(scope="module")
def ubis(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, bytes]:
    """Give a UBI image with a UBIFS volume for each size of pages."""
    return {page: _ubi(folder, page, tmp_path_factory.mktemp("ubi")) for page in (512, 2048, 4096)}


@pytest.fixture(scope="module")
def squashfs(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a squashfs image of the folder."""
    return _squashfs(folder, tmp_path_factory.mktemp("squashfs") / "image")


def _squashfs(folder: Path, image: Path, codec: str = "gzip") -> bytes:
    command = [images.tool("mksquashfs", "squashfs-tools"), folder, image, "-comp", codec, "-noappend", "-quiet"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return image.read_bytes()


def _ubi(folder: Path, page: int, place: Path) -> bytes:
    usable = page * 62
    ubifs = place / "ubifs"
    options = ["-m", str(page), "-e", str(usable), "-c", "800", "-r", str(folder), "-o", str(ubifs)]
    subprocess.run([images.tool("mkfs.ubifs", "mtd-utils"), *options], check=True, capture_output=True)
    return _ubi_of(ubifs, page, place)


def _ubi_of(volume: Path, page: int, place: Path, kind: str = "dynamic") -> bytes:
    plan = place / "plan"
    plan.write_text(f"[a]\nmode=ubi\nimage={volume}\nvol_id=0\nvol_type={kind}\nvol_name=rootfs\nvol_size=64MiB\n")
    options = ["-o", str(place / "image"), "-m", str(page), "-p", str(page * 64)]
    command = [images.tool("ubinize", "mtd-utils"), *options]
    subprocess.run([*command, str(plan)], check=True, capture_output=True)
    return (place / "image").read_bytes()


def _jffs2(folder: Path, *options: str) -> bytes:
    return make_image(folder, "-n", "-p", "-e", "0x10000", *options)


def _budget() -> Budget:
    return Budget(Limits())


def _seen(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    files: list[File] = []
    explored = Explorer(FORMATS, _budget(), files.append).explore(data, b"x")
    problems = [str(one.message) for one in explored.image.problems]
    return {str(file.tree.stem.at(file.node.path)): file.data for file in files}, problems


@pytest.mark.parametrize(("page", "spare"), [(512, 16), (2048, 64), (2048, 128), (4096, 128), (4096, 224)])
@pytest.mark.parametrize("filler", ["noise", "blank"])
def test_ubi_gives_the_volumes_of_the_image_it_was_made_of(
    ubis: dict[int, bytes], page: int, spare: int, filler: str
) -> None:
    make = _CHANCE.randbytes if filler == "noise" else lambda count: b"\xff" * count
    dump = with_spare(ubis[page], page, spare, make)
    opened = open_nand_dump(View(dump), _budget())
    plain = open_ubi(View(ubis[page]), _budget())
    assert (opened.length, opened.problems) == (len(dump), ())
    assert opened.label.endswith(f"pages of {page} and {spare} bytes")
    assert [opened.read(node) for node in opened.nodes] == [plain.read(node) for node in plain.nodes]


def test_the_files_in_a_volume_are_those_of_the_folder(folder: Path, ubis: dict[int, bytes]) -> None:
    plain, _ = _seen(ubis[2048])
    found, problems = _seen(bytes(4096) + with_spare(ubis[2048], 2048, 64) + b"\xff" * 100_000)
    assert not problems
    below, expected = (
        {key.rpartition("!")[2]: data for key, data in one.items() if "!ubifs" in key} for one in (found, plain)
    )
    assert below == expected
    assert (folder / "bin" / "busybox").read_bytes() in found.values()


@pytest.mark.parametrize(("page", "spare"), [(512, 16), (2048, 64), (4096, 128)])
@pytest.mark.parametrize("order", ["-l", "-b"])
def test_jffs2_gives_the_folder_it_was_made_of(folder: Path, page: int, spare: int, order: str) -> None:
    image = _jffs2(folder, order)
    dump = with_spare(image, page, spare)
    opened = open_nand_dump(View(dump + b"\x55" * 5000), _budget())
    assert opened.problems == ()
    assert opened.length == len(dump)
    assert opened.label.startswith("JFFS2, ")
    source_tree.assert_same(opened, folder)
    for node in opened.nodes:
        assert opened.position(node) < len(dump)


@pytest.mark.parametrize(("page", "spare"), [(512, 16), (2048, 64), (4096, 224)])
@pytest.mark.parametrize("codec", ["gzip", "xz"])
def test_squashfs_gives_the_folder_it_was_made_of(
    folder: Path, tmp_path: Path, page: int, spare: int, codec: str
) -> None:
    image = _squashfs(folder, tmp_path / "image", codec)
    dump = with_spare(image, page, spare)
    opened = open_nand_dump(View(dump + b"\x55" * 5000), _budget())
    assert opened.problems == ()
    assert opened.label == f"squashfs, {codec}, 128 KiB blocks, pages of {page} and {spare} bytes"
    assert len(dump) - (4096 // page + 1) * (page + spare) <= opened.length <= len(dump)
    source_tree.assert_same(opened, folder)
    for node in opened.nodes:
        assert opened.position(node) < len(dump)


def test_a_squashfs_behind_a_kernel_in_a_dump_is_found(folder: Path, tmp_path: Path) -> None:
    kernel = _CHANCE.randbytes(128 << 10)
    dump = with_spare(kernel + _squashfs(folder, tmp_path / "image") + b"\xff" * 100_000, 2048, 64)
    found, problems = _seen(dump)
    assert not problems
    assert (folder / "bin" / "busybox").read_bytes() in found.values()


def test_a_damaged_squashfs_of_a_dump_hides_only_what_is_damaged(folder: Path, tmp_path: Path) -> None:
    dump = bytearray(with_spare(_squashfs(folder, tmp_path / "image"), 2048, 64))
    dump[300:320] = bytes(20)
    opened = open_nand_dump(View(bytes(dump)), _budget())
    assert {node.path for node in opened.nodes} >= {b"bin/busybox", b"etc/passwd"}


def test_the_files_of_a_squashfs_in_a_volume_are_those_of_the_folder(folder: Path, tmp_path: Path) -> None:
    volume = tmp_path / "squashfs"
    _squashfs(folder, volume)
    for kind in ("static", "dynamic"):
        plain = _ubi_of(volume, 2048, tmp_path, kind)
        for image in (plain, b"\x11" * 4096 + plain, with_spare(plain, 2048, 64)):
            found, problems = _seen(image)
            assert not problems
            assert {key.rpartition("!")[0].rpartition("@")[0] for key in found if "!squashfs@0x0/bin/" in key}
            assert (folder / "bin" / "busybox").read_bytes() in found.values()


def test_images_without_spare_bytes_are_left_to_their_own_readers(
    folder: Path, ubis: dict[int, bytes], tmp_path: Path
) -> None:
    squashfs = _squashfs(folder, tmp_path / "image")
    for image in (*ubis.values(), _jffs2(folder, "-l"), make_image(folder, "-b"), squashfs, squashfs[:-9000]):
        with pytest.raises(NotThisFormat):
            open_nand_dump(View(image), _budget())


def test_a_block_that_went_bad_is_told_and_the_rest_is_read(ubis: dict[int, bytes]) -> None:
    dump = bytearray(with_spare(ubis[2048], 2048, 64))
    block = 64 * (2048 + 64)
    dump[5 * block : 6 * block] = _CHANCE.randbytes(block)
    opened = open_nand_dump(View(bytes(dump)), _budget())
    assert [str(reason) for _, reason in opened.problems] == ["the erase block at 0xa0000 has no header that holds"]


def test_a_truncated_dump_gives_what_is_there(folder: Path, ubis: dict[int, bytes]) -> None:
    for image in (with_spare(ubis[2048], 2048, 64), with_spare(_jffs2(folder, "-l"), 2048, 64)):
        for size in (len(image) // 2 + 1, len(image) - 100):
            opened = open_nand_dump(View(image[:size]), _budget())
            assert 0 < opened.length <= size
            assert opened.problems or opened.nodes


def test_a_log_longer_than_the_limit_is_read_up_to_it(folder: Path) -> None:
    dump = with_spare(_jffs2(folder, "-l"), 2048, 64)
    opened = open_nand_dump(View(dump), Budget(Limits(file_bytes=128 << 10)))
    assert opened.length <= 160 << 10


@pytest.mark.parametrize("pages", PAGES[:6])
def test_the_content_of_a_dump_reads_as_if_it_had_no_spare_bytes(pages: Pages) -> None:
    content = _CHANCE.randbytes(pages.page * 5 + 100)
    dump = b"".join(
        content[at : at + pages.page] + (b"s" * pages.spare if at + pages.page <= len(content) else b"")
        for at in range(0, len(content), pages.page)
    )
    view = PagedView(View(dump), pages)
    assert view.size == len(content)
    assert view.cut(7).read(3, len(content) - 10) == content[10:]
    assert view.cut(100, 50).cut(10).read(0, 40) == content[110:150]
    assert view.read(pages.page - 3, 6) == content[pages.page - 3 : pages.page + 3]
    for offset, length in ((-1, 2), (0, len(content) + 1), (len(content), 1)):
        with pytest.raises(EOFError):
            view.slice(offset, length)
        with pytest.raises(EOFError):
            view.cut(offset, length)


def test_look_alikes_are_refused() -> None:
    assert_nothing_opens(FORMAT)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_survived(ubis: dict[int, bytes], folder: Path, squashfs: bytes, data: st.DataObject) -> None:
    dumps = [with_spare(ubis[512], 512, 16), with_spare(_jffs2(folder, "-l"), 2048, 64), with_spare(squashfs, 2048, 64)]
    image = data.draw(st.sampled_from(dumps))
    changed = bytearray(image)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, 200_000)) % len(changed)
        value = data.draw(st.binary(min_size=1, max_size=8))
        changed[at : at + len(value)] = value
    _survive(bytes(changed[: data.draw(st.sampled_from([len(changed), 100, 5000, 70_000]))]))


def _survive(data: bytes) -> None:
    try:
        opened = open_nand_dump(View(data), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 <= opened.length <= len(data)
    for node in opened.nodes:
        _read(opened.read, node)


def _read(read: Callable[[Node], bytes], node: Node) -> None:
    if node.kind != "file" or node.size > 1 << 20:
        return
    try:
        assert len(read(node)) == node.size
    except (Malformed, LimitReached):
        return
