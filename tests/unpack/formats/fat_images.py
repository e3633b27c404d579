"""Makes FAT images with the real mkfs.fat and mtools, and damages them."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.fat import open_fat
from plimsoll.unpack.limits import Budget, LimitReached, Limits
from tests.unpack import images, source_tree

SMALL = ("-F", "12", "-s", "1", "-r", "112")
"""What makes the smallest image."""


def make_small(folder: Path) -> bytes:
    """Make a small image with a file of three clusters, a long name and a directory."""
    (folder / "etc").mkdir()
    (folder / "etc" / "PASSWD").write_bytes(b"root::0:0")
    (folder / "A long name.text").write_bytes(bytes(range(256)) * 6)
    (folder / "LAST").write_bytes(b"the last")
    return make(folder, 64, *SMALL)


def exercise(image: bytes) -> None:
    """Open, list and read whatever comes out."""
    try:
        opened = open_fat(View(image), Budget(Limits(entries=1000, file_bytes=1 << 20, output_bytes=64 << 20)))
    except (NotThisFormat, LimitReached):
        return
    assert 0 < opened.length <= len(image)
    for node in opened.nodes:
        assert node.path == b"" or all(part not in (b"", b".", b"..") for part in node.path.split(b"/"))
        opened.position(node)
        if node.kind == "file":
            try:
                content = opened.read(node)
            except (Malformed, LimitReached):
                continue
            assert len(content) == node.size


def assert_same(opened: Archive, folder: Path) -> None:
    """Check all entries of an opened image against the folder it was made from."""
    expected = {path: (folder / os.fsdecode(path)) for path in source_tree.walk(folder)}
    found = {node.path: node for node in opened.nodes if node.path}
    assert {path: node.kind for path, node in found.items()} == {
        path: "directory" if full.is_dir() else "file" for path, full in expected.items()
    }
    for path, node in found.items():
        if node.kind == "file":
            assert opened.read(node) == expected[path].read_bytes()


def make(folder: Path, kilobytes: int, *options: str) -> bytes:
    """Make an image of a folder."""
    image = folder.parent / f"{folder.name}.image"
    try:
        make_at(image, folder, kilobytes, *options)
        return image.read_bytes()
    finally:
        image.unlink(missing_ok=True)


def make_at(image: Path, folder: Path, kilobytes: int, *options: str) -> None:
    """Make an image of a folder, to stay."""
    program = images.tool("mkfs.fat", "dosfstools")
    command = [program, "--invariant", "-C", *options, str(image), str(kilobytes)]
    subprocess.run(command, check=True, capture_output=True)
    entries = sorted(map(str, folder.iterdir()))
    if entries:
        mtools("mcopy", image, "-s", *entries, "::")


def mtools(name: str, image: Path, *arguments: str) -> None:
    """Run one of the mtools on an image."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1", "SOURCE_DATE_EPOCH": "1000000000"}
    command: Sequence[str] = [images.tool(name, "mtools"), "-i", str(image), *arguments]
    subprocess.run(command, check=True, capture_output=True, env=environment)


def entry(image: bytes, short: bytes) -> int:
    """Find the entry of a short name in any case flags."""
    return image.index(short)


def first_cluster(image: bytes, short: bytes) -> int:
    """Give the first cluster of an entry, by its short name."""
    return int.from_bytes(image[entry(image, short) + 26 :][:2], "little")


def linked(image: bytes, cluster: int, following: int) -> bytes:
    """Let a cluster of FAT12 lead to another, in all copies."""
    table = int.from_bytes(image[22:24], "little") * 512
    for start in (512, 512 + table):
        at = start + cluster + cluster // 2
        pair = int.from_bytes(image[at : at + 2], "little")
        pair = (pair & 0x000F) | following << 4 if cluster & 1 else (pair & 0xF000) | following
        image = patched(image, at, struct.pack("<H", pair))
    return image


def node(opened: Archive, path: bytes) -> Node:
    """Give an entry by its path."""
    return next(node for node in opened.nodes if node.path == path)


def paths(opened: Archive) -> list[bytes]:
    """Give the paths of all entries."""
    return [node.path for node in opened.nodes]


def patched(image: bytes, offset: int, value: bytes) -> bytes:
    """Put bytes over others."""
    return image[:offset] + value + image[offset + len(value) :]


def opened_of(image: bytes) -> Archive:
    """Open an image within the usual limits."""
    return open_fat(View(image), Budget(Limits()))
