"""Tests of the littlefs reader, against images that a binding of the original makes."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.littlefs import FORMAT, open_littlefs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import littlefs_images
from tests.unpack.look_alikes import told

_BLOCK = littlefs_images.SMALL[0]

_KINDS = {
    "4-kib": (4096, 64, False),
    "4-kib-worn": (4096, 160, True),
    "smallest-blocks": (128, 2000, False),
    "smallest-blocks-worn": (128, 2000, True),
    "64-kib": (65_536, 40, False),
}


@pytest.fixture(scope="module")
def small() -> bytes:
    """Give a small image."""
    return littlefs_images.recorded("small")


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_of_image_gives_what_was_written(kind: str) -> None:
    image, written = littlefs_images.make(*_KINDS[kind])
    _assert_holds(image, written)


def test_a_recorded_image_gives_what_was_written(small: bytes) -> None:
    _assert_holds(small, littlefs_images.content(_BLOCK))


def test_a_worn_image_gives_what_was_written_last() -> None:
    _assert_holds(littlefs_images.recorded("worn"), littlefs_images.recorded_content())


def test_the_label_tells_version_and_blocks(small: bytes) -> None:
    assert _open(small).label == "2.1, 512 byte blocks"


def test_directories_are_entries_too(small: bytes) -> None:
    paths = {node.path for node in _open(small).nodes if node.kind == "directory"}
    assert paths == {b"", b"empty", b"etc", b"etc/deep", b"etc/deep/er"}


@pytest.mark.parametrize("data", [b"", b"littlefs", bytes(8) + b"littlefs", bytes(8) + b"littlefs" + bytes(3000)])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_the_first_block_needs_a_commit_with_a_right_checksum(small: bytes) -> None:
    for offset, value in ((24, b"\0\0"), (28, bytes(4)), (20, b"\7"), (4, b"\x80"), (0, b"\xee")):
        with pytest.raises(NotThisFormat):
            _open(_patched(small, offset, value))


def test_version_1_is_told_with_its_length() -> None:
    head = struct.pack("<IIII", 1, 60, 2, 3) + bytes((0x2E, 20, 0, 8)) + struct.pack("<IIIII", 4, 5, 512, 6, 0x10001)
    image = head + b"littlefs" + bytes(9000)
    with pytest.raises(Unsupported, match="version 1") as raised:
        _open(image)
    assert raised.value.length == 512 * 6


def test_another_version_is_told_with_its_length() -> None:
    log = _Log()
    log.add(0x0FF, 0, b"littlefs")
    log.add(0x201, 0, struct.pack("<IIIIII", 0x30000, 512, 4, 255, 1, 1))
    with pytest.raises(Unsupported, match="version 3") as raised:
        _open(log.block().ljust(512 * 9, b"\xff"))
    assert raised.value.length == 512 * 4


def test_a_truncated_image_gives_what_is_there(small: bytes) -> None:
    opened = _open(small[: 40 * _BLOCK])
    assert str(opened.problems[0][1]) == f"cut short: {len(small) - 40 * _BLOCK} bytes are missing"
    written = littlefs_images.content(_BLOCK)
    read = [node for node in opened.nodes if node.kind == "file" and _read(opened, node) is not None]
    assert read
    assert all(_read(opened, node) == written["/" + node.path.decode()] for node in read)


def test_one_copy_of_the_superblock_alone_does_not_tell_where_the_image_begins(small: bytes) -> None:
    for image in (_patched(small, _BLOCK, b"\xff" * _BLOCK), small[_BLOCK:]):
        with pytest.raises(Malformed, match="one of the two copies") as raised:
            _open(image)
        assert raised.value.length == len(image)


def test_a_damaged_directory_spoils_only_itself() -> None:
    log = _two_files()
    log.add(0x002, 3, b"lost")
    log.add(0x200, 3, struct.pack("<II", 2, 3))
    opened = _open(log.block() * 2 + b"\xff" * 1024)
    assert _paths(opened) == [b"", b"one", b"two", b"lost"]
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"lost", "the metadata in block 2 is damaged")
    ]


def test_one_of_two_copies_is_enough(small: bytes) -> None:
    log = _two_files()
    older = _Log(revision=7)
    older.add(0x0FF, 0, b"littlefs")
    older.add(0x201, 0, _SUPERBLOCK)
    for first, second in ((log, older), (older, log)):
        image = first.block() + second.block() + b"\xff" * 1024
        assert _paths(_open(image)) == [b"", b"one", b"two"]


def test_names_that_lead_out_and_second_names_are_left_out() -> None:
    for name in (b"..", b".", b"a/b", b"", b"n\0", b"one"):
        log = _two_files(second=name)
        opened = _open(log.block() * 2 + b"\xff" * 1024)
        assert _paths(opened) == [b"", b"one"]
        assert "is left out" in str(opened.problems[0][1])


def test_entries_are_put_in_and_taken_out_by_number() -> None:
    log = _two_files()
    log.add(0x401, 1)
    log.add(0x001, 1, b"new")
    log.add(0x201, 1, b"between")
    log.add(0x4FF, 2)
    opened = _open(log.block() * 2 + b"\xff" * 1024)
    assert _contents(opened) == {b"new": b"between", b"two": b"22"}


def test_what_follows_the_last_whole_commit_does_not_count() -> None:
    log = _two_files()
    log.commit()
    log.add(0x4FF, 1)
    whole = _open(log.block() * 2 + b"\xff" * 1024)
    assert _paths(whole) == [b"", b"two"]
    broken = bytearray(log.block())
    broken[len(log.raw) - 1] ^= 1
    assert _paths(_open(bytes(broken) * 2 + b"\xff" * 1024)) == [b"", b"one", b"two"]


def test_a_file_that_was_moved_away_does_not_count() -> None:
    log = _two_files()
    log.add(0x7FF, 0x3FF, struct.pack("<III", 0x4FF << 20 | 2 << 10, 1, 0))
    assert _paths(_open(log.block() * 2 + b"\xff" * 1024)) == [b"", b"one"]


def test_directories_that_hold_each_other_are_listed_once() -> None:
    log = _two_files()
    log.add(0x002, 3, b"self")
    log.add(0x200, 3, struct.pack("<II", 0, 1))
    log.add(0x601, 0x3FF, struct.pack("<II", 1, 0))
    opened = _open(log.block() * 2 + b"\xff" * 1024)
    assert _paths(opened) == [b"", b"one", b"two", b"self"]
    assert len(opened.problems) == 3


def test_content_outside_the_image_spoils_only_its_file() -> None:
    log = _two_files()
    for number, place in enumerate(((3, 100_000), (900, 1000), (0xFFFFFFFF, 600), (2, 600)), 3):
        log.add(0x001, number, b"file-%d" % number)
        log.add(0x202, number, struct.pack("<II", *place))
    opened = _open(log.block() * 2 + b"\xff" * 1024)
    assert set(_contents(opened)) == {b"one", b"two"}
    assert len(_paths(opened)) == 7


def test_more_entries_than_allowed_are_cut_off_and_told(small: bytes) -> None:
    opened = open_littlefs(View(small), Budget(Limits(entries=10)))
    assert "more than 10 entries" in str(opened.problems[-1][1])


def test_an_image_is_found_inside_others(small: bytes) -> None:
    data = b"text " * 2000 + small + bytes(9000)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(data, b"x")
    assert [(span.offset, span.length) for span in explored.image.spans if span.format == "littlefs"] == [
        (10_000, len(small))
    ]


def test_neither_text_nor_random_bytes_that_hold_the_sign_open(small: bytes) -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(2000, len(noise) - 4000, 900):
        noise[at : at + 36] = small[:36]
    text = (b"the littlefs file system\n" * 40_000)[: 1 << 20]
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.format for span in explored.image.spans} == {""}
        assert told(explored) == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small)
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.integers(2 * _BLOCK, len(image) - 1))
        image[offset] = data.draw(st.integers(0, 255))
    _exercise(bytes(image[: data.draw(st.one_of(st.just(len(image)), st.integers(0, len(image))))]))


_TAGS = st.tuples(
    st.sampled_from([0x001, 0x002, 0x0FF, 0x200, 0x201, 0x202, 0x301, 0x401, 0x4FF, 0x600, 0x601, 0x7FF]),
    st.one_of(st.integers(0, 5), st.integers(0, 0x3FF)),
    st.one_of(
        st.binary(max_size=12),
        st.builds(lambda *numbers: struct.pack("<II", *numbers), st.integers(0, 4), st.integers(0, 2000)),
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_TAGS, max_size=12))
def test_any_tags_raise_only_declared_errors(tags: list[tuple[int, int, bytes]]) -> None:
    log = _two_files()
    for kind, number, data in tags:
        log.add(kind, number, data)
    _exercise(log.block() * 2 + b"\xff" * 1024)


def test_the_signs_are_those_of_the_format() -> None:
    assert {(magic.literal, magic.offset) for magic in FORMAT.magics} == {(b"littlefs", 8), (b"littlefs", 40)}


_SUPERBLOCK = struct.pack("<IIIIII", 0x20001, 512, 4, 255, 1 << 20, 1022)


class _Log:
    """Writes the log of one block."""

    def __init__(self, revision: int = 8) -> None:
        self.raw = struct.pack("<I", revision)
        self._previous = 0xFFFFFFFF
        self._from = 0

    def add(self, kind: int, number: int, data: bytes = b"") -> None:
        tag = kind << 20 | number << 10 | len(data)
        self.raw += struct.pack(">I", tag ^ self._previous) + data
        self._previous = tag

    def commit(self) -> None:
        tag = 0x500 << 20 | 0x3FF << 10 | 4
        self.raw += struct.pack(">I", tag ^ self._previous)
        self.raw += struct.pack("<I", zlib.crc32(self.raw[self._from :]) ^ 0xFFFFFFFF)
        self._previous = tag
        self._from = len(self.raw)

    def block(self) -> bytes:
        if self._from < len(self.raw):
            self.commit()
        return self.raw.ljust(512, b"\xff")


def _two_files(second: bytes = b"two") -> _Log:
    log = _Log()
    log.add(0x0FF, 0, b"littlefs")
    log.add(0x201, 0, _SUPERBLOCK)
    for number, name, data in ((1, b"one", b"1"), (2, second, b"22")):
        log.add(0x001, number, name)
        log.add(0x201, number, data)
    return log


def _assert_holds(image: bytes, written: littlefs_images.Content) -> None:
    opened = _open(image + b"\xff" * 3000)
    assert opened.problems == ()
    assert opened.length == len(image)
    _assert_files(opened, written)


def _assert_files(opened: Archive, written: littlefs_images.Content) -> None:
    assert _contents(opened) == _by_path(written)


def _by_path(written: littlefs_images.Content) -> dict[bytes, bytes]:
    return {path[1:].encode(): data for path, data in written.items()}


def _contents(opened: Archive) -> dict[bytes, bytes]:
    """Give the content of every file that can be read."""
    files = [node for node in opened.nodes if node.kind == "file"]
    return {node.path: data for node in files if (data := _read(opened, node)) is not None}


def _read(opened: Archive, node: Node) -> bytes | None:
    try:
        return opened.read(node)
    except Malformed:
        return None


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_littlefs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
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
    return open_littlefs(View(image), Budget(Limits()))


def _paths(opened: Archive) -> list[bytes]:
    return [node.path for node in opened.nodes]


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
