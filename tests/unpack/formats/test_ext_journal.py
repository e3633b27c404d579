"""Tests of ext images that debugfs changed: a journal that holds more than the image, and content put into inodes."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from plimsoll.unpack.format import View
from plimsoll.unpack.formats.ext import Ext, open_ext
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack.images import tool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a file of one block, and one of each length around what fits into an inode."""
    made = tmp_path / "source"
    made.mkdir()
    (made / "setting").write_bytes(b"old " * 256)
    for length in (0, 1, 60, 61, 150, 160, 161, 200):
        (made / f"{length}").write_bytes(b"%d," % length * length)
    return made


@pytest.mark.parametrize("kind", ["ext3", "ext4"])
def test_what_only_the_journal_holds_is_told_and_not_read(folder: Path, tmp_path: Path, kind: str) -> None:
    image = _make(folder, tmp_path, "-t", kind, "-b", "1024")
    assert _open(image).problems == ()
    (tmp_path / "block").write_bytes(b"new " * 256)
    block = int(_debugfs(image, ["bmap setting 0"]).split()[-1])
    _debugfs(image, ["jo", f"jw -b {block} {tmp_path / 'block'}", "jc"])
    opened = _open(image)
    assert [str(reason) for _, reason in opened.problems] == [
        "it was not closed properly; changes that are only in its journal are not read"
    ]
    assert _contents(opened)[b"setting"] == b"old " * 256
    subprocess.run([tool("e2fsck", "e2fsprogs"), "-f", "-y", str(image)], check=False, capture_output=True)
    replayed = _open(image)
    assert replayed.problems == ()
    assert _contents(replayed)[b"setting"] == b"new " * 256


@pytest.mark.parametrize("size", ["256", "512"])
def test_content_that_debugfs_puts_into_inodes_is_read(folder: Path, tmp_path: Path, size: str) -> None:
    image = _make(folder, tmp_path, "-t", "ext4", "-b", "1024", "-I", size, "-O", "inline_data")
    expected = _contents(_open(image))
    (tmp_path / "tiny").write_bytes(b"tiny")
    (tmp_path / "little").write_bytes(b"little" * 20)
    lines = ["mkdir made", *(f"write {tmp_path / name} made/{name}" for name in ("tiny", "little"))]
    _debugfs(image, [*lines, "symlink made/link ../setting", f"symlink made/far {'f' * 130}", "rm 61"])
    opened = _open(image)
    assert opened.problems == ()
    del expected[b"61"]
    assert _contents(opened) == expected | {b"made/tiny": b"tiny", b"made/little": b"little" * 20}
    nodes = {node.path: node for node in opened.nodes}
    assert [opened.position(nodes[name]) for name in (b"1", b"made/tiny")] == [0, 0]
    assert {node.target for node in opened.nodes if node.kind == "symlink"} == {b"../setting", b"f" * 130}


def _make(folder: Path, place: Path, *options: str) -> Path:
    image = place / "image"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    command = [tool("mke2fs", "e2fsprogs"), "-q", "-F", *options, "-d", str(folder), str(image)]
    subprocess.run(command, check=True, capture_output=True)
    return image


def _debugfs(image: Path, lines: Sequence[str]) -> str:
    command = [tool("debugfs", "e2fsprogs"), "-w", "-f", "-", str(image)]
    done = subprocess.run(command, input="\n".join([*lines, "quit"]), text=True, check=True, capture_output=True)
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("debugfs:"))


def _contents(opened: Ext) -> dict[bytes, bytes]:
    return {node.path: opened.read(node) for node in opened.nodes if node.kind == "file"}


def _open(image: Path) -> Ext:
    return open_ext(View(image.read_bytes()), Budget(Limits()))
