"""All patterns of all inspectors, compiled into one database and looked for in one pass over a file's bytes.

hyperscan reports where matches end; each end is read again with `re` in a window for the beginning and the groups.
Where no hyperscan is to be had, `re` alone serves, on files that hold one of a pattern's literals.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, overload

from plimsoll.compiled import database, scratch
from plimsoll.inspect.inspector import FileKind, Pattern

EVENTS_PER_FILE = 200_000
"""Most match events taken from one file; past that the rest of the file is not searched, and it is recorded."""

MATCHES_PER_PATTERN = 2_000
"""Most matches of one pattern kept of one file."""


class Patterns:
    """Finds many patterns at once; safe to share between threads."""

    def __init__(self, patterns: Sequence[Pattern], cache: Path | None = None) -> None:
        """Compile `patterns`, or load them from the folder `cache` when they were compiled before."""
        self._patterns = tuple(patterns)
        self._regexes: dict[int, re.Pattern[bytes]] = {}
        self._database: Any = database(tuple((one.regex, one.ignore_case) for one in self._patterns), cache)
        self._local = threading.local()

    def find(self, data: bytes, kind: FileKind) -> tuple[dict[int, Sequence[re.Match[bytes]]], bool]:
        """Give the matches by number of their pattern, and whether all of the data was searched."""
        if self._database is None:
            return self._find_with_re(data, kind), True
        ends, complete = self._ends(data)
        found: dict[int, Sequence[re.Match[bytes]]] = {}
        for number, stops in ends.items():
            if not self._is_meant_for(number, kind):
                continue
            found[number] = _Matches(partial(self._regex, number), data, stops, self._patterns[number].longest)
        return found, complete

    def _regex(self, number: int) -> re.Pattern[bytes]:
        """Give a pattern in `re`'s form, compiled when it is first met: most are not met in an image."""
        regex = self._regexes.get(number)
        if regex is None:
            pattern = self._patterns[number]
            regex = self._regexes[number] = re.compile(pattern.regex, _re_flags(pattern))
        return regex

    def _is_meant_for(self, number: int, kind: FileKind) -> bool:
        kinds = self._patterns[number].kinds
        return not kinds or kind in kinds

    def _ends(self, data: bytes) -> tuple[dict[int, list[int]], bool]:
        import hyperscan

        ends: dict[int, list[int]] = {}
        events = 0

        def on_match(number: int, start: int, end: int, flags: int, context: object) -> bool | None:
            nonlocal events
            events += 1
            ends.setdefault(number, []).append(end)
            return True if events > EVENTS_PER_FILE else None

        if not hasattr(self._local, "scratch"):
            self._local.scratch = scratch(self._database)
        try:
            self._database.scan(data, match_event_handler=on_match, scratch=self._local.scratch)
        except hyperscan.ScanTerminated:
            return ends, False
        return ends, True

    def _find_with_re(self, data: bytes, kind: FileKind) -> dict[int, Sequence[re.Match[bytes]]]:
        found: dict[int, Sequence[re.Match[bytes]]] = {}
        folded = data.lower() if any(pattern.ignore_case for pattern in self._patterns) else data
        for number, pattern in enumerate(self._patterns):
            text = folded if pattern.ignore_case else data
            if not self._is_meant_for(number, kind) or not any(word in text for word in pattern.literals):
                continue
            matches = []
            for match in self._regex(number).finditer(data):
                matches.append(match)
                if len(matches) >= MATCHES_PER_PATTERN:
                    break
            if matches:
                found[number] = matches
        return found


class _Matches(Sequence[re.Match[bytes]]):
    """The matches of one pattern, read again when somebody asks for them: most inspectors go by the path as well."""

    def __init__(self, regex: Callable[[], re.Pattern[bytes]], data: bytes, ends: list[int], longest: int) -> None:
        self._regex = regex
        self._data = data
        self._ends = ends
        self._longest = longest

    @cached_property
    def _all(self) -> list[re.Match[bytes]]:
        return list(_matches_ending(self._regex(), self._data, self._ends, self._longest))

    def __iter__(self) -> Iterator[re.Match[bytes]]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, index: int) -> re.Match[bytes]: ...
    @overload
    def __getitem__(self, index: slice) -> list[re.Match[bytes]]: ...
    def __getitem__(self, index: int | slice) -> re.Match[bytes] | list[re.Match[bytes]]:
        return self._all[index]


def _re_flags(pattern: Pattern) -> int:
    return re.DOTALL | re.MULTILINE | (re.IGNORECASE if pattern.ignore_case else 0)


def _matches_ending(regex: re.Pattern[bytes], data: bytes, ends: list[int], longest: int) -> Iterator[re.Match[bytes]]:
    """Read each reported end again; matches do not overlap and come in order."""
    taken = 0
    count = 0
    for end in sorted(set(ends)):
        if end <= taken:
            continue
        match = regex.search(data, max(taken, end - longest), min(len(data), end + longest))
        if match is None or match.start() >= end:
            continue
        yield match
        taken = max(match.end(), taken + 1)
        count += 1
        if count >= MATCHES_PER_PATTERN:
            return
