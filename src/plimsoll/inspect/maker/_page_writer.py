"""Keeps the characters of a page together with their places in its bytes, whatever the charset.

Characters that print alike are folded (quotation marks, dashes, spaces); bytes that the charset does not know become
one replacement character each, so that no place moves.
"""

from __future__ import annotations

import html
import re
from array import array

MOST_CHARACTERS = 400_000
"""Characters kept of one page."""

CELL, ROW, BREAK = "\t", "\n", "\u2028"
"""What stands in the text between the cells of a table, between lines and blocks, and between blocks in a cell."""

_WORD = re.compile(rb"[^\s&]{1,4096}+|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?|&|\s+")
_SAME = {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-",
         "\u2011": "-", "\u2010": "-"}  # fmt: skip
_NOTHING = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


class Writer:
    """Collects characters with their places; spaces are folded to one."""

    def __init__(self, body: bytes, charset: str) -> None:
        self._body = body
        self._charset = charset
        self._parts: list[str] = []
        self._last = ROW
        self.starts: array[int] = array("I")
        self.ends: array[int] = array("I")
        self.has_room = True

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def length(self) -> int:
        return len(self.starts)

    def write(self, start: int, end: int) -> None:
        """Add the characters of a stretch of the body."""
        for match in _WORD.finditer(self._body, start, end):
            if self.length >= MOST_CHARACTERS:
                self.has_room = False
                return
            word = match[0]
            if word.isspace():
                self._space(match.start(), match.end())
            elif word.startswith(b"&") and len(word) > 2:
                for character in html.unescape(word.decode("ascii")):
                    self._put(character, match.start(), match.end())
            elif word.isascii():
                self._parts.append(word.decode("ascii"))
                self.starts.extend(range(match.start(), match.end()))
                self.ends.extend(range(match.start() + 1, match.end() + 1))
                self._last = self._parts[-1][-1]
            else:
                self._decode(word, match.start())

    def separate(self, mark: str) -> None:
        """End a cell, a line or a block."""
        here = self.ends[-1] if self.length else 0
        if self._last != ROW and not (mark == BREAK and self._last in (BREAK, CELL)):
            self._append(mark, here, here)

    def _decode(self, word: bytes, offset: int) -> None:
        for character in word.decode(self._charset, "surrogateescape"):
            if "\ud800" <= character <= "\udfff":
                size, shown = 1, "\ufffd"
            else:
                size, shown = len(character.encode(self._charset, "replace")), character
            self._put(shown, offset, offset + size)
            offset += size

    def _put(self, character: str, start: int, end: int) -> None:
        character = _SAME.get(character, character)
        if character in _NOTHING:
            return
        if character.isspace():
            self._space(start, end)
        else:
            self._append(character, start, end)

    def _space(self, start: int, end: int) -> None:
        if self._last not in (" ", ROW, CELL, BREAK):
            self._append(" ", start, end)

    def _append(self, character: str, start: int, end: int) -> None:
        self._parts.append(character)
        self.starts.append(start)
        self.ends.append(end)
        self._last = character
