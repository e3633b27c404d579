"""Tests of kernels that are ELF programs: made by the real compiler, and by a generator for the other classes."""

from __future__ import annotations

import random
import struct
import subprocess
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, Decoded, NotThisFormat, Opened, View
from plimsoll.unpack.formats.vmlinux import FORMAT, open_vmlinux
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images
from tests.unpack.formats import kernels

Order = Literal["<", ">"]


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_program_with_the_banner_is_a_kernel(bits: int, order: Order) -> None:
    image = _program(kernels.content(), bits, order)
    opened = _open(image + b"what follows")
    assert isinstance(opened, Container)
    assert (opened.length, opened.label, opened.problems) == (len(image), "Linux 6.6.1-test", ())
    (part,) = opened.parts
    assert (part.offset, part.offset + part.length, part.content) == (52 if bits == 32 else 64, len(image), "known")


@pytest.mark.parametrize("codec", kernels.CODECS)
@pytest.mark.parametrize("bits", [32, 64])
def test_a_kernel_in_a_program_is_undone(codec: str, bits: int) -> None:
    image = _program(kernels.code(3000, 7) + kernels.compressed(kernels.content(), codec) + kernels.code(90, 8), bits)
    opened = _open(image + b"what follows")
    assert isinstance(opened, Decoded)
    assert (opened.length, opened.label, opened.problems) == (len(image), f"Linux 6.6.1-test, {codec}", ())
    assert opened.data == kernels.content()


def test_a_kernel_that_holds_another_in_its_initial_file_system_is_itself() -> None:
    image = _program(kernels.content(kernels.compressed(kernels.content(), "gzip")))
    assert isinstance(_open(image), Container)


