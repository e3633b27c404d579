"""Tests of firmware that Alpha Networks encrypts: published first blocks, and images made by a small generator here."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats import seama
from plimsoll.unpack.formats._aes import decrypt
from plimsoll.unpack.formats.dlink_encimg import FORMAT, PRODUCTS, mangle, open_encimg
from tests.unpack.containers import (
    assert_mutations_stay_within_bounds,
    assert_not_in_look_alikes,
    budget,
    explored,
    problems,
)

_KERNEL = b"Linux version 4 " + random.Random(0).randbytes(4_984)
_NOTES = b"dev=/dev/mtdblock/2\0type=firmware\0"


@pytest.mark.parametrize(("start", "signature", "key", "chain"), PRODUCTS)
def test_the_first_block_of_real_images_comes_out_as_a_seal(
    start: str, signature: bytes, key: bytes, chain: bytes
) -> None:
    block = decrypt(bytes.fromhex(start), mangle(key, signature), mangle(chain, signature))
    notes = -(-len(b"signature=" + signature + b"\0") // 4) * 4
    assert block == b"\x5e\xa3\xa4\x17" + struct.pack(">II", notes, 0) + b"sign"


@pytest.mark.parametrize("product", range(len(PRODUCTS)))
def test_an_image_comes_out_as_it_went_in(product: int) -> None:
    image = _image(product)
    opened = _open(image + b"another thing")
    assert opened.data == _plain(product)
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == PRODUCTS[product][1].decode()


def test_what_comes_out_is_a_seal_and_an_image() -> None:
    found, seen = explored((FORMAT, seama.FORMAT), b"\x11" * 77 + _image(0))
    assert any(content.startswith(_KERNEL) for content in seen)
    assert not found.image.problems


def test_what_there_is_of_a_truncated_image_comes_out() -> None:
    opened = _open(_image(0)[:-1_000])
    assert opened.data == _plain(0)[: len(opened.data)]
    assert problems(opened) == ["cut short: 1000 bytes are missing"]


def test_a_first_block_with_something_else_behind_it_is_something_else() -> None:
    for image in (_image(0)[:64], _image(0)[:16] + bytes(5_000), bytes.fromhex(PRODUCTS[0][0]), b"", bytes(5_000)):
        with pytest.raises(NotThisFormat):
            _open(image)


def test_look_alikes_are_refused() -> None:
    assert_not_in_look_alikes(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_mutation_is_refused_or_stays_within_bounds(data: st.DataObject) -> None:
    assert_mutations_stay_within_bounds(open_encimg, _image(0), data, 160)


def _plain(product: int) -> bytes:
    """Make a seal and an image of such notes that both take 128 bytes together, with the image after them."""
    seal = b"signature=" + PRODUCTS[product][1] + b"\0"
    seal += bytes(-len(seal) % 4)
    front = b"\x5e\xa3\xa4\x17" + struct.pack(">II", len(seal), 0) + seal
    notes = _NOTES.ljust(128 - len(front) - 28, b"\0")
    checksum = hashlib.md5(_KERNEL, usedforsecurity=False).digest()
    plain = front + b"\x5e\xa3\xa4\x17" + struct.pack(">II", len(notes), len(_KERNEL)) + checksum + notes + _KERNEL
    return plain + bytes(-len(plain) % 16)


def _image(product: int) -> bytes:
    _, signature, key, chain = PRODUCTS[product]
    cipher = Cipher(algorithms.AES(mangle(key, signature)), modes.CBC(mangle(chain, signature)))
    encryptor = cipher.encryptor()
    return encryptor.update(_plain(product)) + encryptor.finalize()


def _open(data: bytes) -> Decoded:
    return open_encimg(View(data), budget())
