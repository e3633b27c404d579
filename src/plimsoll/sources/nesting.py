"""How deep a text in TOML or JSON nests, found in one pass before a recursive parser sees it.

A TOML key of many dotted parts costs the parser the square of their number, so that dots count as well.
"""

from __future__ import annotations

import re

from plimsoll.errors import InputError

DEEPEST = 16
"""Brackets inside brackets, and dots in one line outside texts; a declaration needs four."""

_MARK = re.compile(r"""["'#\[\]{}.\n]""")
_TEXTS = {
    '"""': re.compile(r'(?:[^"\\]++|\\.|"(?!""))*+"{3,5}', re.DOTALL),
    "'''": re.compile(r"(?:[^']++|'(?!''))*+'{3,5}"),
    '"': re.compile(r'(?:[^"\\\n]++|\\[^\n])*+"'),
    "'": re.compile(r"[^'\n]*+'"),
}
_COMMENT = re.compile(r"[^\n]*")


def bound_nesting(text: str, *, toml: bool, deepest: int = DEEPEST) -> None:
    """Raise InputError with the line where a text nests too deep or a string does not end."""
    at = depth = dots = 0
    while mark := (_MARK if toml else _JSON_MARK).search(text, at):
        at = mark.end()
        match mark[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case ".":
                dots += toml
            case "\n":
                dots = 0
            case "#":
                at = _COMMENT.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text as well
            case quote:
                at = _end_of_text(text, mark.start(), quote, toml)
        if max(depth, dots) > deepest:
            raise InputError(
                f"line {_line(text, at)} nests deeper than {deepest} levels",
                hint="a declaration has tables of rows of texts, and nothing inside those",
            )


_JSON_MARK = re.compile(r'["\[\]{}]')


def _end_of_text(text: str, start: int, quote: str, toml: bool) -> int:
    opening = quote * 3 if toml and text.startswith(quote * 3, start) else quote
    end = _TEXTS[opening].match(text, start + len(opening))
    if end is None:
        raise InputError(f"the text that begins in line {_line(text, start)} does not end")
    return end.end()


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
