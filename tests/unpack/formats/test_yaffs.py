"""Tests of the YAFFS reader, against images of a real folder that a writer of ours makes and unyaffs reads too."""

from __future__ import annotations

import os
import random
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats.yaffs import FORMAT, open_yaffs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.formats.yaffs_images import Kind, open_image, started, write
from tests.unpack.images import tool

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-yaffs2_le.img"

_KINDS = {
    "as mkyaffs2image writes it": Kind(),
    "big-endian": Kind(order=">"),
    "mark of bad blocks": Kind(tags_at=2),
    "tags far inside": Kind(tags_at=30),
    "as a device writes it": Kind(extra=True, tags_at=2),
    "as a big-endian device writes it": Kind(extra=True, tags_at=2, order=">"),
    "tags in the page": Kind(page=2032, spare=16),
    "tags in the large page": Kind(page=4080, spare=16, order=">"),
    "4 KiB": Kind(page=4096, spare=128),
    "4 KiB, odd spare": Kind(page=4096, spare=224, tags_at=2),
    "8 KiB": Kind(page=8192, spare=256),
    "16 KiB": Kind(page=16384, spare=512),
    "1 KiB": Kind(page=1024, spare=32),
    "512": Kind(page=512, spare=16),
    "no header of the root": Kind(root=False),
    "version 1": Kind(version=1, page=512, spare=16),
    "version 1, big-endian": Kind(version=1, page=512, spare=16, order=">"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that fits: targets of links have 159 bytes."""
    made = tmp_path_factory.mktemp("yaffs") / "source"
    source_tree.build(made)
    (made / "etc" / "long").unlink()
    (made / "etc" / "long").symlink_to("l/" * 79 + "e")
    (made / "bin" / "busybox").write_bytes(random.Random(7).randbytes(150_001))
    (made / "bin" / "busybox").chmod(0o4755)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, files, further names of one, a symlink and a fifo."""
    made = tmp_path_factory.mktemp("small")
    _fill(made)
    return write(made)


@pytest.mark.parametrize("kind", _KINDS.values(), ids=_KINDS)
def test_every_layout_gives_the_folder_it_was_made_from(folder: Path, kind: Kind) -> None:
    image = write(folder, kind)
    opened = open_image(image)
    assert opened.problems == ()
    assert opened.length == len(image)
    order = "little-endian" if kind.order == "<" else "big-endian"
    assert opened.label == f"version {kind.version}, {order}, pages of {kind.page} and {kind.spare} bytes"
    source_tree.assert_same(opened, folder)


@pytest.mark.parametrize("name", ["as mkyaffs2image writes it", "mark of bad blocks", "4 KiB", "no header of the root"])
def test_an_independent_reader_finds_the_same(folder: Path, tmp_path: Path, name: str) -> None:
    program = tool("unyaffs", "unyaffs")
    image, target = tmp_path / "image", tmp_path / "target"
    image.write_bytes(write(folder, _KINDS[name]))
    target.mkdir()
    subprocess.run([program, str(image), str(target)], check=True, capture_output=True)
    source_tree.assert_same(open_image(image.read_bytes()), target)


@pytest.mark.parametrize("page", [512, 2048, 4096])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("root", [True, False])
def test_an_image_without_its_spare_bytes_is_read(folder: Path, page: int, order: str, root: bool) -> None:
    image = _bare(folder, page, order, root)
    opened = open_image(image + b"\xff" * 100_000)
    assert opened.problems == ()
    assert opened.length == len(image)
    assert "without their spare bytes" in opened.label
    source_tree.assert_same(opened, folder)


def test_an_image_without_its_spare_bytes_that_is_cut_says_so(folder: Path) -> None:
    image = _bare(folder, 2048)
    opened = open_image(image[: len(image) // 2])
    assert "cut short" in str(opened.problems[0][1])
    assert len(opened.nodes) > 5


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_opens() -> None:
    opened = open_image(_PRIVATE.read_bytes())
    assert opened.problems == ()
    files = {node.path: opened.read(node) for node in opened.nodes if node.kind == "file"}
    assert set(files) == {b"testfile1", b"testfile2", b"generic folder/test file 3_.txt"}
    assert [len(content) for content in files.values()] == [62, 28, 20]


def test_the_end_of_the_last_erase_block_belongs_to_it(small: bytes) -> None:
    assert open_image(small + b"\xff" * (200 * 2112)).length == 64 * 2112
    assert open_image(small + b"\xff" * 5000 + b"something else" * 999).length == len(small) + 5000
    assert open_image(small + b"something else" * 50_000).length == len(small)


def test_two_images_one_after_the_other_stay_apart(small: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    block = 64 * 2112
    image = small.ljust(2 * block, b"\xff") + write(tmp_path)
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(image, b"image")
    assert [[node.path for node in tree.nodes][-1] for tree in explored.trees if tree.format == "yaffs"] == [
        open_image(small).nodes[-1].path,
        b"other",
    ]


def test_an_image_is_found_inside_others(small: bytes) -> None:
    before = b"\x03\0\0\0\x01\0\0\0\xff\xff" * 500
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(before + small + b"x" * 900, b"image")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(len(before), len(small))]


def test_a_damaged_header_spoils_only_its_object(small: bytes) -> None:
    whole = open_image(small)
    at = next(at for at in range(2112, len(small), 2112) if small[at + 10 : at + 14] == b"fifo")
    opened = open_image(small[:at] + b"\x09" + small[at + 1 :])
    assert [str(problem) for _, problem in opened.problems] == ["1 headers are damaged and left out"]
    assert {node.path for node in whole.nodes} - {node.path for node in opened.nodes} == {b"fifo"}


def test_a_truncated_image_is_listed_as_far_as_it_is_there(folder: Path) -> None:
    image = write(folder)
    whole = {node.path for node in open_image(image).nodes}
    for hundredth in range(2, 100, 7):
        part = image[: len(image) * hundredth // 100]
        opened = open_image(part)
        assert opened.length <= len(part)
        assert whole >= {node.path for node in opened.nodes}
    victim = image.index(b"ash\0") - 10
    assert "cut short: the last file lacks 147953 bytes" in str(
        open_image(image[: victim + 2 * 2112 + 99]).problems[0][1]
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x03\0\0\0\x01\0\0\0\xff\xff",
        b"\x03\0\0\0\x01\0\0\0\xff\xff" + bytes(5000),
        b"\x03\0\0\0\x01\0\0\0\xff\xff" + b"\xff" * 5000,
        b"\x01\0\0\0\x01\0\0\0\xff\xff" + b"name".ljust(256, b"\0") + bytes(40_000),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_image(data)


def test_random_bytes_and_text_that_hold_the_sign_give_nothing() -> None:
    numbers = random.Random(11)
    for filler in (numbers.randbytes(2_000_000), b"all work and no play\n" * 100_000, bytes(1_000_000)):
        data = bytearray(filler)
        for _ in range(300):
            at = numbers.randrange(len(data) - 10)
            data[at : at + 10] = numbers.choice(FORMAT.magics).literal
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(bytes(data), b"image")
        assert [span for span in explored.image.spans if span.kind == "understood"] == []


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_yaffs(View(write(folder)), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    chunk = data.draw(st.integers(0, len(small) // 2112 - 1)) * 2112
    places = st.integers(chunk, chunk + 600) | st.integers(chunk + 2048, chunk + 2064)
    for offset in data.draw(st.lists(places, max_size=8)):
        if offset < len(image):
            image[offset] = data.draw(st.integers(0, 255))
    _exercise(bytes(image))


@settings(max_examples=60, deadline=None)
@given(numbers=st.lists(st.tuples(*[st.integers(0, 0xFFFFFFFF) | st.integers(0, 400)] * 4), max_size=12))
def test_any_tags_raise_only_declared_errors(numbers: list[tuple[int, int, int, int]]) -> None:
    writer = started()
    for sequence, number, index, used in numbers:
        writer.header(number or 1, name=b"name", parent=index % 5, size=used, means=number >> 1)
        writer.image[-64:-48] = struct.pack("<4I", sequence, number, index, used)
        writer.header(number or 1, name=b"name", parent=index % 5, size=used, shadows=index, shrunk=1)
    _exercise(bytes(writer.image))


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.carve, len(FORMAT.magics)) == ("yaffs", True, 10)


def _fill(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "name").write_bytes(b"plimsoll\n" * 500)
    (folder / "etc" / "other").write_bytes(b"other")
    (folder / "link").symlink_to("etc/name")
    os.link(folder / "etc" / "name", folder / "second")
    os.mkfifo(folder / "fifo")


def _bare(folder: Path, page: int, order: str = "<", root: bool = True) -> bytes:
    kind = Kind(page=page, order=order, root=root)
    whole, pitch = write(folder, kind), page + kind.spare
    return b"".join(whole[at : at + page] for at in range(0, len(whole), pitch))


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_yaffs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
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
