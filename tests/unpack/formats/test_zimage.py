"""Tests of zImages, wrapped here around kernels that the real tools compressed."""

from __future__ import annotations

import random
import struct
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Decoded, Malformed, NotThisFormat, View
from plimsoll.unpack.formats.zimage import FORMAT, open_zimage
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats import kernels

_STUB = kernels.code(5000, 7)


@pytest.mark.parametrize("codec", kernels.CODECS)
def test_the_kernel_is_found_and_undone(codec: str) -> None:
    data = kernels.content()
    image = _image(kernels.compressed(data, codec))
    opened = _open(image + b"device tree behind it")
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.data == data
    assert opened.label == f"little-endian, Linux 6.6.1-test, {codec}"


def test_a_big_endian_image_is_opened() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"), order=">")
    assert _open(image).label == "big-endian, Linux 6.6.1-test, gzip"


def test_an_image_with_an_address_and_without_the_mark_of_the_byte_order_is_opened() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"), start=0x60008000, mark=0xE1A00000)
    assert _open(image).data == kernels.content()


def test_signs_in_the_decompressor_lead_nowhere() -> None:
    stub = _STUB + b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + _STUB[:40] + b"\xfd7zXZ\0" + b"\x5d\0\0\x80\0" + _STUB[:99]
    opened = _open(_image(kernels.compressed(kernels.content(), "xz"), stub))
    assert (opened.data, opened.problems) == (kernels.content(), ())


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image(kernels.compressed(kernels.content(), "gzip"))
    opened = _open(image[:-20_000])
    assert kernels.content().startswith(opened.data)
    assert len(opened.data) > 40_000
    assert ["cut short" in str(problem) for problem in opened.problems] == [True, True]
    assert opened.length == len(image) - 20_000


def test_a_damaged_kernel_is_told() -> None:
    image = bytearray(_image(kernels.compressed(kernels.content(), "gzip")))
    image[-2000:-1900] = bytes(100)
    assert "damaged" in str(_open(bytes(image)).problems[0])


def test_an_image_without_a_kernel_that_can_be_undone_is_told() -> None:
    image = _image(random.Random(1).randbytes(50_000))
    with pytest.raises(Malformed, match="no compressed kernel") as raised:
        _open(image)
    assert raised.value.length == len(image)


def test_without_the_mark_it_is_something_else() -> None:
    with pytest.raises(NotThisFormat):
        _open(_image(random.Random(1).randbytes(50_000), mark=0))


@pytest.mark.parametrize(
    "fields",
    [
        (0x016F2819, 0, 100_000, 0x04030201),
        (0x016F2818, 0, 0, 0x04030201),
        (0x016F2818, 100_000, 0, 0x04030201),
        (0x016F2818, 0, 100, 0x04030201),
        (0x016F2818, 0, 0xFFFFFFFF, 0x04030201),
        (0x016F2818, 3, 100_000, 0x04030201),
    ],
)
def test_an_unsound_header_is_something_else(fields: tuple[int, int, int, int]) -> None:
    data = bytes(36) + struct.pack("<4I", *fields) + kernels.compressed(kernels.content(), "gzip")
    with pytest.raises(NotThisFormat):
        _open(data)


def test_short_bytes_are_something_else() -> None:
    image = _image(b"")
    for length in range(52):
        with pytest.raises((NotThisFormat, EOFError)):
            _open(image[:length])


def test_a_bomb_is_stopped_on_the_way() -> None:
    image = _image(kernels.compressed(bytes(20 << 20), "gzip"))
    with pytest.raises(LimitReached):
        open_zimage(View(image), Budget(Limits(file_bytes=1 << 20)))


def test_signs_beyond_number_are_not_all_tried() -> None:
    signs = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" * 100_000
    with pytest.raises(Malformed):
        open_zimage(View(_image(signs)), Budget(Limits(search_bytes=4 << 20)))


def test_random_bytes_and_text_with_the_magic_hold_no_image() -> None:
    random_bytes = random.Random(3).randbytes(2 << 20)
    magic = FORMAT.magics[0].literal
    scattered = b"".join(random_bytes[at : at + 1000] + magic for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + (magic + b" is text ") * 50_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


def test_what_is_built_into_the_kernel_is_found_through_it() -> None:
    built_in = kernels.ikconfig() + kernels.code(100, 5) + kernels.CODECS["gzip"](kernels.initramfs())
    image = _image(kernels.compressed(kernels.content(built_in), "xz"))
    explored, seen = kernels.explore(kernels.code(999, 9) + image + kernels.code(50, 4))
    config, init = (next(place for place in seen if name in place) for name in ("ikconfig", "cpio"))
    assert seen == {config: kernels.CONFIG, init: kernels.INIT}
    assert config.startswith("x!zimage@0x3e7!ikconfig@0x")
    assert config.endswith("/config")
    assert "!gzip@" in init
    assert [(one.offset, one.length, one.kind, one.format) for one in explored.image.spans] == [
        (0, 999, "unknown", ""),
        (999, len(image), "understood", "zimage"),
        (999 + len(image), 50, "unknown", ""),
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 200))
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], missing: int) -> None:
    image = bytearray(_SMALL[: len(_SMALL) - missing])
    for position, value in changes:
        image[position % len(image)] = value
        image[36 + position % 16] ^= value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(image)


def _image(
    payload: bytes, stub: bytes = _STUB, *, order: Literal["<", ">"] = "<", start: int = 0, mark: int = 0x04030201
) -> bytes:
    body = stub + payload + bytes(60)
    nothing = struct.pack("<I", 0xE1A00000) * 8 + struct.pack("<I", 0xEA000005)
    return nothing + struct.pack(f"{order}4I", 0x016F2818, start, start + 52 + len(body), mark) + body


_SMALL = _image(kernels.compressed(kernels.content(), "gzip"))


def _open(data: bytes) -> Decoded:
    return open_zimage(View(data), Budget(Limits()))
