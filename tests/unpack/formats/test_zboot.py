"""Tests of EFI zboot images, wrapped here around kernels that the real tools compressed."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, Malformed, NotThisFormat, View
from plimsoll.unpack.formats.zboot import FORMAT, open_zboot
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import kernels

_STUB = kernels.code(900, 7)


@pytest.mark.parametrize("codec", kernels.CODECS)
def test_the_kernel_is_undone_where_the_header_says(codec: str) -> None:
    image = _image(kernels.compressed(kernels.content(), codec))
    opened = _open(image + b"what follows")
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.data == kernels.content()
    assert opened.label == f"Linux 6.6.1-test, {codec}"


def test_its_signature_belongs_to_it() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"), kernels.SIGNATURE)
    assert _open(image + b"what follows").length == len(image)
    assert image.endswith(kernels.SIGNATURE)


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    opened = _open(image[:-20_000])
    assert kernels.content().startswith(opened.data)
    assert ["cut short" in str(problem) for problem in opened.problems] == [True, True]
    assert opened.length == len(image) - 20_000


def test_a_kernel_that_cannot_be_undone_is_told() -> None:
    image = _image(random.Random(1).randbytes(60_000))
    with pytest.raises(Malformed, match="not compressed in a way that is read") as raised:
        _open(image)
    assert raised.value.length == len(image)


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (2, b"\1"),
        (4, b"zing"),
        (8, b"\0\0\0\0"),
        (8, b"\xff\xff\xff\xff"),
        (12, b"\0\0\0\0"),
        (12, b"\xff\xff\xff\xff"),
        (60, b"\xff\xff\xff\xff"),
        (64, b"PX"),
        (70, b"\0\0"),
        (70, b"\xff\xff"),
    ],
)
def test_an_unsound_header_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(kernels.compressed(kernels.content(), "gzip")))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_short_bytes_are_something_else() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    for length in range(0, 400, 7):
        with pytest.raises((NotThisFormat, EOFError)):
            _open(image[:length])


def test_a_bomb_is_stopped_on_the_way() -> None:
    image = _image(kernels.compressed(bytes(20 << 20), "gzip"))
    with pytest.raises(LimitReached):
        open_zboot(View(image), Budget(Limits(file_bytes=1 << 20)))


def test_random_bytes_and_text_with_the_magic_hold_no_image() -> None:
    random_bytes = random.Random(3).randbytes(1 << 20)
    scattered = b"".join(random_bytes[at : at + 1000] + b"MZ\0\0zimg" for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + b"MZ\0\0zimg is text " * 50_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


def test_what_is_built_into_the_kernel_is_found_through_it() -> None:
    built_in = kernels.ikconfig() + kernels.code(100, 5) + kernels.initramfs()
    image = _image(kernels.compressed(kernels.content(built_in), "zstd"))
    explored, seen = kernels.explore(kernels.code(999, 9) + image)
    assert sorted(seen.values()) == sorted([kernels.CONFIG, kernels.INIT])
    assert all(place.startswith("x!zboot@0x3e7!") for place in seen)
    assert [one.kind for one in explored.image.spans] == ["unknown", "understood"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 200))
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], missing: int) -> None:
    image = bytearray(_SMALL[: len(_SMALL) - missing])
    for position, value in changes:
        image[position % len(image)] = value
        image[8 + position % 380] ^= value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(image)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("zboot", True)


def _image(payload: bytes, signature: bytes = b"") -> bytes:
    body = _STUB + payload + bytes(-len(payload) % 8)
    image = bytearray(kernels.program(0xAA64, body, b"MZ\0\0zimg" + bytes(56), signature))
    struct.pack_into("<II", image, 8, image.index(_STUB) + len(_STUB), len(payload))
    image[24:29] = b"gzip\0"
    return bytes(image)


_SMALL = _image(kernels.compressed(kernels.content(), "gzip"))


def _open(data: bytes) -> Decoded:
    return open_zboot(View(data), Budget(Limits()))
