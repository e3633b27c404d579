"""Tests of kernels for 64-bit ARM that are not compressed, with headers made here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.arm64_image import FORMAT, open_arm64_image
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats import kernels

_JUMP = 0x14000010


def test_a_kernel_that_is_an_efi_program_ends_with_its_last_section() -> None:
    image = _efi_image(kernels.content())
    opened = _open(image + b"what follows")
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "little-endian, 4 KiB pages, Linux 6.6.1-test"
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(64, len(image) - 64, "known")]


def test_its_signature_belongs_to_it() -> None:
    image = _efi_image(kernels.content(), kernels.SIGNATURE)
    opened = _open(image + b"what follows")
    assert opened.length == len(image)
    assert opened.parts[0].length == len(image) - 64 - len(kernels.SIGNATURE)


def test_without_an_efi_program_what_it_takes_in_memory_is_the_most_it_can_be() -> None:
    image = _header(memory=200_000) + kernels.content()
    assert _open(image).length == len(image)
    assert _open(image + bytes(100_000)).length == 200_000


def test_a_kernel_that_does_not_say_how_long_it_is_is_known_only_as_far_as_formats_are_found_in_it() -> None:
    image = _header(memory=0, load=0x80000, flags=0) + kernels.content()
    (part,) = _open(image).parts
    assert (part.length, part.content) == (len(image) - 64, "image")


@pytest.mark.parametrize(
    ("flags", "said"), [(0xB, "big-endian, 4 KiB pages"), (6, "little-endian, 64 KiB pages"), (0, "little-endian")]
)
def test_order_and_pages_are_told(flags: int, said: str) -> None:
    assert _open(_header(flags=flags) + bytes(8000)).label == said


def test_a_truncated_kernel_is_told() -> None:
    image = _efi_image(kernels.content())
    opened = _open(image[:-1000])
    assert [str(one) for one in opened.problems] == ["cut short: 1000 bytes are missing"]
    assert opened.length == len(image) - 1000


@pytest.mark.parametrize(
    "header",
    [
        {"code": (0, 0)},
        {"load": 0x80001},
        {"load": 1 << 40},
        {"memory": 1 << 40},
        {"memory": 0, "flags": 1},
        {"flags": 0x10},
        {"reserved": b"text"},
        {"magic": b"ARMd"[::-1]},
        {"code": (0x00005A4D, _JUMP)},
    ],
)
def test_an_unsound_header_is_something_else(header: dict[str, object]) -> None:
    with pytest.raises(NotThisFormat):
        _open(_header(**header) + bytes(8000))  # type: ignore[arg-type]


def test_short_bytes_are_something_else() -> None:
    image = _header() + bytes(8000)
    for length in range(0, 4096, 13):
        with pytest.raises((NotThisFormat, EOFError)):
            _open(image[:length])


def test_random_bytes_and_text_with_the_magic_hold_no_kernel() -> None:
    random_bytes = random.Random(3).randbytes(1 << 20)
    scattered = b"".join(random_bytes[at : at + 1000] + b"ARM\x64" for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + b"ARMd is text " * 90_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


@pytest.mark.parametrize("codec", ["", "gzip", "LZ4"])
def test_what_is_built_into_the_kernel_is_found_through_it(codec: str) -> None:
    image = _efi_image(kernels.content(kernels.ikconfig() + kernels.code(100, 5) + kernels.initramfs()))
    explored, seen = kernels.explore(kernels.CODECS[codec](image) if codec else image)
    assert sorted(seen.values()) == sorted([kernels.CONFIG, kernels.INIT])
    assert all("arm64-image@0x0!part@0x40:" in place for place in seen)
    assert not explored.image.problems
    if codec:
        assert [span.kind for span in explored.image.spans] == ["understood"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 380), st.integers(0, 255)), min_size=1, max_size=8), st.booleans())
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], is_efi: bool) -> None:
    image = bytearray(_SMALL if is_efi else _header() + bytes(8000))
    for position, value in changes:
        image[position % len(image)] = value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, EOFError):
        return
    assert 64 < opened.length <= len(image)
    assert all(part.offset + part.length <= opened.length for part in opened.parts)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("arm64-image", True)


def _header(
    *,
    code: tuple[int, int] = (_JUMP, 0),
    load: int = 0,
    memory: int = 1 << 20,
    flags: int = 0xA,
    reserved: bytes = b"",
    magic: bytes = b"ARM\x64",
) -> bytes:
    return struct.pack("<IIQQQ24s4sI", *code, load, memory, flags, reserved, magic, 0)


def _efi_image(body: bytes, signature: bytes = b"") -> bytes:
    return kernels.program(0xAA64, body, _header(code=(0xFA405A4D, _JUMP)), signature)


_SMALL = _efi_image(kernels.code(9000, 1), kernels.SIGNATURE)


def _open(data: bytes) -> Container:
    return open_arm64_image(View(data), Budget(Limits()))
