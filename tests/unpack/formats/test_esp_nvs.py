"""Tests of the reader of ESP-IDF's key and value store, against a generator written from its description."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Encrypted, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.esp_nvs import FORMAT, open_esp_nvs
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_ONES = 0xFFFFFFFF


def _entry(space: int, kind: int, span: int, key: bytes, value: bytes, piece: int = 0xFF) -> bytes:
    checked = struct.pack("<BBBB", space, kind, span, piece), key.ljust(16, b"\0") + value.ljust(8, b"\xff")
    return checked[0] + struct.pack("<I", zlib.crc32(b"".join(checked), _ONES)) + checked[1]


def _variable(space: int, kind: int, key: bytes, content: bytes, piece: int = 0xFF) -> bytes:
    rows = -(-len(content) // 32)
    value = struct.pack("<HHI", len(content), 0xFFFF, zlib.crc32(content, _ONES))
    return _entry(space, kind, rows + 1, key, value, piece) + content.ljust(rows * 32, b"\xff")


def _page(
    rows: bytes, sequence: int = 0, state: int = 0xFFFFFFFC, version: int = 0xFE, erased: Sequence[int] = ()
) -> bytes:
    header = struct.pack("<IB", sequence, version) + b"\xff" * 19
    states = (1 << 256) - 1
    for number in range(len(rows) // 32):
        states ^= (3 if number in erased else 1) << 2 * number
    start = (
        struct.pack("<I", state) + header + struct.pack("<I", zlib.crc32(header, _ONES)) + states.to_bytes(32, "little")
    )
    return (start + rows).ljust(4096, b"\xff")


_SPACES = _entry(0, 1, 1, b"wifi", b"\x01") + _entry(0, 1, 1, b"app", b"\x02")
_PASSWORD = b"correct horse battery staple, and more"
_BLOB = random.Random(4).randbytes(3000)
_ROWS = (
    _SPACES
    + _variable(1, 0x21, b"password", _PASSWORD + b"\0")
    + _entry(2, 0x01, 1, b"count", b"\x07")
    + _entry(2, 0x14, 1, b"minus", struct.pack("<i", -5))
    + _entry(2, 0x08, 1, b"large", b"\xff" * 8)
    + _variable(2, 0x41, b"old", b"\0\1\2")
    + _variable(2, 0x42, b"blob", _BLOB[:2000], 0)
)
_REST = _variable(2, 0x42, b"blob", _BLOB[2000:], 1) + _entry(2, 0x48, 1, b"blob", struct.pack("<IBB", 3000, 2, 0))
_STORE = _page(_ROWS) + _page(_REST, 1, 0xFFFFFFFE)


def test_each_value_is_a_file_under_its_namespace() -> None:
    opened = _open(_STORE + b"\xff" * 8192)
    assert _contents(opened) == {
        b"wifi/password": _PASSWORD,
        b"app/count": b"7",
        b"app/minus": b"-5",
        b"app/large": b"18446744073709551615",
        b"app/old": b"\0\1\2",
        b"app/blob": _BLOB,
    }
    assert [node.path for node in opened.nodes if node.kind == "directory"] == [b"wifi", b"app"]
    assert (opened.length, opened.label, opened.problems) == (8192, "version 2, 2 pages", ())


def test_the_first_version_is_read() -> None:
    opened = _open(_page(_SPACES + _variable(1, 0x41, b"key", b"abc"), version=0xFF))
    assert (_contents(opened), opened.label) == ({b"wifi/key": b"abc"}, "version 1, 1 pages")


def test_what_was_written_later_counts_whatever_the_order_of_pages() -> None:
    old, new = _SPACES + _variable(1, 0x21, b"k", b"old\0"), _variable(1, 0x21, b"k", b"new\0")
    assert _contents(_open(_page(new, 7) + _page(old, 3))) == {b"wifi/k": b"new"}


def test_erased_values_are_not_listed() -> None:
    rows = _SPACES + _entry(2, 1, 1, b"gone", b"\1") + _entry(2, 1, 1, b"here", b"\2")
    assert _contents(_open(_page(rows, erased=(2,)))) == {b"app/here": b"2"}


def test_a_page_without_a_header_hides_no_other() -> None:
    assert len(_contents(_open(_page(_ROWS) + b"\xff" * 4096 + _page(_REST, 1)))) == 6


def test_a_damaged_entry_hides_no_other() -> None:
    data = bytearray(_STORE)
    data[64 + 2 * 32 + 12] ^= 1
    opened = _open(bytes(data))
    assert b"app/count" in _contents(opened)
    assert b"wifi/password" not in _contents(opened)
    assert "damaged entries are left out" in str(opened.problems[0][1])


def test_damaged_content_is_told_when_it_is_read() -> None:
    data = bytearray(_STORE)
    data[64 + 3 * 32] ^= 1
    opened = _open(bytes(data))
    with pytest.raises(Malformed, match="checksum of its content"):
        opened.read(next(node for node in opened.nodes if node.path == b"wifi/password"))


def test_missing_pieces_of_a_blob_are_told() -> None:
    opened = _open(_page(_SPACES + _REST))
    assert [(path, str(problem)) for path, problem in opened.problems] == [
        (b"app/blob", "pieces of it are missing: 1000 of 3000 bytes are there")
    ]
    assert _contents(opened) == {b"app/blob": _BLOB[2000:]}


def test_odd_names_stay_inside() -> None:
    rows = _SPACES + b"".join(_entry(2, 1, 1, name, b"\1") for name in (b"", b".", b"..", b"../x", b"a/b"))
    opened = _open(_page(rows + _entry(9, 1, 1, b"lost", b"\1")))
    assert set(_contents(opened)) == {b"app/.._x", b"app/a_b", b"namespace-9/lost"}
    assert len(opened.problems) == 3


def test_a_value_of_an_unknown_type_is_told() -> None:
    opened = _open(_page(_SPACES + _entry(2, 0x77, 1, b"odd", b"\1")))
    assert [str(problem) for _, problem in opened.problems] == ["'odd': of type 119"]


def test_content_that_claims_more_than_it_has_room_for_is_told() -> None:
    row = _entry(1, 0x21, 2, b"k", struct.pack("<HHI", 33, 0xFFFF, 0)) + bytes(32)
    opened = _open(_page(_SPACES + row))
    assert [str(problem) for _, problem in opened.problems] == ["'k': more content than it has room for"]


def test_an_encrypted_store_is_recognised() -> None:
    with pytest.raises(Encrypted, match="none of 60 entries") as raised:
        _open(_page(random.Random(1).randbytes(60 * 32)) + b"\xff" * 4096)
    assert raised.value.length == 4096


def test_entries_count_against_their_limit() -> None:
    with pytest.raises(LimitReached):
        open_esp_nvs(View(_STORE), Budget(Limits(entries=5)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _STORE[:4095],
        b"\xff" * 8192,
        b"\xfc\xff\xff\xff" + bytes(4092),
        b"\0" + _STORE[1:],
        _STORE[:4] + b"\1" + _STORE[5:],
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


@settings(max_examples=150, deadline=None)
@given(changes(len(_ROWS)), st.one_of(st.none(), st.integers(0, 8192)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int | None) -> None:
    assert_bounded(open_esp_nvs, changed(_STORE, [(32 + offset, content) for offset, content in these], end))


def _contents(opened: Archive) -> dict[bytes, bytes]:
    return {node.path: opened.read(node) for node in opened.nodes if node.kind == "file"}


def _open(data: bytes) -> Archive:
    return open_esp_nvs(View(data), Budget(Limits()))
