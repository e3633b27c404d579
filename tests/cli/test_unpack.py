"""`plimsoll unpack` as a person runs it: the list, the safe copy, and what is refused."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from scripts import sample_product

from tests.cli.run import plimsoll


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """Give the sample product's bad twin."""
    path = tmp_path / "bad.bin"
    path.write_bytes(sample_product.image(good=False))
    return path


def test_the_list_shows_the_map_and_every_entry(image: Path) -> None:
    run = plimsoll("unpack", "--list", image)
    assert (run.returncode, run.stderr) == (0, "")
    assert "100 % of the bytes of bad.bin were understood" in run.stdout.replace("\n", " ")
    assert "uimage" in run.stdout
    for path in sample_product.bad_twin():
        assert path in run.stdout
    assert "\x1b" not in run.stdout


def test_the_copy_holds_the_same_bytes(image: Path, tmp_path: Path) -> None:
    run = plimsoll("unpack", image, "-o", tmp_path / "out")
    assert run.returncode == 0
    (shadow,) = (tmp_path / "out").rglob("etc/shadow")
    assert (
        hashlib.sha256(shadow.read_bytes()).digest()
        == hashlib.sha256(sample_product.bad_twin()["etc/shadow"][1]).digest()
    )
    assert (shadow.parent.parent / "bin" / "sh").readlink() == Path("busybox")


def test_nothing_of_a_copy_leaves_its_folder(tmp_path: Path) -> None:
    files: sample_product.Files = {
        "etc/one": (0o644, b"1\n"),
        "etc/out": (0o120777, b"../../../../../../etc/passwd"),
        "etc/root": (0o120777, b"/etc/one"),
        "dev/sda": (0o060660, b""),
        "line\n\xff": (0o644, b"x"),
    }
    archive = sample_product.cpio({name: entry for name, entry in files.items() if name != "line\n\xff"})
    evil = archive.replace(b"etc/one\0", b"../ones\0")
    (tmp_path / "evil.cpio").write_bytes(evil)
    run = plimsoll("unpack", tmp_path / "evil.cpio", "-o", tmp_path / "out")
    assert run.returncode == 0
    assert "left out" in run.stdout
    for folder, _, names in os.walk(tmp_path / "out"):
        for name in names:
            path = Path(folder, name)
            assert path.resolve().is_relative_to(tmp_path / "out")
            assert not path.is_block_device()
    assert not (tmp_path / "ones").exists()


def test_a_folder_that_is_not_empty_is_left_alone(image: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")
    run = plimsoll("unpack", image, "-o", tmp_path / "out")
    assert run.returncode == 2
    assert "is not empty" in run.stderr
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]


def test_bytes_of_no_format_are_shown_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(1, 251)) * 100 + bytes(10_000))
    run = plimsoll("unpack", "--list", tmp_path / "x.bin")
    assert run.returncode == 0
    assert "unknown" in run.stdout
    assert "padding" in run.stdout


@pytest.mark.parametrize(("words", "code"), [(("--list", "none.bin"), 2), (("--list", "-o", "out", "none.bin"), 2)])
def test_wrong_use_is_told_in_a_sentence(words: tuple[str, ...], code: int) -> None:
    run = plimsoll("unpack", *words)
    assert run.returncode == code
    assert "Traceback" not in run.stderr
