"""Zip archives for tests, made by the real zip, by the standard library, and by hand where both refuse."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

from plimsoll.sources.tree import Node
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.zip import open_zip
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images

RANDOM = random.Random(9).randbytes(5_000)
TEXT = RANDOM.hex().encode()


def make_zip(folder: Path, *options: str) -> bytes:
    program = images.tool("zip", "zip")
    target = folder.parent / "archive.zip"
    target.unlink(missing_ok=True)
    subprocess.run([program, "-q", "-r", "-y", *options, str(target), "."], cwd=folder, check=True, capture_output=True)
    return target.read_bytes()


def zip_to_pipe(folder: Path) -> bytes:
    command = [images.tool("zip", "zip"), "-q", "-r", "-", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout


def python_zip(entries: list[tuple[str, bytes, int]], prefix: bytes = b"") -> bytes:
    buffer = io.BytesIO(prefix)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a" if prefix else "w") as archive:
        for name, content, method in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o120777 if name == "link" else 0) << 16
            archive.writestr(info, content, method)
    return buffer.getvalue()


class Made:
    """An entry as it is written by hand; what is not given follows from the content."""

    def __init__(
        self,
        name: bytes,
        content: bytes,
        *,
        method: int = 0,
        mode: int = 0,
        flags: int = 0,
        size: int | None = None,
        packed: int | None = None,
        checksum: int | None = None,
        offset: int | None = None,
    ) -> None:
        self.name = name
        self.content = content
        self.mode = mode
        self.offset = offset
        size = len(content) if size is None else size
        packed = len(content) if packed is None else packed
        checksum = zlib.crc32(content) if checksum is None else checksum
        self.common = struct.pack("<5H3I2H", 20, flags, method, 0, 0, checksum, packed, size, len(name), 0)


def zip_by_hand(entries: list[Made]) -> bytes:
    """Write an archive; an entry with an offset of its own has no header and no content."""
    body = directory = b""
    for one in entries:
        offset = len(body) if one.offset is None else one.offset
        if one.offset is None:
            body += b"PK\x03\x04" + one.common + one.name + one.content
        tail = struct.pack("<HHHII", 0, 0, 0, one.mode << 16, offset)
        directory += b"PK\x01\x02" + struct.pack("<H", 0x031E) + one.common + tail + one.name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + end


def node_of(opened: Archive, path: bytes) -> Node:
    return next(node for node in opened.nodes if node.path == path)


def open_archive(data: bytes, limits: Limits | None = None) -> Archive:
    return open_zip(View(data), Budget(limits or Limits()))