def test_a_program_of_the_real_linker_ends_where_it_ends(tmp_path: Path) -> None:
    (tmp_path / "payload").write_bytes(kernels.compressed(kernels.content(), "xz"))
    (tmp_path / "a.S").write_text('.globl _start\n_start: .long 0\n.data\n.incbin "payload"\n.bss\n.space 90000\n')
    command = [images.tool("gcc", "gcc"), "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "a.S", "-o", "out"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    image = (tmp_path / "out").read_bytes()
    opened = _open(image + b"what follows")
    assert isinstance(opened, Decoded)
    assert (opened.length, opened.data) == (len(image), kernels.content())


@pytest.mark.parametrize(
    ("body", "kind", "segment"),
    [
        (kernels.code(90_000, 1), 2, 1),
        (kernels.code(90_000, 1) + b"Linux version %s (%s)\0Linux version 2.6\0", 2, 1),
        (kernels.compressed(kernels.code(90_000, 1), "gzip"), 2, 1),
        (kernels.content(), 1, 1),
        (kernels.content(), 3, 1),
        (kernels.content(), 2, 2),
        (kernels.content(), 2, 3),
    ],
    ids=["no banner", "formats of banners", "no banner when undone", "object", "library", "dynamic", "with a loader"],
)
def test_any_other_program_is_something_else(body: bytes, kind: int, segment: int) -> None:
    with pytest.raises(NotThisFormat):
        _open(_program(body, kind=kind, segment=segment))


def test_the_programs_of_this_system_are_no_kernels() -> None:
    for path in [one for one in sorted(Path("/usr/bin").iterdir()) if one.is_file()][:40]:
        data = path.read_bytes()
        if data.startswith(b"\x7fELF"):
            with pytest.raises(NotThisFormat):
                _open(data)


@pytest.mark.parametrize(
    ("offset", "value"),
    [
        (4, b"\3"),
        (5, b"\3"),
        (6, b"\0"),
        (32, b"\xff" * 8),
        (52, b"\0\0"),
        (54, b"\1\0"),
        (56, b"\0\0"),
        (56, b"\xff\xff"),
    ],
)
def test_an_unsound_header_is_something_else(offset: int, value: bytes) -> None:
    image = bytearray(_program(kernels.content(), 64))
    image[offset : offset + len(value)] = value
    with pytest.raises((NotThisFormat, EOFError)):
        _open(bytes(image))


def test_a_huge_claim_is_something_else() -> None:
    image = bytearray(_program(kernels.content(), 64))
    struct.pack_into("<Q", image, 64 + 32, 1 << 62)
    with pytest.raises(NotThisFormat):
        _open(bytes(image))


def test_a_truncated_kernel_is_told() -> None:
    image = _program(kernels.content(), 64)
    opened = _open(image[:-1000])
    assert isinstance(opened, Container)
    assert [str(one) for one in opened.problems] == ["cut short: 1000 bytes are missing"]
    assert opened.length == len(image) - 1000


def test_a_bomb_is_stopped_on_the_way() -> None:
    image = _program(kernels.code(999, 1) + kernels.compressed(bytes(20 << 20), "gzip") + kernels.code(40_000, 2))
    with pytest.raises(LimitReached):
        open_vmlinux(View(image), Budget(Limits(file_bytes=1 << 20)))


def test_random_bytes_and_text_with_the_magic_hold_no_kernel() -> None:
    random_bytes = random.Random(3).randbytes(1 << 20)
    scattered = b"".join(random_bytes[at : at + 900] + b"\x7fELF\1\1\1" + bytes(9) for at in range(0, 1 << 20, 1000))
    explored, seen = kernels.explore(random_bytes + scattered + b"\x7fELF is text, Linux version 6.1.2 (a@b) " * 9_000)
    assert not [span for span in explored.image.spans if span.format]
    assert not seen


@pytest.mark.parametrize("codec", ["", "xz"])
def test_what_is_built_into_the_kernel_is_found_through_it(codec: str) -> None:
    built_in = kernels.content(kernels.ikconfig() + kernels.code(100, 5) + kernels.initramfs())
    image = _program(kernels.compressed(built_in, codec) if codec else built_in)
    explored, seen = kernels.explore(kernels.code(999, 9) + image)
    assert sorted(seen.values()) == sorted([kernels.CONFIG, kernels.INIT])
    assert all(place.startswith("x!vmlinux@0x3e7!") for place in seen)
    assert not explored.image.problems


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=8), st.booleans())
def test_any_change_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], is_long: bool) -> None:
    image = bytearray(_LONG if is_long else _SHORT)
    for position, value in changes:
        image[position] = value
    try:
        opened = _open(bytes(image))
    except (NotThisFormat, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(image)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("vmlinux", True)


def _program(body: bytes, bits: int = 32, order: Order = "<", kind: int = 2, segment: int = 1) -> bytes:
    """Make a program of one segment and of two sections, whose table is at the end."""
    is_long = bits == 64
    word, head, segment_bytes, section_bytes = ("Q", 64, 56, 64) if is_long else ("I", 52, 32, 40)
    begin = head + segment_bytes
    table = begin + len(body)
    ident = b"\x7fELF" + bytes([2 if is_long else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    rest = (0, head, segment_bytes, 1, section_bytes, 2, 1)
    header = ident + struct.pack(f"{order}HHI3{word}I6H", kind, 8, 1, 0x80001000, head, table, *rest)
    if is_long:
        listed = struct.pack(f"{order}II6Q", segment, 7, begin, 0, 0, len(body), len(body) * 2, 16)
        section = struct.pack(f"{order}II4QIIQQ", 0, 1, 6, 0, begin, len(body), 0, 0, 16, 0)
    else:
        listed = struct.pack(f"{order}8I", segment, begin, 0, 0, len(body), len(body) * 2, 7, 16)
        section = struct.pack(f"{order}10I", 0, 1, 6, 0, begin, len(body), 0, 0, 16, 0)
    return header + listed + body + bytes(section_bytes) + section


_LONG, _SHORT = _program(kernels.content(), 64), _program(kernels.compressed(kernels.content(), "gzip"), 32)


def _open(data: bytes) -> Opened:
    return open_vmlinux(View(data), Budget(Limits()))
