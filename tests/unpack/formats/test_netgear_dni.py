"""Tests of Netgear's header in text, made by a small generator here."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import gzip
from plimsoll.unpack.formats.netgear_dni import FORMAT, open_dni
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
)

_TEXT = b"device:R7800\nversion:V1.0.2.17\nregion:\n"


def test_the_header_is_taken_and_says_what_it_is_for() -> None:
    opened = _open(_header(_TEXT) + b"the image")
    assert (opened.length, opened.parts, opened.problems) == (128, (), ())
    assert opened.label == "device R7800, version V1.0.2.17"


def test_what_follows_is_explored() -> None:
    text = b"Linux version 4 " * 500
    found, seen = explored((FORMAT, gzip.FORMAT), _header(_TEXT) + zlib.compress(text, wbits=31) + b"\x42")
    assert text in seen
    assert [(span.format, span.kind) for span in found.image.spans] == [
        ("netgear-dni", "understood"),
        ("gzip", "understood"),
        ("", "unknown"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        _TEXT.ljust(128, b" "),
        _TEXT.ljust(128, b"\n"),
        b"device:\nversion:V1\n".ljust(128, b"\0"),
        b"device:R7800\n".ljust(128, b"\0"),
        b"version:V1\ndevice:R7800\n".ljust(128, b"\0"),
        b"device:R7800\nversion:V1\n\xff\n".ljust(128, b"\0"),
        b"device:R7800\nversion:V1".ljust(128, b"\0"),
        (b"device:R7800\nversion:V1\n" + b"a:" + b"b" * 97 + b"\n").ljust(128, b"\0"),
        b"device: see the table below; the version: is on the label",
    ],
)
def test_other_text_is_something_else(header: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(header + b"the image")


def test_a_header_with_nothing_behind_it_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_header(_TEXT))


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_dni, _header(_TEXT) + b"x", data, 128)


def _header(text: bytes) -> bytes:
    return text.ljust(128, b"\0")


def _open(data: bytes) -> Container:
    return open_dni(View(data), budget())
