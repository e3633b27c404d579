"""Tests of D-Link's SHRS images, made by a small generator here."""

from __future__ import annotations

import hashlib
import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.dlink_shrs import FORMAT, KEY, open_shrs
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CONTENT = b"Linux version 4 " + random.Random(0).randbytes(5_000)


@pytest.mark.parametrize("padded_first", [False, True])
def test_the_image_comes_out_as_it_went_in(padded_first: bool) -> None:
    image = _image(_CONTENT, padded_first=padded_first)
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(image), ())


def test_a_wrong_checksum_is_a_problem_and_the_rest_comes_out() -> None:
    image = bytearray(_image(_CONTENT))
    image[-1] ^= 1
    opened = _open(bytes(image))
    assert opened.data[:4_900] == _CONTENT[:4_900]
    assert problems(opened) == ["the SHA-512 of the encrypted image is wrong"]


def test_what_there_is_of_a_truncated_image_comes_out() -> None:
    opened = _open(_image(_CONTENT)[:-1_000])
    assert opened.data == _CONTENT[: len(opened.data)]
    assert len(opened.data) > 4_000
    assert problems(opened) == ["cut short: 1000 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"SHRT"), (4, bytes(8)), (4, b"\xff" * 8), (4, bytes(4)), (8, b"\0\0\0\1"), (220, b"\1"), (731, b"\1")],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_CONTENT))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_CONTENT)[:1756])


def test_what_comes_out_is_explored() -> None:
    found, seen = explored((FORMAT,), b"\x11" * 77 + _image(_CONTENT))
    assert _CONTENT in seen
    assert [(span.format, span.kind) for span in found.image.spans] == [("", "unknown"), ("dlink-shrs", "compressed")]


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_shrs, _image(b"x" * 50), data, 1756)


def _image(content: bytes, *, padded_first: bool = True) -> bytes:
    padded = content + bytes(-len(content) % 16)
    start = bytes(range(16))
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(start)).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    sizes = [len(padded), len(content)] if padded_first else [len(content), len(padded)]
    sums = b"".join(hashlib.sha512(data).digest() for data in (content + KEY, content, encrypted))
    header = b"SHRS" + b"".join(size.to_bytes(4, "big") for size in sizes) + start + sums
    return header + bytes(512) + b"\xaa" * 1024 + encrypted


def _open(data: bytes) -> Decoded:
    return open_shrs(View(data), budget())
