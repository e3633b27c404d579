"""Tests of gzip streams."""

from __future__ import annotations

import gzip
import io
import random
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import NotThisFormat, View
from plimsoll.unpack.formats.gzip import FORMAT, open_gzip
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images
from tests.unpack.formats.explored import Everything

_CONTENT = random.Random(1).randbytes(20_000).hex().encode()


def test_a_stream_is_undone_and_ends_where_it_ends() -> None:
    stream = images.stream("gzip", "gzip", _CONTENT)
    opened = open_gzip(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_the_name_in_the_header_is_shown() -> None:
    stream = bytearray(gzip.compress(_CONTENT))
    stream[3] = 0x08
    stream[10:10] = b"vmlinux\n.bin\0"
    assert open_gzip(View(bytes(stream)), _budget()).label == "name vmlinux%0A.bin"


def test_several_members_are_one_stream() -> None:
    members = gzip.compress(_CONTENT) + gzip.compress(b"") + gzip.compress(b"end")
    opened = open_gzip(View(members + bytes(20)), _budget())
    assert (opened.data, opened.length, opened.label) == (_CONTENT + b"end", len(members), "3 members")


def test_what_looks_like_another_member_is_left_alone() -> None:
    stream = gzip.compress(_CONTENT)
    opened = open_gzip(View(stream + b"\x1f\x8b\x08\0 but it is not one"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08", b"\x1f\x8b\x08\xff" + bytes(50), b"\x1f\x8b\x08\0" + b"q" * 90])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_gzip(View(data), _budget())


def test_what_there_is_of_a_truncated_stream_is_given() -> None:
    stream = gzip.compress(_CONTENT)
    opened = open_gzip(View(stream[:-5000]), _budget())
    assert len(opened.data) > 10_000
    assert _CONTENT.startswith(opened.data)
    assert opened.length == len(stream) - 5000
    assert "cut short" in str(opened.problems[0])


def test_a_wrong_checksum_is_a_problem() -> None:
    stream = bytearray(gzip.compress(_CONTENT))
    stream[-6] ^= 1
    opened = open_gzip(View(bytes(stream)), _budget())
    assert "damaged" in str(opened.problems[0])


def test_a_bomb_is_stopped_on_the_way() -> None:
    bomb = gzip.compress(bytes(40 << 20))
    with pytest.raises(LimitReached):
        open_gzip(View(bomb), Budget(Limits(file_bytes=1 << 20)))
    with pytest.raises(LimitReached):
        open_gzip(View(bomb), Budget(Limits(ratio=100, ratio_floor_bytes=1 << 20)))
    with pytest.raises(LimitReached):
        open_gzip(View(bomb), Budget(Limits(output_bytes=1 << 20)))


def test_a_member_that_passes_a_limit_leaves_those_before_it() -> None:
    first = gzip.compress(_CONTENT)
    opened = open_gzip(View(first + gzip.compress(bytes(2 << 20))), Budget(Limits(file_bytes=1 << 20)))
    assert (opened.data, opened.length) == (_CONTENT, len(first))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 600), st.integers(0, 255))
def test_any_bytes_raise_only_declared_errors(tail: bytes, offset: int, flip: int) -> None:
    stream = bytearray(gzip.compress(b"some content " * 60)[:offset] + tail)
    if stream:
        stream[offset % len(stream)] ^= flip
    try:
        opened = open_gzip(View(b"\x1f\x8b\x08" + bytes(stream[3:])), _budget())
    except (NotThisFormat, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(stream)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("gzip", True)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))


def test_an_alpine_package_gives_the_files_of_all_its_members() -> None:
    """A signature, the settings and the files: tar archives without an end, each a gzip member; the last has an end."""
    data = _tar({"usr/bin/plimsoll": _CONTENT, "etc/plimsoll.conf": b"settings\n"}, checksum="0" * 40)
    control = _tar({".PKGINFO": b"pkgname = plimsoll\n", ".post-install": b"#!/bin/sh\n"}, ends=False)
    signature = _tar({".SIGN.RSA.a@example.org.rsa.pub": b"\x5a" * 256}, ends=False)
    package = b"".join(map(gzip.compress, (signature, control, data)))
    found = Everything(package)
    assert found.files == {
        b".SIGN.RSA.a@example.org.rsa.pub": b"\x5a" * 256,
        b".PKGINFO": b"pkgname = plimsoll\n",
        b".post-install": b"#!/bin/sh\n",
        b"usr/bin/plimsoll": _CONTENT,
        b"etc/plimsoll.conf": b"settings\n",
    }
    assert (found.problems, found.understood) == ([], 1)


def _tar(files: dict[str, bytes], ends: bool = True, checksum: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.pax_headers = {"APK-TOOLS.checksum.SHA1": checksum} if checksum else {}
            archive.addfile(info, io.BytesIO(content))
        end = archive.offset
    return buffer.getvalue() if ends else buffer.getvalue()[:end]
