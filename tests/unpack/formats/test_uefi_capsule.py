"""Tests of UEFI capsules, made by a small generator here."""

from __future__ import annotations

import struct
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.uefi_capsule import FORMAT, MANAGED, PLAIN, open_uefi_capsule
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_FOR = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


def test_the_image_of_a_plain_capsule_is_a_part() -> None:
    capsule = _capsule(PLAIN, b"the image")
    opened = _open(capsule + b"another thing")
    assert (opened.length, opened.label, opened.problems) == (len(capsule), "UEFI firmware", ())
    assert _contents(capsule, opened) == [b"the image"]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_drivers_and_payloads_are_parts(version: int) -> None:
    capsule = _capsule(MANAGED, _managed([b"a driver"], [b"first", b"second image"], version))
    opened = _open(capsule)
    assert _contents(capsule, opened) == [b"a driver", b"first", b"second image"]
    assert [part.name for part in opened.parts] == ["driver 0", f"payload 0 for {_FOR}", f"payload 1 for {_FOR}"]
    assert opened.problems == ()


def test_a_payload_with_a_header_of_another_version_is_given_with_it() -> None:
    capsule = _capsule(MANAGED, _managed([], [b"image"], 9))
    assert _contents(capsule, _open(capsule))[0].endswith(b"image")


def test_what_is_in_a_payload_is_explored() -> None:
    stream = images.stream("gzip", "gzip", b"settings " * 900)
    found = Everything(bytes(512) + _capsule(MANAGED, _managed([], [stream], 2)) + bytes(512))
    assert b"settings " * 900 in found.raw
    assert [span.format for span in found.image.spans] == ["", "uefi-capsule", "gzip", ""]


def test_items_on_each_other_are_left_out() -> None:
    body = struct.pack("<IHH3Q", 1, 3, 0, 32, 20, 4000) + b"x" * 50
    capsule = _capsule(MANAGED, body)
    opened = _open(capsule)
    assert len(opened.problems) == 3
    assert opened.parts == ()


def test_what_there_is_of_a_truncated_capsule_is_given() -> None:
    opened = _open(_capsule(PLAIN, b"the image")[:-4])
    assert [str(problem) for problem in opened.problems] == ["cut short: 4 bytes are missing"]
    assert opened.parts[0].length == 5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN.bytes_le,
        PLAIN.bytes_le + bytes(40),
        PLAIN.bytes_le + b" and text " * 20,
        struct.pack("<16s3I", PLAIN.bytes_le, 5000, 0, 9000) + bytes(9000),
        struct.pack("<16s3I", PLAIN.bytes_le, 28, 1 << 20, 100) + bytes(100),
        struct.pack("<16s3I", PLAIN.bytes_le, 28, 0, 28) + bytes(100),
        struct.pack("<16s3I", PLAIN.bytes_le, 28, 0, 100),
        struct.pack("<16s3I", MANAGED.bytes_le, 28, 0, 40) + bytes(100),
        struct.pack("<16s3IIHH", MANAGED.bytes_le, 28, 0, 40, 1, 60, 60) + bytes(100),
        struct.pack("<16s3IIHH", MANAGED.bytes_le, 28, 0, 40, 1, 1, 1) + bytes(4),
        struct.pack("<16s3I", _FOR.bytes_le, 28, 0, 100) + bytes(100),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 140), st.integers(0, 255)), max_size=6), st.integers(0, 300))
def test_damage_anywhere_is_refused_or_stays_within_bounds(changes: list[tuple[int, int]], size: int) -> None:
    image = bytearray(_capsule(MANAGED, _managed([b"driver"], [b"first", b"second"], 2)))
    for offset, value in changes:
        image[offset] = value
    data = bytes(image[:size])
    try:
        opened = _open(data)
    except NotThisFormat:
        return
    assert 0 < opened.length <= len(data)
    position = 0
    for part in opened.parts:
        assert position <= part.offset < part.offset + part.length <= opened.length
        position = part.offset + part.length


def _capsule(kind: uuid.UUID, body: bytes) -> bytes:
    return struct.pack("<16s3I", kind.bytes_le, 32, 0x50000, 32 + len(body)) + bytes(4) + body


def _managed(drivers: list[bytes], payloads: list[bytes], version: int) -> bytes:
    header = struct.pack("<I16sB3xII", version, _FOR.bytes_le, 1, 0, 0).ljust({1: 32, 2: 40}.get(version, 48), b"\0")
    items = [*drivers, *(header + payload for payload in payloads)]
    position = 8 + 8 * len(items)
    offsets = []
    for item in items:
        offsets.append(position)
        position += len(item)
    return struct.pack(f"<IHH{len(items)}Q", 1, len(drivers), len(payloads), *offsets) + b"".join(items)


def _contents(image: bytes, opened: Container) -> list[bytes]:
    return [image[part.offset : part.offset + part.length] for part in opened.parts]


def _open(data: bytes) -> Container:
    return open_uefi_capsule(View(data), Budget(Limits()))
