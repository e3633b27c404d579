"""What a format is: a cheap sign, and a reader that validates before it promises anything.

A reader raises NotThisFormat when the bytes are something else, and Malformed when they are this format and damaged
beyond use. Damage that leaves something to read is a problem that is recorded, and the rest is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, runtime_checkable

import msgspec

from plimsoll.model.message import Message
from plimsoll.sources.signed import KeyParts, Signed
from plimsoll.sources.tree import Node
from plimsoll.unpack.limits import Budget


class NotThisFormat(Exception):
    """The bytes are something else."""


class Malformed(Exception):
    """The bytes are of this format and cannot be read; carries the message for the record."""

    def __init__(self, reason: Message, length: int = 0) -> None:
        """Take the reason and, where it is known, the bytes that the format says it takes."""
        super().__init__(str(reason))
        self.reason = reason
        self.length = length


class Unsupported(Malformed):
    """The bytes are of this format, in a variant that we do not read: recognised only."""


class Encrypted(Unsupported):
    """The bytes are of this format, and by their own header its content is encrypted."""


class View:
    """A window on bytes that refuses to read outside itself. Cheap to make and to cut; nothing is copied."""

    __slots__ = ("buffer", "size")

    def __init__(self, buffer: bytes | memoryview) -> None:
        self.buffer = memoryview(buffer)
        self.size = len(self.buffer)

    def read(self, offset: int, length: int) -> bytes:
        """Copy exactly `length` bytes at `offset`; raise EOFError when they are not all there."""
        return bytes(self.slice(offset, length))

    def slice(self, offset: int, length: int) -> memoryview:
        """Give `length` bytes at `offset` without copying; raise EOFError when they are not all there."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise EOFError(f"{length} bytes at {offset:#x} of {self.size:#x}")
        return self.buffer[offset : offset + length]

    def cut(self, offset: int, length: int | None = None) -> View:
        """Give a view of a part, to the end when no length is given; raise EOFError when it is not all there."""
        if length is None:
            length = self.size - offset
        return View(self.slice(offset, length))


class Magic(msgspec.Struct, frozen=True):
    """Bytes by which a format may be found; a sign, never a proof."""

    literal: bytes
    offset: int = 0
    """Where they stand after the beginning of the format."""


Content = Literal["image", "known", "encrypted"]
"""What a container says of a part. image: anything, which is understood only as far as formats are found in it. known:
by its type it is a program, a device tree, a signature or settings, so what no format takes in it is understood all
the same, unless it looks compressed or encrypted. encrypted: it cannot be read without a key."""


class Part(msgspec.Struct, frozen=True):
    """A stretch that a container names, to be looked at again."""

    offset: int
    length: int
    name: str = ""
    """What the container calls it; printable."""
    content: Content = "image"


class Container(msgspec.Struct, frozen=True):
    """A header around other bytes, which stay where they are: uImage, TP-Link, SEAMA and their kin."""

    length: int
    """Bytes it takes, header and parts."""
    parts: tuple[Part, ...]
    label: str = ""
    problems: tuple[Message, ...] = ()
    signed: tuple[Signed | KeyParts, ...] = ()
    """What it says of its signatures, also that it has none, and keys that it holds; for inspectors."""
    encrypted_before: int = 0
    """Most bytes directly before it of which it says that they are encrypted, where it stands behind them."""


class Decoded(msgspec.Struct, frozen=True):
    """A compressed stream that was decoded in full."""

    length: int
    """Compressed bytes it takes, validated by reading them to their end."""
    data: bytes
    """The payload."""
    label: str = ""
    problems: tuple[Message, ...] = ()
    content: Content = "image"


class FileSystem(Protocol):
    """A tree whose files can be read in any order, from several threads at a time."""

    length: int
    """Bytes of the view it takes, by its own superblock or end mark."""
    label: str
    """What it says of itself, such as `xz, 128 KiB blocks`."""
    nodes: tuple[Node, ...]
    """All entries, paths checked: no empty part, no `.` or `..`."""
    problems: tuple[tuple[bytes, Message], ...]
    """What could not be listed: path (or b"") and why."""

    def position(self, node: Node) -> int:
        """Where the file's first bytes lie, to read files in disk order; 0 when it has none of its own."""

    def read(self, node: Node) -> bytes:
        """Read one regular file whole; raise Malformed or LimitReached when that cannot be done."""


@runtime_checkable
class Volumes(FileSystem, Protocol):
    """A file system whose files are images in their turn; it is understood only as far as they are."""

    def start(self, node: Node) -> bytes:
        """Give the first bytes of a volume, enough to tell what is in it."""

    def pieces(self, node: Node) -> tuple[range, ...]:
        """Give where in the view a volume lies, its headers included."""


Opened = Container | Decoded | FileSystem


class Format(msgspec.Struct, frozen=True):
    """One entry of FORMATS."""

    name: str
    """As in places: lower-case letters, digits, hyphens."""
    title: str
    """For people."""
    magics: tuple[Magic, ...]
    open: Callable[[View, Budget], Opened]
    """Read from the beginning of a view, which may reach beyond the end of the format."""
    carve: bool = True
    """Whether it is searched for at any offset; False when the sign is too weak, and only the beginning is tried."""
    only_recognised: bool = False
    """Whether it is told and never opened."""
