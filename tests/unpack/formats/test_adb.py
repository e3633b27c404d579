"""Tests of the sign of Alpine packages, version 3; their beginnings are written here."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, Unsupported, View
from plimsoll.unpack.formats.adb import FORMAT, open_adb
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images, look_alikes

_BLOCK = bytes(range(256)) * 40


@pytest.mark.parametrize(("schema", "kind"), [(b"pckg", "package"), (b"indx", "index")])
def test_a_file_of_every_compression_is_recognised(schema: bytes, kind: str) -> None:
    plain = b"ADB." + schema + _BLOCK
    packed = zlib.compress(plain, wbits=-15)
    zstd = images.stream("zstd", "zstd", plain, "-q")
    for data in (plain, b"ADBd" + packed, b"ADBc\0\0" + plain, b"ADBc\1\6" + packed, b"ADBc\2\3" + zstd):
        with pytest.raises(Unsupported, match=f"a {kind} of Alpine"):
            _open(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ADB",
        b"ADB.",
        b"ADBd",
        b"ADBc",
        b"ADBc\1",
        b"ADB.text",
        b"ADBd" + b"x" * 100,
        b"ADBd" + zlib.compress(b"ADB.text" * 9, wbits=-15),
        b"ADBc\7\0ADB.pckg",
        b"ADBc\2\3" + b"x" * 100,
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from((b"ADB.", b"ADBd", b"ADBc")), st.binary(max_size=60))
def test_arbitrary_bytes_raise_only_declared_errors(sign: bytes, rest: bytes) -> None:
    with pytest.raises((NotThisFormat, Unsupported)):
        _open(sign + rest)


def _open(data: bytes) -> None:
    open_adb(View(data), Budget(Limits()))
