"""Which files an ISO 9660 image holds, and how their content is read.

Damage stays where it is: a directory or an entry that cannot be read is a problem, and its neighbours are listed.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.codecs import Undecodable, decode_zlib
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Content, Entries, Unreadable
from plimsoll.unpack.formats._iso_descriptors import (
    ASSOCIATED,
    DIRECTORY,
    MORE,
    SECTOR,
    START,
    BootImage,
    Record,
    Volume,
    read_record,
)
from plimsoll.unpack.formats._iso_rock_ridge import Attributes, find_skip, read_attributes
from plimsoll.unpack.limits import Budget, LimitReached

Names = Literal["Rock Ridge", "Joliet", "plain"]

MODE = 0o555
"""Mode of all entries without Rock Ridge: what a system shows that mounts it."""

LISTING_BYTES = 64 << 20
"""Largest directory that is read."""

BOOT = b"[BOOT]"
"""Directory of boot images that have no name in the tree."""

_HERE, _ABOVE = b"\0", b"\1"
_MOST_PIECES = 1024
_ZISOFS = struct.Struct("<8sIBB2x")
_ZISOFS_SIGN = b"\x37\xe4\x53\x96\xc9\xdb\xd6\x07"
_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


class Pieces(msgspec.Struct, frozen=True):
    """Content as it is, in one or more stretches."""

    places: tuple[tuple[int, int], ...]
    """Offset and bytes of each."""

    @property
    def offset(self) -> int:
        """Where the first bytes lie."""
        return self.places[0][0]

    @property
    def size(self) -> int:
        """Count the bytes."""
        return sum(length for _, length in self.places)

    def read(self, view: View, budget: Budget) -> bytes:
        """Copy the bytes."""
        budget.take_output(self.size, self.size)
        try:
            return b"".join(view.slice(*place) for place in self.places)
        except EOFError as error:
            raise Malformed(message("its content lies outside")) from error


class Compressed(msgspec.Struct, frozen=True):
    """Content in zisofs: a header, pointers to the beginnings of blocks and to the end, and zlib streams."""

    packed: Pieces
    size: int

    @property
    def offset(self) -> int:
        """Where the first bytes lie."""
        return self.packed.offset

    def read(self, view: View, budget: Budget) -> bytes:
        """Read all bytes; a block without bytes is zeros."""
        data = self.packed.read(view, budget)
        if len(data) < _ZISOFS.size or not data.startswith(_ZISOFS_SIGN):
            raise Malformed(message("its content is said to be compressed and is not"))
        _, size, header, log_block = _ZISOFS.unpack_from(data)
        count = -(-size >> log_block) if log_block in (15, 16, 17) else 0
        if size != self.size or (size and not count) or header * 4 + (count + 1) * 4 > len(data):
            raise Malformed(message("the header of its compressed content is damaged"))
        budget.take_output(size, len(data))
        pointers: tuple[int, ...] = struct.unpack_from(f"<{count + 1}I", data, header * 4)
        blocks = []
        for number, (start, end) in enumerate(pairwise(pointers)):
            wanted = min(1 << log_block, size - (number << log_block))
            blocks.append(_inflate(data, start, end, wanted))
        return b"".join(blocks)


class Walk:
    """Lists an image once; what it found is in its entries."""

    def __init__(self, view: View, volume: Volume, joliet: Volume | None, budget: Budget) -> None:
        self.entries = Entries(budget)
        self.names: Names = "plain"
        """Where names and attributes come from."""
        self.end = START + SECTOR
        """Where the furthest listing or content ends that is there."""
        self._view = view
        self._budget = budget
        self._skip = self._find_skip(volume)
        if self._skip is not None:
            self.names = "Rock Ridge"
        elif joliet is not None:
            volume, self.names = joliet, "Joliet"
        self._volume = volume
        self._listed: set[int] = set()
        self._waiting: list[tuple[bytes, int, int]] = []
        self._contents: dict[tuple[int, int, int], Content] = {}
        self._starts: set[int] = set()
        self._kept_bytes = 0

    def walk(self, boot: Iterator[BootImage]) -> None:
        """List everything from the root down, then boot images without a name."""
        root = self._volume.root
        own = next(self._records(b"", root.offset, min(root.size, SECTOR), is_quiet=True), None)
        self.entries.add(self._node(b"", "directory", self._attributes(own) if own is not None else Attributes()))
        self._wait(b"", root.offset, root.size)
        try:
            while self._waiting:
                path, offset, size = self._waiting.pop()
                self._list(path, offset, size)
            self._add_boot(boot)
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _find_skip(self, volume: Volume) -> int | None:
        """Give the bytes to skip in system use; None without Rock Ridge."""
        start = volume.root.offset
        if start >= self._view.size:
            return None
        raw = self._view.slice(start, min(SECTOR, self._view.size - start))
        own = read_record(raw, volume.block)
        return find_skip(own.more) if own is not None and own.name == _HERE else None

    def _list(self, path: bytes, offset: int, size: int) -> None:
        """List one directory, its subdirectories to follow in its order."""
        self._budget.check_time()
        below = len(self._waiting)
        names: set[bytes] = set()
        pieces: list[tuple[int, int]] = []
        for record in self._records(path, offset, size):
            self._budget.take_entries(1)
            if record.name in (_HERE, _ABOVE) or record.flags & ASSOCIATED:
                continue
            if not record.flags & DIRECTORY and len(pieces) < _MOST_PIECES:
                pieces.append((record.offset, record.size))
            if record.flags & MORE:
                continue
            self._enter(path, record, tuple(pieces) or ((0, 0),), names)
            pieces = []
        if pieces:
            self.entries.problem(path, message("the last file of the directory is not whole; it is left out"))
        self._waiting[below:] = reversed(self._waiting[below:])

    def _records(self, path: bytes, offset: int, size: int, is_quiet: bool = False) -> Iterator[Record]:
        """Give the records of a directory; where one is damaged, the rest of its block is left out."""
        there = max(min(size, LISTING_BYTES, self._view.size - offset), 0)
        if there < size and not is_quiet:
            self.entries.problem(path, message("its listing at {offset} is not all there", offset=hex(offset)))
        self._budget.take_output(there, there)
        block = self._volume.block
        for start in range(offset, offset + there, block):
            raw = self._view.slice(start, min(block, offset + there - start))
            position = 0
            while position < len(raw) and raw[position]:
                record = read_record(raw[position:], block)
                if record is None:
                    where = hex(start + position)
                    self.entries.problem(path, message("the record at {offset} is damaged", offset=where))
                    break
                yield record
                position += raw[position]

    def _enter(self, directory: bytes, record: Record, places: tuple[tuple[int, int], ...], names: set[bytes]) -> None:
        attributes = self._attributes(record)
        if attributes.is_moved:
            return
        name = self._name(record, attributes)
        path = directory + b"/" + name if directory else name
        if name in (b"", b".", b"..") or b"/" in name or b"\0" in name or len(path) > PATH_BYTES or name in names:
            shown = escape_name(name)
            self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
            return
        names.add(name)
        self._kept_bytes += len(path) + len(attributes.target or b"")
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
        if record.flags & DIRECTORY or attributes.moved_to is not None:
            self.entries.add(self._node(path, "directory", attributes))
            self._wait(path, *self._place(record, attributes))
            return
        kind = "file" if attributes.mode is None else _KINDS.get(stat.S_IFMT(attributes.mode))
        if kind is None or kind == "directory":
            self.entries.problem(path, message("an entry of the mode {mode}", mode=oct(attributes.mode or 0)))
            return
        self._add(self._node(path, kind, attributes), record, attributes, Pieces(places))

    def _add(self, node: Node, record: Record, attributes: Attributes, pieces: Pieces) -> None:
        """Add what is no directory; names of one file share their content."""
        if node.kind != "file":
            self.entries.add(node)
            return
        content: Content = pieces
        size = pieces.size
        if record.is_interleaved:
            content = Unreadable(pieces.offset, message("interleaved content is not read"))
        elif attributes.compressed is not None:
            kind, size = attributes.compressed
            content = Compressed(pieces, size)
            if kind != b"pz":
                reason = message("content compressed by {kind!r} is not read", kind=escape_name(kind))
                content = Unreadable(pieces.offset, reason)
        self._starts.add(pieces.offset)
        for offset, length in pieces.places:
            self._reach(offset + length)
        if attributes.links > 1 and (pieces.size or attributes.number):
            key = (pieces.offset if pieces.size else 0, size, attributes.number)
            content = self._contents.setdefault(key, content)
        self.entries.add(msgspec.structs.replace(node, size=size), content)

    def _place(self, record: Record, attributes: Attributes) -> tuple[int, int]:
        """Give where the listing of a directory lies; one that was moved tells its own size."""
        if attributes.moved_to is None:
            return record.offset, record.size
        offset = attributes.moved_to * self._volume.block
        own = next(self._records(b"", offset, self._volume.block, is_quiet=True), None)
        return offset, own.size if own is not None else 0

    def _wait(self, path: bytes, offset: int, size: int) -> None:
        if offset in self._listed:
            self.entries.problem(path, message("its listing is that of another directory; not followed"))
            return
        self._listed.add(offset)
        self._reach(offset + size)
        self._waiting.append((path, offset, size))

    def _reach(self, end: int) -> None:
        if self.end < end <= self._view.size:
            self.end = end

    def _add_boot(self, boot: Iterator[BootImage]) -> None:
        """Add boot images that are no file of the tree; where no size is told, up to what follows."""
        after = sorted({*self._starts, *self._listed})
        number = 0
        for image in boot:
            if image.offset in self._starts or image.offset >= self._view.size:
                continue
            if not number and self.entries.find(BOOT) is None:
                self.entries.add(Node(BOOT, "directory", MODE))
            number += 1
            self._starts.add(image.offset)
            end = next((one for one in after if one > image.offset), self._view.size)
            size = min(image.size or end - image.offset, self._view.size - image.offset)
            self._reach(image.offset + size)
            self._budget.take_entries(1)
            path = BOOT + b"/%d" % number
            self.entries.add(Node(path, "file", MODE, size=size), Pieces(((image.offset, size),)))

    def _attributes(self, record: Record) -> Attributes:
        if self._skip is None:
            return Attributes()
        # The root's own record has no bytes to skip.
        skip = 0 if record.name == _HERE else self._skip
        return read_attributes(self._view, record.more, skip, self._volume.block)

    def _name(self, record: Record, attributes: Attributes) -> bytes:
        if attributes.name is not None:
            return attributes.name
        if self.names == "Joliet":
            text = record.name.decode("utf-16-be", "surrogatepass" if len(record.name) % 2 == 0 else "replace")
            return text.partition(";")[0].encode("utf-8", "surrogatepass")
        name = record.name.partition(b";")[0]
        return name[:-1] if name.endswith(b".") and len(name) > 1 else name

    def _node(self, path: bytes, kind: NodeKind, attributes: Attributes) -> Node:
        mode = MODE if attributes.mode is None else stat.S_IMODE(attributes.mode)
        device = attributes.device if kind in ("character", "block") else None
        target = attributes.target if kind == "symlink" else None
        return Node(path, kind, mode, attributes.uid, attributes.gid, 0, target, device)


def _inflate(data: bytes, start: int, end: int, wanted: int) -> bytes | bytearray:
    if start == end:
        return bytes(wanted)
    if not 0 <= start < end <= len(data):
        raise Malformed(message("a block of its compressed content lies outside"))
    try:
        content = decode_zlib(memoryview(data)[start:end], wanted)
    except Undecodable as error:
        raise Malformed(message("a block of its compressed content is damaged: {error}", error=str(error))) from error
    if len(content) != wanted:
        raise Malformed(message("a block of its compressed content is too short"))
    return content
