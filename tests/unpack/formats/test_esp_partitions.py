"""Tests of the reader of Espressif's partition tables, against a generator written from their description."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats.esp_partitions import FORMAT, open_esp_partitions
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.formats.esp_images import entry, table
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_NVS = entry(1, 2, 0x9000, 0x5000, b"nvs")
_OTA = entry(1, 0, 0xE000, 0x2000, b"otadata")
_APP = entry(0, 0x10, 0x10000, 0x100000, b"app0")


def test_the_partitions_are_the_label() -> None:
    opened = _open(table([_NVS, _OTA, _APP, entry(0x40, 1, 0x110000, 0x1000, b"")]) + b"after")
    assert (
        opened.label
        == "nvs (nvs) at 0x9000, otadata (ota) at 0xe000, app0 (ota_0) at 0x10000, - (type 0x40) at 0x110000"
    )
    assert (opened.length, opened.parts, opened.problems) == (0xC00, (), ())


def test_a_long_table_is_shown_in_part() -> None:
    entries = [entry(1, 6, 0x9000 + number * 0x1000, 0x1000, b"p%d" % number) for number in range(20)]
    assert _open(table(entries)).label.endswith("p11 (undefined) at 0x14000, 8 more")


def test_a_table_without_its_filling_ends_where_it_ends() -> None:
    whole = table([_NVS, _APP])
    assert _open(whole[:96]).length == 96
    assert _open(table([_NVS, _APP], has_md5=False)).length == 0xC00


def test_a_wrong_md5_is_a_problem() -> None:
    data = bytearray(table([_NVS, _APP]))
    data[80] ^= 1
    assert [str(one) for one in _open(bytes(data)).problems] == ["the MD5 of the partition table is wrong"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xaa\x50\x01",
        table([_NVS], has_md5=False),
        table([_NVS, _APP], has_md5=False)[:64] + b"more",
        table([_NVS, entry(0, 0x10, 0xA000, 0x100000, b"over")]),
        table([_NVS, entry(0, 0x10, 0x10001, 0x100000, b"odd")]),
        table([_NVS, entry(0, 0x10, 0x10000, 0, b"empty")]),
        table([_NVS, entry(0, 0x10, 0x10000, 0xFFFFF000, b"long")]),
        table([_NVS, entry(9, 0x10, 0x10000, 0x1000, b"kind")]),
        table([_NVS, entry(0, 0x10, 0x10000, 0x1000, b"a\0b")]),
        table([_NVS, entry(0, 0x10, 0x10000, 0x1000, b"\x01\xff")]),
        table([_NVS, entry(0, 0x10, 0x10000, 0x1000, b"app", 8)]),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT, [_NVS, _APP])


@settings(max_examples=200, deadline=None)
@given(changes(128), st.integers(0, 0xC00))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_esp_partitions, changed(table([_NVS, _OTA, _APP]), these, end))


def _open(data: bytes) -> Container:
    try:
        return open_esp_partitions(View(data), Budget(Limits()))
    except EOFError:
        raise NotThisFormat from None
