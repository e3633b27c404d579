"""Tests of zip archives that are encrypted, damaged, truncated or made to burst."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.zip import FORMAT, open_zip
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree
from tests.unpack.formats.zips import (
    RANDOM,
    TEXT,
    Made,
    make_zip,
    node_of,
    open_archive,
    python_zip,
    zip_by_hand,
    zip_to_pipe,
)


def test_an_encrypted_entry_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "open").write_bytes(b"open")
    (tmp_path / "secret").write_bytes(TEXT)
    program = images.tool("zip", "zip")
    for options, name in (((), "open"), (("-P", "word"), "secret")):
        subprocess.run([program, "-q", *options, "a.zip", name], cwd=tmp_path, check=True)
    opened = open_archive((tmp_path / "a.zip").read_bytes())
    assert opened.read(node_of(opened, b"open")) == b"open"
    assert opened.label == "deflate, stored, 1 encrypted"
    with pytest.raises(Unsupported, match="encrypted"):
        opened.read(node_of(opened, b"secret"))


def test_an_encrypted_link_is_a_problem_that_names_it() -> None:
    opened = open_archive(zip_by_hand([Made(b"link", b"to", mode=stat.S_IFLNK | 0o777, flags=1), Made(b"b", b"1")]))
    assert [str(one) for _, one in opened.problems] == [
        "the target of the link 'link' cannot be read: the content is encrypted"
    ]
    assert opened.nodes[0].target is None


def test_a_link_of_great_length_is_a_problem() -> None:
    made = [Made(b"link", b"x" * 70_000, mode=stat.S_IFLNK | 0o777)]
    assert "longer than" in str(open_archive(zip_by_hand(made)).problems[0][1])


def test_names_that_climb_out_are_left_out() -> None:
    opened = open_archive(zip_by_hand([Made(b"../../x", b"1"), Made(b"a/../b", b"2"), Made(b"/c", b"3")]))
    assert [node.path for node in opened.nodes] == [b"c"]
    assert len(opened.problems) == 2


def test_the_last_of_two_entries_of_one_name_counts() -> None:
    opened = open_archive(zip_by_hand([Made(b"a", b"first"), Made(b"a", b"second")]))
    assert [opened.read(node) for node in opened.nodes] == [b"second"]
    assert [path for path, _ in opened.problems] == [b"a"]


def test_a_wrong_checksum_spoils_only_its_file(small_zip: bytes) -> None:
    opened = open_archive(small_zip.replace(RANDOM, b"x" + RANDOM[1:]))
    with pytest.raises(Malformed, match="checksum"):
        opened.read(node_of(opened, b"random"))
    assert opened.read(node_of(opened, b"etc/text")) == TEXT


def test_damaged_content_spoils_only_its_file(small_zip: bytes) -> None:
    start = small_zip.index(b"etc/text") + 8
    opened = open_archive(small_zip[:start] + b"\xff" * 100 + small_zip[start + 100 :])
    with pytest.raises(Malformed, match="damaged"):
        opened.read(node_of(opened, b"etc/text"))
    assert opened.read(node_of(opened, b"random")) == RANDOM


@pytest.mark.parametrize("method", [0, 8, 12, 14, 20, 93, 95])
def test_content_that_is_not_of_its_method_is_damaged(method: int) -> None:
    for packed in (b"", b"\0", b"\x09\x04\x05\0\xff\xff\xff\xff\xff" + RANDOM, RANDOM):
        opened = open_archive(zip_by_hand([Made(b"a", packed, method=method, size=3_000)]))
        with pytest.raises(Malformed):
            opened.read(opened.nodes[0])


def test_an_entry_whose_header_is_elsewhere_cannot_be_read() -> None:
    archive = zip_by_hand([Made(b"a", b"1"), Made(b"b", b"2", offset=7), Made(b"c", b"3", offset=1 << 30)])
    opened = open_archive(archive)
    assert opened.read(node_of(opened, b"a")) == b"1"
    for name in (b"b", b"c"):
        with pytest.raises(Malformed):
            opened.read(node_of(opened, name))


def test_entries_that_share_their_bytes_are_read_once() -> None:
    bomb = zlib.compress(bytes(1 << 20), wbits=-15)
    made = [Made(b"a", bomb, method=8, size=1 << 20, checksum=zlib.crc32(bytes(1 << 20)))]
    made += [Made(b"b%d" % number, bomb, method=8, size=1 << 20, offset=0) for number in range(50)]
    opened = open_archive(zip_by_hand(made))
    assert len(opened.read(node_of(opened, b"a"))) == 1 << 20
    for number in range(50):
        with pytest.raises(Malformed, match="another one"):
            opened.read(node_of(opened, b"b%d" % number))


def test_an_entry_that_claims_too_many_bytes_hides_no_other() -> None:
    opened = open_archive(zip_by_hand([Made(b"a", b"1", packed=1 << 30, size=1 << 30), Made(b"b", b"2")]))
    assert opened.read(node_of(opened, b"b")) == b"2"
    with pytest.raises(Malformed, match="cut short"):
        opened.read(node_of(opened, b"a"))


@pytest.mark.parametrize("limits", [Limits(file_bytes=1 << 20), Limits(ratio=100, ratio_floor_bytes=1 << 20),
                                    Limits(output_bytes=1 << 20)])  # fmt: skip
def test_a_bomb_is_refused_before_it_is_undone(limits: Limits) -> None:
    opened = open_archive(python_zip([("bomb", bytes(4 << 20), 8)]), limits)
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


def test_an_entry_that_holds_more_than_it_claims_is_given_no_more_memory() -> None:
    bomb = zlib.compress(bytes(64 << 20), wbits=-15)
    opened = open_archive(zip_by_hand([Made(b"a", bomb, method=8, size=10)]))
    with pytest.raises(Malformed, match="another length"):
        opened.read(opened.nodes[0])


def test_more_entries_than_the_limit_are_not_listed() -> None:
    opened = open_archive(zip_by_hand([Made(b"%d" % number, b"") for number in range(20)]), Limits(entries=10))
    assert len(opened.nodes) == 10
    assert "more than 10 entries" in str(opened.problems[0][1])


def test_a_wrong_count_of_entries_is_a_problem(small_zip: bytes) -> None:
    opened = open_archive(small_zip[:-14] + struct.pack("<HH", 9, 9) + small_zip[-10:])
    assert len(opened.nodes) == 4
    assert [str(one) for _, one in opened.problems] == ["4 entries are listed, 9 are counted"]


def test_of_a_truncated_archive_the_entries_that_are_there_are_read(small_zip: bytes) -> None:
    opened = open_archive(small_zip[: small_zip.index(RANDOM) + 50])
    assert [(node.path, node.kind) for node in opened.nodes] == [(b"etc", "directory"), (b"etc/text", "file")]
    assert opened.read(node_of(opened, b"etc/text")) == TEXT
    assert "directory at the end is missing" in str(opened.problems[0][1])
    assert opened.length == small_zip.index(b"random") - 30


def test_a_truncated_archive_that_was_written_to_a_pipe_is_read_too(zip_folder_without_links: Path) -> None:
    archive = zip_to_pipe(zip_folder_without_links)
    opened = open_archive(archive[: archive.index(b"PK\x01\x02")])
    assert {node.path for node in opened.nodes} == set(source_tree.walk(zip_folder_without_links))
    for node in opened.nodes:
        if node.kind == "file":
            assert opened.read(node) == (zip_folder_without_links / os.fsdecode(node.path)).read_bytes()


@pytest.mark.parametrize("layout", ["<4sIII", "<4sIQQ", "<III", "<IQQ"])
@pytest.mark.parametrize("method", [0, 8])
def test_each_form_of_sizes_after_the_content_is_read_without_the_directory(layout: str, method: int) -> None:
    packed = zlib.compress(TEXT, wbits=-15) if method else TEXT
    sizes: tuple[int, ...] = (zlib.crc32(TEXT), len(packed), len(TEXT))
    described = packed + struct.pack(layout, *([b"PK\x07\x08"] if "s" in layout else []), *sizes)
    later = Made(b"a", described, method=method, flags=8, packed=0, size=0, checksum=0)
    archive = zip_by_hand([later, Made(b"b", b"2")])
    cut = archive[: archive.index(b"PK\x01\x02")]
    if "s" not in layout and not method:
        with pytest.raises(NotThisFormat):
            open_archive(cut)
        return
    opened = open_archive(cut)
    assert [opened.read(node) for node in opened.nodes] == [TEXT, b"2"]
    assert opened.length == len(cut)


@pytest.mark.parametrize("packed", [b"\xff" * 40, zlib.compress(TEXT, wbits=-15)[:-60]])
def test_an_entry_without_sizes_that_does_not_end_well_ends_what_is_read(packed: bytes) -> None:
    later = Made(b"later", packed, method=8, flags=8, packed=0, size=0)
    archive = zip_by_hand([Made(b"a", b"1"), later])
    opened = open_archive(archive[: archive.index(b"PK\x01\x02")])
    assert [node.path for node in opened.nodes] == [b"a"]
    assert opened.length == archive.index(b"later") - 30


def test_a_truncated_archive_of_which_no_entry_is_whole_is_something_else(small_zip: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_archive(python_zip([("a", RANDOM, 0)])[:1_000])
    damaged = python_zip([("a", RANDOM, 0)]).replace(RANDOM, RANDOM[::-1])
    with pytest.raises(NotThisFormat):
        open_archive(damaged[: damaged.index(b"PK\x01\x02")])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04" + bytes(26),
        b"PK\x03\x04" + b"\xff" * 200,
        b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + b"\x01\0\0\0" + b"\0",
        b"PK\x05\x06" + bytes(18),
        bytes(100),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_archive(data)


def test_files_are_read_from_several_threads(zip_folder: Path) -> None:
    opened = open_archive(make_zip(zip_folder))
    nodes = [node for node in opened.nodes if node.kind == "file"]
    with ThreadPoolExecutor(4) as pool:
        assert [len(data) for data in pool.map(opened.read, nodes)] == [node.size for node in nodes]


def test_an_archive_is_found_behind_other_bytes_and_its_files_are_seen(small_zip: bytes) -> None:
    seen: list[File] = []
    image = b"PK\x03\x04 is the sign " + small_zip + b"\xff" * 5_000
    explored = Explorer((FORMAT,), Budget(Limits()), seen.append).explore(image, b"x")
    assert {file.path: file.data for file in seen if file.path} == {b"etc/text": TEXT, b"random": RANDOM}
    assert [(span.kind, span.format) for span in explored.image.spans] == [
        ("unknown", ""),
        ("understood", "zip"),
        ("padding", ""),
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 6_000), st.binary(min_size=1, max_size=8)), max_size=6),
)
def test_any_damage_raises_only_what_is_documented(
    small_zip: bytes, keep: int, changes: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(small_zip)
    for offset, value in changes:
        at = len(small_zip) - 1 - offset % len(small_zip)
        damaged[at : at + len(value)] = value
    _read_all(bytes(damaged[: len(damaged) - keep % 600]))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_raise_only_what_is_documented(data: bytes) -> None:
    _read_all(b"PK\x03\x04\x14\0\0\0\0\0" + data)
    _read_all(zip_by_hand([Made(b"a", b"")])[:-40] + data)


def _read_all(data: bytes) -> None:
    try:
        opened = open_archive(data)
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(data)
    for node in opened.nodes:
        if node.kind == "file" and node.link_to is None:
            opened.position(node)
            try:
                opened.read(node)
            except (Malformed, LimitReached):
                continue


def test_headers_without_a_directory_do_not_cost_a_search_each_without_end() -> None:
    header = b"PK\x03\x04" + struct.pack("<5H3I2H", 20, 0, 0, 0, 0, 0, 9, 9, 1, 0) + b"a"
    budget = Budget(Limits(search_bytes=1 << 20))
    data = header * 20_000
    with pytest.raises(LimitReached, match="searching"):
        for _ in range(10):
            with suppress(NotThisFormat):
                open_zip(View(data), budget)
