"""Tests of the romfs reader, against images that genromfs makes of a real folder."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.romfs import FORMAT, open_romfs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import source_tree
from tests.unpack.images import tool

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "binwalk3-romfs.bin"

_MAGIC = b"-rom1fs-"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything that romfs can carry; its modes are those that Linux shows of such an image."""
    made = tmp_path_factory.mktemp("romfs") / "source"
    source_tree.build(made)
    if source_tree.IS_ROOT:
        (made / "dev" / "large").unlink()
        (made / "dev" / "log").unlink()
        os.mknod(made / "dev" / "log", stat.S_IFSOCK | 0o644)
    for path in made.rglob("*"):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            continue
        if stat.S_ISREG(status.st_mode):
            path.chmod(0o755 if status.st_mode & 0o111 else 0o644)
        elif stat.S_ISDIR(status.st_mode):
            path.chmod(0o755)
        else:
            path.chmod(0o644 if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode) else 0o600)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small image with a directory, three names of two files and a symlink."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "name").write_bytes(b"plimsoll\n" * 50)
    (made / "etc" / "other").write_bytes(b"other")
    (made / "link").symlink_to("etc/name")
    os.link(made / "etc" / "name", made / "hard")
    return _make(made, "-V", "volume")


def test_an_image_gives_the_folder_it_was_made_from(folder: Path) -> None:
    for options in ((), ("-a", "64"), ("-A", "4096,busybox"), ("-V", "a rather long name of a volume")):
        image = _make(folder, *options)
        opened = _open(image + b"\xff" * 3000)
        assert opened.problems == ()
        assert opened.length == len(image)
        assert len(image) % 1024 == 0
        source_tree.assert_same(opened, folder, owners=False)


def test_an_empty_folder_is_read(tmp_path: Path) -> None:
    assert [node.path for node in _open(_make(tmp_path)).nodes] == [b""]


def test_the_name_of_the_volume_is_the_label(small: bytes) -> None:
    assert _open(small).label == "volume"
    assert _open(_summed(_patched(small, 17, b"\x07"))).label == "v?lume"


def test_names_of_one_file_are_hard_links(small: bytes) -> None:
    opened = _open(small)
    holders = [node for node in opened.nodes if node.path in (b"hard", b"etc/name")]
    assert [node.link_to for node in holders] == [None, holders[0].path]
    assert {opened.read(node) for node in holders} == {b"plimsoll\n" * 50}


def test_an_image_without_its_filling_ends_where_it_says(small: bytes) -> None:
    (size,) = struct.unpack_from(">I", small, 8)
    assert size < len(small)
    assert _open(small[:size]).length == size
    assert _open(small[:size] + b"x" * 3000).length == size
    assert _open(small[: size + 5]).length == size + 5


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_opens() -> None:
    opened = _open(_PRIVATE.read_bytes())
    assert opened.problems == ()
    assert [node.kind for node in opened.nodes] == ["directory", "file"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-rom1fs-",
        b"-rom1fs-" + bytes(100),
        b"-rom1fs-" + b"\xff" * 600,
        b"-rom1fs-\0\0\4\0" + bytes(600),
        b"the sign is `-rom1fs-`, then its length in bytes as a number of four bytes",
        b"-rom1fs-, then its length in bytes as a number of four bytes\0 and so on, until the end of it",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_wrong_checksum_is_told_and_the_rest_is_read(small: bytes) -> None:
    opened = _open(_patched(small, 12, b"\0\0\0\0"))
    assert [str(problem) for _, problem in opened.problems] == ["the checksum of the image is wrong"]
    assert len(opened.nodes) == len(_open(small).nodes)


def test_a_wrong_checksum_of_a_header_is_told_at_its_path(small: bytes) -> None:
    opened = _open(_summed(_patched(small, small.index(b"other\0") - 4, b"\0\0\0\0")))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"etc/other", "the checksum of its header is wrong")
    ]


def test_a_root_that_is_no_directory_is_malformed_when_the_sum_fits(small: bytes) -> None:
    with pytest.raises(Malformed, match="no directory") as raised:
        _open(_summed(_patched(small, 0x23, b"\x02")))
    assert raised.value.length > 0
    with pytest.raises(NotThisFormat):
        _open(_patched(small, 0x23, b"\x02"))


