"""Opens Minix file systems, versions 1 to 3, both byte orders: initial RAM disks and floppies of early Linux devices.

A directory is a row of entries: number of the inode (2 bytes, 4 in version 3; 0 is free), then name, zeros to its end.
The sign is short, so the root is read before anything is promised: its first two entries are `.` and `..`, and both are
the root. Source: as in the neighbour.
"""

from __future__ import annotations

import stat
import struct

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Archive, Entries
from plimsoll.unpack.formats._minix_inodes import (
    MAGIC_3,
    MAGICS,
    ROOT,
    SUPERBLOCK,
    Inode,
    Superblock,
    Zones,
    read_inode,
    read_superblock,
)
from plimsoll.unpack.limits import Budget, LimitReached

LISTING_BYTES = 64 << 20
"""Longest listing of one directory that is read."""

_STATES = (0, 1)


def open_minix(view: View, budget: Budget) -> Archive:
    """Open the file system at the beginning of a view; raise NotThisFormat when superblock and root do not prove it."""
    superblock = read_superblock(view)
    whole = view.cut(0, min(superblock.length, view.size))
    walk = _Walk(whole, superblock, budget)
    if superblock.length > view.size:
        missing = superblock.length - view.size
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=missing))
    walk.walk()
    return walk.entries.archive(whole, whole.size, superblock.label)


def _magics() -> tuple[Magic, ...]:
    old = [struct.pack(order + "HH", magic, state) for order in "<>" for magic in MAGICS for state in _STATES]
    new = [struct.pack(order + "HH", MAGIC_3, 0) for order in "<>"]
    return (*(Magic(one, SUPERBLOCK + 16) for one in old), *(Magic(one, SUPERBLOCK + 24) for one in new))


FORMAT = Format("minix", "Minix file system", _magics(), open_minix)


class _Walk:
    """Lists a file system once; what it found is in its entries."""

    def __init__(self, view: View, superblock: Superblock, budget: Budget) -> None:
        self.entries = Entries(budget)
        self._view = view
        self._superblock = superblock
        self._budget = budget
        self._entry = struct.Struct(
            f"{superblock.order}{'I' if superblock.version == 3 else 'H'}{superblock.name_bytes}s"
        )
        self._directories: dict[int, bytes] = {ROOT: b""}
        self._contents: dict[int, Zones] = {}
        self._kept_bytes = 0
        self._root = self._read_root()

    def walk(self) -> None:
        """List everything from the root down."""
        self.entries.add(_node(b"", self._root))
        waiting = [(b"", self._root)]
        try:
            while waiting:
                self._budget.check_time()
                waiting += reversed(self._list(*waiting.pop()))
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _read_root(self) -> Inode:
        """Read the inode of the root; raise NotThisFormat unless it lists itself."""
        try:
            root = read_inode(self._view, self._superblock, ROOT)
            first = Zones(0, root, self._superblock)
            size = self._entry.size
            if root.kind != "directory" or root.size < 2 * size or root.size % size or not root.zones[0]:
                raise NotThisFormat
            found = self._view.read(root.zones[0] * self._superblock.zone, 2 * size)
        except (Malformed, EOFError) as error:
            raise NotThisFormat from error
        names = [(number, name.rstrip(b"\0")) for number, name in self._entry.iter_unpack(found)]
        if names != [(ROOT, b"."), (ROOT, b"..")] or root.zones[0] < first.superblock.first_zone:
            raise NotThisFormat
        return root

    def _list(self, path: bytes, directory: Inode) -> list[tuple[bytes, Inode]]:
        """Add what is in one directory; give the directories in it."""
        below: list[tuple[bytes, Inode]] = []
        names: set[bytes] = set()
        try:
            if directory.size > min(LISTING_BYTES, self._view.size):
                raise Malformed(message("a listing of {size} bytes", size=directory.size))
            listing = Zones(0, directory, self._superblock).read(self._view, self._budget)
        except Malformed as broken:
            self.entries.problem(path, broken.reason)
            return below
        whole = len(listing) // self._entry.size * self._entry.size
        for number, field in self._entry.iter_unpack(listing[:whole]):
            name = field.partition(b"\0")[0]
            if not number or name in (b".", b".."):
                continue
            self._budget.take_entries(1)
            full = path + b"/" + name if path else name
            if not name or b"/" in name or name in names or len(full) > PATH_BYTES:
                shown = escape_name(name)
                self.entries.problem(path, message("an entry of the name {name!r} is left out", name=shown))
                continue
            names.add(name)
            self._keep(len(full))
            try:
                self._enter(full, number, below)
            except Malformed as broken:
                self.entries.problem(full, broken.reason)
        return below

    def _enter(self, path: bytes, number: int, below: list[tuple[bytes, Inode]]) -> None:
        inode = read_inode(self._view, self._superblock, number)
        if inode.kind is None:
            raise Malformed(message("an inode of the mode {mode}", mode=oct(inode.mode)))
        if inode.kind == "directory":
            first = self._directories.setdefault(number, path)
            if first != path:
                where = escape_name(first)
                raise Malformed(message("the same directory as {first!r}; not followed", first=where))
            below.append((path, inode))
        content = None
        target = None
        if inode.kind == "file":
            content = self._contents.setdefault(number, self._zones(inode))
        elif inode.kind == "symlink":
            target = self._target(path, inode)
        self.entries.add(_node(path, inode, target), content)

    def _target(self, path: bytes, inode: Inode) -> bytes | None:
        try:
            if not 0 < inode.size <= PATH_BYTES:
                raise Malformed(message("a link target of {length} bytes", length=inode.size))
            self._keep(inode.size)
            return self._zones(inode).read(self._view, self._budget)
        except Malformed as broken:
            self.entries.problem(path, broken.reason)
            return None

    def _zones(self, inode: Inode) -> Zones:
        first = next((zone for zone in inode.zones if zone), 0)
        return Zones(first * self._superblock.zone, inode, self._superblock)

    def _keep(self, size: int) -> None:
        """Account for what a listing keeps: directories that share zones could make it much more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))


def _node(path: bytes, inode: Inode, target: bytes | None = None) -> Node:
    kind = inode.kind or "file"
    device = inode.device if kind in ("character", "block") else None
    size = inode.size if kind == "file" else 0
    return Node(path, kind, stat.S_IMODE(inode.mode), inode.uid, inode.gid, size, target, device)
