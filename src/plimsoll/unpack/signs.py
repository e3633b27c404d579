"""Finds where formats may begin: by their signs at the start of bytes, and at any offset in one pass over a window."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from plimsoll.compiled import database, scratch
from plimsoll.unpack.format import Format, Magic, View

Sign = tuple[int, Magic]
"""A format's number in the order of FORMATS, and one of its magics."""


class Signs:
    """The magics of all formats; safe to share between threads."""

    def __init__(self, formats: Sequence[Format], cache: Path | None = None) -> None:
        """Begin to know the signs; once compiled for a search, they are kept in the folder `cache`."""
        self._formats = tuple(formats)
        self._standing = _by_place(formats)
        self._carved = [(number, magic) for number, magic in _signs(formats) if formats[number].carve]
        self._reach = max((magic.offset + len(magic.literal) for _, magic in self._carved), default=0)
        self._expressions = tuple((_escaped(magic.literal), False) for _, magic in self._carved)
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
            for literal, number in literals.get(data[start], ()):
                if bytes(data[start : start + longest]).startswith(literal):
                    found.add(number)
        for number in sorted(found):
            yield self._formats[number]

    def within(self, view: View, start: int, end: int) -> list[tuple[int, Format]]:
        """Give where a carvable format may begin in [start, end), in order; at one offset in the order of FORMATS."""
        window = view.read(start, min(end + self._reach, view.size) - start)
        found = {(start + at, number) for at, number in self._search(window) if 0 < start + at < end and at >= 0}
        return [(offset, self._formats[number]) for offset, number in sorted(found)]

    def _search(self, window: bytes) -> Iterator[tuple[int, int]]:
        """Give the beginning, from the window's first byte on, and the number of each format whose sign is there."""
        ends: list[tuple[int, int]] = []

        def on_match(sign: int, start: int, end: int, flags: int, context: object) -> None:
            ends.append((sign, end))

        if (room := self._scratch()) is None:
            yield from self._search_one_by_one(window)
            return
        self._compiled.scan(window, match_event_handler=on_match, scratch=room)
        for sign, end in ends:
            number, magic = self._carved[sign]
            yield end - len(magic.literal) - magic.offset, number

    def _search_one_by_one(self, window: bytes) -> Iterator[tuple[int, int]]:
        for number, magic in self._carved:
            at = window.find(magic.literal)
            while at >= 0:
                yield at - magic.offset, number
                at = window.find(magic.literal, at + 1)

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
