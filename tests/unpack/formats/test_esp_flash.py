"""Tests of the reader of whole flash of Espressif's chips, against a generator written from their description."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.esp_flash import FORMAT, open_esp_flash
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.esp_images import CODE, application, entry, flash, table
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_LOADER = application(((0x3FFF0018, bytes(200)), (0x40078000, CODE)))
_APP = application()
_ENTRIES = [
    entry(1, 2, 0x9000, 0x5000, b"nvs"),
    entry(1, 0, 0xE000, 0x2000, b"otadata"),
    entry(0, 0x10, 0x10000, 0x8000, b"app0"),
    entry(0, 0x11, 0x20000, 0x8000, b"app1", 1),
    entry(1, 0x82, 0x28000, 0x4000, b"spiffs"),
]
_TABLE = table(_ENTRIES)
_RANDOM = random.Random(9).randbytes(0x8000)
_FLASH = flash({0x1000: _LOADER, 0x8000: _TABLE, 0x10000: _APP}, 0x30000)


def test_each_partition_is_a_part() -> None:
    opened = _open(_FLASH)
    assert [(part.offset, part.length, part.name, part.content) for part in opened.parts] == [
        (0, 0x1000, "", "image"),
        (0x1000, 0x7000, "boot loader", "image"),
        (0x8C00, 0x400, "", "image"),
        (0x9000, 0x5000, "nvs (nvs)", "image"),
        (0xE000, 0x2000, "otadata (ota)", "known"),
        (0x10000, 0x8000, "app0 (ota_0)", "image"),
        (0x18000, 0x8000, "", "image"),
        (0x20000, 0x8000, "app1 (ota_1)", "image"),
        (0x28000, 0x4000, "spiffs (spiffs)", "image"),
    ]
    assert (opened.length, opened.problems) == (0x2C000, ())
    assert opened.label == "partition table at 0x8000, 5 partitions; 2 places for updates"


def test_a_flash_that_begins_with_the_boot_loader_is_opened() -> None:
    opened = _open(flash({0: _LOADER, 0x8000: _TABLE, 0x10000: _APP}))
    assert opened.parts[0].name == "boot loader"
    assert (opened.parts[0].offset, opened.length) == (0, 0x10000 + len(_APP))


def test_an_image_that_leaves_out_what_is_before_the_boot_loader_is_opened() -> None:
    opened = _open(_FLASH[0x1000:])
    assert [part.offset for part in opened.parts if part.name] == [0, 0x8000, 0xD000, 0xF000, 0x1F000, 0x27000]
    assert opened.label == "partition table at 0x8000, 5 partitions; 2 places for updates"


def test_a_table_elsewhere_is_found() -> None:
    entries = [entry(1, 2, 0x11000, 0x5000, b"nvs"), entry(0, 0, 0x20000, 0x8000, b"factory")]
    opened = _open(flash({0: _LOADER, 0x10000: table(entries), 0x20000: _APP}))
    assert opened.label == "partition table at 0x10000, 2 partitions"


def test_what_looks_encrypted_is_said_to_be() -> None:
    image = flash(
        {
            0x1000: _LOADER,
            0x8000: _TABLE,
            0x10000: b"\0" + _RANDOM[1:],
            0x20000: _APP.ljust(0x8000),
            0x28000: _RANDOM[:0x4000],
        }
    )
    contents = {part.name: part.content for part in _open(image).parts}
    assert contents["app0 (ota_0)"] == "encrypted"
    assert contents["app1 (ota_1)"] == "image"
    assert contents["spiffs (spiffs)"] == "image"


def test_a_partition_marked_as_encrypted_is_believed_only_when_it_looks_so() -> None:
    entries = [
        entry(0, 0, 0x10000, 0x8000, b"app"),
        entry(1, 0x81, 0x18000, 0x4000, b"a", 1),
        entry(1, 0x81, 0x1C000, 0x4000, b"b", 1),
    ]
    image = flash(
        {0x1000: _LOADER, 0x8000: table(entries), 0x10000: _APP, 0x18000: _RANDOM[:0x4000], 0x1C000: b"text " * 100}
    )
    assert [part.content for part in _open(image).parts][-2:] == ["encrypted", "image"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        flash({0x8000: _TABLE}),
        flash({0x8000: _TABLE}, 0x40000),
        flash({0x8000: _TABLE, 0x10000: b"\xe9" + bytes(100)}, 0x40000),
        flash({0x7800: _TABLE, 0x10000: _APP}, 0x40000),
        flash({0x1000: _LOADER, 0x8000: table([entry(0, 0, 0x4000, 0x1000, b"x"), _ENTRIES[0]]), 0x4000: _APP}),
    ],
)
def test_a_table_alone_is_no_flash(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT, [_TABLE[:64]])


@settings(max_examples=150, deadline=None)
@given(changes(160), st.integers(0x7000, len(_FLASH)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    moved = [(0x8000 + offset, content) for offset, content in these]
    assert_bounded(open_esp_flash, changed(_FLASH, moved, end))


def test_everything_in_it_is_found() -> None:
    seen: list[File] = []
    explored = Explorer(FORMATS, Budget(Limits()), seen.append).explore(_FLASH, b"x")
    assert {span.format for span in explored.image.spans} == {"", "esp-flash", "esp-application", "esp-image"}
    assert CODE in [file.data for file in seen]


def _open(data: bytes) -> Container:
    return open_esp_flash(View(data), Budget(Limits()))
