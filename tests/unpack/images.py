"""Makes real images and streams with the real tools; a test whose tool is absent is skipped and says which package."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


def tool(name: str, package: str) -> str:
    """Give the path of a program, on the system or beside this Python, or skip the test."""
    found = shutil.which(name) or shutil.which(name, path=Path(sys.executable).parent)
    if found is None:
        pytest.skip(f"{name} is absent; install the package {package}")
    return found


def squashfs(folder: Path, *options: str) -> bytes:
    """Make a squashfs image of a folder."""
    program = tool("mksquashfs", "squashfs-tools")
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "image"
        command = [program, str(folder), str(target), "-quiet", "-no-progress", *options]
        subprocess.run(command, check=True, capture_output=True)
        return target.read_bytes()


def stream(program: str, package: str, data: bytes, *options: str) -> bytes:
    """Put data through a compressor that reads its standard input."""
    return subprocess.run([tool(program, package), "-c", *options], input=data, capture_output=True, check=True).stdout
