"""Tests of the cpio reader, against archives that the real cpio makes of a real folder."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.cpio import open_cpio
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats.explored import Everything

_LARGE_DEVICE = b"dev/large"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it."""
    made = tmp_path_factory.mktemp("cpio") / "source"
    source_tree.build(made)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small archive with a directory, two names of a file, a link and a file."""
    made = tmp_path_factory.mktemp("small")
    (made / "etc").mkdir()
    (made / "etc" / "name").write_bytes(b"plimsoll\n")
    os.link(made / "etc" / "name", made / "etc" / "second")
    (made / "link").symlink_to("etc/name")
    return _archive(made, "newc")


@pytest.mark.parametrize("kind", ["newc", "crc"])
def test_every_kind_of_archive_gives_the_folder_it_was_made_from(folder: Path, kind: str) -> None:
    opened = _open(_archive(folder, kind))
    assert opened.problems == ()
    assert opened.label.startswith("newc")
    source_tree.assert_same(opened, folder)


def test_the_portable_kind_gives_the_folder_but_for_numbers_that_it_cannot_hold(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    source_tree.build(folder)
    if source_tree.IS_ROOT:
        (folder / os.fsdecode(_LARGE_DEVICE)).unlink()
    opened = _open(_archive(folder, "odc"))
    assert (opened.problems, opened.label) == ((), "odc")
    source_tree.assert_same(opened, folder)


def test_names_with_a_leading_slash_lose_it(tmp_path: Path) -> None:
    (tmp_path / "name").write_bytes(b"1")
    listing = os.fsencode(tmp_path / "name") + b"\0"
    opened = _open(_run(["-0", "-H", "newc"], listing, tmp_path))
    assert [node.path for node in opened.nodes] == [os.fsencode(tmp_path / "name")[1:]]


def test_an_archive_takes_its_padding_and_nothing_more(small: bytes) -> None:
    opened = _open(small + b"another" * 100)
    assert opened.length == len(small)
    assert opened.length % 512 == 0


def test_an_archive_may_end_right_after_its_last_entry(small: bytes) -> None:
    bare = small.rstrip(b"\0") + b"\0"
    opened = _open(bare + b"x" * 600)
    assert len(opened.nodes) == 5
    assert len(bare) <= opened.length <= len(bare) + 4


def test_of_two_archives_in_a_row_the_first_is_read(small: bytes) -> None:
    assert _open(small + small).length == len(small)


def test_files_are_read_from_several_threads(folder: Path) -> None:
    opened = _open(_archive(folder, "newc"))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        assert [len(data) for data in pool.map(opened.read, nodes)] == [node.size for node in nodes]


@pytest.mark.parametrize(
    "data", [b"", b"070701", b"070701" + b"0" * 104, b"070701" + b"g" * 200, b"070707" + b"9" * 90, bytes(600)]
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_a_wrong_checksum_is_a_problem_and_the_content_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"plimsoll")
    opened = _open(_archive(tmp_path, "crc").replace(b"plimsoll", b"plimsolL"))
    assert [str(problem) for _, problem in opened.problems] == ["the checksum of 'a' is not that of its content"]
    assert opened.read(_node(opened, b"a")) == b"plimsolL"


def test_names_that_climb_out_are_left_out() -> None:
    opened = _open(_entry(b"../../etc/passwd", b"x") + _entry(b"a/../b", b"y") + _entry(b"./c", b"z") + _end())
    assert [node.path for node in opened.nodes] == [b"c"]
    assert len(opened.problems) == 2


def test_the_last_of_two_entries_of_one_name_counts() -> None:
    opened = _open(_entry(b"a", b"first") + _entry(b"/a", b"second") + _end())
    assert [opened.read(node) for node in opened.nodes] == [b"second"]
    assert [path for path, _ in opened.problems] == [b"a"]


def test_empty_files_of_a_writer_without_inode_numbers_stay_apart() -> None:
    opened = _open(_entry(b"a", b"") + _entry(b"b", b"content") + _end())
    assert [(node.path, node.link_to, node.size) for node in opened.nodes] == [(b"a", None, 0), (b"b", None, 7)]


def test_names_of_one_file_share_the_content_that_the_last_one_carries() -> None:
    opened = _open(_entry(b"a", b"", links=2) + _entry(b"b", b"content", links=2) + _end())
    assert [(node.path, node.link_to, node.size) for node in opened.nodes] == [(b"a", None, 7), (b"b", b"a", 7)]
    assert opened.read(opened.nodes[0]) == b"content"


def test_the_content_is_kept_when_the_name_that_carries_it_is_left_out() -> None:
    opened = _open(_entry(b"a", b"", links=2) + _entry(b"../b", b"content", links=2) + _end())
    assert opened.read(_node(opened, b"a")) == b"content"


def test_a_name_that_is_replaced_does_not_take_the_content_away() -> None:
    first, second = _entry(b"a", b"content", links=2), _entry(b"b", b"", links=2)
    opened = _open(first + second + _entry(b"a", b"other") + _end())
    assert {node.path: opened.read(node) for node in opened.nodes} == {b"b": b"content", b"a": b"other"}


def test_a_truncated_archive_gives_what_is_there(small: bytes) -> None:
    opened = _open(small[: small.index(b"plimsoll") + 4])
    paths = [node.path for node in opened.nodes]
    assert paths[:2] == [b"", b"etc"]
    assert "cut short" in str(opened.problems[0][1])
    assert opened.length == small.index(b"plimsoll") + 4
    with pytest.raises(Malformed, match="cut short"):
        opened.read(_node(opened, b"etc/second"))


def test_an_archive_that_goes_wrong_in_the_middle_gives_what_comes_before() -> None:
    opened = _open(_entry(b"a", b"1234") + b"something else" * 100)
    assert [node.path for node in opened.nodes] == [b"a"]
    assert opened.length == len(_entry(b"a", b"1234"))
    assert "no header" in str(opened.problems[0][1])


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    opened = _open(_entry(b"a", b"1234", claim=0xFFFFFFFF))
    assert opened.nodes[0].size == 0xFFFFFFFF
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


def test_a_link_with_a_huge_target_is_listed_without_it() -> None:
    opened = _open(_entry(b"a", b"x" * 70_000, mode=0o120777) + _end())
    assert [(node.kind, node.target) for node in opened.nodes] == [("symlink", None)]
    assert "target" in str(opened.problems[0][1])


def test_an_entry_of_no_known_kind_is_left_out() -> None:
    opened = _open(_entry(b"a", b"1") + _entry(b"b", b"2", mode=0o170644) + _end())
    assert [node.path for node in opened.nodes] == [b"a"]
    assert "no known kind" in str(opened.problems[0][1])


def test_more_entries_than_allowed_are_cut_off_and_told(folder: Path) -> None:
    opened = open_cpio(View(_archive(folder, "newc")), Budget(Limits(entries=100)))
    assert len(opened.nodes) == 100
    assert "100 entries" in str(opened.problems[-1][1])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small[: data.draw(st.integers(0, len(small)) | st.just(len(small)))])
    for offset in data.draw(st.lists(st.integers(0, 700), max_size=8)):
        if offset < len(image):
            image[offset] ^= data.draw(st.integers(1, 255))
    _exercise(bytes(image))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from((b"070701", b"070702", b"070707")), st.text("0123456789abcdef", max_size=300), st.binary())
def test_arbitrary_digits_raise_only_declared_errors(magic: bytes, digits: str, rest: bytes) -> None:
    _exercise(magic + digits.encode() + rest)


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_cpio(View(image), Budget(Limits(entries=100, file_bytes=1 << 20)))
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


def _archive(folder: Path, kind: str) -> bytes:
    listing = b"\0".join([b".", *source_tree.walk(folder)])
    return _run(["-0", "-H", kind], listing, folder)


def _run(options: list[str], listing: bytes, folder: Path) -> bytes:
    command = [images.tool("cpio", "cpio"), "-o", "--quiet", *options]
    return subprocess.run(command, input=listing, cwd=folder, capture_output=True, check=True).stdout


def _entry(name: bytes, data: bytes, mode: int = 0o100644, links: int = 1, claim: int | None = None) -> bytes:
    size = len(data) if claim is None else claim
    fields = (7, mode, 0, 0, links, 0, size, 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name + b"\0"
    return _filled(_filled(head) + data)


def _end() -> bytes:
    return _entry(b"TRAILER!!!", b"", mode=0)


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _node(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _open(image: bytes) -> Archive:
    return open_cpio(View(image), Budget(Limits()))


def test_an_update_for_swupdate_gives_its_description_its_signature_and_what_is_in_its_images(tmp_path: Path) -> None:
    description = b'software = { version = "1.0"; images: ( { filename = "rootfs.tar.gz"; } ); };\n'
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_bytes(b"root:x:0:0::/:/bin/sh\n")
    (tmp_path / "sw-description").write_bytes(description)
    (tmp_path / "sw-description.sig").write_bytes(b"\x30\x82signature")
    subprocess.run([images.tool("tar", "tar"), "czf", "rootfs.tar.gz", "etc"], cwd=tmp_path, check=True)
    update = _run(["-0", "-H", "crc"], b"sw-description\0sw-description.sig\0rootfs.tar.gz", tmp_path)
    found = Everything(update)
    assert found.files[b"sw-description"] == description
    assert found.files[b"sw-description.sig"] == b"\x30\x82signature"
    assert found.files[b"etc/passwd"] == b"root:x:0:0::/:/bin/sh\n"
    assert (found.problems, found.understood) == ([], 1)
