"""Finds where formats may begin: by their signs at the start of bytes, and at any offset in one pass over a window."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from plimsoll.unpack.format import Format, Magic, View

Sign = tuple[int, Magic]
"""A format's number in the order of FORMATS, and one of its magics."""

Most = Callable[[Format], int]
"""How many places of each sign of a format are of use."""


class Found(NamedTuple):
    """What a window holds."""

    places: list[tuple[int, Format]]
    """Where formats may begin, in order; at one offset in the order of FORMATS."""
    dropped: dict[str, range]
    """By name of a format, from the first to the last place that was not kept: there were more than are of use."""


class Signs:
    """The magics of all formats; safe to share between threads."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = tuple(formats)
        self._standing: dict[tuple[int, int], dict[bytes, list[int]]] = {}
        for number, magic in _signs(formats):
            stretch = self._standing.setdefault((magic.offset, magic.offset + len(magic.literal)), {})
            stretch.setdefault(magic.literal, []).append(number)
        self._carved = [(number, magic) for number, magic in _signs(formats) if formats[number].carve]
        self._reach = max((magic.offset + len(magic.literal) for _, magic in self._carved), default=0)
        self._lock = threading.Lock()
        self._local = threading.local()
        self._database: Any = None

    def at_start(self, data: bytes | memoryview) -> Iterator[Format]:
        """Give the formats whose sign stands at the start, in the order of FORMATS."""
        found: set[int] = set()
        for (start, stop), literals in self._standing.items():
            numbers = literals.get(bytes(data[start:stop]))
            if numbers is not None:
                found.update(numbers)
        for number in sorted(found):
            yield self._formats[number]

    def within(self, view: View, start: int, end: int, most: Most = lambda format: sys.maxsize) -> Found:
        """Give where a carvable format may begin in [start, end)."""
        window = view.read(start, min(end + self._reach, view.size) - start)
        kept, dropped = self._search(window, [most(self._formats[number]) for number, _ in self._carved])
        places = {(start + at, number) for at, number in kept if 0 < start + at < end and at >= 0}
        return Found(
            [(offset, self._formats[number]) for offset, number in sorted(places)],
            {self._formats[number].name: range(start + one.start, start + one.stop) for number, one in dropped.items()},
        )

    def _search(self, window: bytes, most: list[int]) -> tuple[Iterator[tuple[int, int]], dict[int, range]]:
        """Give the beginning, from the window's first byte on, and the number of each format whose sign is there.

        Of each sign no more than so many are kept; give also from where to where the others lie.
        """
        ends: list[tuple[int, int]] = []
        left = list(most)
        first: dict[int, int] = {}
        last: dict[int, int] = {}

        def on_match(sign: int, start: int, end: int, flags: int, context: object) -> None:
            if left[sign] > 0:
                left[sign] -= 1
                ends.append((sign, end))
            else:
                last[sign] = end
                if sign not in first:
                    first[sign] = end

        if not hasattr(self._local, "scratch"):
            self._local.scratch = self._make_scratch()
        if self._local.scratch is None:
            self._search_one_by_one(window, on_match)
        else:
            self._database.scan(window, match_event_handler=on_match, scratch=self._local.scratch)
        starts = ((self._start(sign, end), self._carved[sign][0]) for sign, end in ends)
        dropped: dict[int, range] = {}
        for sign, end in first.items():
            number, piece = self._carved[sign][0], range(self._start(sign, end), self._start(sign, last[sign]) + 1)
            other = dropped.get(number, piece)
            dropped[number] = range(min(piece.start, other.start), max(piece.stop, other.stop))
        return starts, dropped

    def _start(self, sign: int, end: int) -> int:
        """Give where a format begins whose sign ends somewhere."""
        magic = self._carved[sign][1]
        return end - len(magic.literal) - magic.offset

    def _search_one_by_one(self, window: bytes, on_match: Callable[[int, int, int, int, object], None]) -> None:
        for sign, (_, magic) in enumerate(self._carved):
            at = window.find(magic.literal)
            while at >= 0:
                on_match(sign, at, at + len(magic.literal), 0, None)
                at = window.find(magic.literal, at + 1)

    def _make_scratch(self) -> Any:
        """Compile the signs once; None where there is no hyperscan, and each sign is then searched for alone."""
        try:
            import hyperscan
        except ImportError:
            return None
        with self._lock:
            if self._database is None and self._carved:
                self._database = hyperscan.Database()
                self._database.compile(
                    expressions=[_escaped(magic.literal) for _, magic in self._carved],
                    ids=list(range(len(self._carved))),
                    elements=len(self._carved),
                    flags=[hyperscan.HS_FLAG_DOTALL] * len(self._carved),
                )
        return hyperscan.Scratch(self._database) if self._carved else None


def _signs(formats: Sequence[Format]) -> Iterator[Sign]:
    for number, format in enumerate(formats):
        for magic in format.magics:
            yield number, magic


def _escaped(literal: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in literal)
