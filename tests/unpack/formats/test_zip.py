"""Tests of sound zip archives, made by the real zip, by the standard library, and by hand where both refuse."""

from __future__ import annotations

import io
import stat
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from plimsoll.unpack.format import Unsupported
from tests.unpack import images, source_tree
from tests.unpack.formats.explored import Everything
from tests.unpack.formats.zips import (
    TEXT,
    Made,
    make_zip,
    node_of,
    open_archive,
    python_zip,
    zip_by_hand,
    zip_to_pipe,
)


@pytest.mark.parametrize("options", [(), ("-9",), ("-0",), ("-Z", "bzip2"), ("-fz",)])
def test_every_kind_of_archive_gives_the_folder_it_was_made_from(zip_folder: Path, options: tuple[str, ...]) -> None:
    archive = make_zip(zip_folder, *options)
    opened = open_archive(archive + b"another thing")
    assert (opened.problems, opened.length) == ((), len(archive))
    source_tree.assert_same(opened, zip_folder)


def test_an_archive_without_owners_gives_the_folder_but_for_them(zip_folder: Path) -> None:
    source_tree.assert_same(open_archive(make_zip(zip_folder, "-X")), zip_folder, owners=False)


@pytest.mark.parametrize("options", [("-fd",), ("-fz", "-fd")])
def test_an_archive_with_sizes_after_the_contents_gives_the_folder(
    zip_folder_without_links: Path, options: tuple[str, ...]
) -> None:
    source_tree.assert_same(open_archive(make_zip(zip_folder_without_links, *options)), zip_folder_without_links)


def test_an_archive_that_was_written_to_a_pipe_gives_the_folder(zip_folder_without_links: Path) -> None:
    source_tree.assert_same(open_archive(zip_to_pipe(zip_folder_without_links)), zip_folder_without_links)


@pytest.mark.parametrize(
    ("method", "label"),
    [
        (zipfile.ZIP_STORED, "stored"),
        (zipfile.ZIP_DEFLATED, "deflate"),
        (zipfile.ZIP_BZIP2, "bzip2"),
        (zipfile.ZIP_LZMA, "LZMA"),
    ],
)
def test_every_method_is_undone(method: int, label: str) -> None:
    opened = open_archive(python_zip([("a", TEXT, method), ("empty", b"", method)]))
    assert [opened.read(node) for node in opened.nodes] == [TEXT, b""]
    assert opened.label == label


@pytest.mark.parametrize(("method", "tool"), [(93, "zstd"), (20, "zstd"), (95, "xz")])
def test_methods_that_the_standard_library_lacks_are_undone(method: int, tool: str) -> None:
    packed = images.stream(tool, tool if tool == "zstd" else "xz-utils", TEXT)
    opened = open_archive(zip_by_hand([Made(b"a", packed, method=method, size=len(TEXT), checksum=zlib.crc32(TEXT))]))
    assert opened.read(opened.nodes[0]) == TEXT


def test_a_method_that_is_not_read_is_told_by_name() -> None:
    opened = open_archive(zip_by_hand([Made(b"a", b"xx", method=9), Made(b"b", b"yy"), Made(b"c", b"zz", method=77)]))
    with pytest.raises(Unsupported, match="deflate64"):
        opened.read(node_of(opened, b"a"))
    with pytest.raises(Unsupported, match="77"):
        opened.read(node_of(opened, b"c"))
    assert opened.read(node_of(opened, b"b")) == b"yy"


def test_wide_numbers_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        with archive.open("wide", "w", force_zip64=True) as file:
            file.write(TEXT)
        for number in range(66_000):
            archive.writestr(f"{number}", b"")
    opened = open_archive(buffer.getvalue())
    assert (len(opened.nodes), opened.problems) == (66_001, ())
    assert opened.read(node_of(opened, b"wide")) == TEXT


