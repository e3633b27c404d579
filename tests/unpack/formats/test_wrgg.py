"""Tests of WRGG images, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, Decoded, NotThisFormat, Opened, View
from plimsoll.unpack.formats.dlink_encimg import mangle
from plimsoll.unpack.formats.wrgg import FORMAT, KEY, START, open_wrgg
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    contents,
    explored,
    problems,
)

_SIGNATURE = b"wapac02_dkbs_dap2695"
_KERNEL = b"\x27\x05\x19\x56" + random.Random(0).randbytes(4_988)


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_image_in_the_clear_is_a_part(order: str) -> None:
    image = _image(_KERNEL, order=order)
    opened = _open(image + b"another thing")
    assert isinstance(opened, Container)
    assert contents(image, opened) == [_KERNEL]
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "wapac02_dkbs_dap2695, DAP-2695, v1.16, 0042"


def test_an_image_of_which_nothing_is_known_is_a_part_too() -> None:
    content = random.Random(1).randbytes(5_000)
    image = _image(content)
    opened = _open(image)
    assert isinstance(opened, Container)
    assert contents(image, opened) == [content]


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_encrypted_image_comes_out_as_it_went_in(order: str) -> None:
    image = _image(_encrypt(_KERNEL), order=order)
    opened = _open(image + b"another thing")
    assert isinstance(opened, Decoded)
    assert (opened.data, opened.length, opened.problems) == (_KERNEL, len(image), ())


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    for content in (_KERNEL, _encrypt(_KERNEL)):
        opened = _open(_image(content)[:-1_000])
        assert isinstance(opened, Container | Decoded)
        assert problems(opened) == ["cut short: 1000 bytes are missing"]


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, bytes(20)), (5, b"\xff"), (31, b"x"), (32, b"\0"), (36, b"\0"), (41, b"\x1b"), (104, bytes(4)),
     (104, b"\xff" * 4), (120, b"\xff")],
)  # fmt: skip
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(_KERNEL))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_header_alone_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(_KERNEL)[:160])


def test_what_is_inside_is_explored() -> None:
    for content in (_KERNEL, _encrypt(_KERNEL)):
        _, seen = explored((FORMAT,), b"\x11" * 77 + _image(content))
        assert _KERNEL in seen


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.booleans())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject, encrypted: bool) -> None:
    content = _KERNEL[:112]
    image = _image(_encrypt(content) if encrypted else content)
    assert_mutations_stay_within_bounds(open_wrgg, image, data, 180)


def _encrypt(content: bytes) -> bytes:
    cipher = Cipher(algorithms.AES(mangle(KEY, _SIGNATURE)), modes.CBC(mangle(START, _SIGNATURE)))
    encryptor = cipher.encryptor()
    return encryptor.update(content) + encryptor.finalize()


def _image(content: bytes, order: str = "<") -> bytes:
    front = struct.pack("32s8s16s16s16x16s", _SIGNATURE, b"\x21\x03\x08\x20" * 2, b"v1.16", b"DAP-2695", b"0042")
    rest = struct.pack(f"{order}II32s16s", len(content), 0, b"/dev/mtdblock/2", b"\xaa" * 16)
    return front + rest + content


def _open(data: bytes) -> Opened:
    return open_wrgg(View(data), budget())
