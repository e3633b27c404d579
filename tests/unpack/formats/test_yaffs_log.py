"""Tests of which chunks of a YAFFS log count, and of what is wrong in one."""

from __future__ import annotations

import pytest

from plimsoll.unpack.limits import LimitReached
from tests.unpack.formats.yaffs_images import (
    DELETED,
    DIRECTORY,
    HARD_LINK,
    SPECIAL,
    SYMLINK,
    UNLINKED,
    Kind,
    contents,
    open_image,
    started,
)


def test_the_newest_chunk_wins_by_sequence_number() -> None:
    writer = started()
    writer.sequence = 0x1005
    writer.header(300, name=b"file", size=4)
    writer.data(300, 1, b"new!")
    writer.fill()
    writer.sequence = 0x1002
    writer.header(300, name=b"old name", size=9, mode=0o100600)
    writer.data(300, 1, b"old bytes")
    assert contents(writer) == {b"file": b"new!"}


def test_of_one_sequence_number_the_later_chunk_wins() -> None:
    writer = started()
    writer.header(300, name=b"file", size=3)
    for content in (b"one", b"two"):
        writer.data(300, 1, content)
    writer.header(300, name=b"renamed", size=3)
    assert contents(writer) == {b"renamed": b"two"}


@pytest.mark.parametrize("parent", [UNLINKED, DELETED])
def test_what_was_removed_is_not_listed(parent: int) -> None:
    writer = started()
    writer.header(300, DIRECTORY, b"folder", mode=0o40755)
    writer.header(301, name=b"file", size=4)
    writer.data(301, 1, b"gone")
    writer.header(301, name=b"deleted", parent=parent, size=0)
    opened = open_image(bytes(writer.image))
    assert [node.path for node in opened.nodes] == [b"", b"folder"]
    assert opened.problems == ()


def test_a_number_that_is_used_again_has_none_of_the_old_content() -> None:
    writer = started()
    writer.header(300, name=b"old", size=6000)
    writer.content(300, b"o" * 6000)
    writer.header(300, name=b"deleted", parent=DELETED, size=0)
    writer.header(300, name=b"new", size=3000)
    writer.data(300, 1, b"n" * 2048)
    assert contents(writer) == {b"new": b"n" * 2048 + bytes(952)}


def test_a_file_that_was_made_shorter_and_longer_again_has_a_hole() -> None:
    writer = started()
    writer.header(300, name=b"file", size=6000)
    writer.content(300, b"x" * 6000)
    writer.header(300, name=b"file", size=2048, shrunk=1)
    writer.header(300, name=b"file", size=5000)
    assert contents(writer) == {b"file": b"x" * 2048 + bytes(2952)}


def test_in_tags_in_the_page_the_shrink_mark_is_seen_too() -> None:
    writer = started(Kind(page=2032, spare=16))
    writer.header(300, name=b"file", size=4064)
    writer.content(300, b"x" * 4064)
    writer.header(300, name=b"file", size=0, shrunk=1)
    writer.header(300, name=b"file", size=10)
    assert contents(writer) == {b"file": bytes(10)}


def test_holes_and_short_pages_are_zeros() -> None:
    writer = started()
    writer.header(300, name=b"file", size=10_000)
    writer.data(300, 3, b"in the middle")
    assert contents(writer) == {b"file": bytes(4096) + b"in the middle" + bytes(10_000 - 4096 - 13)}


def test_what_was_written_after_the_last_header_counts() -> None:
    writer = started()
    writer.header(300, name=b"log", size=0)
    writer.content(300, b"line\n" * 1000)
    assert contents(writer) == {b"log": b"line\n" * 1000}


def test_a_file_that_lost_its_name_to_another_is_not_listed() -> None:
    writer = started()
    writer.header(300, name=b"file", size=3)
    writer.data(300, 1, b"old")
    writer.header(301, name=b"file", size=3, shadows=300)
    writer.data(301, 1, b"new")
    opened = open_image(bytes(writer.image))
    assert opened.problems == ()
    assert contents(writer) == {b"file": b"new"}


def test_what_is_in_lost_and_found_is_listed() -> None:
    writer = started()
    writer.header(300, name=b"obj300", parent=2, size=0)
    assert [node.path for node in open_image(bytes(writer.image)).nodes] == [b"", b"lost+found", b"lost+found/obj300"]


