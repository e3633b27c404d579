"""Makes disks with the real sfdisk and fdisk, and puts content into their partitions."""

from __future__ import annotations

import random
import subprocess
import tempfile
import zlib
from pathlib import Path

from plimsoll.unpack.format import Container
from tests.unpack import images

MIB = 1 << 20
CONTENT = [zlib.compress(random.Random(seed).randbytes(5_000) * 2, wbits=31) for seed in range(8)]
"""What partitions begin with; gzip streams."""


def sfdisk(script: str, size: int) -> bytes:
    """Make a disk of 512 byte sectors from a script of sfdisk."""
    return _make([images.tool("sfdisk", "fdisk"), "--quiet", "--no-reread"], script, size)


def fdisk(commands: str, size: int, sector: int) -> bytes:
    """Make a disk of sectors of any size from commands as they are typed."""
    return _make([images.tool("fdisk", "fdisk"), "-b", str(sector)], commands.replace(" ", "\n") + "\n", size)


def filled(disk: bytes, starts: list[int]) -> bytes:
    """Put content at offsets."""
    made = bytearray(disk)
    for start, content in zip(starts, CONTENT, strict=False):
        made[start : start + len(content)] = content
    return bytes(made)


def named(opened: Container) -> list[tuple[str, int, int]]:
    """Give name, offset and length of the parts that have a name."""
    return [(part.name, part.offset, part.length) for part in opened.parts if part.name]


def gaps(opened: Container) -> list[tuple[int, int]]:
    """Give offset and end of the parts without a name."""
    return [(part.offset, part.offset + part.length) for part in opened.parts if not part.name]


def patched(image: bytes, offset: int, value: bytes) -> bytes:
    """Put bytes over others."""
    return image[:offset] + value + image[offset + len(value) :]


def _make(command: list[str], script: str, size: int) -> bytes:
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(temporary) / "disk"
        target.write_bytes(bytes(size))
        subprocess.run([*command, str(target)], input=script.encode(), check=True, capture_output=True)
        return target.read_bytes()
