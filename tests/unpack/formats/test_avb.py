"""Tests of the structures of Android Verified Boot, made by a small generator here from their description."""

from __future__ import annotations

import hashlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.formats.avb import FORMAT
from tests.unpack.formats.containers import (
    assert_not_carved,
    contents,
    exercise,
    found_in,
    opened,
    patched,
    problems,
    refuses,
)

_KEY = struct.pack(">II", 2048, 7) + random.Random(1).randbytes(512)


@pytest.mark.parametrize(("algorithm", "name"), [(1, "SHA256_RSA2048"), (5, "SHA512_RSA4096")])
def test_key_and_rollback_index_stand_in_the_label(algorithm: int, name: str) -> None:
    image = _blob(algorithm, rollback=42)
    found = opened(FORMAT, image + bytes(4096))
    key = hashlib.sha1(_KEY).hexdigest()
    assert found.label == f"{name}, rollback index 42, avbtool 1.2.0, public key {key}"
    assert (found.length, problems(found)) == (len(image), [])
    assert [(part.name, part.content) for part in found.parts] == [
        ("authentication", "known"),
        ("key and descriptors", "known"),
    ]
    assert contents(image, found)["key and descriptors"].startswith(_KEY)


def test_a_blob_without_signature_says_so() -> None:
    found = opened(FORMAT, _blob(0, key=b""))
    assert found.label == "no signature, rollback index 0, avbtool 1.2.0"
    assert [part.name for part in found.parts] == ["key and descriptors"]


def test_flags_that_turn_verification_off_are_told() -> None:
    found = opened(FORMAT, _blob(1, flags=3))
    assert "hash trees are off, verification is off" in found.label


def test_a_wrong_digest_is_a_problem() -> None:
    image = _blob(1)
    assert problems(opened(FORMAT, patched(image, image.index(_KEY) + 20, b"changed"))) == [
        "the digest of the blob is wrong"
    ]
    assert problems(opened(FORMAT, patched(image, 119, b"\x09"))) == ["the digest of the blob is wrong"]


def test_a_truncated_blob_is_told() -> None:
    image = _blob(1)
    assert problems(opened(FORMAT, image[:-100])) == ["cut short: 100 bytes are missing"]
    assert len(opened(FORMAT, image[:256]).parts) == 0


def test_a_footer_says_what_is_verified() -> None:
    found = opened(FORMAT, _footer())
    assert (found.length, found.parts) == (64, ())
    assert found.label == "footer, 8192 bytes are verified, vbmeta of 1024 bytes at 0x2000"


def test_both_are_found_in_a_partition() -> None:
    partition = random.Random(2).randbytes(8192) + _blob(1) + bytes(5000) + _footer()
    assert found_in(FORMAT, partition)[0] == 8192
    assert found_in(FORMAT, partition)[-1] == len(partition) - 64


def test_fields_that_make_no_sense_are_refused() -> None:
    blob, footer = _blob(1), _footer()
    for image, offset, value in (
        (blob, 4, b"\0\0\0\2"),
        (blob, 19, b"\1"),
        (blob, 12, b"\1"),
        (blob, 31, b"\7"),
        (blob, 32, b"\xff"),
        (blob, 64, b"\xff"),
        (blob, 123, b"\4"),
        (blob, 128, b"\x01"),
        (footer, 4, b"\0\0\0\2"),
        (footer, 12, bytes(8)),
        (footer, 20, bytes(8)),
        (footer, 28, b"\1"),
        (footer, 40, b"\1"),
    ):
        assert refuses(FORMAT, patched(image, offset, value)), (offset, value)
    assert refuses(FORMAT, blob[:200])
    assert refuses(FORMAT, footer[:63])


def test_nothing_is_found_in_noise() -> None:
    assert_not_carved(FORMAT)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 180), st.integers(0, 255)), max_size=6), st.integers(0, 1400))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    for made in (_blob(1), _footer()):
        image = bytearray(made)
        for offset, value in changes:
            image[offset % len(image)] = value
        exercise(FORMAT, bytes(image))
        exercise(FORMAT, bytes(image[:size]))


def _blob(algorithm: int, rollback: int = 0, flags: int = 0, key: bytes = _KEY) -> bytes:
    auxiliary = key + b"descriptors"
    auxiliary += bytes(-len(auxiliary) % 64)
    hashed = "sha256" if algorithm in (1, 2, 3) else "sha512"
    digest_bytes = hashlib.new(hashed).digest_size if algorithm else 0
    authentication = (digest_bytes + 256 + 63) // 64 * 64 if algorithm else 0
    header = struct.pack(">4sIIQQI", b"AVB0", 1, 0, authentication, len(auxiliary), algorithm)
    signature = (digest_bytes, 256) if algorithm else (0, 0)
    header += struct.pack(">10Q", 0, digest_bytes, *signature, 0, len(key), len(key), 0, len(key), 11)
    header += struct.pack(">QII48s80x", rollback, flags, 0, b"avbtool 1.2.0")
    digest = hashlib.new(hashed, header + auxiliary).digest() if algorithm else b""
    block = digest + bytes(range(256)) if algorithm else b""
    return header + block + bytes(authentication - len(block)) + auxiliary


def _footer() -> bytes:
    return struct.pack(">4sIIQQQ28x", b"AVBf", 1, 0, 8192, 8192, 1024)
