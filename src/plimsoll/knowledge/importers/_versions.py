"""Affected versions where a source names the ones that are not affected.

Source: the CVE record format 5, `product.versions` and `defaultStatus`; what is neither affected nor unaffected has the
default status.
"""

from __future__ import annotations

import re

from plimsoll.knowledge.vulnerability import VersionRange

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9}){0,5}")
_STREAM = re.compile(r"(\d{1,9}(?:\.\d{1,9}){0,4})\.\*")


def closed(version: str) -> str:
    """Give the first version after a stream: `6.7` for `6.6.*`; empty when it is no stream."""
    stream = _STREAM.fullmatch(version)
    if not stream:
        return ""
    head, _, last = stream[1].rpartition(".")
    return f"{head}.{int(last) + 1}" if head else str(int(last) + 1)


def complement(unaffected: list[VersionRange]) -> tuple[VersionRange, ...] | None:
    """Give all versions but these; None unless all bounds are plain numbers, whose order is beyond doubt."""
    bounds = [one for span in unaffected for one in (span.start, span.end) if one]
    if not all(map(_PLAIN.fullmatch, bounds)):
        return None
    found: list[VersionRange] = []
    start: str | None = ""
    start_included = True
    for span in sorted(unaffected, key=lambda one: _order(one.start)):
        if start is None:
            break
        if span.start and _order(start) < _order(span.start):
            found.append(VersionRange(start, start_included, span.start, not span.start_included))
        if not span.end:
            start = None
        elif _order(start) <= _order(span.end):
            start, start_included = span.end, not span.end_included
    if start is not None:
        found.append(VersionRange(start, start_included))
    return tuple(found)


def _order(version: str) -> tuple[int, ...]:
    numbers = [int(one) for one in version.split(".")] if version else [-1]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
