"""Tests of the JFFS2 reader against logs of single nodes: what counts, what is damaged, what is something else."""

from __future__ import annotations

import lzma
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats import _jffs2_nodes
from plimsoll.unpack.formats.jffs2 import open_jffs2
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.jffs2_nodes import (
    CLEAN,
    FILE,
    INODE,
    NAME,
    TEXT,
    contents,
    exercise,
    find,
    name,
    node,
    obsolete,
    open_image,
    piece,
)


def test_a_device_number_of_32_bits_is_read() -> None:
    number = struct.pack(">I", 0x11110470)
    log = name(1, 1, 2, b"large", ">") + piece(2, 1, number, mode=0o020666, size=0, order=">")
    assert [found.device for found in open_image(log).nodes] == [None, (260, 70_000)]


def test_the_highest_version_of_a_name_counts_wherever_it_lies() -> None:
    log = name(1, 7, 3, b"file") + FILE + piece(2, 1, b"two") + piece(3, 1, b"three")
    assert contents(log) == {b"file": b"three"}


def test_a_deleted_name_is_gone_and_can_come_back() -> None:
    log = FILE + piece(2, 1, b"two") + name(1, 2, 0, b"file") + name(1, 3, 2, b"other")
    assert contents(log) == {b"other": b"two"}
    assert contents(log + name(1, 5, 2, b"file")).keys() == {b"file", b"other"}


def test_nodes_that_no_longer_count_are_ignored() -> None:
    log = FILE + piece(2, 1, b"two") + obsolete(piece(2, 2, b"three")) + obsolete(name(1, 9, 0, b"file"))
    assert contents(log) == {b"file": b"two"}
    assert contents(obsolete(name(1, 1, 9, b"gone")) + log) == {b"file": b"two"}


def test_later_versions_overwrite_whatever_their_order() -> None:
    log = (
        FILE + piece(2, 3, b"XX", offset=2, size=8) + piece(2, 1, b"abcdefgh") + piece(2, 2, b"YYYY", offset=3, size=8)
    )
    assert contents(log) == {b"file": b"abXXYYYh"}


def test_a_file_is_cut_off_at_the_size_of_its_newest_version() -> None:
    log = FILE + piece(2, 1, b"abcdefgh") + piece(2, 2, size=3)
    assert contents(log) == {b"file": b"abc"}


def test_a_hole_is_zeros_and_hides_what_was_there() -> None:
    log = (
        FILE + piece(2, 1, b"abcdefgh") + piece(2, 2, offset=2, length=20, compression=1) + piece(2, 3, b"z", offset=22)
    )
    assert contents(log) == {b"file": b"ab" + bytes(20) + b"z"}


def test_bytes_in_no_node_are_lost_and_not_made_up() -> None:
    log = FILE + piece(2, 1, b"abc", size=8) + piece(2, 2, b"fgh", offset=5)
    with pytest.raises(Malformed, match="bytes 3 to 5 are lost"):
        contents(log)


def test_the_newest_mode_and_owner_count() -> None:
    log = FILE + piece(2, 2, b"", mode=0o104750, size=3, owner=(5, 6)) + piece(2, 1, b"abc")
    found = open_image(log).nodes[1]
    assert (found.mode, found.uid, found.gid, found.size) == (0o4750, 5, 6, 3)


def test_zlib_and_lzma_without_a_header_are_read() -> None:
    filters = [{"id": lzma.FILTER_LZMA1, "lc": 0, "lp": 0, "pb": 0, "dict_size": 0x2000}]
    packed = lzma.compress(TEXT, format=lzma.FORMAT_RAW, filters=filters)
    # OpenWrt's writer knows the length and puts no end mark.
    for compression, data in ((6, zlib.compress(TEXT)), (8, packed), (8, packed[:-4])):
        log = FILE + piece(2, 1, data, length=len(TEXT), compression=compression)
        assert contents(log) == {b"file": TEXT}


def test_rtime_repeats_from_where_the_byte_stood_last() -> None:
    log = FILE + piece(2, 1, b"a\0b\0c\0a\x05a\x02", length=12, compression=2)
    assert contents(log) == {b"file": b"abcabcabcabc"}


@pytest.mark.parametrize("compression", [3, 5, 99])
def test_a_compression_that_is_not_read_is_told_and_spoils_only_its_file(compression: int) -> None:
    log = FILE + piece(2, 1, b"??", compression=compression) + name(1, 2, 3, b"next") + piece(3, 1, b"fine")
    opened = open_image(log)
    with pytest.raises(Unsupported, match=f"compression {compression} is not read"):
        opened.read(find(opened, b"file"))
    assert opened.read(find(opened, b"next")) == b"fine"


@pytest.mark.parametrize("compression", [0, 2, 6, 7, 8])
def test_data_that_does_not_decode_to_its_length_is_refused(compression: int) -> None:
    for data in (b"", b"x", b"\x11\0\0", zlib.compress(b"short"), b"\xff" * 50):
        opened = open_image(FILE + piece(2, 1, data, length=100, compression=compression))
        with pytest.raises(Malformed, match="decoded"):
            opened.read(find(opened, b"file"))