def test_a_truncated_image_is_listed_as_far_as_it_is_there(folder: Path) -> None:
    image = _make(folder)
    whole = {node.path for node in _open(image).nodes}
    for hundredth in range(5, 100, 5):
        part = image[: len(image) * hundredth // 100]
        opened = _open(part)
        assert opened.length == len(part)
        assert "cut short" in str(opened.problems[0][1])
        assert whole >= {node.path for node in opened.nodes}
        _exercise(part)


def test_content_that_lies_outside_is_told_when_it_is_read(small: bytes) -> None:
    at = small.index(b"other\0") - 16
    opened = _open(_patched(small, at + 8, b"\x01\0\0\0"))
    with pytest.raises(Malformed, match="cut short"):
        opened.read(_node(opened, b"etc/other"))
    opened = _open(_patched(small, at + 8, b"\xff\xff\xff\xff"))
    with pytest.raises(LimitReached):
        opened.read(_node(opened, b"etc/other"))


def test_rows_of_headers_that_run_in_circles_end(small: bytes) -> None:
    at = small.index(b"other\0") - 16
    for following in (at, 0x20, small.index(b"etc\0") - 16, small.index(b"name\0") - 16):
        opened = _open(_patched(small, at, struct.pack(">I", following | 2)))
        assert any("met before" in str(problem) for _, problem in opened.problems)
        assert b"etc/other" in {node.path for node in opened.nodes}


def test_a_directory_that_holds_itself_is_listed_once(small: bytes) -> None:
    at = small.index(b"etc\0") - 16
    for below in (at, 0x20, 0x40):
        opened = _open(_patched(small, at + 4, struct.pack(">I", below)))
        assert b"etc" in {node.path for node in opened.nodes}
        assert any("met before" in str(problem) for _, problem in opened.problems)


def test_a_hard_link_to_itself_or_to_a_directory_is_not_followed(small: bytes) -> None:
    links = [node.path for node in _open(small).nodes if node.link_to]
    assert len(links) == 1
    at = small.index(links[0].rpartition(b"/")[2] + b"\0") - 16
    for target in (at, 0x20, 0x40, small.index(b"etc\0") - 16, 0xFFFFFFF0, len(small) - 64):
        opened = _open(_patched(small, at + 4, struct.pack(">I", target)))
        assert links[0] not in {node.path for node in opened.nodes}
        assert any(path == links[0] and "checksum" not in str(problem) for path, problem in opened.problems)


def test_names_that_lead_out_are_left_out(small: bytes) -> None:
    for name in (b"../xy", b"a/b/c", b"\0ther", b"name\0"):
        opened = _open(_patched(small, small.index(b"other\0"), name))
        assert "left out" in str(opened.problems[-1][1])
        assert len(opened.nodes) == len(_open(small).nodes) - 1


def test_a_link_target_that_is_too_long_or_lies_outside_is_told(small: bytes) -> None:
    at = small.index(b"link\0") - 16
    for size, words in ((5000, "a link target of 5000 bytes"), (4000, "lies outside")):
        opened = _open(_patched(small, at + 8, struct.pack(">I", size)))
        assert _node(opened, b"link").target is None
        assert any(words in str(problem) for _, problem in opened.problems)


def test_an_image_is_found_inside_others(small: bytes) -> None:
    explorer = Explorer((FORMAT,), Budget(Limits()), lambda file: None)
    explored = explorer.explore(b"-rom1fs- is its sign\n" * 9 + small + b"x" * 900, b"image")
    spans = [(span.offset, span.length) for span in explored.image.spans if span.kind == "understood"]
    assert spans == [(189, len(small))]


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_romfs(View(_make(folder)), Budget(Limits(entries=100)))
    assert 1 < len(opened.nodes) <= 101
    assert any("100 entries" in str(problem) for _, problem in opened.problems)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    for offset in data.draw(st.lists(st.integers(0, 300) | st.integers(0, len(small)), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))
    _exercise(_summed(bytes(image)))


@settings(max_examples=100, deadline=None)
@given(tail=st.binary(max_size=300))
def test_any_bytes_behind_a_sound_root_raise_only_declared_errors(small: bytes, tail: bytes) -> None:
    _exercise(_summed(small[:0x40] + tail))
    _exercise(_MAGIC + tail)
    _exercise(tail)


def test_the_sign_is_that_of_the_format() -> None:
    assert (FORMAT.name, FORMAT.magics[0].literal, FORMAT.magics[0].offset) == ("romfs", _MAGIC, 0)


def _make(folder: Path, *options: str) -> bytes:
    program = tool("genromfs", "genromfs")
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        subprocess.run([program, "-d", str(folder), "-f", str(target), *options], check=True, capture_output=True)
        return target.read_bytes()


def _summed(image: bytes) -> bytes:
    """Make the sum of the first bytes right."""
    if len(image) < 32:
        return image
    (size,) = struct.unpack_from(">I", image, 8)
    words = min(size, 512, len(image)) // 4
    rest = sum(struct.unpack_from(f">{words}I", _patched(image, 12, bytes(4))))
    return _patched(image, 12, struct.pack(">I", -rest & 0xFFFFFFFF))


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_romfs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
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
    return open_romfs(View(image), Budget(Limits()))


def _node(opened: Archive, path: bytes) -> source_tree.Node:
    return next(node for node in opened.nodes if node.path == path)


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
