"""What could not be listed of a tree, kept within bounds: hostile input can make a problem out of every few bytes."""

from __future__ import annotations

from plimsoll.model.message import Message, message

KEPT = 1_000
"""Most problems kept of one tree; the rest is counted in the last one."""


class Problems:
    """Collects the problems of one tree."""

    def __init__(self) -> None:
        self._kept: list[tuple[bytes, Message]] = []
        self._left_out = 0

    def add(self, path: bytes, reason: Message) -> None:
        """Record a problem with an entry, or with the tree itself when the path is empty."""
        if len(self._kept) < KEPT:
            self._kept.append((path, reason))
        else:
            self._left_out += 1

    def all(self) -> tuple[tuple[bytes, Message], ...]:
        """Give what was recorded, in that order."""
        if not self._left_out:
            return tuple(self._kept)
        note = message("{count} more problems were met and are not listed", count=self._left_out)
        return (*self._kept, (b"", note))