def test_damaged_data_that_was_overwritten_does_no_harm() -> None:
    log = FILE + piece(2, 1, b"old content")
    log = log.replace(b"old", b"bad") + piece(2, 2, b"new content")
    assert contents(log) == {b"file": b"new content"}


def test_damaged_data_is_not_replaced_by_older_data() -> None:
    log = FILE + piece(2, 1, b"old content") + piece(2, 2, b"new content").replace(b"new", b"bad")
    with pytest.raises(Malformed, match="damaged"):
        contents(log)


def test_a_damaged_node_is_counted_and_its_neighbours_are_read() -> None:
    broken = name(1, 2, 3, b"gone").replace(b"gone", b"gono")
    opened = open_image(FILE + broken + piece(2, 1, b"two"))
    assert [str(problem) for _, problem in opened.problems] == ["1 nodes are damaged and left out"]
    assert [found.path for found in opened.nodes] == [b"", b"file"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_node_that_was_wiped_behind_its_header_does_not_count(order: str) -> None:
    wiped = [node(kind, bytes(60), order) for kind in (NAME, INODE)]
    opened = open_image(name(1, 1, 2, b"file", order) + b"".join(wiped) + piece(2, 1, b"x", order=order))
    assert [str(problem) for _, problem in opened.problems] == ["2 nodes are damaged and left out"]


def test_a_name_without_an_inode_is_told() -> None:
    opened = open_image(FILE + name(1, 2, 3, b"next") + piece(3, 1, b"fine"))
    assert [(path, str(problem)) for path, problem in opened.problems] == [(b"file", "its inode 2 is missing")]


def test_a_directory_without_an_inode_is_listed_and_told() -> None:
    opened = open_image(name(1, 1, 2, b"etc") + name(2, 1, 3, b"file") + piece(3, 1, b"x"))
    assert [found.path for found in opened.nodes] == [b"", b"etc", b"etc/file"]
    assert [path for path, _ in opened.problems] == [b"etc"]


def test_names_in_a_lost_directory_are_counted() -> None:
    opened = open_image(FILE + piece(2, 1, b"x") + name(77, 1, 2, b"below"))
    assert [str(problem) for _, problem in opened.problems] == ["1 names are in directories that have no name"]


def test_a_directory_that_holds_itself_is_listed_once() -> None:
    log = name(1, 1, 2, b"a") + piece(2, 1, mode=0o040755) + name(2, 1, 2, b"self") + name(2, 2, 1, b"root")
    opened = open_image(log)
    assert [found.path for found in opened.nodes] == [b"", b"a"]
    assert [str(problem) for _, problem in opened.problems] == [
        "the same directory as 'a'; not followed",
        "the same directory as ''; not followed",
    ]


@pytest.mark.parametrize("bad", [b"..", b".", b"a/b", b"a\0b", b""])
def test_a_name_that_cannot_stand_in_a_tree_is_left_out(bad: bytes) -> None:
    opened = open_image(FILE + piece(2, 1, b"x") + name(1, 2, 2, bad))
    assert [found.path for found in opened.nodes] == [b"", b"file"]
    assert "left out" in str(opened.problems[0][1])


def test_an_inode_of_no_known_kind_is_left_out() -> None:
    opened = open_image(FILE + piece(2, 1, b"x", mode=0o644))
    assert [path for path, _ in opened.problems] == [b"file"]


def test_a_damaged_link_or_device_is_told_and_its_neighbours_are_listed() -> None:
    log = name(1, 1, 2, b"link") + piece(2, 1, b"target", mode=0o120777).replace(b"target", b"torget")
    log += name(1, 2, 3, b"endless") + piece(3, 1, b"x", length=9000, mode=0o120777)
    log += name(1, 3, 4, b"console") + piece(4, 1, b"\5\1\0", mode=0o020600)
    log += name(1, 4, 5, b"tty") + piece(5, 1, b"\1\5", mode=0o020600)
    opened = open_image(log)
    assert [(found.path, found.target, found.device) for found in opened.nodes[1:]] == [
        (b"link", None, None),
        (b"endless", None, None),
        (b"tty", None, (5, 1)),
    ]
    assert [path for path, _ in opened.problems] == [b"link", b"endless", b"console"]


def test_further_names_of_a_file_point_to_the_first() -> None:
    opened = open_image(FILE + name(1, 2, 2, b"same") + piece(2, 1, b"x"))
    assert [(found.path, found.link_to) for found in opened.nodes[1:]] == [(b"file", None), (b"same", b"file")]
    assert opened.read(opened.nodes[2]) == b"x"


def test_a_limit_that_is_reached_in_looking_for_nodes_is_told() -> None:
    log = FILE + piece(2, 1, b"x") + bytes(5000) + piece(2, 2, b"y")
    opened = open_jffs2(View(log), Budget(Limits(search_bytes=1000)))
    assert "1000 bytes of searching" in str(opened.problems[0][1])
    assert opened.read(find(opened, b"file")) == b"x"


def test_a_log_of_more_nodes_than_are_kept_is_cut_off_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jffs2_nodes, "NODES", 2)
    opened = open_image(FILE + piece(2, 1, b"x") + piece(2, 2, b"y"))
    assert [str(problem) for _, problem in opened.problems] == ["more than 2 nodes"]
    monkeypatch.setattr(_jffs2_nodes, "NODES", 0)
    with pytest.raises(LimitReached):
        open_image(FILE + piece(2, 1, b"x"))


