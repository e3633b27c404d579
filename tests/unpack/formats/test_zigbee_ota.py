"""Tests of the reader of Zigbee upgrade files, against a generator written from the specification."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.signed import Signed
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.zigbee_ota import FORMAT, open_zigbee_ota
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_OPTIONS = {0: b"", 1: b"\0", 2: bytes(8), 4: bytes(4), 7: bytes(13)}
_PROGRAM = b"program " * 100


def make(elements: Sequence[tuple[int, bytes]], bits: int = 0, text: bytes = b"lamp") -> bytes:
    """Make an upgrade file."""
    content = b"".join(struct.pack("<HI", tag, len(value)) + value for tag, value in elements)
    start = 56 + len(_OPTIONS[bits])
    header = struct.pack(
        "<IHHHHHIH32sI", 0x0BEEF11E, 0x100, start, bits, 0x117C, 0x2803, 0x01020304, 2, text, start + len(content)
    )
    return header + _OPTIONS[bits] + content


@pytest.mark.parametrize("bits", sorted(_OPTIONS))
def test_each_element_is_a_part(bits: int) -> None:
    elements = [(0, _PROGRAM), (2, bytes(48)), (1, bytes(50)), (3, bytes(16)), (0xF000, b"own")]
    image = make(elements, bits)
    opened = _open(image + b"after")
    assert [image[part.offset : part.offset + part.length] for part in opened.parts] == [value for _, value in elements]
    assert [(part.name, part.content) for part in opened.parts] == [
        ("image", "image"),
        ("certificate", "known"),
        ("signature ECDSA", "known"),
        ("hash", "known"),
        ("element 0xf000 of the maker", "image"),
    ]
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "lamp; manufacturer 0x117c, type 0x2803, version 0x01020304; signature"


def test_a_file_without_a_signature_says_so() -> None:
    assert _open(make([(0, _PROGRAM)], text=b"\x1b")).label.startswith("?; manufacturer")
    assert _open(make([(0, _PROGRAM)], text=b"")).label.endswith("no element with a signature")


def test_what_is_no_element_is_a_part_of_its_own() -> None:
    image = make([(0, _PROGRAM), (0x77, b"what")])
    opened = _open(image)
    assert [(part.length, part.name) for part in opened.parts] == [(800, "image"), (10, "")]
    assert [str(one) for one in opened.problems] == ["10 bytes at 0x35e are no element"]


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    opened = _open(make([(0, _PROGRAM)])[:-100])
    assert [part.length for part in opened.parts] == [700]
    assert [str(one) for one in opened.problems] == ["cut short: 100 bytes are missing"]


def test_an_element_that_claims_too_much_of_a_whole_file_is_none() -> None:
    image = bytearray(make([(0, _PROGRAM)]))
    image[58] += 1
    assert [part.name for part in _open(bytes(image)).parts] == [""]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1e\xf1\xee\x0b\0\x01",
        b"\x1e\xf1\xee\x0b\0\x01" + bytes(100),
        b"\x1e\xf1\xee\x0b\0\x01" + b"\xff" * 100,
        make([(0, _PROGRAM)])[:8] + b"\x08\0" + make([(0, _PROGRAM)])[10:],
        make([(0, _PROGRAM)])[:8] + b"\x04\0" + make([(0, _PROGRAM)])[10:],
        make([]),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


_WHOLE = make([(0, b"program" * 9), (1, bytes(50)), (2, bytes(48))], 7)


@settings(max_examples=200, deadline=None)
@given(changes(len(_WHOLE)), st.integers(0, len(_WHOLE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_zigbee_ota, changed(_WHOLE, these, end))


def _open(data: bytes) -> Container:
    return open_zigbee_ota(View(data), Budget(Limits()))


@pytest.mark.parametrize(
    ("tags", "algorithm"),
    [
        ((1, 2), "ecdsa-sect163k1, which only the public key of the authority that issued its implicit certificate"),
        ((5, 6), "ecdsa-sect283k1, which only the public key of the authority that issued its implicit certificate"),
        ((1,), "ecdsa-sect163k1, which only the public key of its signer, whose certificate is not in the file"),
    ],
)
def test_what_would_settle_a_signature_is_said(tags: tuple[int, ...], algorithm: str) -> None:
    (signed,) = _open(make([(0, _PROGRAM), *((tag, bytes(range(50))) for tag in tags)])).signed
    assert isinstance(signed, Signed)
    (parts,) = signed.signatures
    assert parts.algorithm == f"{algorithm} would settle"
