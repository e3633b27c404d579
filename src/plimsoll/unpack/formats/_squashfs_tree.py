"""Which entries a squashfs image holds: its directories walked from the root, each listing once.

A listing is a row of runs. A run is a header of three 32-bit numbers (entries less one, the inodes' metadata block,
base inode number) and up to 256 entries: offset of the inode 16 bits, difference of inode number 16 bits, kind 16
bits, length of the name less one 16 bits, name. Source: the public description of the format.

Damage stays where it is: a directory or an inode that cannot be read is a problem, and its neighbours are listed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Malformed
from plimsoll.unpack.formats._squashfs_inodes import Content, Inode, Listing, read_inode
from plimsoll.unpack.formats._squashfs_metadata import BLOCK_BYTES, Metadata
from plimsoll.unpack.formats._squashfs_superblock import Superblock
from plimsoll.unpack.limits import Budget, LimitReached

PATH_BYTES = 4096
"""Longest path that is listed: the longest that a Linux system opens."""

LISTING_BYTES = 64 << 20
"""Longest listing of one directory that is read."""

_RUNS = {order: struct.Struct(order + "III") for order in "<>"}
_ENTRIES = {order: struct.Struct(order + "HhHH") for order in "<>"}
_RUN_ENTRIES = 256

Reference = tuple[int, int]
"""Metadata block of an inode, counted from the start of the inode table, and offset in it."""


class Walk:
    """Lists an image once; what it found is in its fields."""

    def __init__(self, metadata: Metadata, superblock: Superblock, owners: tuple[int, ...], budget: Budget) -> None:
        self.nodes: list[Node] = []
        self.contents: dict[bytes, Content] = {}
        """Regular files by path, without further names of the same file."""
        self.problems: list[tuple[bytes, Message]] = []
        self._metadata = metadata
        self._superblock = superblock
        self._owners = owners
        self._budget = budget
        self._waiting: list[tuple[bytes, Listing]] = []
        self._inodes: dict[Reference, tuple[Inode, bytes]] = {}
        self._listed: set[tuple[int, int]] = set()
        self._unknown_owners = False
        self._kept_bytes = 0

    def walk(self) -> None:
        """List everything from the root down; raise Malformed when the root itself cannot be read."""
        root = self._superblock.root
        inode = self._read_inode((root >> 16, root & 0xFFFF))
        if inode.kind != "directory":
            raise Malformed(message("the root is no directory"))
        self._add(b"", (root >> 16, root & 0xFFFF), inode)
        try:
            while self._waiting:
                self._list(*self._waiting.pop())
        except LimitReached as reached:
            self.problems.append((b"", reached.reason))

    def is_plausible(self) -> bool:
        """Say whether the root is a directory whose first entry can be read."""
        root = self._superblock.root
        try:
            inode = self._read_inode((root >> 16, root & 0xFFFF))
            if inode.listing is None:
                return False
            if not inode.listing.length:
                return True
            name, reference = next(self._entries(_beginning(inode.listing)))
            self._read_inode(reference)
        except (Malformed, StopIteration):
            return False
        return b"\0" not in name and b"/" not in name

    def _list(self, path: bytes, listing: Listing) -> None:
        """List one directory, its subdirectories to follow in the order of their names."""
        below = len(self._waiting)
        names: set[bytes] = set()
        try:
            for name, reference in self._entries(listing):
                if (wrong := _refusal(path, name, names)) is not None:
                    self.problems.append((path, wrong))
                    continue
                names.add(name)
                self._enter(path + b"/" + name if path else name, reference)
        except Malformed as broken:
            self.problems.append((path, broken.reason))
        self._waiting[below:] = reversed(self._waiting[below:])

    def _entries(self, listing: Listing) -> Iterator[tuple[bytes, Reference]]:
        """Give names and where their inodes are, as far as the listing is there; then raise Malformed."""
        if listing.length > LISTING_BYTES:
            raise Malformed(message("a listing of {size} bytes", size=listing.length))
        start = self._superblock.directory_table + listing.block
        table, broken = self._metadata.read_as_far(start, listing.offset, listing.length)
        self._budget.take_output(len(table), len(table))
        run, layout = _RUNS[self._superblock.order], _ENTRIES[self._superblock.order]
        position = 0
        while position + run.size <= len(table):
            count, block, _ = run.unpack_from(table, position)
            position += run.size
            count += 1
            if count > _RUN_ENTRIES:
                raise Malformed(message("a run of {count} entries", count=count))
            self._budget.take_entries(count)
            for _ in range(count):
                offset, name = _entry(layout, table, position)
                if not name:
                    raise broken or Malformed(message("the listing ends inside an entry"))
                position += layout.size + len(name)
                yield name, (block, offset)
        if broken is not None:
            raise broken

    def _enter(self, path: bytes, reference: Reference) -> None:
        try:
            inode, first = self._inodes.get(reference) or (self._read_inode(reference), path)
        except Malformed as broken:
            self.problems.append((path, broken.reason))
            return
        if first == path:
            self._add(path, reference, inode)
        elif inode.kind == "directory":
            where = escape_name(first)
            self.problems.append((path, message("the same directory as {first!r}; not followed", first=where)))
        else:
            self.nodes.append(self._node(path, inode, link_to=first if inode.kind == "file" else None))

    def _add(self, path: bytes, reference: Reference, inode: Inode) -> None:
        self._inodes[reference] = (inode, path)
        self.nodes.append(self._node(path, inode))
        if inode.content is not None:
            self.contents[path] = inode.content
        if inode.listing is None or not inode.listing.length:
            return
        place = (inode.listing.block, inode.listing.offset)
        if place in self._listed:
            self.problems.append((path, message("its listing is that of another directory; not followed")))
            return
        self._listed.add(place)
        self._waiting.append((path, inode.listing))

    def _node(self, path: bytes, inode: Inode, link_to: bytes | None = None) -> Node:
        content = inode.content
        self._keep(len(path) + len(inode.target or b"") + len(content.blocks or b"" if content else b""))
        owner, group = self._owner(inode.owner), self._owner(inode.group)
        size = content.size if content else 0
        return Node(path, inode.kind, inode.mode, owner, group, size, inode.target, inode.device, link_to)

    def _keep(self, size: int) -> None:
        """Account for what a listing keeps: inodes that overlap could make it much more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))

    def _owner(self, number: int) -> int:
        if number < len(self._owners):
            return self._owners[number]
        if not self._unknown_owners:
            self._unknown_owners = True
            self.problems.append((b"", message("owners are not in the id table; they are shown as 0")))
        return 0

    def _read_inode(self, reference: Reference) -> Inode:
        block, offset = reference
        return read_inode(self._metadata, self._superblock, block, offset, self._budget.limits.file_bytes)


def _entry(layout: struct.Struct, table: bytes, position: int) -> tuple[int, bytes]:
    """Give offset of the inode and name; no name when the entry is not all there."""
    if position + layout.size > len(table):
        return 0, b""
    offset, _, _, length = layout.unpack_from(table, position)
    position += layout.size
    end = position + length + 1
    return offset, table[position:end] if end <= len(table) else b""


def _beginning(listing: Listing) -> Listing:
    return Listing(listing.block, listing.offset, min(listing.length, BLOCK_BYTES))


def _refusal(path: bytes, name: bytes, names: set[bytes]) -> Message | None:
    """Say why a name cannot stand in a tree; None when it can."""
    if name in (b".", b"..") or b"/" in name or b"\0" in name:
        return message("an entry of the name {name!r} is left out", name=escape_name(name))
    if name in names:
        return message("a second entry of the name {name!r} is left out", name=escape_name(name))
    if len(path) + 1 + len(name) > PATH_BYTES:
        return message("an entry with a path of more than {limit} bytes is left out", limit=PATH_BYTES)
    return None
