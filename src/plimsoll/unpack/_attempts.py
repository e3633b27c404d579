"""Bounds how often a format is tried in one view: bytes that hold its sign over and over cost no more than others.

Signs are short, and an image can be made that holds nothing else. Ordinary bytes meet a sign of three bytes a few times
in a mebibyte at most, tables of numbers now and then more often. So a format that was tried in vain may be tried again
a fixed number of times, and some times more for each mebibyte gone through; from where on it is not tried is told.
"""

from __future__ import annotations

from plimsoll.model.message import message
from plimsoll.unpack.format import Format

FAILURES = 4096
"""Times that a format may be tried in vain in a view, whatever its length."""

FAILURES_PER_MIB = 128
"""Times more for each mebibyte gone through."""

TAKEN = 65_536
"""Most formats that are taken in one view side by side."""

SPARE = 4096
"""Places of a sign that are kept beyond those that may be tried: some lie inside what is taken before."""

NOT_TRIED = message("not tried everywhere from here on: its sign stands at too many places")

_MIB = 1 << 20


class Attempts:
    """What was tried in one view; counted and never timed, so that the same bytes give the same result."""

    def __init__(self) -> None:
        self.cuts: dict[str, int] = {}
        """By name of a format that was not tried everywhere, where first it was not."""
        self._failures: dict[str, int] = {}
        self._taken = 0

    def most(self, format: Format, end: int) -> int:
        """Give how many places of a sign are of use in a window that ends somewhere."""
        return max(self._left(format, end), 0) + SPARE

    def may_try(self, format: Format, offset: int) -> bool:
        """Tell whether a format may be tried at an offset; note the place when it may not."""
        if self._taken < TAKEN and self._left(format, offset) > 0:
            return True
        self.cuts.setdefault(format.name, offset)
        return False

    def drop(self, places: dict[str, range], position: int) -> None:
        """Note places that were not kept, as far as they lie behind what was taken."""
        for name, piece in places.items():
            if piece.stop > position:
                self.cuts.setdefault(name, max(piece.start, position))

    def note(self, format: Format, *, is_taken: bool) -> None:
        """Count a try."""
        if is_taken:
            self._taken += 1
        else:
            self._failures[format.name] = self._failures.get(format.name, 0) + 1

    def _left(self, format: Format, offset: int) -> int:
        return FAILURES + FAILURES_PER_MIB * (offset // _MIB) - self._failures.get(format.name, 0)
