"""Manifests written here by the description of the format; no tool of Android is needed."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._binary_xml import MAGIC, read_elements
from plimsoll.inspect.firmware.app_permissions import AppPermissions
from plimsoll.model.facts import Sensor
from tests.firmware import observe

NONE = 0xFFFFFFFF


def manifest(elements: Sequence[tuple[str, str]], *, wide: bool = True) -> bytes:
    """Write a manifest of elements with one attribute each."""
    words = list(dict.fromkeys(word for element in elements for word in (*element, "name")))
    pool, offsets = b"", []
    for word in words:
        offsets.append(len(pool))
        text = word.encode("utf-16-le" if wide else "utf-8")
        if wide:
            pool += struct.pack("<H", len(word)) + text + b"\0\0"
        else:
            size = bytes([len(text)]) if len(text) < 128 else struct.pack(">H", 0x8000 | len(text))
            pool += size + size + text + b"\0"
    pool += bytes(-len(pool) % 4)
    start = 28 + 4 * len(words)
    strings = struct.pack("<5I", len(words), 0, 0 if wide else 0x100, start, 0)
    strings += struct.pack(f"<{len(words)}I", *offsets) + pool
    body = struct.pack("<HHI", 1, 28, 8 + len(strings)) + strings
    for name, value in elements:
        index = words.index(value)
        attribute = struct.pack("<IIIHBBI", NONE, words.index("name"), index, 8, 0, 3, index)
        element = struct.pack("<IIIIHHHHHH", 1, NONE, NONE, words.index(name), 20, 20, 1, 0, 0, 0) + attribute
        body += struct.pack("<HHI", 0x102, 16, 8 + len(element)) + element
    return MAGIC + struct.pack("<I", 8 + len(body)) + body


def found(data: bytes, path: str = "AndroidManifest.xml") -> list[Sensor]:
    return [one.fact for one in observe(AppPermissions(), {path: data}) if isinstance(one.fact, Sensor)]


@pytest.mark.parametrize("wide", [True, False])
def test_what_an_app_asks_leave_for_is_told_once(wide: bool) -> None:
    data = manifest(
        [
            ("manifest", "com.halyard.camera"),
            ("uses-permission", "android.permission.CAMERA"),
            ("uses-permission", "android.permission.CAMERA"),
            ("uses-permission-sdk-23", "android.permission.ACCESS_FINE_LOCATION"),
            ("uses-permission", "android.permission.INTERNET"),
        ],
        wide=wide,
    )
    assert found(data) == [
        Sensor("camera", "android.permission.CAMERA"),
        Sensor("location", "android.permission.ACCESS_FINE_LOCATION"),
    ]


@pytest.mark.parametrize(
    "element",
    [
        ("permission", "android.permission.CAMERA"),
        ("uses-permission", "com.other.permission.CAMERA"),
        ("meta-data", "android.permission.RECORD_AUDIO"),
    ],
)
def test_what_an_app_defines_or_only_names_is_not_told(element: tuple[str, str]) -> None:
    assert found(manifest([element])) == []


def test_another_file_and_a_source_of_a_manifest_are_left_alone() -> None:
    data = manifest([("uses-permission", "android.permission.CAMERA")])
    assert found(data, "res/layout.xml") == []
    assert found(b'<manifest><uses-permission android:name="android.permission.CAMERA"/></manifest>') == []


def test_numbers_that_are_out_of_all_bounds_end_the_reading() -> None:
    data = bytearray(manifest([("uses-permission", "android.permission.CAMERA")]))
    data[16:20] = b"\xff\xff\xff\xff"
    assert len(found(bytes(data))) <= 1
    data[12:16] = b"\xff\xff\xff\xff"
    assert found(bytes(data)) == []
    assert list(read_elements(MAGIC + struct.pack("<I", 8) + struct.pack("<HHI", 0x102, 0, 0) * 9)) == []


@given(st.binary(max_size=400), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_without_an_error(tail: bytes, cut: int) -> None:
    whole = manifest([("uses-permission", "android.permission.CAMERA")])
    found(whole[:cut] + tail)
    found(MAGIC + tail)
