"""What contents are told apart by their first bytes."""

from __future__ import annotations

import random
import re

import pytest

from plimsoll.unpack.content import BLOB_BYTES, PADDING_BYTES, is_blob, is_media, is_recognised, padding_runs

_NOISE = b"\x01" + random.Random(3).randbytes(BLOB_BYTES)


def test_runs_are_the_ones_that_a_plain_search_finds() -> None:
    plain = re.compile(rb"\x00{%d,}|\xff{%d,}" % (PADDING_BYTES, PADDING_BYTES))
    chance = random.Random(5)
    for _ in range(300):
        pieces = [
            bytes([chance.choice((0, 0, 255, 255, 7))]) * chance.choice((1, 100, 2047, 2048, 4095, 4096, 4097, 9000))
            for _ in range(chance.randrange(12))
        ]
        data = b"".join(pieces)
        start, end = sorted(chance.choices(range(len(data) + 1), k=2))
        expected = [match.span() for match in plain.finditer(data, start, end)]
        assert list(padding_runs(memoryview(data), start, end)) == expected


def test_a_long_file_that_is_nothing_known_is_a_blob() -> None:
    assert is_blob(_NOISE)
    assert not is_blob(_NOISE[: BLOB_BYTES - 1])
    for start in (b"\x7fELF", b"plain text\n" * 500, b"\xff\xd8\xff\xe0", b"\xff\xfb\x90\x64", b"\0\0\0\x20ftypisom"):
        assert not is_blob(start + _NOISE)


@pytest.mark.parametrize("head", [b"\xff\xff\xff\xff", b"\xff\xfb\xf0\x00", b"\xff\xf9\x90\x00", b"\xff\xfb", b""])
def test_what_only_begins_like_an_mpeg_frame_is_no_media(head: bytes) -> None:
    assert not is_media(head)


def test_kernels_programs_and_text_are_recognised() -> None:
    assert is_recognised(bytes(100) + b"Linux version 3.10.14 (builder)")
    assert is_recognised(b"\x7fELF\x01")
    assert is_recognised(b"words\n")
    assert is_recognised(bytes(100) + b"U-Boot 1.1.4 (Sep 22 2014 - 16:47:01)")
    assert is_recognised(bytes(100) + b"U-Boot 2018.03-g0a1b2c (Jan 02 2019 - 09:10:11 +0000)")
    assert not is_recognised(b"\x00the U-Boot 1.1.4 of it (see there)")
    assert not is_recognised(b"\x00a Linux version of it")
