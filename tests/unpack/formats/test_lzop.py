"""Tests of lzop files, made by the real program; blocks that it does not write are made by hand."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.formats.lzop import FORMAT, MAGIC, open_lzop
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images

_CONTENT = random.Random(1).randbytes(300_000).hex().encode()


@pytest.mark.parametrize("options", [(), ("-1",), ("-9",), ("--crc32",), ("-F",), ("--no-checksum",)])
def test_a_file_is_undone_and_ends_where_it_ends(options: tuple[str, ...]) -> None:
    stream = images.stream("lzop", "lzop", _CONTENT, *options)
    opened = open_lzop(View(stream + b"other things"), _budget())
    assert (opened.data, opened.length, opened.problems) == (_CONTENT, len(stream), ())


def test_blocks_that_did_not_become_smaller_are_given_as_they_are() -> None:
    content = random.Random(2).randbytes(600_000)
    stream = images.stream("lzop", "lzop", content)
    opened = open_lzop(View(stream), _budget())
    assert (opened.data, opened.length) == (content, len(stream))
    assert content[1000:2000] in stream


def test_nothing_is_undone_to_nothing() -> None:
    stream = images.stream("lzop", "lzop", b"")
    opened = open_lzop(View(stream), _budget())
    assert (opened.data, opened.length) == (b"", len(stream))


def test_the_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "name of it").write_bytes(_CONTENT)
    program = images.tool("lzop", "lzop")
    subprocess.run([program, "name of it"], cwd=tmp_path, check=True, capture_output=True)
    opened = open_lzop(View((tmp_path / "name of it.lzo").read_bytes()), _budget())
    assert (opened.data, opened.label) == (_CONTENT, "name name%20of%20it")


def test_an_old_header_is_read() -> None:
    opened = open_lzop(View(_file([b"stored"], version=0x0800)), _budget())
    assert (opened.data, opened.problems) == (b"stored", ())


def test_an_extra_field_is_stepped_over() -> None:
    assert open_lzop(View(_file([b"stored"], flags=0x41)), _budget()).data == b"stored"


def test_what_there_is_of_a_truncated_file_is_given() -> None:
    stream = images.stream("lzop", "lzop", _CONTENT)
    opened = open_lzop(View(stream[:-5000]), _budget())
    assert len(opened.data) == 2 * (256 << 10)
    assert _CONTENT.startswith(opened.data)
    assert [str(problem) for problem in opened.problems] == ["cut short in block 3"]


def test_a_wrong_checksum_is_a_problem_and_the_content_is_given() -> None:
    file = bytearray(_file([b"first block", b"second block"]))
    file[-6] ^= 1
    opened = open_lzop(View(bytes(file)), _budget())
    assert opened.data[:19] == b"first blocksecond b"
    assert [str(problem) for problem in opened.problems] == ["the checksum of a block is wrong"]


def test_a_damaged_block_ends_it_and_those_before_it_are_given() -> None:
    file = _file([b"sound"])[:-4] + struct.pack(">III", 100_000, 40, 0) + b"\xff" * 40 + bytes(4)
    opened = open_lzop(View(file), _budget())
    assert opened.data == b"sound"
    assert "cannot be undone" in str(opened.problems[0])


def test_a_file_of_which_nothing_can_be_read_is_told() -> None:
    with pytest.raises(Malformed, match="cut short in block 1"):
        open_lzop(View(_file([])[:-4]), _budget())


def test_a_filter_is_told_as_not_read() -> None:
    with pytest.raises(Unsupported):
        open_lzop(View(_file([b"stored"], flags=0x801)), _budget())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + bytes(60),
        MAGIC + b"\xff" * 400,
        MAGIC + b"\x10\x30 is what such a file begins with, and not more than that is known of this one",
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        open_lzop(View(data), _budget())


def test_a_wrong_checksum_of_the_header_is_something_else() -> None:
    file = bytearray(_file([b"stored"]))
    file[20] ^= 0x80
    with pytest.raises(NotThisFormat):
        open_lzop(View(bytes(file)), _budget())


def test_a_bomb_is_stopped_on_the_way() -> None:
    with pytest.raises(LimitReached):
        open_lzop(View(images.stream("lzop", "lzop", bytes(20 << 20))), Budget(Limits(file_bytes=1 << 20)))


def test_a_huge_claim_makes_nothing_of_that_size() -> None:
    file = _file([])[:-4] + struct.pack(">III", 64 << 20, 40, 0) + b"\x11" * 40
    with pytest.raises((Malformed, LimitReached)):
        open_lzop(View(file), Budget(Limits(output_bytes=1 << 20)))


def test_random_bytes_and_text_with_the_magic_hold_no_file() -> None:
    seen: list[File] = []
    random_bytes = random.Random(3).randbytes(1000)
    data = b"".join(MAGIC + random_bytes[at : at + 900] for at in range(90)) + (MAGIC + b"text ") * 5000
    explored = Explorer(FORMATS, Budget(Limits()), seen.append).explore(data, b"x")
    assert not [span for span in explored.image.spans if span.format]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=4), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255))))
def test_any_change_is_refused_or_stays_within_bounds(blocks: list[bytes], changes: list[tuple[int, int]]) -> None:
    file = bytearray(_file(blocks))
    for position, value in changes:
        file[position % len(file)] = value
    try:
        opened = open_lzop(View(bytes(file)), _budget())
    except (NotThisFormat, Malformed, EOFError, LimitReached):
        return
    assert 0 < opened.length <= len(file)


def test_it_may_lie_anywhere() -> None:
    assert (FORMAT.name, FORMAT.carve) == ("lzop", True)


def _file(blocks: list[bytes], version: int = 0x1030, flags: int = 0x1) -> bytes:
    """Make a file of stored blocks, each with its Adler checksum."""
    is_new = version >= 0x0940
    header = struct.pack(">HH", version, 0x20A0) + (struct.pack(">HBB", 0x0940, 3, 5) if is_new else b"\x03")
    header += struct.pack(">I", flags) + (bytes(4) if flags & 0x800 else b"")
    header += bytes(12 if is_new else 8) + b"\x00"
    extra = struct.pack(">I", 3) + b"xyz" + struct.pack(">I", zlib.adler32(b"xyz")) if flags & 0x40 else b""
    body = b"".join(struct.pack(">III", len(one), len(one), zlib.adler32(one)) + one for one in blocks if one)
    return MAGIC + header + struct.pack(">I", zlib.adler32(header)) + extra + body + bytes(4)


def _budget() -> Budget:
    return Budget(Limits(file_bytes=4 << 20))
