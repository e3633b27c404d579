"""Tests of the reader of squashfs version 1, and of the signs of makers, against images that a writer of ours makes."""

from __future__ import annotations

import itertools
import os
import random
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.squashfs import Squashfs
from plimsoll.unpack.formats.squashfs_old import open_squashfs_old
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.formats.old_squashfs import Kind, pack_lzma, write

_SIGNS = (b"shsq", b"qshs", b"hsqt", b"tqsh", b"zlqs", b"sqlz")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that fits: device numbers have 8 bits each."""
    made = tmp_path_factory.mktemp("first") / "source"
    source_tree.build(made)
    (made / "dev" / "large").unlink(missing_ok=True)
    return made


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small folder with a directory, blocks that shrink and that do not, a link and a fifo."""
    made = tmp_path_factory.mktemp("few") / "source"
    (made / "etc").mkdir(parents=True)
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "etc" / "random").write_bytes(random.Random(1).randbytes(40_000))
    (made / "link").symlink_to("etc/name")
    os.link(made / "etc" / "name", made / "second")
    os.mkfifo(made / "fifo")
    return made


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("size", [4096, 32_768])
def test_version_1_gives_the_folder_it_was_made_from(folder: Path, order: str, size: int) -> None:
    opened = _open(write(folder, Kind(version=1, order=order, block_size=size)))
    assert opened.problems == ()
    name = "little" if order == "<" else "big"
    assert opened.label == f"version 1.0, {name}-endian, zlib, {size >> 10} KiB blocks"
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("order", "<>")
def test_version_1_in_lzma_and_stored_as_it_is_is_read(few: Path, order: str) -> None:
    for kind in (
        Kind(version=1, order=order, block_size=32_768, pack=pack_lzma("5")),
        Kind(version=1, order=order, block_size=32_768, raw_metadata=True),
        Kind(version=1, order=order, block_size=32_768, checked=True),
    ):
        opened = _open(write(few, kind))
        assert opened.problems == ()
        source_tree.assert_same(opened, few)


@pytest.mark.skipif(not source_tree.IS_ROOT, reason="owners are root's to set")
@pytest.mark.parametrize("order", "<>")
def test_more_owners_than_sixteen_are_told_apart(tmp_path: Path, order: str) -> None:
    for number in range(48):
        path = tmp_path / f"{number:02}"
        if number % 3:
            path.write_bytes(b"1")
        else:
            os.mkfifo(path)
        os.chown(path, 1000 + number, 1000 + number if number % 2 else 7)
    os.chown(tmp_path, 1000, 1000)
    opened = _open(write(tmp_path, Kind(version=1, order=order, block_size=4096)))
    source_tree.assert_same(opened, tmp_path)


@pytest.mark.parametrize(("sign", "order", "version"), list(itertools.product(_SIGNS, "<>", (1, 2, 3))))
def test_every_sign_of_makers_is_read_in_both_byte_orders(few: Path, sign: bytes, order: str, version: int) -> None:
    kind = Kind(version=version, order=order, sign=sign, block_size=32_768, pack=pack_lzma("13"))
    opened = _open(write(few, kind))
    assert opened.problems == ()
    source_tree.assert_same(opened, few)


@pytest.mark.parametrize(("sign", "order"), [(b"hsqs", ">"), (b"sqsh", "<")])
def test_the_two_standard_signs_have_one_byte_order(few: Path, sign: bytes, order: str) -> None:
    with pytest.raises(NotThisFormat):
        _open(write(few, Kind(version=1, order=order, sign=sign, block_size=4096)))


@pytest.mark.parametrize(
    ("offset", "value"), [(4, bytes(4)), (34, b"\x10\0"), (34, b"\x0b\0"), (20, bytes(4)), (43, b"\xff" * 8)]
)
def test_a_superblock_that_contradicts_itself_is_something_else(few: Path, offset: int, value: bytes) -> None:
    image = write(few, Kind(version=1, block_size=4096))
    with pytest.raises(NotThisFormat):
        _open(image[:offset] + value + image[offset + len(value) :])


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    opened = _open(write(tmp_path, Kind(version=1, block_size=4096, shown_size=0xFFFFFFF0)))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[1])


def test_a_truncated_image_is_listed_or_told_to_be_malformed(few: Path) -> None:
    image = write(few, Kind(version=1, block_size=4096))
    (at,) = struct.unpack_from("<I", image, 24)
    with pytest.raises(Malformed, match="cut short"):
        _open(image[: at - 1])
    assert "cut short" in str(_open(image[:-1]).problems[0][1])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(few: Path, data: st.DataObject) -> None:
    raw, order = data.draw(st.booleans()), data.draw(st.sampled_from("<>"))
    whole = write(few, Kind(version=1, order=order, raw_metadata=raw, block_size=4096))
    image = bytearray(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    start = data.draw(st.sampled_from((0, 51, len(whole) - 300)))
    for offset in data.draw(st.lists(st.integers(start, len(whole)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    try:
        opened = open_squashfs_old(View(bytes(image)), Budget(Limits(entries=1000, file_bytes=1 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


def _open(image: bytes) -> Squashfs:
    return open_squashfs_old(View(image), Budget(Limits()))
