"""Tests of squashfs 4 as makers of chips write it, against images of a real folder that a writer of ours makes."""

from __future__ import annotations

import itertools
import os
import random
import struct
import subprocess
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.squashfs import Squashfs, open_squashfs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.formats.old_squashfs import Kind, pack_lzma
from tests.unpack.formats.squashfs_4 import write
from tests.unpack.images import tool

_SIGNS = (b"shsq", b"qshs", b"hsqt", b"tqsh", b"zlqs", b"sqlz")
_LZMA = {
    "13": pack_lzma("13"),
    "9": pack_lzma("9"),
    "5": pack_lzma("5"),
    "1": pack_lzma("1"),
    "0": pack_lzma("0"),
    "13, odd properties": pack_lzma("13", 0, 2, 1),
    "0, odd properties": pack_lzma("0", 0, 1, 4),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("makers") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small folder with a directory, data blocks, a fragment, a link and a hole."""
    made = tmp_path_factory.mktemp("few") / "source"
    (made / "etc").mkdir(parents=True)
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "etc" / "data").write_text(random.Random(1).randbytes(6000).hex())
    (made / "etc" / "zeros").write_bytes(bytes(20_000) + b"end")
    for number in range(120):
        (made / "etc" / f"entry-{number}").write_bytes(b"%d" % number * 3)
    (made / "link").symlink_to("etc/name")
    os.link(made / "etc" / "name", made / "second")
    os.mkfifo(made / "fifo")
    return made


@pytest.mark.parametrize("order", "<>")
def test_either_byte_order_gives_the_folder_it_was_made_from(folder: Path, order: str) -> None:
    for kind in (Kind(order=order), Kind(order=order, block_size=1 << 20), Kind(order=order, raw_metadata=True)):
        opened = _open(write(folder, kind))
        assert opened.problems == ()
        source_tree.assert_same(opened, folder)
        assert opened.label.startswith("gzip" if order == "<" else "big-endian, gzip")


@pytest.mark.parametrize("variant", [{"long_forms": True}, {"fragments": False}, {"block_size": 4096}], ids=str)
def test_every_variant_is_read_big_endian(few: Path, variant: dict[str, int]) -> None:
    opened = _open(write(few, msgspec.structs.replace(Kind(order=">"), **variant)))
    assert opened.problems == ()
    source_tree.assert_same(opened, few)


def test_the_real_tool_reads_what_the_writer_writes(few: Path, tmp_path: Path) -> None:
    program = tool("unsquashfs", "squashfs-tools")
    image, target = tmp_path / "image", tmp_path / "target"
    image.write_bytes(write(few, Kind(block_size=4096)))
    subprocess.run([program, "-d", str(target), "-quiet", "-no-progress", str(image)], check=True, capture_output=True)
    source_tree.assert_same(_open(image.read_bytes()), target)


def test_headers_of_metadata_may_be_little_endian_in_a_big_endian_image(folder: Path) -> None:
    opened = _open(write(folder, Kind(order=">", header_order="<")))
    assert opened.problems == ()
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize(("order", "layout", "compression"), list(itertools.product("<>", _LZMA, (1, 2))))
def test_every_header_of_lzma_is_read_whatever_the_superblock_says(
    few: Path, order: str, layout: str, compression: int
) -> None:
    opened = _open(write(few, Kind(order=order, pack=_LZMA[layout], block_size=4096), compression))
    assert opened.problems == ()
    source_tree.assert_same(opened, few)


@pytest.mark.parametrize(("sign", "order"), list(itertools.product(_SIGNS, "<>")))
def test_every_sign_of_makers_is_read_in_both_byte_orders(few: Path, sign: bytes, order: str) -> None:
    image = write(few, Kind(sign=sign, order=order, pack=_LZMA["5"], block_size=4096), 99)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(b"before" * 50 + image, b"image")
    assert [(tree.format, len(tree.nodes)) for tree in explored.trees if tree.format != "raw"] == [
        ("squashfs", len(_open(image).nodes))
    ]
    source_tree.assert_same(_open(image), few)


@pytest.mark.parametrize(("sign", "order"), [(b"hsqs", ">"), (b"sqsh", "<")])
def test_the_two_standard_signs_have_one_byte_order(few: Path, sign: bytes, order: str) -> None:
    with pytest.raises(NotThisFormat):
        _open(write(few, Kind(sign=sign, order=order)))


def test_a_compression_without_a_name_is_believed_of_makers_only(few: Path) -> None:
    with pytest.raises(NotThisFormat):
        _open(write(few, Kind(), 99))


def test_a_damaged_root_is_told_in_terms_of_what_the_superblock_names(few: Path) -> None:
    image = write(few, Kind(order=">"))
    (inodes,) = struct.unpack_from(">Q", image, 64)
    with pytest.raises(Malformed, match="metadata block at"):
        _open(image[: inodes + 2] + b"\xff" * 300 + image[inodes + 302 :])


def test_a_big_endian_image_that_is_cut_says_so(few: Path) -> None:
    image = write(few, Kind(order=">"))
    assert "cut short: 5 bytes" in str(_open(image[:-5]).problems[0][1])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(few: Path, data: st.DataObject) -> None:
    pack = data.draw(st.sampled_from((zlib.compress, _LZMA["5"], _LZMA["0"])))
    whole = write(few, Kind(order=">", pack=pack, raw_metadata=data.draw(st.booleans()), block_size=4096))
    image = bytearray(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))])
    start = data.draw(st.sampled_from((0, 96, len(whole) - 600)))
    for offset in data.draw(st.lists(st.integers(start, len(whole)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    try:
        opened = open_squashfs(View(bytes(image)), Budget(Limits(entries=1000, file_bytes=1 << 20)))
    except (NotThisFormat, Malformed, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


@given(st.sampled_from(_SIGNS), st.binary(max_size=300))
def test_any_bytes_behind_a_sign_are_something_else(sign: bytes, data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(sign + data)


def _open(image: bytes) -> Squashfs:
    return open_squashfs(View(image), Budget(Limits()))
