"""Tests of UEFI firmware volumes, made by a small generator here."""

from __future__ import annotations

import struct
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.uefi_volume import FORMAT, open_uefi_volume
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_FFS2 = "8c8ce578-8a3d-4f1c-9935-896185c32dd3"


def test_a_volume_is_recognised_and_what_is_in_it_carved() -> None:
    stream = images.stream("xz", "xz-utils", b"a driver " * 900)
    volume = _volume(bytes(100) + stream)
    found = Everything(b"\xff" * 8192 + volume + b"\xff" * 4096)
    assert b"a driver " * 900 in found.raw
    assert found.formats == {"uefi-volume", "xz"}
    assert found.problems == ["the files of the volume are not listed"]
    opened = _open(volume + b"another thing")
    assert (opened.length, opened.label) == (len(volume), "FFS 2")
    assert [(part.offset, part.length) for part in opened.parts] == [(72, len(volume) - 72)]


def test_a_volume_of_variables_and_one_of_an_unknown_kind_are_named() -> None:
    assert _open(_volume(b"", "fff12b8d-7696-4c8b-a985-2747075b4f50")).label == "variables"
    assert _open(_volume(b"", "01234567-89ab-cdef-0123-456789abcdef")).label == "01234567-89ab-cdef-0123-456789abcdef"


def test_a_truncated_volume_is_told() -> None:
    opened = _open(_volume(b"")[:-100])
    assert str(opened.problems[0]) == "cut short: 100 bytes are missing"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (50, b"\0\0"),
        (40, b"_FVX"),
        (32, b"\1"),
        (48, b"\x08\0"),
        (48, b"\xff\xff"),
        (54, b"\1"),
        (55, b"\3"),
        (56, b"\0"),
    ],
)
def test_a_header_that_is_not_sound_is_refused(at: int, value: bytes) -> None:
    volume = bytearray(_volume(b""))
    volume[at : at + len(value)] = value
    for image in (bytes(volume), _summed(bytes(volume)) if at != 50 else bytes(volume)):
        with pytest.raises(NotThisFormat):
            _open(image)


@pytest.mark.parametrize("data", [b"", bytes(40) + b"_FVH", bytes(40) + b"_FVH" + bytes(400), b"_FVH " * 100])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 71), st.integers(0, 255)), max_size=6), st.integers(0, 9000))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_volume(b""))
    for offset, value in changes:
        image[offset] = value
    try:
        opened = _open(_summed(bytes(image))[:size])
    except NotThisFormat:
        return
    assert 0 < opened.length <= size
    assert all(part.offset + part.length <= opened.length for part in opened.parts)


def _volume(content: bytes, kind: str = _FFS2) -> bytes:
    length = -(-(72 + len(content)) // 4096) * 4096
    header = struct.pack(
        "<16s16sQ4sIHHHBB", b"", uuid.UUID(kind).bytes_le, length, b"_FVH", 0x4FEFF, 72, 0, 0, 0, 2
    ) + struct.pack("<4I", length // 4096, 4096, 0, 0)
    return _summed((header + content).ljust(length, b"\xff"))


def _summed(volume: bytes) -> bytes:
    """Make the sum of the header right."""
    blank = volume[:50] + bytes(2) + volume[52:]
    words = blank[: int.from_bytes(volume[48:50], "little") // 2 * 2]
    total = sum(word for (word,) in struct.iter_unpack("<H", words[: len(words) // 2 * 2]))
    return blank[:50] + struct.pack("<H", -total & 0xFFFF) + blank[52:]


def _open(data: bytes) -> Container:
    return open_uefi_volume(View(data), Budget(Limits()))
