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
        self._carved: dict[bytes, list[tuple[int, int]]] = {}
        for number, magic in _signs(formats):
            if formats[number].carve:
                self._carved.setdefault(magic.literal, []).append((number, magic.offset))
        self._literals = list(self._carved)
        reaches = (shift + len(literal) for literal, uses in self._carved.items() for _, shift in uses)
        self._reach = max(reaches, default=0)
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
        # One literal can be the sign of several formats: it is searched for, and counted, once.
        useful = [max(most(self._formats[number]) for number, _ in uses) for uses in self._carved.values()]
        ends, dropped = self._search(window, useful)
        places: set[tuple[int, int]] = set()
        for literal, stop in ends:
            first = start + stop - len(self._literals[literal])
            for number, shift in self._carved[self._literals[literal]]:
                if 0 < first - shift < end and first - shift >= start:
                    places.add((first - shift, number))
        return Found(
            [(offset, self._formats[number]) for offset, number in sorted(places)], self._named(dropped, start)
        )

    def _named(self, dropped: dict[int, range], start: int) -> dict[str, range]:
        """Give by name of a format from where to where its signs were not kept."""
        found: dict[str, range] = {}
        for literal, ends in dropped.items():
            first = start - len(self._literals[literal])
            for number, shift in self._carved[self._literals[literal]]:
                piece = range(first + ends.start - shift, first + ends.stop - shift)
                other = found.setdefault(self._formats[number].name, piece)
                found[self._formats[number].name] = range(min(piece.start, other.start), max(piece.stop, other.stop))
        return found

    def _search(self, window: bytes, most: list[int]) -> tuple[list[tuple[int, int]], dict[int, range]]:
        """Give where each literal ends, by its number; no more of each than so many.

        Give also from where to where the ends of the others lie.
        """
        ends: list[tuple[int, int]] = []
        left = list(most)
        first: dict[int, int] = {}
        last: dict[int, int] = {}

        def on_match(literal: int, start: int, end: int, flags: int, context: object) -> None:
            if left[literal] > 0:
                left[literal] -= 1
                ends.append((literal, end))
            else:
                last[literal] = end
                if literal not in first:
                    first[literal] = end

        if not hasattr(self._local, "scratch"):
            self._local.scratch = self._make_scratch()
        if self._local.scratch is None:
            self._search_one_by_one(window, on_match)
        else:
            self._database.scan(window, match_event_handler=on_match, scratch=self._local.scratch)
        return ends, {literal: range(end, last[literal] + 1) for literal, end in first.items()}

    def _search_one_by_one(self, window: bytes, on_match: Callable[[int, int, int, int, object], None]) -> None:
        for number, literal in enumerate(self._literals):
            at = window.find(literal)
            while at >= 0:
                on_match(number, at, at + len(literal), 0, None)
                at = window.find(literal, at + 1)

    def _make_scratch(self) -> Any:
        """Compile the signs once; None where there is no hyperscan, and each sign is then searched for alone."""
        try:
            import hyperscan
        except ImportError:
            return None
        with self._lock:
            if self._database is None and self._literals:
                self._database = hyperscan.Database()
                self._database.compile(
                    expressions=[_escaped(literal) for literal in self._literals],
                    ids=list(range(len(self._literals))),
                    elements=len(self._literals),
                    flags=[hyperscan.HS_FLAG_DOTALL] * len(self._literals),
                )
        return hyperscan.Scratch(self._database) if self._literals else None


def _signs(formats: Sequence[Format]) -> Iterator[Sign]:
    for number, format in enumerate(formats):
        for magic in format.magics:
            yield number, magic


def _escaped(literal: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in literal)