def test_modes_and_kinds_come_from_the_attributes() -> None:
    made = [
        Made(b"setuid", b"x", mode=stat.S_IFREG | 0o4755),
        Made(b"folder", b"", mode=stat.S_IFDIR | 0o1777),
        Made(b"link", b"setuid", mode=stat.S_IFLNK | 0o777),
        Made(b"pipe", b"", mode=stat.S_IFIFO | 0o600),
        Made(b"plain", b"x"),
        Made(b"plain-folder/", b""),
    ]
    opened = open_archive(zip_by_hand(made))
    assert [(node.path, node.kind, node.mode, node.target) for node in opened.nodes] == [
        (b"setuid", "file", 0o4755, None),
        (b"folder", "directory", 0o1777, None),
        (b"link", "symlink", 0o777, b"setuid"),
        (b"pipe", "fifo", 0o600, None),
        (b"plain", "file", 0, None),
        (b"plain-folder", "directory", 0, None),
    ]


def test_names_are_the_bytes_that_the_archive_has() -> None:
    opened = open_archive(zip_by_hand([Made(b"\xff\x84", b"1"), Made("ü".encode(), b"2", flags=1 << 11)]))
    assert [node.path for node in opened.nodes] == [b"\xff\x84", "ü".encode()]


def test_a_comment_is_shown_and_belongs_to_the_archive(small_zip: bytes) -> None:
    commented = small_zip[:-2] + struct.pack("<H", 5) + b"hello"
    opened = open_archive(commented + b"more")
    assert (opened.length, opened.label) == (len(commented), "deflate, stored, comment hello")


def test_an_archive_inside_an_archive_does_not_end_it(small_zip: bytes) -> None:
    archive = python_zip([("inner.zip", small_zip, 0), ("after", b"after", 0)])
    opened = open_archive(archive)
    assert (opened.length, [node.path for node in opened.nodes]) == (len(archive), [b"inner.zip", b"after"])
    assert opened.read(opened.nodes[0]) == small_zip


def test_an_archive_behind_a_program_is_read_from_its_first_entry() -> None:
    archive = python_zip([("a", TEXT, 8), ("b", b"2", 0)], prefix=b"a program " * 100)
    opened = open_archive(archive[1000:])
    assert [opened.read(node) for node in opened.nodes] == [TEXT, b"2"]
    assert opened.length == len(archive) - 1000


def test_an_android_package_with_a_block_of_signatures_before_the_directory_gives_its_files() -> None:
    """The block: its size, pairs of size, id and value, the size again, `APK Sig Block 42`."""
    archive = python_zip([("classes.dex", TEXT, 8), ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n", 0)])
    start = archive.index(b"PK\x01\x02")
    pairs = struct.pack("<QI", 4 + 300, 0x7109871A) + b"PK\x05\x06" + bytes(296)
    size = struct.pack("<Q", len(pairs) + 24)
    block = size + pairs + size + b"APK Sig Block 42"
    end = archive.rindex(b"PK\x05\x06") + 16
    moved = archive[:start] + block + archive[start:end] + struct.pack("<I", start + len(block)) + archive[end + 4 :]
    opened = open_archive(moved + b"another thing")
    assert {node.path: opened.read(node) for node in opened.nodes} == {
        b"classes.dex": TEXT,
        b"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n",
    }
    assert (opened.problems, opened.length) == ((), len(moved))


def test_a_package_for_radio_chips_gives_manifest_program_and_signed_settings() -> None:
    program = TEXT * 9
    files = [("manifest.json", b'{"manifest": {"application": {"bin_file": "app.bin", "dat_file": "app.dat"}}}', 8),
             ("app.dat", b"\x12\x8a\x01signed", 8), ("app.bin", program, 8)]  # fmt: skip
    found = Everything(python_zip(files))
    assert found.files == {name.encode(): content for name, content, _ in files}
    assert (found.problems, found.understood) == ([], 1)


@pytest.mark.parametrize("method", ["ZipCrypto", "AES256"])
def test_each_encrypted_entry_is_a_problem_that_says_so(tmp_path: Path, method: str) -> None:
    (tmp_path / "source").mkdir()
    for name in ("one", "two"):
        (tmp_path / "source" / name).write_bytes(TEXT)
    command = [images.tool("7z", "p7zip-full"), "a", "-tzip", f"-mem={method}", "-psecret", "a.zip", "./source/*"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    found = Everything((tmp_path / "a.zip").read_bytes())
    assert found.files == {}
    assert found.problems == ["the content is encrypted"] * 2
    assert {span.label for span in found.image.spans} == {
        "AES, 2 encrypted" if method == "AES256" else "deflate, 2 encrypted"
    }
