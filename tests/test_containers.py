"""The same product in each wrapping that makers and readers of flash chips use comes to the same verdicts."""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from scripts import sample_product

from plimsoll.assess import assess
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from tests.unpack.images import tool

TODAY = datetime.date(2026, 1, 2)
BAD = [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.FAIL, Verdict.INCONCLUSIVE]
GOOD = [Verdict.INCONCLUSIVE] * 5


def squashfs(*options: str) -> Callable[[Path, Path], None]:
    """Give what makes a squashfs image with some options of the real tool."""

    def make(root: Path, image: Path) -> None:
        _run(tool("mksquashfs", "squashfs-tools"), root, image, "-noappend", "-all-root", "-quiet", *options)

    return make


def ext(kind: str) -> Callable[[Path, Path], None]:
    """Give what makes an image of an ext file system."""

    def make(root: Path, image: Path) -> None:
        _run(tool("mke2fs", "e2fsprogs"), "-q", "-t", kind, "-d", root, image, "8M")

    return make


def cpio(root: Path, image: Path) -> None:
    """Make a cpio archive."""
    names = b"\n".join(os.fsencode(path.relative_to(root)) for path in sorted(root.rglob("*")))
    command = [tool("cpio", "cpio"), "--quiet", "-o", "-H", "newc"]
    with image.open("wb") as file:
        subprocess.run(command, input=names, cwd=root, stdout=file, check=True)


def tar(*options: str) -> Callable[[Path, Path], None]:
    """Give what makes a tar archive, compressed or not."""
    return lambda root, image: _run("tar", "-C", root, *options, "-cf", image, ".")


def zip_archive(root: Path, image: Path) -> None:
    """Make a zip archive."""
    subprocess.run([tool("zip", "zip"), "-q", "-y", "-r", str(image), "."], cwd=root, check=True)


def uimage(root: Path, image: Path) -> None:
    """Put a U-Boot header around a squashfs image."""
    squashfs("-comp", "xz")(root, inner := image.with_suffix(".squashfs"))
    mkimage = tool("mkimage", "u-boot-tools")
    _run(mkimage, "-A", "mips", "-O", "linux", "-T", "filesystem", "-C", "none", "-n", "x", "-d", inner, image)


def flash_dump(root: Path, image: Path) -> None:
    """Put a squashfs image behind an unknown header and padding, at an odd place, as in the dump of a chip."""
    squashfs("-comp", "gzip")(root, inner := image.with_suffix(".squashfs"))
    parts = [b"BOOT" * 999, b"\xff" * 70_000, inner.read_bytes(), b"\xff" * 100_000, b"env=1\0" * 20]
    image.write_bytes(b"".join(parts))


def update_package(root: Path, image: Path) -> None:
    """Put an ext4 image, compressed, into a zip archive with a list of contents, as update packages have it."""
    folder = image.with_suffix(".folder")
    folder.mkdir()
    ext("ext4")(root, folder / "rootfs.ext4")
    _run("gzip", "-9n", folder / "rootfs.ext4")
    (folder / "contents.json").write_text('{"version": "2.4.1"}\n')
    zip_archive(folder, image)


KINDS: dict[str, Callable[[Path, Path], None]] = {
    **{f"squashfs-{codec}": squashfs("-comp", codec) for codec in ("gzip", "xz", "lzma", "lzo", "lz4", "zstd")},
    "ext2": ext("ext2"),
    "ext4": ext("ext4"),
    "cpio": cpio,
    "tar": tar(),
    "tar.gz": tar("-z"),
    "tar.xz": tar("-J"),
    "tar.bz2": tar("-j"),
    "zip": zip_archive,
    "uimage": uimage,
    "flash-dump": flash_dump,
    "update-package": update_package,
}


@pytest.fixture(scope="module", params=["bad", "good"])
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the tree of one of the twins as a folder."""
    folder = tmp_path_factory.mktemp(request.param) / str(request.param)
    twin = sample_product.bad_twin() if request.param == "bad" else sample_product.good_twin()
    for path, (mode, data) in (sample_product.common() | twin).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == 0o120777:
            target.symlink_to(data.decode())
        else:
            target.write_bytes(data)
            target.chmod(mode)
    return folder


@pytest.mark.parametrize("kind", [*KINDS, "folder"])
def test_the_wrapping_changes_no_verdict(root: Path, kind: str, tmp_path: Path) -> None:
    image = root
    if kind != "folder":
        image = tmp_path / "image.bin"
        KINDS[kind](root, image)
    assessment = assess(image, Product(), today=TODAY)
    assert [one.verdict for one in assessment.capabilities] == (BAD if root.name == "bad" else GOOD)
    assert not assessment.images[0].problems
    assert assessment.images[0].understood_share > (0.25 if kind == "flash-dump" else 0.9)


def _run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)
