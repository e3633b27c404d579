"""Finds where formats may begin: by their signs at the start of bytes, and at any offset in one pass over a window."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plimsoll.compiled import database, scratch
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

    def __init__(self, formats: Sequence[Format], cache: Path | None = None) -> None:
        """Begin to know the signs; once compiled for a search, they are kept in the folder `cache`."""
        self._formats = tuple(formats)
        self._standing = _by_place(formats)
        self._carved: dict[bytes, list[tuple[int, int]]] = {}
        for number, magic in _signs(formats):
            if formats[number].carve:
                self._carved.setdefault(magic.literal, []).append((number, magic.offset))
        self._literals = list(self._carved)
        reaches = (shift + len(literal) for literal, uses in self._carved.items() for _, shift in uses)
        self._reach = max(reaches, default=0)
        self._expressions = tuple((_escaped(literal), False) for literal in self._literals)
        self._cache = cache
        self._compiled: Any = None
        self._lock = threading.Lock()
        self._local = threading.local()

    def at_start(self, data: bytes | memoryview) -> Iterator[Format]:
        """Give the formats whose sign stands at the start, in the order of FORMATS."""
        size = len(data)
        found: set[int] = set()
        for start, longest, literals in self._standing:
            if start >= size:
                break
            if (near := literals.get(data[start])) is not None:
                piece = bytes(data[start : start + longest])
                found.update(number for literal, number in near if piece.startswith(literal))
        for number in sorted(found):
            yield self._formats[number]

    def within(self, view: View, start: int, end: int, most: Most = lambda format: sys.maxsize) -> Found:
        """Give where a carvable format may begin in [start, end)."""
        window = view.read(start, min(end + self._reach, view.size) - start)

        def useful(literal: int) -> int:
            """One literal can be the sign of several formats: it is searched for, and counted, once."""
            return max(most(self._formats[number]) for number, _ in self._carved[self._literals[literal]])

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

    def _search(self, window: bytes, most: Callable[[int], int]) -> tuple[list[tuple[int, int]], dict[int, range]]:
        """Give where each literal ends, by its number; no more of each than so many.

        Give also from where to where the ends of the others lie.
        """
        ends: list[tuple[int, int]] = []
        left: dict[int, int] = {}
        first: dict[int, int] = {}
        last: dict[int, int] = {}

        def on_match(literal: int, start: int, end: int, flags: int, context: object) -> None:
            if literal not in left:
                left[literal] = most(literal)
            if left[literal] > 0:
                left[literal] -= 1
                ends.append((literal, end))
            else:
                last[literal] = end
                if literal not in first:
                    first[literal] = end

        if (room := self._scratch()) is None:
            self._search_one_by_one(window, on_match)
        else:
            self._compiled.scan(window, match_event_handler=on_match, scratch=room)
        return ends, {literal: range(end, last[literal] + 1) for literal, end in first.items()}

    def _search_one_by_one(self, window: bytes, on_match: Callable[[int, int, int, int, object], None]) -> None:
        for number, literal in enumerate(self._literals):
            at = window.find(literal)
            while at >= 0:
                on_match(number, at, at + len(literal), 0, None)
                at = window.find(literal, at + 1)

    def prepare(self) -> None:
        """Compile the signs, or load them; a process that is forked later has them at hand."""
        with self._lock:
            self._compiled = database(self._expressions, self._cache)

    def _scratch(self) -> Any:
        """Give what a thread needs to search; None where there is no hyperscan, and each sign is searched for alone."""
        if not hasattr(self._local, "scratch"):
            self.prepare()
            self._local.scratch = scratch(self._compiled)
        return self._local.scratch


def _signs(formats: Sequence[Format]) -> Iterator[Sign]:
    for number, format in enumerate(formats):
        for magic in format.magics:
            yield number, magic


def _by_place(formats: Sequence[Format]) -> list[tuple[int, int, dict[int, list[tuple[bytes, int]]]]]:
    """Give, by the offset at which signs stand: the length of the longest one, and the signs by their first byte."""
    places: dict[int, dict[int, list[tuple[bytes, int]]]] = {}
    for number, magic in _signs(formats):
        places.setdefault(magic.offset, {}).setdefault(magic.literal[0], []).append((magic.literal, number))
    return [
        (offset, max(len(literal) for signs in firsts.values() for literal, _ in signs), firsts)
        for offset, firsts in sorted(places.items())
    ]


def _escaped(literal: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in literal)
