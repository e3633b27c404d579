"""Which bytes of a shell script are text that it only prints: what is said to people runs nothing and sets nothing.

Printed is what `echo` and `printf` are given, what `cat` is given in a here-document, and what `:` is given so, as long
as nothing takes it up: no pipe, no file, no `$(...)` around it or around the function that it stands in. What is
expanded within it is run: POSIX, Shell Command Language, sections 2.6 and 2.7.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from plimsoll.inspect.firmware._shell_tokens import LONGEST_SCRIPT, Document, Redirection, Token, is_document, pieces
from plimsoll.regex import regex

LONGEST_TEXT = 4096
"""Bytes from the beginning of a text over several lines that are looked at."""
MOST_FUNCTIONS = 200
"""Functions of a script that are told apart; in one with more nothing counts as printed."""

_PRINTS = (b"echo", b"printf")
_SHOWS = (b"cat", b":", b"true")
"""Programs that do nothing with a here-document but show it, or leave it."""
_PRINTING = regex(rb"\b(?:echo|printf)\b")
_PRINTING_LINE = regex(rb"\b(?:echo|printf)\b[^\n]*")
_TO_PEOPLE = regex(rb"\d*(?:>&|>>?)\Z")
_SEEN_BY_PEOPLE = (b"1", b"2", b"/dev/null", b"/dev/stderr", b"/dev/stdout", b"/dev/tty", b"/dev/console")
_HELP = regex(rb"(?i)usage|help")
"""Name of a function whose text is for people, wherever it is called from."""
_PAGERS = (b"more", b"less")
_ENDS = (b"\n", b";", b";;", b"&", b"&&", b"||", b")")
_BEFORE = (b"then", b"do", b"else", b"elif", b"if", b"!", b"while", b"until", b"time", b"}", b"fi", b"done", b"esac")
"""Reserved words that a command may follow."""
_TAKEN_UP = regex(
    rb"(?m)(?:^|[;\s])(?:\}|\)|done|fi|esac)[ \t]*(?:\|(?!\|)|1?>(?!&|>?[ \t]*/dev/(?:null|stderr|tty|console)))|"
    rb"\bexec[ \t]+1?>(?!&)"
)
"""What takes up the output of more than one command."""
_CALLED = regex(
    rb"(?:[$<>]\([ \t]*|`[ \t]*)([A-Za-z_][\w-]{0,60})(?![\w-]*[ \t]*\(\))|"
    rb"(?m:^|[;&|{(]|\b(?:then|else|do))[ \t]*([A-Za-z_][\w-]{0,60})(?:[ \t]+[^\n;|&>#`]{0,200})?"
    rb"(?:\|(?!\|)|1?>(?!&|>?[ \t]*/dev/(?:null|stderr|tty|console)))"
)
"""A name whose output something takes up: in `$(...)`, by a pipe or into a file."""


class _Function(msgspec.Struct):
    """A function of a script."""

    name: bytes
    calls: set[bytes] = msgspec.field(default_factory=set)
    """First words of its commands."""


class _Printed(msgspec.Struct, frozen=True):
    """Text that a command prints."""

    start: int
    end: int
    function: bytes
    """Innermost function that it stands in; empty at the top."""


def is_printed(data: bytes, offset: int) -> bool:
    """Tell whether the byte at an offset of a shell script is text that is only printed."""
    if len(data) > LONGEST_SCRIPT or not _may_be_printed(data, offset):
        return False
    spans = _spans(data)
    found = bisect_right(spans, (offset, len(data) + 1)) - 1
    return found >= 0 and spans[found][0] <= offset < spans[found][1]


def _may_be_printed(data: bytes, offset: int) -> bool:
    """Tell cheaply whether something before the offset may print it: in its line, or open since a line before."""
    line = data.rfind(b"\n", 0, offset) + 1
    if _PRINTING.search(data, line, offset) or data.rfind(b"<<", max(0, offset - LONGEST_TEXT), offset) >= 0:
        return True
    before = data[max(0, offset - LONGEST_TEXT) : line]
    last = next(iter(reversed([one[0] for one in _PRINTING_LINE.finditer(before)])), b"")
    return last.count(b'"') % 2 == 1 or last.count(b"'") % 2 == 1


@lru_cache(maxsize=8)
def _spans(data: bytes) -> tuple[tuple[int, int], ...]:
    """Give the stretches of a script that are only printed, in order."""
    if _TAKEN_UP.search(data) is not None:
        return ()
    reader = _Reader()
    for piece in pieces(data):
        reader.take(piece)
    reader.end(b"\n")
    if len(reader.functions) > MOST_FUNCTIONS:
        return ()
    taken = _taken_up(data, reader.functions)
    plain = {b""} | {name for one in (reader.top, *reader.functions) for name in one.calls}
    kept = [
        one
        for one in reader.printed
        if one.function not in taken and (one.function in plain or _HELP.search(one.function))
    ]
    return tuple(sorted(stretch for one in kept for stretch in _without_commands(data, one.start, one.end)))


def _taken_up(data: bytes, functions: list[_Function]) -> set[bytes]:
    """Name the functions whose output something takes up, or is part of what something takes up."""
    taken = {name for match in _CALLED.finditer(data) for name in match.groups() if name}
    named = {one.name: one.calls for one in functions}
    waiting = [name for name in taken if name in named]
    while waiting:
        for name in named[waiting.pop()] - taken:
            taken.add(name)
            if name in named:
                waiting.append(name)
    return taken


class _Reader:
    """Takes pieces one by one; holds the command that is being read and the functions around it."""

    def __init__(self) -> None:
        self.printed: list[_Printed] = []
        self.functions: list[_Function] = []
        self.top = _Function(b"")
        """What stands in no function."""
        self._groups: list[_Function | None] = []
        """Open braces: those of functions, and others."""
        self._named: bytes | None = None
        """Name of the function whose body comes next."""
        self._is_defining = False
        """Whether the word `function` stands before what comes next."""
        self._words: list[Token] = []
        self._kept = True
        """Whether nothing takes up the output of the present command."""
        self._showing: list[bool] = []
        """Of each here-document that is to come: whether it is only shown."""
        self._waiting: list[_Printed] = []
        """What is printed before a pipe."""
        self._brackets: list[int] = []
        """Of each open bracket: how much was printed before it."""
        self._closed: int | None = None
        """Of the bracket that was closed last: the same, until the command after it begins."""

    def take(self, piece: Token | Redirection | Document) -> None:
        """Read one more piece."""
        if self._closed is not None and (isinstance(piece, Redirection) or _is_pipe(piece)):
            del self.printed[self._closed :]
        self._closed = None
        if isinstance(piece, Document):
            self._document(piece)
        elif isinstance(piece, Redirection):
            self._redirection(piece)
        elif not piece.is_word:
            self._operator(piece.text)
        elif not self._words and self._is_defining:
            self._named, self._is_defining = piece.text, False
        elif not self._words and piece.text in (b"{", b"}", b"function", *_BEFORE):
            self._reserved(piece.text)
        else:
            self._words.append(piece)

    def end(self, operator: bytes) -> None:
        """Keep what the command read so far prints."""
        words, self._words = self._words, []
        shown, self._waiting = self._waiting, []
        kept, self._kept = self._kept, True
        if not words:
            return
        name = words[0].text
        (self._function() or self.top).calls.add(name)
        if name in _PAGERS:
            self.printed += shown
        if name in _PRINTS and kept:
            printed = [self._piece(one.offset, one.offset + len(one.text)) for one in words[1:]]
            if operator == b"|":
                self._waiting = printed
            elif operator in _ENDS:
                self.printed += printed

    def _function(self) -> _Function | None:
        return next((one for one in reversed(self._groups) if one is not None), None)

    def _piece(self, start: int, end: int) -> _Printed:
        function = self._function()
        return _Printed(start, end, function.name if function else b"")

    def _operator(self, text: bytes) -> None:
        if text == b"(" and len(self._words) == 1:
            self._named, self._words = self._words[0].text, []
            return
        if text == b"|" and self._showing and self._words:
            self._showing[-1] = False
        self.end(text)
        if text == b"(":
            self._brackets.append(len(self.printed))
        elif text == b")" and self._brackets:
            self._closed = self._brackets.pop()

    def _reserved(self, word: bytes) -> None:
        if word == b"{":
            function = _Function(self._named) if self._named is not None else None
            if function is not None:
                self.functions.append(function)
            self._groups.append(function)
            self._named = None
        elif word == b"}" and self._groups:
            self._groups.pop()
        self._is_defining = word == b"function"

    def _redirection(self, one: Redirection) -> None:
        if is_document(one.operator):
            shows = len(self._words) == 1 and self._words[0].text in _SHOWS and self._kept
            self._showing.append(shows)
        elif b">" in one.operator and not (
            _TO_PEOPLE.match(one.operator) and one.target.strip(b"\"'") in _SEEN_BY_PEOPLE
        ):
            self._kept = one.operator.startswith(b"2") and self._kept
            if self._showing and not self._kept:
                self._showing[-1] = False

    def _document(self, one: Document) -> None:
        if self._showing and self._showing.pop(0):
            self.printed.append(self._piece(one.offset, one.offset + one.length))


def _is_pipe(piece: Token | Redirection | Document) -> bool:
    return isinstance(piece, Token) and piece.text == b"|"


def _without_commands(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the stretches between the commands in `$(...)` and backquotes, which are run wherever they stand."""
    position = start
    while position < end:
        found = _OPENED.search(data, position, end)
        if found is None:
            break
        yield position, found.start()
        position = _closed(data, found, end)
    if position < end:
        yield position, end


_OPENED = regex(rb"\$\(|`")


def _closed(data: bytes, opened: re.Match[bytes], end: int) -> int:
    """Find the end of a command that begins with `$(` or a backquote; that of the stretch when nothing closes it."""
    if opened[0] == b"`":
        closing = data.find(b"`", opened.end(), end)
        return end if closing < 0 else closing + 1
    depth = 1
    for bracket in re.finditer(rb"[()]", data[opened.end() : end]):
        depth += 1 if bracket[0] == b"(" else -1
        if not depth:
            return opened.end() + bracket.end()
    return end
