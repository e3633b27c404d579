"""Tests of PFS archives, made by a small generator here."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.draytek_lz4 import FORMAT as DRAYTEK
from plimsoll.unpack.formats.pfs import FORMAT, open_pfs
from plimsoll.unpack.limits import LimitReached
from tests.unpack.containers import budget, explored
from tests.unpack.formats.test_draytek_lz4 import _stream
from tests.unpack.look_alikes import assert_nothing_opens

_FILES = {
    "index.htm": b"<html>" * 90,
    "V2860\\js\\main.js": b"function () {}\n" * 50,
    "empty.txt": b"",
    "doc\\a name with blanks": b"text",
}


@pytest.mark.parametrize("field", [24, 36, 100])
def test_all_files_come_out_as_they_went_in(field: int) -> None:
    image = _image(field)
    opened = _open(image + b"another thing")
    assert (opened.length, opened.problems, opened.label) == (len(image), (), "version 0.9")
    assert {node.path.decode(): opened.read(node) for node in opened.nodes} == {
        name.replace("\\", "/"): content for name, content in _FILES.items()
    }


def test_inside_a_compressed_stream_it_is_found() -> None:
    _, seen = explored((FORMAT, DRAYTEK), b"\x11" * 77 + _stream(_image(36)))
    assert set(_FILES.values()) <= set(seen)


def test_a_truncated_archive_gives_what_is_there() -> None:
    opened = _open(_image(36)[:-10])
    assert [str(reason) for _, reason in opened.problems] == ["cut short: 10 bytes are missing"]
    assert opened.read(opened.nodes[0]) == _FILES["index.htm"]
    with pytest.raises(Malformed):
        opened.read(opened.nodes[1])


@pytest.mark.parametrize(
    ("offset", "value"),
    [(3, b"?"), (4, b"x.9"), (7, b"a"), (14, bytes(2)), (14, b"\xff\xff"), (16, b"\1"), (70, b"\1")],
)
def test_a_list_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(36))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_name_that_climbs_out_is_left_out() -> None:
    opened = _open(_image(36).replace(b"empty.txt", b"..\\a\\.txt"))
    assert len(opened.nodes) == 3
    assert len(opened.problems) == 1


def test_look_alikes_are_refused() -> None:
    assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_read(data: st.DataObject) -> None:
    image = bytearray(_image(36))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, 220))
        value = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from([b"\xff" * 4, bytes(4)])))
        image[at : at + len(value)] = value
    try:
        opened = open_pfs(View(bytes(image)), budget())
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        try:
            assert len(opened.read(node)) == node.size
        except (Malformed, LimitReached):
            continue


def _image(field: int) -> bytes:
    table, position = b"", 0
    for number, (name, content) in enumerate(_FILES.items(), 1):
        table += name.encode().ljust(field, b"\0") + struct.pack("<III", number, position, len(content))
        position += len(content)
    return b"PFS/0.9\0" + bytes(6) + struct.pack("<H", len(_FILES)) + table + b"".join(_FILES.values())


def _open(data: bytes) -> Archive:
    return open_pfs(View(data), budget())
