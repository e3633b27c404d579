"""Tests of D-Link's DEAFBEAD archives, made by a small generator here."""

from __future__ import annotations

import gzip
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.dlink_deafbead import FORMAT, open_deafbead
from plimsoll.unpack.formats.gzip import FORMAT as GZIP
from tests.unpack.containers import budget, explored
from tests.unpack.look_alikes import assert_nothing_opens

_FILES = {"web\\index.htm": b"<html>" * 90, "etc/passwd": b"admin:x:0:0::/:/bin/sh\n" * 9}


def test_all_files_are_listed_as_they_are_stored() -> None:
    image = _image()
    opened = _open(image + b"another thing")
    assert (opened.length, opened.problems, opened.label) == (len(image), (), "2 files")
    assert {node.path: node.kind for node in opened.nodes} == {
        b"web": "directory",
        b"web/index.htm": "file",
        b"etc/passwd": "file",
    }
    assert {gzip.decompress(opened.read(node)) for node in opened.nodes if node.kind == "file"} == set(_FILES.values())


def test_their_content_is_seen_at_any_offset() -> None:
    _, seen = explored((FORMAT, GZIP), b"\x11" * 77 + _image())
    assert set(_FILES.values()) <= set(seen)


@pytest.mark.parametrize(
    ("offset", "value"), [(0, b"\0"), (4, b"\x85"), (5, bytes(2)), (5, b"\xff\xff"), (7, b"\1"), (7, bytes(3))]
)
def test_an_archive_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_entries_end_where_one_is_not_sound() -> None:
    image = _image()
    opened = _open(image[:-10])
    assert opened.label == "1 files"
    assert opened.length < len(image) - 10


def test_look_alikes_are_refused() -> None:
    assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_read(data: st.DataObject) -> None:
    image = bytearray(_image())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(image) - 1))
        value = data.draw(st.one_of(st.binary(min_size=1, max_size=4), st.sampled_from([b"\xff" * 4, bytes(4)])))
        image[at : at + len(value)] = value
    try:
        opened = open_deafbead(View(bytes(image)), budget())
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        try:
            opened.read(node)
        except Malformed:
            continue


def _image() -> bytes:
    image = b"\xde\xaf\xbe\xad" + struct.pack("<BH", 0x86, 3) + b"web"
    for name, content in _FILES.items():
        packed = gzip.compress(content)
        image += struct.pack("<BH", 0x87, len(name)) + name.encode() + struct.pack("<I", len(packed)) + packed
    return image


def _open(data: bytes) -> Archive:
    return open_deafbead(View(data), budget())
