"""Cuts a page into sentences and tells what in them is said of someone, with what force.

A sentence that negates, hedges or only asks promises nothing. Bounds keep every search short: no sentence is longer
than a few lines of print.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._page_writer import BREAK, ROW

MOST_SENTENCES = 8_000
LONGEST_SENTENCE = 1_200

_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bInc)(?<!\bLtd)(?<!\bNo)[.!?][\"')\]]{0,3}[ \t]+|[。！？]")


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of a page."""

    start: int
    end: int
    """In the text of the page."""
    text: str
    heading: str = ""
    """Nearest heading above it."""
    line: int = 0
    """Number of its line."""


def sentences_of(page: PageText) -> list[Sentence]:
    """Give the sentences of a page in their order; a row of a table is one, a long one is cut."""
    found: list[Sentence] = []
    starts = [heading.start for heading in page.headings]
    for number, (start, end) in enumerate(_lines(page.text)):
        for first, last in _within(page.text, start, end):
            if len(found) >= MOST_SENTENCES:
                return found
            above = bisect_right(starts, first) - 1
            heading = page.headings[above] if above >= 0 else None
            title = page.text[heading.start : heading.end][:200] if heading else ""
            found.append(Sentence(first, last, page.text[first:last], title, number))
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(f"[{ROW}{BREAK}]", text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _within(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _END.finditer(text, start, end):
        stop = match.end()
        yield from _bounded(text, first, stop)
        first = stop
    yield from _bounded(text, first, end)


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = min(end, start + LONGEST_SENTENCE)
        first, last = start, stop
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if first < last:
            yield first, last
        start = stop


_NEGATION = re.compile(
    r"\b(?:not|never|no|cannot|unable|without|neither|nor|none|nobody|refuse[sd]?|decline[sd]?)\b|n't\b", re.IGNORECASE
)
_NO_NEGATION = re.compile(
    r"\b(?:no|not) (?:later|longer|more|less) than|\bnot only\b|\bno matter\b|\bwithout (?:undue|unreasonable) delay|"
    r"\bif not\b|\bwhether or not\b|\bnot limited to\b|\bno\.",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:ideally|sometimes|hopefully|if possible|(?:where|when|whenever) (?:possible|feasible|practical)|"
    r"at our (?:sole )?discretion|example|(?:not|no) guarantee\w*|may|might|could|would|hope)\b",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\b(?:typically|usually|normally|generally|(?<!as )often|in (?:most|many) cases|most of the time)\b", re.IGNORECASE
)
_MODAL = re.compile(r"\b(?:may|might|could|would|hope)\b", re.IGNORECASE)
_AIM = re.compile(
    r"\b(?:aims?|aiming|strives?|striving|endeavou?rs?|try|tries|attempts?|goal|target(?:s|ing)?|intends?|"
    r"best efforts?|make every effort|seeks?)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;:]|, (?:but|and|or|then|so|if|unless)\b|\b(?:but|then|however|unless)\b", re.IGNORECASE)


def clause_around(text: str, start: int, end: int) -> str:
    """Give the part of a sentence in which a stretch stands, by semicolons and joining words."""
    first, last = clause_bounds(text, start, end)
    return text[first:last]


def clause_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Give where the part of a sentence begins and ends in which a stretch stands."""
    first = 0
    last = len(text)
    for match in _CLAUSE.finditer(text):
        if match.end() <= start:
            first = match.end()
        elif match.start() >= end:
            last = match.start()
            break
    return first, last


def is_negated(text: str) -> bool:
    """Whether a clause denies something."""
    return _NEGATION.search(_NO_NEGATION.sub(" ", text)) is not None


def is_hedged(text: str) -> bool:
    """Whether a clause says only what is usual or possible."""
    return _HEDGE.search(text) is not None or is_usual(text)


def is_usual(text: str) -> bool:
    """Whether a clause says what is done as a rule, and no more."""
    return _USUAL.search(text) is not None


def force_of(clause: str, end: int) -> Literal["promised", "weak", ""]:
    """Tell with what force a clause says what it says up to `end`: as a promise, as an aim or a habit, or not at all.

    What is only possible behind that takes nothing back.
    """
    said, rest = clause[:end], _MODAL.sub(" ", clause[end:])
    if is_negated(said) or _HEDGE.search(said) or _HEDGE.search(rest):
        return ""
    return "weak" if is_usual(clause) or is_aim(said) else "promised"


def is_aim(text: str) -> bool:
    """Whether a clause names an aim and no more."""
    return _AIM.search(text) is not None
