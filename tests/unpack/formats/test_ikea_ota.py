"""Tests of the reader of IKEA's wrapping, against a generator written from a file that was seen."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.ikea_ota import FORMAT, open_ikea_ota
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes
from tests.unpack.formats.test_zigbee_ota import make

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus")) / "images"
_PRIVATE = _CORPUS / "zigbee-ikea-tradfri-bulb-cws-2.3.093.ota.signed"

_INNER = make([(0, b"program " * 50)])
_SIGNATURE = bytes(range(256)) * 2


def _wrap(inner: bytes = _INNER, start: int = 488) -> bytes:
    header = struct.pack("<4s6I", b"NGIS", 12, 2010, start - 12, start, len(inner), start + len(inner))
    return header.ljust(start, b"\x55") + inner + _SIGNATURE


def test_the_upgrade_file_and_the_signature_are_parts() -> None:
    image = _wrap()
    opened = _open(image + b"after")
    assert [image[part.offset : part.offset + part.length] for part in opened.parts] == [_INNER, _SIGNATURE]
    assert [part.content for part in opened.parts] == ["image", "known"]
    assert (opened.length, opened.label, opened.problems) == (len(image), "signed", ())


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    image = _wrap()
    assert [str(one) for one in _open(image[:-5]).problems] == ["cut short: 5 bytes are missing"]
    opened = _open(image[:600])
    assert [part.length for part in opened.parts] == [112]
    assert (opened.length, len(opened.problems)) == (600, 1)


@pytest.mark.parametrize(
    "data", [b"", b"NGIS", b"NGIS" + bytes(600), _wrap(b"no upgrade file"), _wrap()[:24] + b"\0" + _wrap()[25:]]
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=200, deadline=None)
@given(changes(28), st.integers(0, len(_wrap())))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_ikea_ota, changed(_wrap(), these, end))


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_file_opens_to_its_program() -> None:
    data = _PRIVATE.read_bytes()
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(data, b"x")
    assert {"ikea-ota", "zigbee-ota", "ebl"} <= {span.format for span in explored.image.spans}
    assert [tree.files for tree in explored.image.trees] == [1]
    assert explored.image.problems == ()


def _open(data: bytes) -> Container:
    return open_ikea_ota(View(data), Budget(Limits()))