def test_erased_and_bad_blocks_and_checkpoints_in_between_are_passed_over() -> None:
    writer = started(Kind(tags_at=2))
    for number, value in enumerate((b"\xff", b"\0", b"\xa5")):
        writer.header(300 + number, name=b"file%d" % number, size=1)
        writer.data(300 + number, 1, b"%d" % number)
        writer.fill()
        writer.block(value)
        writer.sequence = 0x21
        for index in range(300):
            writer.chunk(5, index + 1, b"check", 2048)
        writer.fill()
        writer.sequence = 0x1001 + number
    writer.header(400, name=b"last", size=0)
    opened = open_image(bytes(writer.image))
    assert [str(problem) for _, problem in opened.problems] == ["128 pages between others are not readable"]
    assert {node.path for node in opened.nodes} == {b"", b"file0", b"file1", b"file2", b"last"}


def test_names_that_lead_out_are_left_out() -> None:
    writer = started()
    for number, name in enumerate((b"..", b".", b"a/b", b"", b"good"), 300):
        writer.header(number, name=name, size=0)
    opened = open_image(bytes(writer.image))
    assert [node.path for node in opened.nodes] == [b"", b"good"]
    assert len(opened.problems) == 4


def test_directories_that_hold_each_other_are_told() -> None:
    writer = started()
    writer.header(300, DIRECTORY, b"a", 301, mode=0o40755)
    writer.header(301, DIRECTORY, b"b", 300, mode=0o40755)
    writer.header(302, DIRECTORY, b"c", 302, mode=0o40755)
    writer.header(303, DIRECTORY, b"d", 999, mode=0o40755)
    opened = open_image(bytes(writer.image))
    assert [node.path for node in opened.nodes] == [b""]
    assert "4 objects are in directories that have no name" in str(opened.problems[0][1])


def test_pages_of_a_file_without_a_header_are_told() -> None:
    writer = started()
    writer.data(300, 1, b"lost")
    assert "1 files have content and no header" in str(open_image(bytes(writer.image)).problems[0][1])


@pytest.mark.parametrize("means", [300, 301, 302, 999, 0xFFFFFFFE])
def test_a_hard_link_to_itself_or_to_no_file_is_told(means: int) -> None:
    writer = started()
    writer.header(300, HARD_LINK, b"link", means=means - (1 << 32) if means >> 31 else means)
    writer.header(301, HARD_LINK, b"other", means=300)
    writer.header(302, DIRECTORY, b"folder", mode=0o40755)
    opened = open_image(bytes(writer.image))
    assert [node.path for node in opened.nodes] == [b"", b"folder"]
    assert {path for path, _ in opened.problems} == {b"link", b"other"}


def test_a_link_without_target_and_a_special_file_of_no_kind_are_told() -> None:
    writer = started()
    writer.header(300, SYMLINK, b"link", mode=0o120777)
    writer.header(301, SPECIAL, b"odd", mode=0o100644)
    writer.header(302, SYMLINK, b"good", mode=0o120777, target=b"t")
    opened = open_image(bytes(writer.image))
    assert [node.path for node in opened.nodes] == [b"", b"good"]
    assert [path for path, _ in opened.problems] == [b"link", b"odd"]


def test_two_files_of_one_name_are_told_and_the_newer_stays() -> None:
    writer = started()
    for number, content in ((301, b"old"), (300, b"new")):
        writer.header(number, name=b"file", size=3)
        writer.data(number, 1, content)
    assert contents(writer) == {b"file": b"new"}
    assert "is replaced" in str(open_image(bytes(writer.image)).problems[0][1])


def test_a_file_that_claims_to_be_huge_is_refused_when_it_is_read() -> None:
    writer = started()
    writer.header(300, name=b"file", size=0xFFFFFFF0)
    writer.header(301, name=b"other", size=0)
    writer.data(301, 0xFFFFFF, b"far")
    opened = open_image(bytes(writer.image))
    for node in opened.nodes[1:]:
        with pytest.raises(LimitReached):
            opened.read(node)


def test_deleted_chunks_of_version_1_do_not_count() -> None:
    writer = started(Kind(version=1, page=512, spare=16))
    writer.header(300, name=b"old", size=3)
    writer.image[-12] = 0
    writer.data(300, 1, b"old")
    writer.image[-12] = 0
    writer.header(300, name=b"new", size=3)
    writer.data(300, 1, b"new")
    assert contents(writer) == {b"new": b"new"}
