"""Tests of cabinets, made by gcab, and by a generator here where it has no say."""

from __future__ import annotations

import random
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plimsoll.unpack.format import Malformed, NotThisFormat, Unsupported, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.cab import FORMAT, MAGIC, open_cab
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, look_alikes
from tests.unpack.formats.explored import Everything

_TEXT = random.Random(5).randbytes(50_000).hex().encode()
_FILES = {b"firmware.bin": random.Random(6).randbytes(100_001), b"firmware.metainfo.xml": b"<component/>\n",
          b"text": _TEXT, b"empty": b"", b"folder/inside": b"one"}  # fmt: skip


_HEADER = struct.pack("<4s4xI4xI4xBB5H", MAGIC, 100, 44, 3, 1, 1, 1, 0, 0, 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to pack."""
    made = tmp_path_factory.mktemp("cab") / "source"
    (made / "folder").mkdir(parents=True)
    for name, content in _FILES.items():
        (made / name.decode()).write_bytes(content)
    return made


@pytest.mark.parametrize(("options", "label"), [((), "stored"), (("-z",), "MSZIP")])
def test_a_cabinet_of_gcab_gives_its_files(folder: Path, options: tuple[str, ...], label: str) -> None:
    cabinet = _gcab(folder, *options)
    opened = _open(cabinet + b"another thing")
    assert (opened.length, opened.label, opened.problems) == (len(cabinet), label, ())
    assert {node.path: opened.read(node) for node in opened.nodes} == _FILES


def test_a_cabinet_inside_an_image_is_found(folder: Path) -> None:
    found = Everything(bytes(5_000) + _gcab(folder, "-z") + bytes(5_000))
    assert found.files == _FILES
    assert (found.problems, found.understood) == ([], 1)


@pytest.mark.parametrize("flags", [0, 1, 2, 3, 4, 7])
@pytest.mark.parametrize("method", [0, 1])
def test_blocks_that_point_back_and_reserved_bytes_are_read(method: int, flags: int) -> None:
    opened = _open(_cab([(b"one", _TEXT), (b"a\\two", b"2" * 70_000)], method, flags))
    assert {node.path: opened.read(node) for node in opened.nodes} == {b"one": _TEXT, b"a/two": b"2" * 70_000}
    assert opened.problems == ()


@pytest.mark.parametrize(("method", "name"), [(2, "Quantum"), (3, "LZX"), (0x1503, "LZX"), (9, "9")])
def test_a_method_that_is_not_read_says_so_of_each_file(method: int, name: str) -> None:
    opened = _open(_cab([(b"one", b"1"), (b"two", b"2")], method))
    for node in opened.nodes:
        with pytest.raises(Unsupported, match=f"the method {name} is not read"):
            opened.read(node)


def test_a_file_that_goes_on_elsewhere_says_so() -> None:
    cabinet = bytearray(_cab([(b"one", b"1"), (b"two", b"2")], 0))
    at = cabinet.index(b"two\0") - 8
    for folder, reason in ((0xFFFE, "another cabinet"), (7, "absent")):
        cabinet[at : at + 2] = struct.pack("<H", folder)
        opened = _open(bytes(cabinet))
        assert opened.read(opened.nodes[0]) == b"1"
        with pytest.raises(Malformed, match=reason):
            opened.read(opened.nodes[1])


def test_damage_to_a_block_leaves_the_files_before_it() -> None:
    cabinet = bytearray(_cab([(b"one", b"1" * 32_768), (b"two", b"2" * 32_768)], 1))
    cabinet[-12:] = bytes(12)
    opened = _open(bytes(cabinet))
    assert opened.read(opened.nodes[0]) == b"1" * 32_768
    with pytest.raises(Malformed, match="block 1 of the folder is damaged"):
        opened.read(opened.nodes[1])


def test_what_there_is_of_a_truncated_cabinet_is_given() -> None:
    opened = _open(_cab([(b"one", b"1" * 32_768), (b"two", b"2" * 32_768)], 0)[:-5])
    assert [str(problem) for _, problem in opened.problems] == ["cut short: 5 bytes are missing"]
    assert opened.read(opened.nodes[0]) == b"1" * 32_768
    with pytest.raises(Malformed, match="cut short"):
        opened.read(opened.nodes[1])


def test_a_second_folder_on_the_blocks_of_the_first_gives_nothing() -> None:
    cabinet = _cab([(b"one", b"1")], 0)
    at = 36 + 8
    folder = struct.pack("<IHH", int.from_bytes(cabinet[36:40], "little") + 8, 1, 0)
    header = struct.pack("<4s4xI4xI4xBB5H", MAGIC, len(cabinet) + 8, at + 8, 3, 1, 2, 1, 0, 0, 0)
    for number, content in ((0, b"1"), (1, None)):
        listed = bytearray(cabinet[at:])
        listed[8:10] = struct.pack("<H", number)
        opened = _open(header + folder * 2 + bytes(listed))
        if content is not None:
            assert opened.read(opened.nodes[0]) == content
        else:
            with pytest.raises(Malformed, match="cut short"):
                opened.read(opened.nodes[0])


def test_names_that_climb_out_are_left_out() -> None:
    opened = _open(_cab([(b"..\\..\\etc\\passwd", b"1"), (b"two", b"2")], 0))
    assert [(node.path, opened.read(node)) for node in opened.nodes] == [(b"two", b"2")]
    assert len(opened.problems) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        MAGIC,
        MAGIC + bytes(100),
        MAGIC + b" is how a cabinet begins, and this is text that goes on for some time" * 3,
        _HEADER,
        _HEADER + struct.pack("<IHH", 200, 1, 0) + bytes(60),
        _HEADER + struct.pack("<IHH", 60, 1, 0) + struct.pack("<IIHHHH", 1, 0, 5, 0, 0, 0) + b"a\0" + bytes(60),
        _HEADER + struct.pack("<IHH", 60, 1, 0) + struct.pack("<IIHHHH", 1, 0, 0, 0, 0, 0) + bytes(60),
    ],
)
def test_something_else_is_refused(data: bytes) -> None:
    with pytest.raises((NotThisFormat, EOFError)):
        _open(data)


def test_nothing_opens_in_random_bytes_and_text() -> None:
    look_alikes.assert_nothing_opens(FORMAT)


def test_more_content_than_allowed_is_refused() -> None:
    cabinet = _cab([(b"one", bytes(400_000))], 1)
    opened = open_cab(View(cabinet), Budget(Limits(file_bytes=100_000)))
    with pytest.raises(LimitReached):
        opened.read(opened.nodes[0])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_raises_only_declared_errors(data: st.DataObject) -> None:
    image = bytearray(_cab([(b"one", b"some text " * 20), (b"two", b"2")], data.draw(st.sampled_from([0, 1])), 4))
    for offset in data.draw(st.lists(st.integers(0, len(image) - 1), max_size=8)):
        image[offset] = data.draw(st.integers(0, 255))
    image = image[: data.draw(st.integers(0, len(image)) | st.just(len(image)))]
    try:
        opened = open_cab(View(bytes(image)), Budget(Limits(entries=100)))
    except (NotThisFormat, EOFError):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        opened.position(node)
        try:
            assert len(opened.read(node)) == node.size
        except (Malformed, LimitReached):
            continue


def _gcab(folder: Path, *options: str) -> bytes:
    target = folder.parent / "archive.cab"
    target.unlink(missing_ok=True)
    names = [name.decode() for name in _FILES]
    command = [images.tool("gcab", "gcab"), "-c", *options, str(target), *names]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return target.read_bytes()


def _cab(files: list[tuple[bytes, bytes]], method: int, flags: int = 0) -> bytes:
    """Write a cabinet of one folder, with reserved bytes and names of other cabinets as the flags say."""
    reserved = struct.pack("<HBB", 5, 3, 2) + b"hhhhh" if flags & 4 else b""
    others = b"a.cab\0disk\0" * ((flags & 1) + (flags >> 1 & 1))
    listed = b""
    start = 0
    for name, content in files:
        listed += struct.pack("<IIHHHH", len(content), start, 0, 0, 0, 0x20) + name + b"\0"
        start += len(content)
    blocks = _blocks(b"".join(content for _, content in files), method, b"bb" if flags & 4 else b"")
    list_at = 36 + len(reserved) + len(others) + 8 + (3 if flags & 4 else 0)
    data_at = list_at + len(listed)
    folder = struct.pack("<IHH", data_at, len(blocks), method) + (b"fff" if flags & 4 else b"")
    length = data_at + sum(map(len, blocks))
    header = struct.pack("<4s4xI4xI4xBB5H", MAGIC, length, list_at, 3, 1, 1, len(files), flags, 0, 0)
    return header + reserved + others + folder + listed + b"".join(blocks)


def _blocks(content: bytes, method: int, reserved: bytes) -> list[bytes]:
    blocks = []
    for at in range(0, len(content), 32_768):
        piece = content[at : at + 32_768]
        packed = piece
        if method == 1:
            encoder = zlib.compressobj(wbits=-15, zdict=content[max(at - 32_768, 0) : at])
            packed = b"CK" + encoder.compress(piece) + encoder.flush()
        sizes = struct.pack("<HH", len(packed), len(piece)) + reserved
        blocks.append(struct.pack("<I", _sum(sizes, _sum(packed, 0))) + sizes + packed)
    return blocks


def _sum(data: bytes, value: int) -> int:
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        value ^= word
    return value ^ int.from_bytes(data[whole:], "big")


def _open(data: bytes) -> Archive:
    return open_cab(View(data), Budget(Limits()))
