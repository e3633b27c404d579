"""Tests of kernels for RISC-V that are not compressed, with headers made here."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.riscv_image import FORMAT, open_riscv_image
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats import kernels

_JUMP = 0x0600106F


def test_a_kernel_that_is_an_efi_program_ends_with_its_last_section() -> None:
    image = kernels.program(0x5064, kernels.content(), _header(code=(0x00005A4D, _JUMP)))
    opened = _open(image + b"what follows")
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "header version 0.2, Linux 6.6.1-test"
    assert [(part.offset, part.length, part.content) for part in opened.parts] == [(64, len(image) - 64, "known")]


def test_without_an_efi_program_what_it_takes_in_memory_is_the_most_it_can_be() -> None:
    image = _header(memory=200_000) + kernels.content()
    assert _open(image).length == len(image)
    assert _open(image + bytes(100_000)).length == 200_000


def test_a_header_without_the_older_magic_is_opened() -> None:
    assert _open(_header(old=b"") + bytes(8000)).length == 8064


@pytest.mark.parametrize(
    "header",
    [
        {"code": (0, 0)},
        {"load": 0x200001},
        {"load": 1 << 40},
        {"memory": 1 << 40},
        {"memory": 0},
        {"flags": 2},
        {"version": 0x00100000},
        {"reserved": b"text"},
        {"old": b"RISCX"},
        {"magic": b"RSC\x06"},
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
    scattered = b"".join(random_bytes[at : at + 1000] + b"RISCV\0\0\0RSC\x05" for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + b"RSC\x05 is text " * 90_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


def test_what_is_built_into_the_kernel_is_found_through_it() -> None:
    built_in = kernels.ikconfig() + kernels.code(100, 5) + kernels.initramfs()
    image = _header() + kernels.content(built_in)
    _, seen = kernels.explore(kernels.CODECS["gzip"](image))
    assert sorted(seen.values()) == sorted([kernels.CONFIG, kernels.INIT])
    assert all("!gzip@0x0!riscv-image@0x0!part@0x40:" in place for place in seen)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 70), st.integers(0, 255)), min_size=1, max_size=8))
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]]) -> None:
    image = bytearray(_header() + bytes(8000))
    for position, value in changes:
        image[position] = value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, EOFError):
        return
    assert 64 < opened.length <= len(image)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("riscv-image", True)


def _header(
    *,
    code: tuple[int, int] = (_JUMP, 0),
    load: int = 0x200000,
    memory: int = 1 << 20,
    flags: int = 0,
    version: int = 2,
    reserved: bytes = b"",
    old: bytes = b"RISCV",
    magic: bytes = b"RSC\x05",
) -> bytes:
    return struct.pack("<IIQQQI12s8s4sI", *code, load, memory, flags, version, reserved, old, magic, 0)


def _open(data: bytes) -> Container:
    return open_riscv_image(View(data), Budget(Limits()))
