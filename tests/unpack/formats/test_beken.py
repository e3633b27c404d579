"""Tests of the reader of Beken's flash, against a generator written from its description."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.beken import FORMAT, PLAIN, keystream, open_beken, xor
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes


def _crc(block: bytes) -> int:
    value = 0xFFFF
    for byte in block:
        for bit in range(7, -1, -1):
            top = (value >> 15) ^ (byte >> bit & 1)
            value = (value << 1 & 0xFFFF) ^ (0x8005 if top else 0)
    return value


def _with_checksums(data: bytes) -> bytes:
    blocks = [data[start : start + 32] for start in range(0, len(data), 32)]
    return b"".join(block + _crc(block).to_bytes(2, "big") for block in blocks)


_PROGRAM = PLAIN + random.Random(1).randbytes(100 * 32 - 8)
_FLASH = _with_checksums(_PROGRAM)


def test_the_crc_is_the_one_of_the_catalogue() -> None:
    assert _crc(b"123456789") == 0xAEE7


def test_checksums_are_taken_out_up_to_erased_flash() -> None:
    opened = _open(_FLASH + b"\xff" * 340)
    assert opened.data == _PROGRAM
    assert (opened.length, opened.label) == (len(_FLASH), "100 blocks with a CRC-16")


def test_many_blocks_are_read() -> None:
    long = _FLASH * 90
    opened = _open(long + b"\xff")
    assert opened.length == len(long)
    assert opened.data == _PROGRAM * 90


def test_the_first_block_with_a_wrong_checksum_is_the_end() -> None:
    for block in (33, 50, 99):
        data = bytearray(_FLASH)
        data[block * 34 + 5] ^= 1
        assert _open(bytes(data)).length == block * 34


def test_a_cut_tail_is_left_out() -> None:
    assert _open(_FLASH[:-1]).length == len(_FLASH) - 34


def test_an_encrypted_program_is_decrypted() -> None:
    for address in (0, 0x10000):
        image = _with_checksums(xor(_PROGRAM, keystream(address, len(_PROGRAM))))
        opened = _open(image + bytes(100))
        assert opened.data == _PROGRAM
        assert (opened.length, opened.label) == (
            len(_FLASH),
            "100 blocks with a CRC-16; encrypted with the key of the maker's kit",
        )


def test_the_stream_is_that_of_a_real_tool() -> None:
    """The digests are of zeros that ltchiptool 4.15.0 encrypted with the key of the kit."""
    for address, length, digest in (
        (0x10000, 1 << 18, "6b64f347f175a80ec181ca16679d52a7c79ea1d79f82f64fc1ead8b06c0ac45c"),
        (0, 1 << 16, "a6f62d249a8cb31e027804958cc716698a2d07d9f5770120f33fc8b2ecdecb96"),
    ):
        assert hashlib.sha256(keystream(address, length)).hexdigest() == digest


def test_output_is_limited() -> None:
    with pytest.raises(LimitReached):
        open_beken(View(_FLASH), Budget(Limits(output_bytes=1000)))


@pytest.mark.parametrize("data", [b"", PLAIN, _PROGRAM, _FLASH[1:], _FLASH[: 31 * 34], _with_checksums(bytes(3200))])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(len(_FLASH)), st.integers(0, len(_FLASH)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_beken, changed(_FLASH, these, end))


def _open(data: bytes) -> Decoded:
    return open_beken(View(data), Budget(Limits()))
