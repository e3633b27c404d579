"""Folders and archives that several tests of formats begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unpack import source_tree
from tests.unpack.formats.zips import (
    RANDOM,
    TEXT,
    python_zip,
)


@pytest.fixture(scope="session")
def zip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with everything in it that a zip archive can carry: no devices, no two names of one file."""
    made = tmp_path_factory.mktemp("zip") / "source"
    source_tree.build(made)
    shutil.rmtree(made / "dev")
    for name in ("bin/ash", "home/a/vi", "etc/passwd-"):
        (made / name).unlink()
    return made


@pytest.fixture(scope="session")
def zip_folder_without_links(zip_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder without symlinks, which the real zip does not write to a pipe."""
    made = tmp_path_factory.mktemp("pipe") / "source"
    shutil.copytree(zip_folder, made, symlinks=True)
    for path in made.rglob("*"):
        if path.is_symlink():
            path.unlink()
    return made


@pytest.fixture(scope="session")
def small_zip() -> bytes:
    """Give a small archive: a directory, a packed file, a stored file, a symlink."""
    return python_zip([("etc/", b"", 0), ("etc/text", TEXT, 8), ("random", RANDOM, 0), ("link", b"etc/text", 0)])
