"""Which entries a littlefs image holds: the chain of its metadata, and the directories walked from the root.

Metadata lies in pairs of blocks, of which the one with the newer revision counts. The superblock is the first entry
of the pair 0 and 1, and of further pairs of the chain; the last of these is the root. A file that was being moved when
the power failed stands in two places, and the state of moves says which of them does not count.

Source: the technical specification of littlefs, on-disk version 2.1.
"""

from __future__ import annotations

import struct

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import View
from plimsoll.unpack.formats._archive import Entries
from plimsoll.unpack.formats._littlefs_content import Blocks, InPlace
from plimsoll.unpack.formats._littlefs_log import (
    DIRECTORY,
    FILE,
    IN_BLOCKS,
    IN_PLACE,
    IS_DIRECTORY,
    SUPERBLOCK,
    Entry,
    Log,
    Pair,
    read_log,
    read_pair,
)
from plimsoll.unpack.limits import Budget, LimitReached

_MOVED_AWAY = 0x4FF


class Walk:
    """Lists an image once; what it found is in its entries."""

    def __init__(self, view: View, block_size: int, budget: Budget) -> None:
        self.entries = Entries(budget)
        self._view = view
        self._block_size = block_size
        self._budget = budget
        self._logs: dict[int, Log | None] = {}
        self._listed: set[int] = set()
        self._moved: tuple[Pair, int] | None = None
        self._kept_bytes = 0

    def log(self, number: int) -> Log | None:
        """Read one block of metadata, once; None when it has no whole commit or is not there."""
        if number not in self._logs:
            self._budget.check_time()
            start = number * self._block_size
            there = max(min(self._block_size, self._view.size - start), 0)
            self._logs[number] = read_log(self._view.slice(start, there)) if there >= 4 else None
        return self._logs[number]

    def walk(self) -> None:
        """List everything from the root down."""
        root = self._follow_chain()
        self.entries.add(Node(b"", "directory"))
        waiting: list[tuple[bytes, Pair]] = [(b"", root)]
        try:
            while waiting:
                path, pair = waiting.pop()
                waiting += reversed(self._list(path, pair))
        except LimitReached as reached:
            self.entries.problem(b"", reached.reason)

    def _follow_chain(self) -> Pair:
        """Go through all metadata; give the root, and keep which entry was moved away."""
        root: Pair = (0, 1)
        pair: Pair = (0, 1)
        state = bytes(12)
        seen: set[int] = set()
        while True:
            number = self._newer(pair)
            log = self.log(number) if number is not None else None
            if number is None or log is None or number in seen:
                self.entries.problem(b"", message("the chain of metadata breaks off at block {block}", block=pair[0]))
                break
            seen.add(number)
            if log.entries and log.entries[0].kind == SUPERBLOCK:
                root = pair
            state = bytes(one ^ other for one, other in zip(state, log.move, strict=True))
            if log.tail is None:
                break
            pair = log.tail
        tag, first, second = struct.unpack("<III", state)
        if tag >> 20 & 0x7FF == _MOVED_AWAY:
            self._moved = ((first, second), tag >> 10 & 0x3FF)
        return root

    def _newer(self, pair: Pair) -> int | None:
        """Give which of two blocks counts; None when neither does."""
        first, second = (self.log(number) for number in pair)
        if first is None or second is None:
            return pair[0] if first is not None else pair[1] if second is not None else None
        return pair[1] if (second.revision - first.revision) & 0xFFFFFFFF < 1 << 31 else pair[0]

    def _list(self, path: bytes, start: Pair) -> list[tuple[bytes, Pair]]:
        """List one directory; give the directories in it."""
        below: list[tuple[bytes, Pair]] = []
        names: set[bytes] = set()
        pair: Pair | None = start
        while pair is not None:
            number = self._newer(pair)
            log = self.log(number) if number is not None else None
            if number is None or log is None:
                self.entries.problem(path, message("the metadata in block {block} is damaged", block=pair[0]))
                break
            if number in self._listed:
                self.entries.problem(path, message("its listing is that of another directory; not followed"))
                break
            self._listed.update(pair)
            self._budget.take_entries(len(log.entries))
            for index, entry in enumerate(log.entries):
                if not self._is_moved(pair, index):
                    below += self._add(path, entry, names)
            pair = log.tail if log.is_continued else None
        return below

    def _is_moved(self, pair: Pair, index: int) -> bool:
        return self._moved is not None and set(self._moved[0]) == set(pair) and self._moved[1] == index

    def _add(self, directory: bytes, entry: Entry, names: set[bytes]) -> list[tuple[bytes, Pair]]:
        """Add an entry; give it when it is a directory."""
        if entry.kind in (-1, SUPERBLOCK):
            return []
        name = entry.name
        if name in (b"", b".", b"..") or b"/" in name or b"\0" in name or name in names:
            shown = escape_name(name[:255])
            self.entries.problem(directory, message("an entry of the name {name!r} is left out", name=shown))
            return []
        names.add(name)
        path = directory + b"/" + name if directory else name
        self._keep(len(path))
        if entry.kind == DIRECTORY:
            pair = read_pair(entry.content) if entry.content_kind == IS_DIRECTORY else None
            self.entries.add(Node(path, "directory"))
            if pair is not None:
                return [(path, pair)]
            self.entries.problem(path, message("it is not said where its entries are"))
        elif entry.kind == FILE:
            self._add_file(path, entry)
        else:
            self.entries.problem(path, message("an entry of the kind {kind} is left out", kind=entry.kind))
        return []

    def _add_file(self, path: bytes, entry: Entry) -> None:
        if entry.content_kind == IN_PLACE:
            self.entries.add(Node(path, "file", size=len(entry.content)), InPlace(entry.content))
        elif entry.content_kind == IN_BLOCKS and len(entry.content) >= 8:
            last, size = struct.unpack_from("<II", entry.content)
            self.entries.add(Node(path, "file", size=size), Blocks(last, size, self._block_size))
        elif entry.content_kind == -1:
            self.entries.add(Node(path, "file"), InPlace(b""))
        else:
            self.entries.problem(path, message("it is not said where its content is"))

    def _keep(self, size: int) -> None:
        """Account for paths: directories inside each other could make them much more than the image is."""
        self._kept_bytes += size
        if self._kept_bytes > self._budget.limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes of entries", limit=self._budget.limits.file_bytes))
