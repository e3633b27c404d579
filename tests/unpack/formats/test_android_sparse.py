"""Tests of the reader of Android's sparse images, against img2simg and images made chunk by chunk."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Decoded, NotThisFormat, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.android_sparse import FORMAT, open_android_sparse
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack.images import tool

_CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[4] / "shared" / "corpus"))
_PRIVATE = _CORPUS / "images" / "fact-simg.img"

_RAW, _FILL, _NOTHING, _CHECKSUM = 0xCAC1, 0xCAC2, 0xCAC3, 0xCAC4
_BLOCK = 512

_A, _B = random.Random(1).randbytes(2 * _BLOCK), random.Random(2).randbytes(_BLOCK)
_WHOLE = _A + b"fill" * 384 + bytes(2 * _BLOCK) + _B


def _chunk(kind: int, blocks: int, body: bytes = b"", header: int = 12) -> bytes:
    return struct.pack("<HHII", kind, 0, blocks, header + len(body)).ljust(header, b"\0") + body


_CHUNKS = [
    _chunk(_RAW, 2, _A),
    _chunk(_FILL, 3, b"fill"),
    _chunk(_CHECKSUM, 0, struct.pack("<I", zlib.crc32(_WHOLE[: 5 * _BLOCK]))),
    _chunk(_NOTHING, 2),
    _chunk(_RAW, 1, _B),
]


def _image(
    chunks: list[bytes], blocks: int = 8, checksum: int = 0, minor: int = 0, sizes: tuple[int, int] = (28, 12)
) -> bytes:
    head = struct.pack("<IHHHHIIII", 0xED26FF3A, 1, minor, *sizes, _BLOCK, blocks, len(chunks), checksum)
    return head.ljust(sizes[0], b"\0") + b"".join(chunks)


@pytest.mark.parametrize("block", [4096, 1024, 65_536])
def test_what_the_tool_made_gives_the_partition(block: int) -> None:
    chance = random.Random(block)
    whole = b"".join(
        chance.choice((chance.randbytes(block), bytes(block), b"\xff" * block, b"abcd" * (block // 4)))
        for _ in range(60)
    )
    image = _made(whole, block)
    opened = _open(image + b"\xff" * 100)
    assert opened.problems == ()
    assert opened.length == len(image)
    assert opened.data == whole


def test_a_file_system_in_a_sparse_image_is_read(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "build.prop").write_bytes(b"ro.adb.secure=1\n")
    raw = tmp_path / "raw"
    subprocess.run(
        [tool("mke2fs", "e2fsprogs"), "-q", "-t", "ext4", "-d", str(tmp_path / "files"), str(raw), "4M"], check=True
    )
    found: dict[bytes, bytes] = {}
    explorer = Explorer(FORMATS, Budget(Limits()), lambda file: found.update({file.path: file.data}))
    explored = explorer.explore(b"text " * 100 + _made(raw.read_bytes(), 4096), b"x")
    assert found[b"build.prop"] == b"ro.adb.secure=1\n"
    assert [span.format for span in explored.image.spans if span.kind == "understood"] == ["android-sparse"]


@pytest.mark.skipif(not _PRIVATE.exists(), reason="no folder of real images: name one with PLIMSOLL_CORPUS")
def test_a_real_image_holds_a_file_system() -> None:
    explored = Explorer(FORMATS, Budget(Limits()), lambda file: None).explore(_PRIVATE.read_bytes(), b"x")
    assert [tree.format for tree in explored.image.trees] == ["ext"]
    assert explored.image.problems == ()


def test_every_kind_of_chunk_is_read() -> None:
    opened = _open(_image(_CHUNKS, checksum=zlib.crc32(_WHOLE)) + bytes(50))
    assert opened.data == _WHOLE
    assert opened.length == len(_image(_CHUNKS))
    assert opened.problems == ()
    assert opened.label == "8 blocks of 512 bytes"


def test_longer_headers_and_minor_versions_are_read() -> None:
    chunks = [_chunk(_RAW, 2, _A, header=16), _chunk(_NOTHING, 6, header=16)]
    assert _open(_image(chunks, minor=7, sizes=(40, 16))).data == _A + bytes(6 * _BLOCK)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x3a\xff\x26\xed\x01\x00",
        _image(_CHUNKS)[:28],
        _image(_CHUNKS, blocks=0),
        _image([]),
        _image(_CHUNKS, sizes=(8, 12))[:200],
        _image([_chunk(0xCAC9, 1)]),
        _image([_chunk(_RAW, 4, _A)]),
        _image(_CHUNKS).replace(b"\x3a\xff\x26\xed\x01", b"\x3a\xff\x26\xed\x02"),
        struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, 4095, 8, 5, 0) + b"".join(_CHUNKS),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_wrong_checksums_are_told() -> None:
    wrong = [*_CHUNKS[:2], _chunk(_CHECKSUM, 0, b"crc!"), *_CHUNKS[3:]]
    opened = _open(_image(wrong, checksum=77))
    assert [str(problem) for problem in opened.problems] == [
        "the checksum in chunk 2 is wrong",
        "the checksum of the partition is wrong",
    ]
    assert opened.data == _WHOLE


def test_what_is_missing_is_zeros_and_told() -> None:
    image = _image(_CHUNKS, checksum=zlib.crc32(_WHOLE))
    opened = _open(image[:-1])
    assert opened.data == _WHOLE[:-_BLOCK] + bytes(_BLOCK)
    assert [str(problem) for problem in opened.problems] == ["1 blocks are missing"]


def test_a_damaged_chunk_ends_what_is_read() -> None:
    opened = _open(_image([_CHUNKS[0], b"\0" * 12, *_CHUNKS[1:]]))
    assert opened.data == _A + bytes(6 * _BLOCK)
    assert [str(problem) for problem in opened.problems] == ["6 blocks are missing"]


def test_chunks_beyond_the_end_are_told_and_left_out() -> None:
    opened = _open(_image([*_CHUNKS, _chunk(_FILL, 0xFFFFFFFF, b"more")]))
    assert opened.data == _WHOLE
    assert [str(problem) for problem in opened.problems] == ["chunk 5 goes on beyond the end of the partition"]


def test_a_partition_that_is_too_large_is_refused_before_anything_is_made() -> None:
    with pytest.raises(LimitReached):
        _open(_image([_chunk(_NOTHING, 0xFFFFFFFF)], blocks=0xFFFFFFFF))
    with pytest.raises(LimitReached):
        _open(_image([_chunk(_FILL, 400_000, b"bomb")], blocks=400_000))


def test_many_checksums_cost_no_more_than_one_look() -> None:
    sums = [_chunk(_CHECKSUM, 0, struct.pack("<I", zlib.crc32(bytes(100_000 * _BLOCK))))] * 20_000
    opened = _open(_image([_chunk(_NOTHING, 100_000), *sums], blocks=100_000))
    assert opened.problems == ()


def test_neither_text_nor_random_bytes_that_hold_the_sign_open() -> None:
    noise = bytearray(random.Random(4).randbytes(1 << 20))
    for at in range(2000, len(noise) - 4000, 900):
        noise[at : at + 12] = _image(_CHUNKS)[:12]
    text = (b"a line of text \x3a\xff\x26\xed\x01\x00\n" * 60_000)[: 1 << 20]
    for data in (bytes(noise), text):
        explored = Explorer((FORMAT,), Budget(Limits()), lambda file: None).explore(data, b"x")
        assert {span.format for span in explored.image.spans} == {""}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_anywhere_raises_only_declared_errors(data: st.DataObject) -> None:
    image = bytearray(_image(_CHUNKS, checksum=zlib.crc32(_WHOLE)))
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.one_of(st.integers(0, 40), st.integers(0, len(image) - 1)))
        image[offset] = data.draw(st.integers(0, 255))
    try:
        opened = open_android_sparse(View(bytes(image)), Budget(Limits(file_bytes=1 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    assert len(opened.data) <= 1 << 20


def test_the_sign_is_that_of_the_format() -> None:
    assert [(magic.literal, magic.offset) for magic in FORMAT.magics] == [(b"\x3a\xff\x26\xed\x01\x00", 0)]


def _made(whole: bytes, block: int) -> bytes:
    program = tool("img2simg", "android-sdk-libsparse-utils")
    with tempfile.TemporaryDirectory() as temporary:
        raw, target = Path(temporary) / "raw", Path(temporary) / "image"
        raw.write_bytes(whole)
        subprocess.run([program, str(raw), str(target), str(block)], check=True, capture_output=True)
        return target.read_bytes()


def _open(image: bytes) -> Decoded:
    return open_android_sparse(View(image), Budget(Limits()))
