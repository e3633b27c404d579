"""Writes YAFFS images as the tools and a running device do: both versions and byte orders, any spare bytes.

Written from the same descriptions as the reader; unyaffs, an independent program, shows that both have understood them.
"""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

import msgspec

from plimsoll.unpack.format import View
from plimsoll.unpack.formats._archive import Archive
from plimsoll.unpack.formats.yaffs import open_yaffs
from plimsoll.unpack.limits import Budget, Limits

FILE, SYMLINK, DIRECTORY, HARD_LINK, SPECIAL = 1, 2, 3, 4, 5
ROOT, UNLINKED, DELETED = 1, 3, 4
UNUSED = 0xFFFFFFFF


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What to write."""

    order: str = "<"
    page: int = 2048
    spare: int = 64
    tags_at: int = 0
    version: int = 2
    extra: bool = False
    """Whether the tags of headers carry the kind of the object and its parent, as a running device writes them."""
    root: bool = True
    """Whether the root has a header."""


class Writer:
    """Adds one chunk after the other."""

    def __init__(self, kind: Kind | None = None) -> None:
        self.kind = kind or Kind()
        self.image = bytearray()
        self.sequence = 0x1000

    def header(
        self,
        number: int,
        what: int = FILE,
        name: bytes = b"",
        parent: int = ROOT,
        *,
        mode: int = 0o100644,
        owner: tuple[int, int] = (0, 0),
        size: int = UNUSED,
        means: int = UNUSED,
        target: bytes = b"",
        device: int = 0,
        shadows: int = UNUSED,
        shrunk: int = UNUSED,
    ) -> None:
        """Add the header of an object."""
        order = self.kind.order
        head = struct.pack(order + "IIH256sH", what, parent, 0xFFFF, name, 0xFFFF)
        head += struct.pack(order + "3I12xIi", mode, *owner, size, means - (1 << 32) if means == UNUSED else means)
        head += target.ljust(160, b"\0") if target else b"\xff" * 160
        head += struct.pack(order + "I", device) + b"\xff" * 24
        outer = (shadows, shrunk) if self.kind.page % 512 else (UNUSED, UNUSED)
        inner = (UNUSED, UNUSED) if self.kind.page % 512 else (shadows, shrunk)
        head += struct.pack(order + "6I", *outer, UNUSED, UNUSED, *inner)
        assert len(head) == 512
        self.chunk(number, 0, head, 0xFFFF, what, parent)

    def data(self, number: int, index: int, content: bytes) -> None:
        """Add one page of a file."""
        self.chunk(number, index, content, len(content))

    def content(self, number: int, content: bytes, holes: bool = False) -> None:
        """Add all pages of a file, those of zeros left out when there may be holes."""
        for at in range(0, len(content), self.kind.page):
            page = content[at : at + self.kind.page]
            if not holes or any(page):
                self.data(number, at // self.kind.page + 1, page)

    def chunk(self, number: int, index: int, content: bytes, used: int, what: int = 0, parent: int = 0) -> None:
        """Add a chunk with its tags."""
        kind = self.kind
        if kind.version == 1:
            self.image += content.ljust(512, b"\xff") + old_spare(number, index, used, kind.order)
            return
        if kind.extra and not index:
            number, index = number | what << 28, 0x80000000 | parent
        tags = struct.pack(kind.order + "4I", self.sequence, number, index, used)
        spare = (b"\xff" * kind.tags_at + tags).ljust(kind.spare, b"\xff")
        self.image += content.ljust(kind.page, b"\xff") + spare

    def fill(self) -> None:
        """Add erased chunks up to a multiple of 64."""
        self.image += b"\xff" * (-len(self.image) % (64 * (self.kind.page + self.kind.spare)))

    def block(self, value: bytes) -> None:
        """Add 64 chunks of one value."""
        self.image += value * (64 * (self.kind.page + self.kind.spare))


def old_spare(number: int, index: int, used: int, order: str = "<", status: int = 0xFF) -> bytes:
    """Give the spare bytes of version 1."""
    if order == "<":
        tags = (index | (used & 0x3FF) << 22 | number << 32 | 3 << 62).to_bytes(8, "little")
    else:
        tags = (index << 44 | (used & 0x3FF) << 32 | number << 14 | 3).to_bytes(8, "big")
    return tags[:4] + bytes([status, 0xFF]) + tags[4:6] + b"\xff" * 3 + tags[6:] + b"\xff" * 3


def started(kind: Kind | None = None) -> Writer:
    """Begin an image with a few headers of the root, enough to tell the layout."""
    writer = Writer(kind)
    for _ in range(3):
        writer.header(ROOT, DIRECTORY, b"", ROOT, mode=0o40755)
    return writer


def contents(writer: Writer) -> dict[bytes, bytes]:
    """Read all files of what was written."""
    opened = open_image(bytes(writer.image))
    return {node.path: opened.read(node) for node in opened.nodes if node.kind == "file"}


def open_image(image: bytes) -> Archive:
    """Open an image within the usual limits."""
    return open_yaffs(View(image), Budget(Limits()))


def write(folder: Path, kind: Kind | None = None) -> bytes:
    """Write an image of a folder as mkyaffs2image does: each header, then the pages of the file."""
    writer = Writer(kind)
    if writer.kind.root:
        writer.header(ROOT, DIRECTORY, b"", ROOT, mode=stat.S_IFDIR | 0o755)
    known: dict[int, int] = {}
    waiting = [(os.fsencode(folder), ROOT)]
    following = 257
    while waiting:
        path, parent = waiting.pop(0)
        for entry in sorted(os.scandir(path), key=lambda one: one.name):
            number, following = following, following + 1
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, number))
            _write(writer, entry, number, parent, known)
    return bytes(writer.image)


def _write(writer: Writer, entry: os.DirEntry[bytes], number: int, parent: int, known: dict[int, int]) -> None:
    status = entry.stat(follow_symlinks=False)
    name, owner, mode = entry.name, (status.st_uid, status.st_gid), status.st_mode
    if stat.S_ISDIR(mode):
        writer.header(number, DIRECTORY, name, parent, mode=mode, owner=owner)
    elif stat.S_ISLNK(mode):
        target = os.fsencode(Path(os.fsdecode(entry.path)).readlink())
        writer.header(number, SYMLINK, name, parent, mode=mode, owner=owner, target=target)
    elif not stat.S_ISREG(mode):
        raw, minor = os.major(status.st_rdev) << 8, os.minor(status.st_rdev)
        device = raw | minor & 0xFF | minor >> 8 << 20
        writer.header(number, SPECIAL, name, parent, mode=mode, owner=owner, device=device)
    elif status.st_ino in known:
        writer.header(number, HARD_LINK, name, parent, mode=UNUSED, means=known[status.st_ino])
    else:
        known[status.st_ino] = number
        content = Path(os.fsdecode(entry.path)).read_bytes()
        writer.header(number, FILE, name, parent, mode=mode, owner=owner, size=len(content))
        writer.content(number, content)
