"""Tests of the SPIFFS reader, against images that a generator makes from the description of the format."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.spiffs import FORMAT, open_spiffs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.spiffs_images import Image
from tests.unpack.look_alikes import told

_CONTENT = {
    "/index.html": b"<html>" + b"text " * 300,
    "/empty": b"",
    "/css/style.css": b"a{}" * 5000,
    "/one-page": bytes(range(251)),
    "/certs/ca.pem": b"-----BEGIN CERTIFICATE-----\n" * 9,
}

_GEOMETRIES = [
    (256, 4096, 16),
    (256, 8192, 12),
    (256, 65_536, 4),
    (128, 4096, 16),
    (512, 8192, 8),
    (1024, 16_384, 5),
    (2048, 65_536, 3),
]


@pytest.fixture(scope="module")
def small() -> bytes:
    """Give a small image."""
    return _make(Image())


@pytest.mark.parametrize(("page", "block", "blocks"), _GEOMETRIES)
@pytest.mark.parametrize("signs", ["counted", "plain"])
@pytest.mark.parametrize("is_rewritten", [False, True])
def test_every_kind_of_image_gives_what_was_written(
    page: int, block: int, blocks: int, signs: str, is_rewritten: bool
) -> None:
    image = _make(Image(page, block, blocks, signs=signs), is_rewritten)
    opened = _open(image + b"\x55" * 3000)
    assert opened.problems == ()
    assert opened.length == len(image)
    assert opened.label == f"pages of {page} bytes, blocks of {block // 1024} KiB"
    assert _contents(opened) == {name[1:].encode(): content for name, content in _CONTENT.items()}


def test_names_of_another_length_are_read() -> None:
    image = Image(names=64, attributes=0)
    image.write("/" + "n" * 62, b"content")
    assert _contents(_open(bytes(image.raw))) == {b"n" * 62: b"content"}


@pytest.mark.parametrize("data", [b"", bytes(70_000), b"\xff" * 70_000, bytes(257) + b"\x80\0\0\xf8\xff\xff\xff"])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_an_image_without_signs_or_pages_in_use_is_not_believed(small: bytes) -> None:
    for image in (_make(Image(signs="none")), bytes(Image().raw), small[: 2 * 4096]):
        with pytest.raises(NotThisFormat):
            _open(image)


def test_pages_that_belong_to_other_objects_than_the_tables_say_are_not_believed(small: bytes) -> None:
    image = bytearray(small)
    for at in range(512, 4096, 256):
        image[at] ^= 0x55
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_block_that_is_just_erased_does_no_harm(small: bytes) -> None:
    last = len(small) - 4096
    opened = _open(_patched(small, last, b"\xff" * 4096))
    assert opened.length == len(small)
    assert len(_contents(opened)) == len(_CONTENT)


def test_a_truncated_image_gives_what_is_there(small: bytes) -> None:
    opened = _open(small[: 3 * 4096])
    assert str(opened.problems[0][1]) == f"cut short: {len(small) - 3 * 4096} bytes are missing"
    found = _contents(opened)
    assert found[b"index.html"] == _CONTENT["/index.html"]
    assert b"css/style.css" not in found
    assert b"css/style.css" in _paths(opened)


def test_a_deleted_file_is_not_listed() -> None:
    image = Image()
    at = image.write("/gone", b"")
    image.write("/here", b"here")
    image.raw[at + 4] &= 0x7F
    image.raw[0:2] = b"\0\0"
    assert _contents(_open(bytes(image.raw))) == {b"here": b"here"}


def test_a_missing_page_spoils_only_its_file() -> None:
    image = Image()
    image.write("/first", b"first")
    at = image.write("/second", b"2" * 900)
    image.raw[at + 512 + 4] &= 0x7F
    opened = _open(bytes(image.raw))
    assert _contents(opened) == {b"first": b"first"}
    with pytest.raises(Malformed, match="page 1 is missing"):
        opened.read(next(node for node in opened.nodes if node.path == b"second"))


def test_pages_and_beginnings_that_are_there_twice_are_told() -> None:
    image = Image()
    image.write("/first", b"1" * 300)
    image.put(1, struct.pack("<HHB", 1, 0, 0xFC) + b"2" * 251)
    image.put(1 | 0x8000, image.index(1, 300, "/again"))
    image.put(9, struct.pack("<HHB", 9, 0, 0xFC) + b"nobody's")
    opened = _open(bytes(image.raw))
    assert [str(problem) for _, problem in opened.problems] == [
        "object 1 has its page 0 twice",
        "object 1 begins twice",
        "1 objects without a beginning are left out",
    ]
    assert _contents(opened) == {b"again": b"2" * 251 + b"1" * 49}


def test_a_file_whose_size_was_not_written_is_told_when_it_has_pages() -> None:
    image = Image()
    image.put(1 | 0x8000, image.index(1, 0xFFFFFFFF, "/open"))
    image.put(1, struct.pack("<HHB", 1, 0, 0xFC) + b"content")
    image.put(2 | 0x8000, image.index(2, 0xFFFFFFFF, "/new"))
    opened = _open(bytes(image.raw))
    assert _contents(opened) == {b"open": b"", b"new": b""}
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"open", "its size was not written; it is shown as empty")
    ]


def test_what_cannot_be_a_file_is_left_out() -> None:
    image = Image()
    image.write("/good", b"good")
    image.write("/../bad", b"bad")
    image.write("", b"no name")
    image.write("/folder", b"", kind=2)
    image.put(8 | 0x8000, image.index(8, 0x7FFFFFFF, "/huge"))
    opened = _open(bytes(image.raw))
    assert _paths(opened) == [b"good"]
    assert len(opened.problems) == 4


def test_more_entries_than_allowed_are_cut_off_and_told(small: bytes) -> None:
    opened = open_spiffs(View(small), Budget(Limits(entries=2)))
    assert len(opened.nodes) == 2
    assert "more than 2 entries" in str(opened.problems[-1][1])


def test_an_image_is_found_inside_others(small: bytes) -> None:
    data = b"text " * 2000 + small + bytes(9000)
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(data, b"x")
    assert [(span.offset, span.length) for span in explored.image.spans if span.format == "spiffs"] == [
        (10_000, len(small))
    ]


def test_neither_text_nor_random_bytes_that_hold_the_sign_open(small: bytes) -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(2000, len(noise) - 4000, 900):
        noise[at : at + 300] = small[:300]
    text = (b"a line of text \x80\x00\x00\xf8\xff\xff\xff\n" * 60_000)[: 1 << 20]
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.format for span in explored.image.spans} == {""}
        assert told(explored) == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_anywhere_raises_only_declared_errors(small: bytes, data: st.DataObject) -> None:
    image = bytearray(small)
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.one_of(st.integers(0, 600), st.integers(0, len(image) - 1)))
        image[offset] = data.draw(st.integers(0, 255))
    _exercise(bytes(image[: data.draw(st.one_of(st.just(len(image)), st.integers(0, len(image))))]))


def test_the_signs_are_those_of_the_first_page_of_an_index() -> None:
    assert {len(magic.literal) for magic in FORMAT.magics} == {7}
    assert {magic.offset for magic in FORMAT.magics} == {129, 257, 513, 1025, 2049}


def _make(image: Image, is_rewritten: bool = False) -> bytes:
    for name, content in _CONTENT.items():
        image.write(name, content, is_rewritten=is_rewritten)
    return bytes(image.raw)


def _open(image: bytes) -> Archive:
    return open_spiffs(View(image), Budget(Limits()))


def _paths(opened: Archive) -> list[bytes]:
    return [node.path for node in opened.nodes]


def _contents(opened: Archive) -> dict[bytes, bytes]:
    """Give the content of every file that can be read."""
    return {node.path: data for node in opened.nodes if (data := _read(opened, node)) is not None}


def _read(opened: Archive, node: Node) -> bytes | None:
    try:
        return opened.read(node)
    except Malformed:
        return None


def _exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_spiffs(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        opened.position(node)
        try:
            content = opened.read(node)
        except (Malformed, LimitReached):
            continue
        assert len(content) == node.size


def _patched(image: bytes, offset: int, value: bytes) -> bytes:
    return (image[:offset] + value + image[offset + len(value) :])[: len(image)]
