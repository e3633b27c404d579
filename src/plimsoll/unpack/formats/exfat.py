"""Opens exFAT file systems: memory cards of more than 32 GB, and updates that are put on one.

Source: Microsoft's published exFAT specification, and images made with the real tools. exFAT has neither owners nor
modes. Whether two names differ in case only is not looked at.
"""

from __future__ import annotations

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, View
from plimsoll.unpack.formats._archive import PATH_BYTES, Archive, Entries, Unreadable
from plimsoll.unpack.formats._exfat_boot import MAGIC, Boot, read_boot
from plimsoll.unpack.formats._exfat_records import Record, VolumeName, read_records
from plimsoll.unpack.formats._fat_clusters import Claim, Clusters
from plimsoll.unpack.limits import Budget, LimitReached

MODE = 0o755
"""Mode of all files and directories: exFAT has none, and this is what a system shows that mounts it."""

LISTING_BYTES = 256 << 20
"""Largest directory that there may be."""

_KIB = 1024


def open_exfat(view: View, budget: Budget) -> Archive:
    """Open the file system at the beginning of a view; raise NotThisFormat."""
    boot = read_boot(view)
    whole = view.cut(0, min(boot.size, view.size))
    walk = _Walk(whole, boot, budget)
    if boot.size > view.size:
        walk.entries.problem(b"", message("cut short: {missing} bytes are missing", missing=boot.size - view.size))
    if not boot.is_sound:
        walk.entries.problem(b"", message("the checksum of its boot sectors is wrong"))
    walk.walk(boot.root)
    size = boot.cluster_bytes
    label = f"{size // _KIB} KiB clusters" if size >= _KIB else f"{size} byte clusters"
    name = escape_name(walk.name)
    return walk.entries.archive(whole, whole.size, f"{label}, name {name}" if name else label)


FORMAT = Format("exfat", "exFAT file system", (Magic(MAGIC),), open_exfat)


class Content(msgspec.Struct, frozen=True):
    """Content of a file, in a chain of clusters or in a row of them."""

    clusters: Clusters
    record: Record

    @property
    def offset(self) -> int:
        """Where the first bytes lie."""
        return self.clusters.position(self.record.first)

    def read(self, view: View, budget: Budget) -> bytes:
        """Read all bytes, zeros where none were written; raise Malformed when the clusters are not there."""
        record = self.record
        budget.take_output(record.size, record.size)
        read = self.clusters.read_row if record.is_row else self.clusters.read
        data = read(record.first, record.size)
        return data if record.written == record.size else data[: record.written] + bytes(record.size - record.written)


class _Walk:
    """Lists a file system once; what it found is in its entries."""

    def __init__(self, view: View, boot: Boot, budget: Budget) -> None:
        self.entries = Entries(budget)
        self.name = b""
        self._clusters = Clusters(view, boot.table, 32, boot.data, boot.cluster_bytes, boot.clusters)
        self._budget = budget
        self._waiting: list[tuple[bytes, Claim]] = []
        self._kept_bytes = 0

    def walk(self, root: int) -> None:
        """List everything from the root down."""
        self.entries.add(Node(b"", "directory", MODE))
        try:
            self._wait(b"", self._clusters.claim(root, self._budget))
            while self._waiting:
                self._list(*self._waiting.pop())
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _wait(self, path: bytes, claim: Claim) -> None:
        if claim.reason is not None:
            self.entries.problem(path, claim.reason)
        self._waiting.append((path, claim))

    def _list(self, path: bytes, claim: Claim) -> None:
        """List one directory as far as its clusters are its own, its subdirectories to follow in its order."""
        self._budget.check_time()
        below = len(self._waiting)
        names: set[bytes] = set()
        size = min(claim.clusters * self._clusters.size, LISTING_BYTES)
        self._budget.take_output(size, size)
        for found in read_records(b"".join(self._clusters.slices(claim.runs, size))):
            if isinstance(found, VolumeName):
                self.name = self.name or (found.name if not path else b"")
                continue
            self._budget.take_entries(1)
            if isinstance(found, Record):
                self._enter(path, found, names)
            else:
                self.entries.problem(path, message("the entry at {offset} of it is damaged", offset=hex(found.offset)))
        self._waiting[below:] = reversed(self._waiting[below:])

    def _enter(self, directory: bytes, record: Record, names: set[bytes]) -> None:
        name = record.name
        path = directory + b"/" + name if directory else name
        if name in (b".", b"..") or b"/" in name or b"\0" in name or name in names or len(path) > PATH_BYTES:
            shown = escape_name(name)
            self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
            return
        names.add(name)
        self._kept_bytes += len(path)
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
        if not record.is_sound:
            self.entries.problem(path, message("the checksum of its entry is wrong"))
        if record.is_directory:
            self.entries.add(Node(path, "directory", MODE))
            if record.size:
                self._wait(path, self._claim(record))
        else:
            self._add_file(path, record)

    def _add_file(self, path: bytes, record: Record) -> None:
        content: Content | Unreadable = Content(self._clusters, record)
        claim = self._claim(record) if record.size else Claim(())
        if claim.reason is not None and claim.fault == "shared":
            self.entries.problem(path, claim.reason)
        elif claim.reason is not None and claim.clusters * self._clusters.size < record.size:
            content = Unreadable(content.offset, claim.reason)
        self.entries.add(Node(path, "file", MODE, size=record.size), content)

    def _claim(self, record: Record) -> Claim:
        if record.is_row:
            return self._clusters.claim_row(record.first, -(-record.size // self._clusters.size))
        return self._clusters.claim(record.first, self._budget)
