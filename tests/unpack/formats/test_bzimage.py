"""Tests of bzImages, wrapped here around kernels that the real tools compressed."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, Decoded, Malformed, NotThisFormat, Opened, View
from plimsoll.unpack.formats.bzimage import FORMAT, open_bzimage
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import kernels

_STUB = kernels.code(700, 7)


@pytest.mark.parametrize("codec", kernels.CODECS)
def test_the_kernel_is_undone_where_the_header_says(codec: str) -> None:
    image = _image(kernels.compressed(kernels.content(), codec))
    opened = _decoded(image + b"what follows")
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.data == kernels.content()
    assert opened.label == f"protocol 2.15, Linux 6.6.1-test, {codec}"


def test_the_kernel_is_searched_for_where_the_header_does_not_say() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"), version=0x206)
    opened = _decoded(image + b"what follows")
    assert (opened.length, opened.data, opened.problems) == (len(image), kernels.content(), ())


def test_an_image_of_the_oldest_protocols_ends_with_its_kernel() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"), version=0x203, after=b"")
    opened = _decoded(image + b"what follows")
    assert opened.data == kernels.content()
    assert opened.length in range(len(image) - 15, len(image) + 1)


def test_no_sectors_stand_for_four() -> None:
    image = bytearray(_image(kernels.compressed(kernels.content(), "gzip"), sectors=4))
    assert image[0x1F1] == 4
    image[0x1F1] = 0
    assert _decoded(bytes(image)).data == kernels.content()


def test_a_kernel_that_is_not_compressed_is_a_part() -> None:
    kernel = b"\x7fELF" + kernels.content()
    image = _image(kernel)
    opened = _open(image)
    assert isinstance(opened, Container)
    (part,) = opened.parts
    assert image[part.offset : part.offset + part.length] == kernel
    assert (part.content, opened.length, opened.problems) == ("known", len(image), ())


@pytest.mark.parametrize("signature", [kernels.SIGNATURE, b""])
def test_the_signature_of_an_efi_program_belongs_to_it(signature: bytes) -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    head = kernels.program(0x8664, b"", b"MZ" + bytes(62))[:0x1F0]
    signed = bytearray(head + image[len(head) :] + signature + b"what follows")
    struct.pack_into("<II", signed, 64 + 24 + 144, len(image) if signature else 0, len(signature))
    assert _decoded(bytes(signed)).length == len(image) + len(signature)


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    opened = _decoded(image[:-20_000])
    assert kernels.content().startswith(opened.data)
    assert ["cut short" in str(problem) for problem in opened.problems] == [True, True]
    assert opened.length == len(image) - 20_000


def test_a_kernel_that_is_not_as_long_as_the_header_says_is_told() -> None:
    image = bytearray(_image(kernels.compressed(kernels.content(), "xz") + b"more"))
    opened = _decoded(bytes(image))
    assert opened.data == kernels.content()
    assert [str(one) for one in opened.problems] == ["the compressed kernel is not as long as the header says"]


def test_a_kernel_that_cannot_be_undone_where_the_header_says_is_told() -> None:
    image = _image(random.Random(1).randbytes(60_000))
    with pytest.raises(Malformed, match="not compressed in a way that is read") as raised:
        _open(image)
    assert raised.value.length == len(image)


def test_a_loader_that_is_started_like_a_kernel_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(random.Random(1).randbytes(60_000), version=0x206))


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (0x1FE, b"\0\0"),
        (0x202, b"Hdrs"),
        (0x206, b"\xff\xff"),
        (0x20E, b"\xff\xff"),
        (0x1F4, bytes(4)),
        (0x24C, b"\xff\xff\xff\xff"),
        (0x248, b"\xff\xff\xff\xff"),
    ],
)
def test_an_unsound_header_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_image(kernels.compressed(kernels.content(), "gzip")))
    image[offset : offset + len(value)] = value
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_short_bytes_are_something_else() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    for length in range(0, 0x260, 7):
        with pytest.raises((NotThisFormat, EOFError)):
            _open(image[:length])


def test_a_bomb_is_stopped_on_the_way() -> None:
    image = _image(kernels.compressed(bytes(20 << 20), "gzip"))
    with pytest.raises(LimitReached):
        open_bzimage(View(image), Budget(Limits(file_bytes=1 << 20)))


def test_random_bytes_and_text_with_the_magic_hold_no_image() -> None:
    random_bytes = random.Random(3).randbytes(2 << 20)
    scattered = b"".join(random_bytes[at : at + 1000] + b"\x55\xaa\xeb\x66HdrS" for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + b"HdrS is text " * 50_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


def test_what_is_built_into_the_kernel_is_found_through_it() -> None:
    built_in = kernels.ikconfig() + kernels.code(100, 5) + kernels.initramfs()
    image = _image(kernels.compressed(kernels.content(built_in), "zstd"))
    explored, seen = kernels.explore(kernels.code(999, 9) + image)
    assert sorted(seen.values()) == sorted([kernels.CONFIG, kernels.INIT])
    assert all(place.startswith("x!bzimage@0x3e7!") for place in seen)
    assert [(one.offset, one.length, one.kind) for one in explored.image.spans] == [
        (0, 999, "unknown"),
        (999, len(image), "understood"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 200))
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], missing: int) -> None:
    image = bytearray(_SMALL[: len(_SMALL) - missing])
    for position, value in changes:
        image[position % len(image)] = value
        image[0x1F1 + position % 96] ^= value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(image)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("bzimage", True)


def _image(payload: bytes, *, version: int = 0x20F, sectors: int = 2, after: bytes = b"\x90" * 100) -> bytes:
    setup = bytearray(512 * (sectors + 1))
    body = _STUB + payload + after
    body += b"\x90" * (-len(body) % 16)
    setup[0x1F1] = sectors
    size = len(body) // 16
    setup[0x1F4:0x1F8] = struct.pack("<I", size if version >= 0x204 else 0xBEEF0000 | size & 0xFFFF)
    setup[0x1FE:0x202] = b"\x55\xaa\xeb\x66"
    setup[0x202:0x208] = b"HdrS" + struct.pack("<H", version)
    setup[0x20E:0x210] = struct.pack("<H", 0x100)
    if version >= 0x208:
        setup[0x248:0x250] = struct.pack("<II", len(_STUB), len(payload))
    return bytes(setup) + body


_SMALL = _image(kernels.compressed(kernels.content(), "gzip"))


def _decoded(data: bytes) -> Decoded:
    opened = _open(data)
    assert isinstance(opened, Decoded)
    return opened


def _open(data: bytes) -> Opened:
    return open_bzimage(View(data), Budget(Limits()))
