"""Which bytes of a source are comments or words of a string, and so run nothing: Python, Lua, JavaScript, Perl, Ruby.

Source: the lexical chapters of the languages' own reference manuals, as far as comments and strings go; of Perl and
Ruby only blocks of documentation are known. PHP is left out: what surrounds its parts may hold any quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

LARGEST = 1 << 18
"""Bytes of the largest source that is taken apart; a larger one is a bundle, and nothing in it counts as text."""

_DOUBLE = rb"\"(?:\\.|[^\"\\\n])*\""
_SINGLE = rb"'(?:\\.|[^'\\\n])*'"
_LANGUAGES = (
    (
        regex(rb"#![^\n]{0,60}python|\.py\Z"),
        regex(rb"#[^\n]*|\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|" + _DOUBLE + rb"|" + _SINGLE, re.DOTALL),
    ),
    (
        regex(rb"#![^\n]{0,60}lua|\.lua\Z"),
        regex(rb"--\[(=*)\[.*?(?:\]\1\]|\Z)|--[^\n]*|\[(=*)\[.*?(?:\]\2\]|\Z)|" + _DOUBLE + rb"|" + _SINGLE, re.DOTALL),
    ),
    (
        regex(rb"#![^\n]{0,60}node|\.[cm]?js\Z"),
        regex(rb"//[^\n]*|/\*.*?(?:\*/|\Z)|" + _DOUBLE + rb"|" + _SINGLE, re.DOTALL),
    ),
    (
        regex(rb"#![^\n]{0,60}perl|\.p[lm]\Z"),
        regex(rb"^=[a-z]\w*.*?(?:^=cut\b[^\n]*|\Z)", re.DOTALL | re.MULTILINE),
    ),
    (
        regex(rb"#![^\n]{0,60}ruby|\.rb\Z"),
        regex(rb"^=begin\b.*?(?:^=end\b[^\n]*|\Z)", re.DOTALL | re.MULTILINE),
    ),
)
"""Of each language: its sign in the first line or the name of a file, and what in it is text."""


def is_text(look: Look, start: int, end: int) -> bool:
    """Tell whether the bytes from `start` to `end` lie within one comment or one string of a source."""
    if look.kind not in ("script", "text") or len(look.data) > LARGEST:
        return False
    first = look.data[:80].split(b"\n", 1)[0] if look.kind == "script" else b""
    for number, (sign, _) in enumerate(_LANGUAGES):
        if sign.match(first) or sign.search(look.name):
            spans = _spans(bytes(look.data), number)
            found = bisect_right(spans, (start, LARGEST + 1)) - 1
            return found >= 0 and spans[found][0] <= start and end <= spans[found][1]
    return False


@lru_cache(maxsize=4)  # Each switch in a file asks anew.
def _spans(data: bytes, language: int) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in _LANGUAGES[language][1].finditer(data))
