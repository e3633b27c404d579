"""Tests of UF2 files, made by a small generator here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats.uf2 import FORMAT, MAGIC, open_uf2
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_PROGRAM = random.Random(1).randbytes(10_000)
_RP2040, _OTHER = 0xE48BFF56, 0x1B57745F


def test_the_program_is_put_together() -> None:
    image = _uf2(_PROGRAM)
    opened = _open(image + b"another thing")
    assert (opened.data, opened.length, opened.problems) == (_PROGRAM, len(image), ())
    assert opened.label == "family 0xe48bff56: 0x10000000 to 0x1000270f"


def test_blocks_may_come_in_any_order() -> None:
    image = _uf2(_PROGRAM)
    blocks = [image[at : at + 512] for at in range(0, len(image), 512)]
    random.Random(2).shuffle(blocks)
    assert _open(b"".join(blocks)).data == _PROGRAM


def test_families_are_told_apart_and_blocks_for_no_flash_left_out() -> None:
    image = _uf2(b"first " * 100, 0) + _uf2(b"comment", 0, flags=0x2001) + _uf2(b"second" * 100, 0, family=_OTHER)
    opened = _open(image)
    assert opened.data == b"first " * 100 + b"second" * 100
    assert opened.label == "family 0xe48bff56: 0x0 to 0x257; family 0x1b57745f: 0x0 to 0x257"


def test_files_are_told_apart_by_their_names() -> None:
    image = _uf2(b"one" * 50, 0, flags=0x1000, name=b"a.txt\0") + _uf2(b"two", 0, flags=0x1000, name=b"b\0")
    opened = _open(image)
    assert (opened.data, opened.label) == (b"one" * 50 + b"two", "file a.txt: 0x0 to 0x95; file b: 0x0 to 0x2")


def test_a_gap_is_filled() -> None:
    first, second = _block(b"a" * 256, 0, 0, 2), _block(b"b" * 256, 0x300, 1, 2)
    assert _open(first + second).data == b"a" * 256 + b"\xff" * 512 + b"b" * 256


def test_missing_blocks_are_told() -> None:
    image = _uf2(_PROGRAM)
    opened = _open(image[: 512 * 10])
    assert opened.data == _PROGRAM[:2560]
    assert [str(problem) for problem in opened.problems] == ["30 blocks of 40 are missing"]


def test_what_is_in_the_program_is_explored_wherever_the_file_lies() -> None:
    stream = images.stream("gzip", "gzip", b"the settings " * 500)
    found = Everything(bytes(1024) + _uf2(_PROGRAM + stream) + bytes(512))
    assert b"the settings " * 500 in found.raw
    assert [span.format for span in found.image.spans] == ["", "uf2", ""]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + bytes(504),
        b"x" * 512,
        struct.pack("<8s6I", MAGIC, 0, 0, 477, 0, 1, 0).ljust(508, b"\0") + b"\x30\x6f\xb1\x0a",
        struct.pack("<8s6I", MAGIC, 0, 0, 256, 1, 1, 0).ljust(508, b"\0") + b"\x30\x6f\xb1\x0a",
        struct.pack("<8s6I", MAGIC, 0, 0, 0, 0, 1, 0).ljust(508, b"\0") + b"\x30\x6f\xb1\x0a",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


def test_more_families_than_are_believed_are_refused() -> None:
    image = b"".join(_uf2(b"x", 0, family=number) for number in range(65))
    with pytest.raises(LimitReached, match="64"):
        _open(image)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.binary(max_size=20), st.integers(0, 2**32 - 1), st.integers(0, 3), st.integers(0, 0x3001)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_any_blocks_are_refused_or_read_within_their_bounds(blocks: list[tuple[bytes, int, int, int]]) -> None:
    image = b"".join(_block(data, address, number, 4, flags) for data, address, number, flags in blocks)
    try:
        opened = open_uf2(View(image), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    assert opened.data


def _uf2(
    data: bytes, address: int = 0x1000_0000, family: int = _RP2040, flags: int = 0x2000, name: bytes = b""
) -> bytes:
    starts = range(0, len(data), 256)
    return b"".join(
        _block(data[at : at + 256], address + at, number, len(starts), flags, family, name)
        for number, at in enumerate(starts)
    )


def _block(
    data: bytes, address: int, number: int, count: int, flags: int = 0, family: int = 0, name: bytes = b""
) -> bytes:
    header = struct.pack("<8s6I", MAGIC, flags, address, len(data), number, count, family)
    return (header + data + name).ljust(508, b"\0") + b"\x30\x6f\xb1\x0a"


def _open(data: bytes) -> Decoded:
    return open_uf2(View(data), Budget(Limits()))
