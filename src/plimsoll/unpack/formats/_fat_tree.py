"""Which files a FAT file system holds.

Damage stays where it is: a directory or an entry that cannot be read is a problem, and its neighbours are listed.
"""

from __future__ import annotations

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._archive import PATH_BYTES, Entries, Unreadable
from plimsoll.unpack.formats._fat_boot import Boot
from plimsoll.unpack.formats._fat_clusters import Claim, Clusters
from plimsoll.unpack.formats._fat_names import DIRECTORY, VOLUME, Record, read_records
from plimsoll.unpack.limits import Budget, LimitReached

LISTING_BYTES = 2 << 20
"""Largest directory that there may be: 65,536 entries."""

MODE = 0o755
"""Mode of all files and directories: FAT has none, and this is what a system shows that mounts it."""


class Chain(msgspec.Struct, frozen=True):
    """Content of a file, in a chain of clusters."""

    clusters: Clusters
    first: int
    size: int

    @property
    def offset(self) -> int:
        """Where the first bytes lie."""
        return self.clusters.position(self.first)

    def read(self, view: View, budget: Budget) -> bytes:
        """Read all bytes; raise Malformed when the chain does not hold them."""
        budget.take_output(self.size, self.size)
        return self.clusters.read(self.first, self.size)


class Walk:
    """Lists a file system once; what it found is in its entries."""

    def __init__(self, view: View, boot: Boot, clusters: Clusters, budget: Budget) -> None:
        self.entries = Entries(budget)
        self.name = b""
        """Name of the volume, as the root directory has it."""
        self._view = view
        self._boot = boot
        self._clusters = clusters
        self._budget = budget
        self._waiting: list[tuple[bytes, int]] = []
        self._kept_bytes = 0

    def walk(self) -> None:
        """List everything from the root down."""
        self.entries.add(Node(b"", "directory", MODE))
        try:
            self._list(b"", self._read_root())
            while self._waiting:
                path, first = self._waiting.pop()
                self._list(path, self._read_listing(path, first))
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _read_root(self) -> bytes:
        place = self._boot.root
        if not place:
            return self._read_listing(b"", self._boot.root_cluster)
        there = max(min(place.stop, self._view.size) - place.start, 0)
        if there < len(place):
            self.entries.problem(b"", message("the root directory is cut short"))
        self._budget.take_output(there, there)
        return self._view.read(min(place.start, self._view.size), there)

    def _read_listing(self, path: bytes, first: int) -> bytes:
        """Read a directory as far as it is its own."""
        claim = self._clusters.claim(first, self._budget)
        if claim.reason is not None:
            self.entries.problem(path, claim.reason)
        size = claim.clusters * self._clusters.size
        if size > LISTING_BYTES:
            self.entries.problem(path, message("a directory of {size} bytes; the rest is left out", size=size))
            size = LISTING_BYTES
        self._budget.take_output(size, size)
        return b"".join(self._clusters.slices(claim.runs, size))

    def _list(self, path: bytes, listing: bytes) -> None:
        """List one directory, its subdirectories to follow in its order."""
        self._budget.check_time()
        below = len(self._waiting)
        names: set[bytes] = set()
        for record in read_records(listing, self._boot.bits == 32):
            if record.attributes & VOLUME:
                self.name = self.name or (record.name if not path else b"")
                continue
            self._budget.take_entries(1)
            self._enter(path, record, names)
        self._waiting[below:] = reversed(self._waiting[below:])

    def _enter(self, directory: bytes, record: Record, names: set[bytes]) -> None:
        name = record.name
        path = directory + b"/" + name if directory else name
        if not _can_stand(name) or name in names or len(path) > PATH_BYTES:
            shown = escape_name(name)
            self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
            return
        names.add(name)
        self._kept_bytes += len(path)
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
        if record.is_damaged:
            self.entries.problem(path, message("its long name is damaged; this is its short one"))
        if record.attributes & DIRECTORY:
            self.entries.add(Node(path, "directory", MODE))
            self._waiting.append((path, record.first))
        else:
            self._add_file(path, record)

    def _add_file(self, path: bytes, record: Record) -> None:
        node = Node(path, "file", MODE, size=record.size)
        content: Chain | Unreadable = Chain(self._clusters, record.first, record.size)
        claim = self._clusters.claim(record.first, self._budget) if record.first else Claim(())
        if claim.reason is not None and claim.fault == "shared":
            self.entries.problem(path, claim.reason)
        elif claim.reason is not None and claim.clusters * self._clusters.size < record.size:
            content = Unreadable(content.offset, claim.reason)
        self.entries.add(node, content)


def _can_stand(name: bytes) -> bool:
    """Tell whether a name can stand in a tree; control characters are those of a directory that is none."""
    return bool(name) and b"/" not in name and name not in (b".", b"..") and min(name) >= 0x20
