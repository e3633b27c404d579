"""Tests of Dahua's firmware: zip archives of the standard library with other letters."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats import zip
from plimsoll.unpack.formats.dahua import FORMAT, open_dahua
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.containers import assert_not_carved, patched, refuses
from tests.unpack.formats.zips import python_zip

_ROOT = random.Random(1).randbytes(9_000)
_ARCHIVE = python_zip([("Install", b"# burn\n" * 50, 8), ("romfs-x.squashfs.img", _ROOT, 0), ("empty", b"", 0)])


def test_the_letters_are_put_back() -> None:
    for image in (patched(_ARCHIVE, 0, b"DH"), _ARCHIVE.replace(b"PK\x03\x04", b"DH\x03\x04")):
        opened = _open(image + b"\xff" * 99)
        assert (opened.data, opened.length, opened.label) == (_ARCHIVE, len(_ARCHIVE), "3 entries")


def test_the_archive_is_explored() -> None:
    seen: list[File] = []
    explored = Explorer((FORMAT, zip.FORMAT), Budget(Limits()), seen.append).explore(patched(_ARCHIVE, 0, b"DH"), b"x")
    assert {file.path: file.data for file in seen if file.path} == {
        b"Install": b"# burn\n" * 50,
        b"romfs-x.squashfs.img": _ROOT,
        b"empty": b"",
    }
    assert [span.kind for span in explored.image.spans] == ["understood"]


def test_something_else_is_refused() -> None:
    image = patched(_ARCHIVE, 0, b"DH")
    for data in (b"", b"DH", b"DH\x03\x04", _ARCHIVE, image[:-30], patched(image, 8, b"\x55"), image[:9000]):
        assert refuses(FORMAT, data)


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT, b"DH\x03\x04", b"DH\x03\x04\x14\0\0\0\x08\0")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(_ARCHIVE) - 1), st.integers(0, 255)), max_size=5),
    st.integers(0, len(_ARCHIVE)),
)
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(patched(_ARCHIVE, 0, b"DH"))
    for offset, value in changes:
        image[offset] = value
    for whole in (bytes(image), bytes(image[:size])):
        try:
            opened = _open(whole)
        except NotThisFormat:
            continue
        assert len(opened.data) == opened.length <= len(whole)


def _open(image: bytes) -> Decoded:
    return open_dahua(View(image), Budget(Limits()))