def test_a_path_that_is_too_long_ends_the_descent() -> None:
    log = b"".join(name(at, 1, at + 1, b"n" * 200) + piece(at + 1, 1, mode=0o040755) for at in range(1, 40))
    opened = open_image(log)
    assert max(len(found.path) for found in opened.nodes) <= 4096
    assert "4096" in str(opened.problems[0][1])


def test_an_image_of_the_other_byte_order_is_another_image() -> None:
    little = node(CLEAN) + FILE + piece(2, 1, b"x")
    big = node(CLEAN, order=">") + name(1, 1, 2, b"big", ">") + piece(2, 1, b"y", order=">")
    assert open_image(little + b"\xff" * 64 + big).length == len(little) + 64
    assert contents(big + little) == {b"big": b"y"}


def test_erased_flash_between_nodes_is_no_end() -> None:
    log = FILE + piece(2, 1, b"abc") + b"\xff" * (1 << 20) + piece(2, 2, b"xyz")
    assert contents(log) == {b"file": b"xyz"}


def test_two_states_of_one_version_are_told() -> None:
    opened = open_image(FILE + piece(2, 1, b"abc") + piece(2, 1, b"xyz"))
    assert str(opened.problems[0][1]) == "1 versions are given out twice"
    assert opened.read(find(opened, b"file")) == b"xyz"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x85\x19",
        b"\x85\x19\x01\xe0" * 1000,
        b"\x19\x85\xe0\x02" + bytes(1000),
        node(CLEAN),
        (node(CLEAN) + b"\xff" * 65_524) * 6,
        node(NAME, bytes(60)) * 2,
        node(INODE, bytes(60)) * 2,
        node(NAME),
        node(INODE),
        FILE,
        FILE + b"\xff" * 5000,
        node(CLEAN) + bytes(1 << 20) + FILE + piece(2, 1, b"x"),
        node(CLEAN) * 100 + FILE + piece(2, 1, b"x"),
        node(CLEAN, length=0xFFFFFFFF) + FILE,
        node(CLEAN, length=0) + FILE,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_image(data)


def test_a_file_that_claims_to_be_huge_is_refused_before_anything_is_made() -> None:
    for size in (0xFFFFFFFF, 200 << 20):
        opened = open_image(FILE + piece(2, 1, length=size, compression=1))
        assert opened.nodes[1].size == size
        with pytest.raises(LimitReached):
            opened.read(opened.nodes[1])


def test_a_piece_that_claims_to_be_huge_is_refused() -> None:
    opened = open_image(FILE + piece(2, 1, zlib.compress(bytes(2 << 20)), length=2 << 20, size=100, compression=6))
    with pytest.raises(Malformed, match="2097152 bytes of data"):
        opened.read(opened.nodes[1])


def test_many_pieces_over_each_other_are_read_in_time() -> None:
    log = FILE + b"".join(piece(2, at, b"%08d" % at, offset=at % 500, size=600) for at in range(1, 20_000))
    log += piece(2, 30_000, offset=0, size=600) + piece(2, 0, bytes(600))
    assert len(contents(log)[b"file"]) == 600


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_raise_only_declared_errors(data: bytes) -> None:
    exercise(data)
    exercise(node(CLEAN) + data + FILE + data + piece(2, 1, data, length=50, compression=len(data) % 9))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_fields_raise_only_declared_errors(data: st.DataObject) -> None:
    numbers = st.integers(0, 4) | st.integers(0, 0xFFFFFFFF)
    modes = st.sampled_from((0o100644, 0o120777, 0o040755, 0o020600, 0o060600, 0o010644, 0))
    log = node(CLEAN)
    for _ in range(data.draw(st.integers(1, 8))):
        log += name(data.draw(numbers), data.draw(numbers), data.draw(numbers), data.draw(st.binary(max_size=5)))
        log += piece(
            data.draw(numbers), data.draw(numbers), data.draw(st.binary(max_size=9)), mode=data.draw(modes),
            size=data.draw(numbers), offset=data.draw(numbers), length=data.draw(numbers | st.none()),
            compression=data.draw(st.integers(0, 9)),
        ) if data.draw(st.booleans()) else piece(data.draw(numbers), 1, b"x", mode=data.draw(modes))  # fmt: skip
    exercise(log)
