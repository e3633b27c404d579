"""Archives that compress many files as one: what was undone of them is kept at hand while its files are read."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.limits import Budget

KEPT = 2
"""Most folders whose content is kept; files are read in the order in which they lie in folders."""

Undone = tuple[bytes, Message | None]
"""What a folder gives, and why there is no more of it."""


class Solid:
    """Folders of one archive; several threads may ask, one of them works."""

    def __init__(self, undo: Callable[[int, View, Budget], Undone]) -> None:
        self._undo = undo
        self._kept: dict[int, Undone] = {}
        self._files: Counter[int] = Counter()
        self._read: Counter[int] = Counter()
        self._lock = threading.Lock()

    def expect(self, number: int) -> None:
        """Count a file of a folder; after as many reads as it has files, its content is let go."""
        self._files[number] += 1

    def read(self, number: int, start: int, size: int, view: View, budget: Budget) -> bytes:
        """Cut a file out of a folder; raise Malformed when that much of it cannot be undone, or LimitReached."""
        undone, broken = self._take(number, view, budget)
        budget.take_output(size, size)
        content = undone[start : start + size]
        if len(content) != size:
            raise Malformed(broken or message("the content has another length than {size} bytes", size=size))
        return content

    def _take(self, number: int, view: View, budget: Budget) -> Undone:
        with self._lock:
            found = self._kept.pop(number, None)
            if found is None:
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                found = self._undo(number, view, budget)
            self._read[number] += 1
            if self._read[number] < self._files[number]:
                self._kept[number] = found
            else:
                self._read[number] = 0
            return found
