"""Tests of D-Link's `encrpted_img` images, made by a small generator here."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, Encrypted, NotThisFormat, View
from plimsoll.unpack.formats.dlink_encrpted import FORMAT, KEY, PIECE_BYTES, START, open_encrpted
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CONTENT = b"UBI#\1" + random.Random(0).randbytes(2 * PIECE_BYTES + 1_019)


def test_the_image_comes_out_as_it_went_in() -> None:
    image = _image(_CONTENT)
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(image), ())


def test_a_length_that_counts_the_header_is_believed_at_the_end_of_a_file() -> None:
    image = _image(_CONTENT, more=16)
    assert (_open(image).data, _open(image).problems) == (_CONTENT, ())


def test_what_there_is_of_a_truncated_image_comes_out() -> None:
    opened = _open(_image(_CONTENT)[:-1_000])
    assert opened.data == _CONTENT[: len(opened.data)]
    assert problems(opened) == ["cut short: 1000 bytes are missing"]


def test_an_image_with_another_key_is_recognised() -> None:
    with pytest.raises(Encrypted) as raised:
        _open(_image(_CONTENT, key=bytes(32)))
    assert raised.value.length == 16 + len(_CONTENT)


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"encrpted_img",
        b"encrpted_img" + bytes(100),
        b"encrpted_img" + b"\xff" * 100,
        b"encrpted_img is what such images begin with, which is text",
        b"encrypted_im" + b"\0\0\0\x50" + bytes(80),
    ],
)
def test_something_else_is_refused(image: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(image)


def test_what_comes_out_is_explored() -> None:
    _, seen = explored((FORMAT,), b"\x11" * 77 + _image(_CONTENT))
    assert _CONTENT in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_encrpted, _image(b"UBI#" + bytes(60)), data, 32)


def _image(content: bytes, *, key: bytes = KEY, more: int = 0) -> bytes:
    encrypted = b""
    for offset in range(0, len(content), PIECE_BYTES):
        encryptor = Cipher(algorithms.AES(key), modes.CBC(START)).encryptor()
        encrypted += encryptor.update(content[offset : offset + PIECE_BYTES]) + encryptor.finalize()
    return b"encrpted_img" + (len(content) + more).to_bytes(4, "big") + encrypted


def _open(data: bytes) -> Decoded:
    return open_encrpted(View(data), budget())
