"""Tests of Hi-Link's encrypted firmware, made by a small generator here."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.hilink import FORMAT, open_hilink
from plimsoll.unpack.formats.uimage import FORMAT as UIMAGE
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_CONTENT = random.Random(0).randbytes(5_000)
_DES = TripleDES(b"H@L9K*(3" * 3)


def test_the_image_of_u_boot_comes_out_as_it_went_in() -> None:
    image = _image()
    opened = _open(image)
    assert (opened.data, opened.length, opened.problems) == (_clear(), len(image), ())
    # Of the last block it is not known where it ends when something follows.
    opened = _open(image + b"another thing")
    assert (opened.data[:-8], opened.length) == (_clear()[:-8], len(image))


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    opened = _open(_image()[:-1_000])
    assert problems(opened) == ["cut short: 1000 bytes are missing"]
    assert opened.data[:3_900] == _clear()[:3_900]


def test_the_image_is_opened_in_turn_at_any_offset() -> None:
    _, seen = explored((FORMAT, UIMAGE), b"\x11" * 77 + _image())
    assert _CONTENT in seen


@pytest.mark.parametrize(
    ("offset", "value"),
    [(0, b"\1"), (9, b"\1"), (0x23, b"\0")],
)
def test_a_header_that_makes_no_sense_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image())
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_short_view_is_something_else() -> None:
    for size in (0, 80):
        with pytest.raises(NotThisFormat):
            _open(_image()[:size])


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_hilink, _image(), data, 64)


def _clear() -> bytes:
    """Make an image of U-Boot of whose name the sign comes when it is encrypted."""
    block = _decrypt(b"\x4a\x52\xca\xda" + b"rest")
    name = _decrypt(b"abc" + block + b"defgh")
    fields = (0x27051956, 0, 0, len(_CONTENT), 0x80000000, 0x80000000, zlib.crc32(_CONTENT), 5, 5, 2, 0)
    head = struct.pack(">7I4B32s", *fields, name)
    return head[:4] + zlib.crc32(head).to_bytes(4, "big") + head[8:] + _CONTENT


def _image() -> bytes:
    once = _encrypt(_clear())
    image = once[:3] + _encrypt(once[3:])
    # What does not fill a block at the end stays as it was.
    assert image[0x23:0x27] == b"\x4a\x52\xca\xda"
    return image


def _encrypt(data: bytes) -> bytes:
    whole = len(data) // 8 * 8
    return Cipher(_DES, modes.ECB()).encryptor().update(data[:whole]) + data[whole:]


def _decrypt(data: bytes) -> bytes:
    return Cipher(_DES, modes.ECB()).decryptor().update(data)


def _open(data: bytes) -> Decoded:
    return open_hilink(View(data), budget())
