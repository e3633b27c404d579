"""Tests of the 7z reader, against archives that the real 7z makes of a real folder."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Encrypted, Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.sevenzip import FORMAT, MAGIC, open_sevenzip
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, look_alikes, source_tree
from tests.unpack.formats.explored import Everything

_TEXT = random.Random(5).randbytes(3_000).hex().encode()
_CODE = random.Random(6).randbytes(400) + b"\xe8\x10\x20\0\0\x90" * 3_000 + b"\x04\xe0\x2d\xe5\0\0\0\xeb" * 3_000


@pytest.fixture(scope="module")
def folder(zip_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with what a 7z archive carries: no devices, names that are text."""
    made = tmp_path_factory.mktemp("7z") / "source"
    shutil.copytree(zip_folder, made, symlinks=True)
    (made / "odd" / os.fsdecode(b"not-utf8-\xff\xfe")).unlink()
    (made / "etc" / "dangling").unlink()
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a small solid archive of two files, a directory and a link, whose list of files is as it is."""
    made = tmp_path_factory.mktemp("small") / "source"
    (made / "empty-folder").mkdir(parents=True)
    (made / "empty").write_bytes(b"")
    (made / "one").write_bytes(_TEXT)
    (made / "two").write_bytes(b"second " * 20)
    (made / "link").symlink_to("one")
    return _archive(made, "-m0=LZMA", "-mhc=off")


@pytest.mark.parametrize(
    ("options", "label"),
    [
        (("-m0=LZMA2",), "LZMA2, solid"),
        (("-m0=LZMA",), "LZMA, solid"),
        (("-m0=LZMA", "-ms=off"), "LZMA"),
        (("-m0=LZMA2", "-ms=100k", "-mhc=off"), "LZMA2, solid"),
        (("-m0=Copy",), "copy"),
        (("-m0=Deflate",), "deflate, solid"),
        (("-m0=BZip2",), "bzip2, solid"),
    ],
)
def test_every_method_gives_the_folder_it_was_made_from(folder: Path, options: tuple[str, ...], label: str) -> None:
    archive = _archive(folder, *options)
    opened = _open(archive + b"another thing")
    assert (opened.problems, opened.length) == ((), len(archive))
    assert opened.label.removesuffix(", solid") == label.removesuffix(", solid")
    source_tree.assert_same(opened, folder, owners=False)


@pytest.mark.parametrize("machine", ["BCJ", "PPC", "IA64", "ARM", "ARMT", "SPARC", "Delta:4"])
@pytest.mark.parametrize("method", ["LZMA", "LZMA2", "Copy", "Deflate"])
def test_every_filter_is_undone(tmp_path: Path, machine: str, method: str) -> None:
    contents = {b"code": _CODE, b"more": _CODE[1:-3]}
    opened = _open(_of(tmp_path, contents, f"-m0={machine}", f"-m1={method}"))
    assert {node.path: opened.read(node) for node in opened.nodes} == contents


def test_files_are_read_from_several_threads_and_in_any_order(folder: Path) -> None:
    opened = _open(_archive(folder, "-m0=LZMA2", "-ms=200k"))
    nodes = sorted((node for node in opened.nodes if node.kind == "file"), key=lambda node: node.path[::-1])[:200]
    with ThreadPoolExecutor(4) as pool:
        assert [len(data) for data in pool.map(opened.read, nodes)] == [node.size for node in nodes]


def test_a_solid_archive_is_undone_once(folder: Path) -> None:
    budget = Budget(Limits(output_bytes=16 << 20))
    opened = open_sevenzip(View(_archive(folder, "-m0=LZMA2")), budget)
    # All files twice: as they come out of the folder, and cut out of it. Undone for each file it would be 700 times.
    assert len(source_tree.digests(opened)) > 700


def test_an_archive_inside_an_image_is_found(small: bytes) -> None:
    found = Everything(bytes(5_000) + small + b"\xff" * 5_000)
    assert found.files == {b"one": _TEXT, b"two": b"second " * 20, b"empty": b""}
    assert (found.problems, found.understood) == ([], 1)


def test_an_archive_without_files_is_empty() -> None:
    opened = _open(_with_list(b"", b""))
    assert (opened.nodes, opened.length, opened.problems) == ((), 32, ())


def test_an_encrypted_archive_says_so_of_each_file(tmp_path: Path) -> None:
    archive = _of(tmp_path, {b"one": _TEXT, b"two": _TEXT}, "-psecret")
    found = Everything(archive)
    assert found.files == {}
    assert found.problems == ["the content is encrypted"] * 2


def test_an_archive_with_an_encrypted_list_of_files_says_so(tmp_path: Path) -> None:
    archive = _of(tmp_path, {b"one": _TEXT}, "-psecret", "-mhe=on")
    with pytest.raises(Encrypted, match="the list of files is encrypted") as raised:
        _open(archive + b"more")
    assert raised.value.length == len(archive)


@pytest.mark.parametrize("method", ["PPMd", "BCJ2", "Deflate64"])
def test_a_method_that_is_not_read_says_so_of_each_file(tmp_path: Path, method: str) -> None:
    opened = _open(_of(tmp_path, {b"one": _CODE, b"empty": b""}, f"-m0={method}"))
    assert opened.read(_node(opened, b"empty")) == b""
    with pytest.raises(Unsupported, match="is not read"):
        opened.read(_node(opened, b"one"))


@pytest.mark.parametrize("data", [b"", MAGIC, MAGIC + b"\0\4" + bytes(40), MAGIC + b" is how it begins" * 4])
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


def test_a_truncated_archive_has_lost_its_list_of_files(small: bytes) -> None:
    with pytest.raises(Malformed, match="cut short: 10 bytes are missing") as raised:
        _open(small[:-10])
    assert raised.value.length == len(small) - 10


def test_damage_to_the_list_of_files_is_told(small: bytes) -> None:
    with pytest.raises(Malformed, match="the checksum of the list of files is wrong"):
        _open(small[:-5] + bytes([small[-5] ^ 1]) + small[-4:])


def test_damage_late_in_a_folder_leaves_the_files_before_it(tmp_path: Path) -> None:
    contents = {b"a": random.Random(1).randbytes(300_000), b"b": random.Random(2).randbytes(300_000)}
    archive = bytearray(_of(tmp_path, contents, "-m0=LZMA2"))
    archive[32 + 450_000 : 32 + 450_020] = b"\xff" * 20
    opened = _open(bytes(archive))
    read = {}
    for node in opened.nodes:
        try:
            read[node.path] = opened.read(node)
        except Malformed:
            continue
    assert read == {b"a": contents[b"a"]}


def test_a_huge_claim_makes_nothing_of_that_size(tmp_path: Path) -> None:
    archive = _of(tmp_path, {b"one": bytes(20_000_000)}, "-m0=LZMA", "-mhc=off")
    assert len(archive) < 10_000
    with pytest.raises(LimitReached):
        opened = open_sevenzip(View(archive), Budget(Limits(file_bytes=1 << 20)))
        opened.read(opened.nodes[0])
    small_floor = Limits(ratio=100, ratio_floor_bytes=1 << 20)
    with pytest.raises(LimitReached):
        opened = open_sevenzip(View(archive), Budget(small_floor))
        opened.read(opened.nodes[0])


@pytest.mark.parametrize(
    "listed",
    [
        b"\1\5\xff" + b"\xff" * 8,
        b"\1\4\6\0\xf0\xff\xff\xff\xff\x09",
        b"\1\4\7\x0b\xf0\xff\xff\xff\xff\0",
        b"\1\4\7\x0b\1\0\xff" + b"\xff" * 8,
        b"\1\4\7\x0b\1\0\1\x21\x21\1\x18\x0c\x05\0\x08\x0d\xff" + b"\xff" * 8 + b"\0",
        b"\x17" * 5,
        b"\1",
        b"\1\1",
        b"\2",
        b"\0",
    ],
)
def test_lists_of_files_that_claim_too_much_are_refused(listed: bytes) -> None:
    with pytest.raises((Malformed, LimitReached)):
        _open(_with_list(b"x" * 9, listed))


def test_names_that_climb_out_are_left_out(small: bytes) -> None:
    start, size = struct.unpack_from("<QQ", small, 12)
    listed = small[32 + start : 32 + start + size].replace("two\0".encode("utf-16-le"), "../\0".encode("utf-16-le"))
    opened = _open(_with_list(small[32 : 32 + start], listed))
    assert {node.path for node in opened.nodes} == {b"one", b"empty", b"empty-folder", b"link"}
    assert ["left out" in str(problem) for _, problem in opened.problems] == [True]


def test_more_entries_than_allowed_are_refused(small: bytes) -> None:
    with pytest.raises(LimitReached, match="3 entries"):
        open_sevenzip(View(small), Budget(Limits(entries=3)))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_list_of_files_is_refused_or_read_within_its_bounds(small: bytes, data: st.DataObject) -> None:
    """The list has a checksum, so that is made right again after each change."""
    start, size = struct.unpack_from("<QQ", small, 12)
    listed = bytearray(small[32 + start : 32 + start + size])
    for offset in data.draw(st.lists(st.integers(0, len(listed) - 1), min_size=1, max_size=5)):
        listed[offset] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del listed[data.draw(st.integers(1, len(listed))) :]
    image = _with_list(small[32 : 32 + start], bytes(listed))
    try:
        opened = open_sevenzip(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20)))
    except (Malformed, LimitReached):
        return
    assert opened.length == len(image)
    for node in opened.nodes:
        opened.position(node)
        if node.kind == "file":
            try:
                assert len(opened.read(node)) == node.size
            except (Malformed, LimitReached):
                continue


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_packed_bytes_raise_only_declared_errors(packed: bytes) -> None:
    listed = b"\1\4\6\0\1\x09" + bytes([len(packed)]) if len(packed) < 128 else b""
    listed += b"\0\7\x0b\1\0\1\x23\3\1\1\5\x5d\0\0\1\0\x0c\x64\0\0\5\1\x11\5\0a\0\0\0\0\0"
    try:
        opened = _open(_with_list(packed, listed))
        for node in opened.nodes:
            opened.read(node)
    except Malformed:
        return


def _of(folder: Path, contents: dict[bytes, bytes], *options: str) -> bytes:
    (folder / "source").mkdir()
    for name, content in contents.items():
        (folder / "source" / os.fsdecode(name)).write_bytes(content)
    return _archive(folder / "source", *options)


def _archive(folder: Path, *options: str) -> bytes:
    target = folder.parent / "archive.7z"
    target.unlink(missing_ok=True)
    names = sorted(path.name for path in folder.iterdir())
    command = [images.tool("7z", "p7zip-full"), "a", "-t7z", "-snl", "-mtc=off", *options, str(target), *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return target.read_bytes()


def _with_list(packed: bytes, listed: bytes) -> bytes:
    """Write an archive around packed streams and a list of files."""
    place = struct.pack("<QQI", len(packed), len(listed), zlib.crc32(listed)) if listed else bytes(20)
    return MAGIC + b"\0\4" + struct.pack("<I", zlib.crc32(place)) + place + packed + listed


def _node(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def _open(data: bytes) -> Archive:
    return open_sevenzip(View(data), Budget(Limits()))
