"""Tests of the JFFS2 reader, against images that the real mkfs makes of a real folder."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats.jffs2 import FORMAT, open_jffs2
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats.jffs2_nodes import (
    TEXT,
    contents,
    exercise,
    find,
    make_image,
    open_image,
    patched,
    read_all,
)

_KINDS = {
    "little-zlib": ("-l",),
    "big-zlib": ("-b",),
    "little-lzo": ("-l", "-X", "lzo", "-x", "zlib", "-x", "rtime"),
    "big-rtime": ("-b", "-x", "zlib"),
    "little-smallest": ("-l", "-X", "lzo", "-m", "size"),
    "big-uncompressed": ("-b", "-m", "none"),
    "little-large-blocks": ("-l", "-e", "0x40000", "-p"),
    "big-small-blocks": ("-b", "-e", "8KiB", "-p"),
    "little-without-marks": ("-l", "-n", "-p"),
    "little-large-pages": ("-l", "-s", "0x4000"),
    "little-attributes": ("-l", "--with-xattr"),
}
_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-jffs2_le.img"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that the real tool keeps whole: no large owner, device or link target."""
    made = tmp_path_factory.mktemp("jffs2") / "source"
    source_tree.build(made)
    (made / "etc" / "long").unlink()
    (made / "etc" / "long").symlink_to("long/" * 40 + "end")
    if source_tree.IS_ROOT:
        (made / "dev" / "large").unlink()
        os.chown(made / "home", 1000, 60_000)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image of several erase blocks."""
    folder = tmp_path_factory.mktemp("small") / "source"
    (folder / "etc" / "inner").mkdir(parents=True)
    (folder / "etc" / "name").write_bytes(b"a name\n")
    (folder / "etc" / "large").write_bytes(random.Random(3).randbytes(30_000))
    (folder / "link").symlink_to("etc/name")
    (folder / "text").write_bytes(TEXT)
    return make_image(folder, "-l", "-e", "8KiB", "-p")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    image = make_image(folder, *_KINDS[kind])
    opened = open_image(image)
    assert opened.problems == ()
    assert opened.label.startswith(kind.split("-", maxsplit=1)[0] + "-endian")
    assert opened.length == len(image)
    source_tree.assert_same(opened, folder)


def test_the_label_gives_byte_order_and_erase_blocks(folder: Path) -> None:
    assert open_image(make_image(folder, "-b", "-e", "0x20000")).label == "big-endian, 128 KiB erase blocks"


def test_an_image_with_a_summary_is_read(folder: Path, tmp_path: Path) -> None:
    program = images.tool("sumtool", "mtd-utils")
    (tmp_path / "plain").write_bytes(make_image(folder, "-l", "-e", "0x10000", "-p"))
    command = [program, "-l", "-e", "0x10000", "-i", tmp_path / "plain", "-o", tmp_path / "image"]
    subprocess.run(command, check=True, capture_output=True)
    opened = open_image((tmp_path / "image").read_bytes())
    assert opened.problems == ()
    source_tree.assert_same(opened, folder)


def test_what_the_real_tool_appends_to_an_image_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    for text in (b"old", b"same"):
        (folder / os.fsdecode(text)).write_bytes(text)
    base = make_image(folder, "-l", "-p", "-e", "8KiB")
    (tmp_path / "base").write_bytes(base)
    (folder / "old").write_bytes(b"newer")
    (folder / "another").write_bytes(b"another")
    appended = make_image(folder, "-l", "-p", "-e", "8KiB", "-i", str(tmp_path / "base"))
    assert contents(base + appended) == {b"old": b"newer", b"another": b"another", b"same": b"same"}


def test_two_banks_that_begin_alike_are_not_mixed(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a-large-one").write_bytes(random.Random(6).randbytes(40_000))
    (folder / "version").write_bytes(b"1\n")
    one = make_image(folder, "-l", "-f", "-p", "-e", "8KiB")
    (folder / "version").write_bytes(b"2\n")
    two = make_image(folder, "-l", "-f", "-p", "-e", "8KiB")
    assert one[:32_768] == two[:32_768]
    opened = open_image(one + two)
    assert opened.length == len(one)
    assert opened.read(find(opened, b"version")) == b"1\n"
    assert contents(one + one) == contents(one)


def test_damaged_data_makes_its_file_unreadable_and_no_other(small: bytes) -> None:
    good, bad = read_all(open_image(patched(small, small.index(b"a name\n"), b"A")))
    assert bad == {b"etc/name"}
    assert good[b"text"] == TEXT
    assert good.keys() == {b"text", b"etc/large"}


def test_a_listing_that_takes_too_much_is_cut_off_and_told(small: bytes) -> None:
    opened = open_jffs2(View(small), Budget(Limits(file_bytes=10)))
    assert any("10 bytes of entries" in str(problem) for _, problem in opened.problems)


def test_a_block_that_could_not_be_read_is_skipped(small: bytes) -> None:
    for filler in (bytes(8192), b"\xff" * 8192, random.Random(1).randbytes(8192)):
        opened = open_image(small[:8192] + filler + small[16384:])
        assert opened.length == len(small)
        good, bad = read_all(opened)
        assert bad == {b"etc/large"}
        assert good[b"text"] == TEXT


def test_garbage_that_is_longer_than_the_bound_ends_the_log(small: bytes) -> None:
    noise = random.Random(2).randbytes(300 << 10)
    opened = open_image(small + noise + small)
    assert opened.length == len(small)
    assert ["may belong to it" in str(reason) for _, reason in opened.problems] == [True]


@pytest.mark.parametrize("options", [("-l",), ("-b", "-n")])
@pytest.mark.parametrize("between", [b"", b"\xff" * (1 << 17), bytes(1 << 16)])
def test_two_images_one_after_the_other_are_not_mixed(
    folder: Path, tmp_path: Path, options: Sequence[str], between: bytes
) -> None:
    other = tmp_path / "other"
    (other / "etc").mkdir(parents=True)
    (other / "etc" / "passwd").write_bytes(b"another\n")
    (other / "bin").write_bytes(b"a file here\n")
    one, two = (make_image(made, *options, "-p", "-e", "0x10000") for made in (folder, other))
    for first, second, source in ((one, two, folder), (two, one, other)):
        opened = open_image(first + between + second)
        # What lies between is padding or unknown; at most the rest of an erase block of FF is taken.
        assert opened.length == len(first)
        assert opened.problems == ()
        source_tree.assert_same(opened, source)


def test_padding_up_to_the_end_of_the_erase_block_belongs_to_the_image(small: bytes) -> None:
    bare = small.rstrip(b"\xff")
    bare += b"\xff" * (-len(bare) % 4)
    assert open_image(bare + b"\xff" * 50_000).length == len(small)
    assert open_image(bare + b"\xff" * 8 + b"hsqs" * 100).length == len(bare) + 8


def test_a_cut_image_says_so(small: bytes) -> None:
    at = small.index(b"a name\n") - 20
    opened = open_image(small[:at])
    assert opened.length == at
    assert any("cut short" in str(problem) for _, problem in opened.problems)


def test_the_image_is_found_between_other_bytes(small: bytes) -> None:
    noise = random.Random(9).randbytes(70_001)
    data = noise + small + noise * 5 + b"\x85\x19\x01\xe0" + noise
    explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"image")
    known = [(span.offset, span.length, span.format) for span in explored.image.spans if span.kind == "understood"]
    assert known == [(70_001, len(small), "jffs2")]
    assert len(explored.trees) == 1


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_jffs2(View(make_image(folder, "-l")), Budget(Limits(entries=100)))
    assert len(opened.nodes) == 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = open_image(make_image(folder, "-l"))
    nodes = [found for found in opened.nodes if found.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        contents = list(pool.map(opened.read, nodes))
    assert contents == [opened.read(found) for found in nodes]
    assert all(0 <= opened.position(found) < opened.length for found in opened.nodes)


def test_an_entry_that_is_no_file_has_no_content(small: bytes) -> None:
    opened = open_image(small)
    with pytest.raises(Malformed, match="no content"):
        opened.read(find(opened, b"link"))


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_the_private_image_opens_without_a_problem() -> None:
    opened = open_image(_PRIVATE.read_bytes())
    good, bad = read_all(opened)
    assert (len(good), bad, opened.problems) == (3, set(), ())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    for offset in data.draw(st.lists(st.integers(0, len(small) - 1), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    exercise(bytes(image))


def test_the_signs_are_those_of_both_byte_orders() -> None:
    signs = {magic.literal for magic in FORMAT.magics}
    assert {b"\x85\x19\x03\x20", b"\x85\x19\x01\xe0", b"\x19\x85\xe0\x02", b"\x19\x85\xc0\x01"} <= signs
    assert FORMAT.name == "jffs2"
