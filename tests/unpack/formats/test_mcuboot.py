"""Tests of the reader of MCUboot's images, against imgtool and a generator written from their description."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.mcuboot import FORMAT, open_mcuboot
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes
from tests.unpack.images import tool

_PROGRAM = random.Random(1).randbytes(3000)
_TRAILER = bytes.fromhex("77c295f360d2ef7f3552500f2cb67980")

Entries = Sequence[tuple[int, bytes]]


def _area(magic: int, entries: Entries) -> bytes:
    rows = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in entries)
    return struct.pack("<HH", magic, 4 + len(rows)) + rows


def _image(
    content: bytes = _PROGRAM, flags: int = 0, protected: Entries = (), entries: Entries = (), start: int = 32
) -> bytes:
    guarded = _area(0x6908, protected) if protected else b""
    header = struct.pack("<IIHHIIBBHII", 0x96F3B83D, 0, start, len(guarded), len(content), flags, 1, 2, 3, 4, 0)
    whole = header.ljust(start, b"\0") + content + guarded
    return whole + _area(0x6907, [(0x10, hashlib.sha256(whole).digest()), *entries])


@pytest.mark.parametrize("start", [32, 512, 2048])
def test_the_content_is_a_part(start: int) -> None:
    image = _image(start=start)
    opened = _open(image + b"after")
    (part,) = opened.parts
    assert image[part.offset : part.offset + part.length] == _PROGRAM
    assert (part.name, part.content) == ("content", "known")
    assert (opened.length, opened.label, opened.problems) == (len(image), "version 1.2.3+4; no signature", ())


def test_signatures_are_told_by_kind() -> None:
    for kind, name in ((0x20, "RSA-2048"), (0x22, "ECDSA"), (0x23, "RSA-3072"), (0x24, "Ed25519")):
        image = _image(entries=[(1, bytes(32)), (kind, bytes(64))])
        assert _open(image).label == f"version 1.2.3+4; signature {name}; key 0000000000000000"


def test_the_counter_against_older_versions_is_told() -> None:
    assert _open(_image(protected=[(0x50, b"\7\0\0\0")])).label.endswith("; no signature; security counter 7")


def test_protected_entries_are_under_the_digest() -> None:
    image = _image(protected=[(0x50, b"\1\0\0\0"), (0x40, bytes(12))])
    assert (_open(image).length, _open(image).problems) == (len(image), ())


def test_an_encrypted_image_has_an_encrypted_part() -> None:
    opened = _open(_image(flags=4, entries=[(0x32, bytes(113))]))
    assert [part.content for part in opened.parts] == ["encrypted"]
    assert (opened.label, opened.problems) == ("version 1.2.3+4; encrypted with AES-128; no signature", ())


def test_a_compressed_image_may_hold_anything() -> None:
    opened = _open(_image(flags=0x400))
    assert [part.content for part in opened.parts] == ["image"]
    assert "compressed with LZMA2" in opened.label


def test_a_slot_ends_with_its_trailer() -> None:
    for state, word in ((b"\x01", "confirmed"), (b"\xff", "to be tried once")):
        slot = _image().ljust(8192 - 32, b"\xff") + b"\xff" * 8 + state + b"\xff" * 7
        slot = slot.ljust(8192 - 16, b"\xff")
        slot = slot[: 8192 - 24] + state + b"\xff" * 7 + _TRAILER
        opened = _open(slot + b"next slot" * 100)
        assert opened.length == 8192
        assert opened.label.endswith(f"slot with trailer, {word}")


def test_a_slot_whose_swap_was_recorded_ends_with_its_trailer() -> None:
    slot = _image().ljust(100_000, b"\xff") + b"\x01" * 2000 + b"\xff" * 48 + _TRAILER
    assert _open(slot + b"\xff" * 100).length == len(slot)


def test_a_trailer_behind_something_else_is_not_taken() -> None:
    image = _image()
    opened = _open(image + b"\xff" * 16 + b"x" * 9000 + _TRAILER)
    assert opened.length == len(image)


def test_a_wrong_digest_is_a_problem() -> None:
    image = bytearray(_image())
    image[100] ^= 1
    assert [str(one) for one in _open(bytes(image)).problems] == ["its sha256 is wrong"]


def test_what_there_is_of_a_truncated_image_is_given() -> None:
    image = _image()
    opened = _open(image[:1000])
    assert [part.length for part in opened.parts] == [968]
    assert [str(one) for one in opened.problems] == ["cut short: 2032 bytes and its entries are missing"]
    assert str(_open(image[:-5]).problems[0]) == "cut short: 5 bytes are missing"


def test_damaged_entries_are_told_and_the_content_is_given() -> None:
    image = bytearray(_image(entries=[(1, bytes(4))]))
    image[-6:-4] = b"\xff\xff"
    opened = _open(bytes(image))
    assert "damaged" in str(opened.problems[0])
    assert len(opened.parts) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x3d\xb8\xf3\x96",
        b"\x3d\xb8\xf3\x96" + bytes(200),
        b"\x3d\xb8\xf3\x96" + b"\xff" * 200,
        _image()[:16] + b"\0\0\0\x80" + _image()[20:],
        _image()[:28] + b"\1\0\0\0" + _image()[32:],
        _image()[:3032] + b"more" * 100,
        _image()[:10] + b"\x08\0" + _image()[12:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


_WHOLE = _image(protected=[(0x50, b"\1\0\0\0")], entries=[(0x22, bytes(70))]).ljust(4000, b"\xff") + _TRAILER


@settings(max_examples=200, deadline=None)
@given(changes(32), changes(1000), st.integers(0, len(_WHOLE)))
def test_any_change_is_refused_or_stays_within_bounds(
    header: list[tuple[int, bytes]], rest: list[tuple[int, bytes]], end: int
) -> None:
    assert_bounded(open_mcuboot, changed(_WHOLE, header + [(3000 + offset, content) for offset, content in rest], end))


@pytest.mark.parametrize("kind", ["rsa-2048", "ecdsa-p256", "ed25519"])
def test_an_image_of_the_real_tool_is_opened(kind: str, tmp_path: Path) -> None:
    imgtool = tool("imgtool", "imgtool of PyPI")
    key, source, target = tmp_path / "key", tmp_path / "in", tmp_path / "out"
    source.write_bytes(_PROGRAM)
    subprocess.run([imgtool, "keygen", "-k", key, "-t", kind], check=True, capture_output=True)
    options = ["--header-size", "0x200", "--pad-header", "--align", "8", "-S", "0x8000", "-v", "1.2.3+4"]
    subprocess.run([imgtool, "sign", "-k", key, *options, "--pad", source, target], check=True, capture_output=True)
    opened = _open(target.read_bytes())
    assert (opened.length, opened.problems) == (0x8000, ())
    assert "; signature " in opened.label
    assert [(part.offset, part.length) for part in opened.parts] == [(0x200, len(_PROGRAM))]


def _open(data: bytes) -> Container:
    return open_mcuboot(View(data), Budget(Limits()))
