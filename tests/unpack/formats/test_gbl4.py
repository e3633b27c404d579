"""Tests of the reader of GBL files of the fourth version, against a generator written from their description.

The generator's files were compared with what pygbl makes of them.
"""

from __future__ import annotations

import hashlib
import lzma
import random
import struct
from typing import NamedTuple

import lz4.block
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Container, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.gbl4 import FORMAT, open_gbl4
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.formats.noise import assert_bounded, assert_finds_nothing, changed, changes

_PROGRAM = random.Random(1).randbytes(1000) + b"text " * 200


class _Section(NamedTuple):
    blob: bytes
    compression: int = 0
    encryption: int = 0
    address: int = 0x01008000
    content: bytes = _PROGRAM
    digest: bytes | None = None


def _tag(id_: int, value: bytes) -> bytes:
    return struct.pack("<II", id_, len(value)) + value


def _section(one: _Section) -> bytes:
    digest = hashlib.sha256(one.content).digest() if one.digest is None else one.digest
    info = struct.pack("<BBBBHH12s64s128s", one.compression, one.encryption, 0, 0, 0, 0, b"", digest, b"")
    return _tag(0xBA01013A, _tag(0x3B01013B, info) + _tag(0x3B02023B, one.blob))


def _make(*sections: _Section, rest: bytes = b"", is_signed: bool = True) -> bytes:
    bodies = [_section(one) for one in sections]
    content = b"".join(bodies) + rest
    manifest = b""
    for _ in range(2):
        position = 8 + len(manifest)
        updates = b""
        for one, body in zip(sections, bodies, strict=True):
            where = struct.pack("<IIIII", one.address, 0x23, 1, 0, position)
            size = len(one.content).to_bytes(3, "little")
            updates += _tag(0x2C03032C, b"\0" + size + where + struct.pack("<I32s", 1, b""))
            position += len(body)
        inner = _tag(0x2B02022B, struct.pack("<I64s", 2, b"")) if is_signed else b""
        inner += _tag(0x2B03032B, struct.pack("<II", 0x04000000, 1)) + _tag(
            0x2B04042B, struct.pack("<16sII", b"", 7, 0)
        )
        inner += _tag(0x2B05052B, struct.pack("<I32s", 1, hashlib.sha256(content).digest()))
        manifest = _tag(0xAA01012A, inner + _tag(0xAB06062B, updates + _tag(0x2C04042C, b"")))
    return _tag(0x84A617EB, manifest + content)


def _lzma(content: bytes) -> bytes:
    packed = lzma.compress(content, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 8192}])
    return packed[:5] + struct.pack("<Q", len(content)) + packed[13:]


@pytest.mark.parametrize(
    "section",
    [
        _Section(_PROGRAM),
        _Section(_lzma(_PROGRAM), 2),
        _Section(lz4.block.compress(_PROGRAM, store_size=False), 1),
        _Section(_lzma(_PROGRAM), 2, digest=bytes(32)),
    ],
)
def test_a_program_is_a_file(section: _Section) -> None:
    image = _make(section, rest=_tag(0xEE0101EE, b"\xff\xff"))
    opened = _archive(image + b"after")
    assert _contents(opened) == {b"program at 0x1008000": _PROGRAM}
    assert (opened.length, opened.problems) == (len(image), ())
    assert opened.label == "version 7; signature ECDSA P-256"


def test_a_file_without_signature_says_so() -> None:
    assert _archive(_make(_Section(_PROGRAM), is_signed=False)).label == "version 7; no signature"


def test_each_of_several_programs_has_its_address() -> None:
    other = _Section(_lzma(b"other " * 50), 2, address=0x08000000, content=b"other " * 50)
    opened = _archive(_make(_Section(_PROGRAM), other))
    assert _contents(opened) == {b"program at 0x1008000": _PROGRAM, b"program at 0x8000000": b"other " * 50}


def test_encrypted_programs_are_encrypted_parts() -> None:
    opened = open_gbl4(View(_make(_Section(_PROGRAM, 2, 1), rest=_tag(0x3A02023A, b"secret"))), Budget(Limits()))
    assert isinstance(opened, Container)
    assert [(part.length, part.content) for part in opened.parts] == [(2000, "encrypted"), (6, "encrypted")]
    assert "encrypted" in opened.label


def test_an_encrypted_program_beside_a_plain_one_is_given_as_it_is() -> None:
    opened = _archive(_make(_Section(_PROGRAM), _Section(b"secret", 0, 1, address=0x2000)))
    assert _contents(opened) == {b"program at 0x1008000": _PROGRAM, b"encrypted program at 0x2000": b"secret"}


def test_a_program_that_cannot_be_unpacked_is_given_packed() -> None:
    for section in (
        _Section(b"\xff" * 40, 2),
        _Section(b"\xff" * 40, 9),
        _Section(_lzma(_PROGRAM), 2, digest=b"x" * 32),
    ):
        opened = _archive(_make(section, _Section(b"whole", content=b"whole", address=0)))
        assert _contents(opened) == {b"packed program at 0x1008000": section.blob, b"program at 0x0": b"whole"}
        assert "cannot be unpacked" in str(opened.problems[0][1])


def test_a_wrong_hash_and_a_cut_tail_are_problems() -> None:
    image = _make(_Section(_PROGRAM))
    assert [str(one) for _, one in _archive(image[:-1] + b"!").problems] == ["the SHA-256 of its content is wrong"]
    opened = _archive(image[:-100])
    assert [str(one) for _, one in opened.problems] == ["cut short: 100 bytes are missing"]
    assert _contents(opened) == {b"program at 0x1008000": _PROGRAM[:-100]}


def test_a_bomb_is_refused() -> None:
    bomb = _Section(_lzma(bytes(4_000_000)), 2, content=bytes(4_000_000))
    with pytest.raises(LimitReached):
        open_gbl4(View(_make(bomb)), Budget(Limits(output_bytes=1 << 18)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _make()[:8],
        _make()[:8] + bytes(200),
        _tag(0x84A617EB, _tag(0xAA01012A, b"")),
        _tag(0x84A617EB, _tag(0xBA01013A, b"")),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        open_gbl4(View(data), Budget(Limits()))


def test_noise_holds_none() -> None:
    assert_finds_nothing(FORMAT)


_WHOLE = _make(_Section(b"x" * 90, content=b"x" * 90), _Section(_lzma(b"y" * 900), 2, content=b"y" * 900))


@settings(max_examples=200, deadline=None)
@given(changes(len(_WHOLE)), st.integers(0, len(_WHOLE)))
def test_any_change_is_refused_or_stays_within_bounds(these: list[tuple[int, bytes]], end: int) -> None:
    assert_bounded(open_gbl4, changed(_WHOLE, these, end))


def _contents(opened: Archive) -> dict[bytes, bytes]:
    return {node.path: opened.read(node) for node in opened.nodes}


def _archive(data: bytes) -> Archive:
    opened = open_gbl4(View(data), Budget(Limits()))
    assert isinstance(opened, Archive)
    return opened
