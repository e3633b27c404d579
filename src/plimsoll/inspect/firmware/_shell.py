"""Which commands a shell script runs, and under which conditions: read, never run.

The grammar is that of POSIX, Shell Command Language, section 2.9, as far as start scripts use it. Nothing here knows a
file: the reader of the answer decides conditions against the tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._shell_guards import Guard, changing_in, guards_of, none_of
from plimsoll.inspect.firmware._shell_tokens import (
    LONGEST_SCRIPT,
    LONGEST_VALUE,
    Token,
    expand,
    is_command_in,
    is_known,
    tokens,
)
from plimsoll.regex import regex

MOST_COMMANDS = 5_000
"""Commands read of one script."""
MOST_WORK = 2_000_000
"""Variables at hand for the commands of one script, summed over the commands, and ten for each condition on them."""
MOST_WORDS = 2_000
"""Words of one command that are expanded."""
MOST_FIELDS = 200
"""Words that one variable gives."""
DEEPEST = 100
"""Open constructs in a script; one that goes deeper is read no further."""

_ASSIGNMENT = regex(rb"\A([A-Za-z_]\w*)=(.*)\Z", re.DOTALL)
_NAMED = regex(rb"\$\{?([A-Za-z_]\w*)")
_QUOTE = regex(rb"[\"'\\]")
_OPENERS = {b"if": "if", b"while": "loop", b"until": "loop", b"for": "for", b"case": "case", b"{": "group"}
_DONE_WELL = (b"cd", b"echo", b"export", b"mkdir", b"mount", b"sleep", b"true", b":", b".", b"printf", b"chmod", b"rm")
"""Commands that are taken to succeed where another follows them after `&&`."""


class Command(msgspec.Struct, frozen=True):
    """A simple command."""

    words: tuple[bytes, ...]
    """Expanded."""
    offset: int
    length: int
    guards: tuple[Guard, ...]
    function: bytes = b""
    """Name of the function it stands in; empty at the top."""


class _Open(msgspec.Struct):
    """A construct that is open."""

    kind: Literal["top", "if", "loop", "for", "case", "group", "function"]
    guards: list[Guard]
    """Conditions on what stands in it from here on."""
    outer: tuple[Guard, ...] = ()
    """Conditions on the whole of it, by what it is joined to with `&&` or `||`."""
    asked: list[Guard] = []
    """Of an `if`: what its present branch asks for."""
    condition: list[Token] = []
    reading: bool = False
    """Whether its condition, subject or pattern is being read."""
    failed: list[Guard] = []
    """Of an `if` or `case`: the branches before this one, which were not taken."""
    name: bytes = b""
    """Of a function: its name. Of a `case`: its subject."""
    taken: bool = False
    """Of a `case`: a branch before this one was taken for sure."""


def read_script(
    data: bytes, values: Mapping[bytes, bytes], included: Callable[[bytes], Mapping[bytes, bytes]] = lambda path: {}
) -> list[Command]:
    """Give the commands of a script in its order, as read_bounded does, without telling whether that was the whole."""
    return read_bounded(data, values, included)[0]


def read_bounded(
    data: bytes, values: Mapping[bytes, bytes], included: Callable[[bytes], Mapping[bytes, bytes]] = lambda path: {}
) -> tuple[list[Command], bool]:
    """Give the commands of a script in its order, and whether it was read to its end.

    `values` are variables and positional parameters (`1`, `2`) that are known beforehand; `included` gives the
    variables that a file sets which the script reads with `.`.
    """
    reader = _Reader(dict(values), included, changing_in(data) - values.keys())
    whole = len(data) <= LONGEST_SCRIPT
    for token in tokens(data):
        reader.take(token)
        if len(reader.commands) >= MOST_COMMANDS or reader.depth > DEEPEST or reader.work > MOST_WORK:
            whole = False
            break
    reader.end_command(b"\n")
    return reader.commands, whole


class _Reader:
    """Takes tokens one by one; holds what is open."""

    def __init__(
        self, values: dict[bytes, bytes], included: Callable[[bytes], Mapping[bytes, bytes]], changing: set[bytes]
    ) -> None:
        self.commands: list[Command] = []
        self._values = values
        self._included = included
        self._changing = changing
        self._open = [_Open("top", [])]
        self._words: list[Token] = []
        self._chain: list[Guard] = []
        self._named = b""
        self._loops: set[bytes] = set()
        self.work = 0

    @property
    def depth(self) -> int:
        """How many constructs are open."""
        return len(self._open)

    def take(self, token: Token) -> None:
        """Read one more token."""
        top = self._open[-1]
        if top.reading:
            self._take_condition(top, token)
        elif token.is_word and not self._words and self._reserved(token.text):
            return
        elif token.is_word:
            self._words.append(token)
        elif token.text == b"(":
            if len(self._words) == 1:
                self._named, self._words = self._words[0].text, []
            else:
                self._push("group")
        else:
            self._operator(token.text)

    def end_command(self, operator: bytes) -> None:
        """Keep the command read so far, and what it means for those that follow."""
        words, self._words = self._words, []
        if not words:
            return
        values = dict(self._scope())
        self.work += len(values)
        first = words[0]
        while words and (assigned := _ASSIGNMENT.match(words[0].text)):
            values[assigned[1]] = expand(assigned[2], values)
            words = words[1:]
        if not words:
            self._values.update(values)
            if not is_command_in(first.text):
                return
            words = [Token(b":", first.offset, True), first]
        expanded = self._fields(words, values)
        if not expanded:
            return
        self._declare(expanded)
        self._keep(words, expanded)
        is_last = expanded[0] in (b"exit", b"return") or (expanded[0] == b"exec" and len(expanded) > 1)
        if is_last and operator not in (b"&", b"|"):
            self._leave()
        settled = self._settled()
        asked = tuple(expand(word.text, settled) for word in words)
        self._link(operator, b" ".join(word.text for word in words), asked)

    def _fields(self, words: list[Token], values: Mapping[bytes, bytes]) -> list[bytes]:
        """Expand words; a variable outside quotes gives as many as it holds, one of a loop stands for each of them."""
        found: list[bytes] = []
        for word in words:
            if len(found) > MOST_WORDS:
                break
            text = expand(word.text, values)
            names = set(_NAMED.findall(word.text))
            is_split = names and not names & self._loops and not _QUOTE.search(word.text) and not is_command_in(text)
            found += text.split()[:MOST_FIELDS] if is_split else [text]
        return found

    def _keep(self, words: list[Token], expanded: list[bytes]) -> None:
        """Keep a command with the conditions on all that is open."""
        function = next((one.name for one in reversed(self._open) if one.kind == "function"), b"")
        length = words[-1].offset + len(words[-1].text) - words[0].offset
        if not expanded:
            return
        guards = tuple(guard for one in self._open for guard in (*one.outer, *one.guards)) + tuple(self._chain)
        self.work += 10 * len(guards)
        self.commands.append(Command(tuple(expanded), words[0].offset, length, guards, function))

    def _declare(self, words: Sequence[bytes]) -> None:
        if words[0] in (b"export", b"local", b"readonly"):
            for word in words[1:]:
                if assigned := _ASSIGNMENT.match(word):
                    self._values[assigned[1]] = assigned[2]
        if words[0] in (b".", b"source") and len(words) > 1:
            self._values.update(self._included(words[1]))
        if words[0] == b"read":
            for word in words[1:]:
                self._values.pop(word, None)

    def _link(self, operator: bytes, text: bytes, words: tuple[bytes, ...]) -> None:
        """Say what the outcome of a command means for the next one."""
        if operator == b"&&" and words[0] not in _DONE_WELL:
            self._chain.append(Guard(text, words))
        elif operator == b"||":
            self._chain.append(Guard(text, words, wanted=False, known=False if words[0] in _DONE_WELL else None))
        elif operator not in (b"&&", b"|"):
            self._chain = []

    def _leave(self) -> None:
        """Put the opposite of what led to `exit` on all that follows it in the construct around."""
        if self._chain:
            guards, around = self._chain, self._open[-1]
        elif self._open[-1].kind == "if" and len(self._open) > 1:
            guards, around = self._open[-1].asked, self._open[-2]
        else:
            self._open[-1].guards.append(Guard(b"exit", known=False))
            return
        around.guards.append(none_of(guards))

    def _operator(self, text: bytes) -> None:
        self.end_command(text)
        if text == b")" and self._named:
            return
        if text == b")":
            self._close("group")
        elif text == b";;" and self._open[-1].kind == "case":
            top = self._open[-1]
            top.guards, top.reading, top.condition, self._chain = [], True, [], []
        elif text in (b";", b"\n", b"&"):
            self._chain = []

    def _reserved(self, word: bytes) -> bool:
        """Take a reserved word; tell whether it was one."""
        if self._named:
            name, self._named = self._named, b""
            self._push("function")
            self._open[-1].name = name
            return word == b"{"
        if word in _OPENERS:
            self._push(_OPENERS[word])  # type: ignore[arg-type]  # the values are the kinds
            self._open[-1].reading = word != b"{"
            return True
        if word in (b"fi", b"done", b"esac", b"}"):
            self._close({b"fi": "if", b"done": "loop", b"esac": "case", b"}": "group"}[word])
            return True
        if word in (b"elif", b"else") and self._open[-1].kind == "if":
            self._next_branch(word == b"elif")
            return True
        return word in (b"then", b"do", b"function")

    def _next_branch(self, reading: bool) -> None:
        top = self._open[-1]
        top.failed = [*top.failed, none_of(top.asked)]
        top.guards, top.reading, top.condition = list(top.failed), reading, []

    def _push(self, kind: Literal["if", "loop", "for", "case", "group", "function"]) -> None:
        outer, self._chain = tuple(self._chain), []
        self._open.append(_Open(kind, [], outer))

    def _close(self, kind: str) -> None:
        self._words, self._chain = [], []
        if len(self._open) == 1:
            return
        top = self._open[-1]
        closes = {"loop": ("loop", "for"), "group": ("group", "function")}.get(kind, (kind,))
        if top.kind in closes:
            self._open.pop()

    def _take_condition(self, top: _Open, token: Token) -> None:
        """Read the condition of an `if` or loop, the words of a `for`, or a pattern of a `case`."""
        if top.kind == "case":
            self._take_pattern(top, token)
        elif token.is_word and token.text in (b"then", b"do"):
            top.reading = False
            self._begin(top)
        else:
            top.condition.append(token)

    def _begin(self, top: _Open) -> None:
        """Begin the body: with its condition, or with what a loop variable stands for, patterns and all."""
        if top.kind != "for":
            self._run_condition(top)
            top.asked = guards_of(top.condition, self._settled())
            top.guards += top.asked
            return
        words = [expand(token.text, self._scope()) for token in top.condition if token.is_word]
        if words[1:2] == [b"in"]:
            self._loops.add(words[0])
            self._values[words[0]] = b" ".join(words[2:])[:LONGEST_VALUE]

    def _run_condition(self, top: _Open) -> None:
        """Take the commands of a condition, which run to decide it; tests and patterns are none."""
        words: list[Token] = []
        for token in [*top.condition, Token(b";", 0, False)]:
            if token.is_word and (words or token.text not in (b"!", b"{")):
                words.append(token)
            elif not token.is_word and words:
                if words[0].text not in (b"[", b"[[", b"test") and not _ASSIGNMENT.match(words[0].text):
                    self._keep(words, self._fields(words, self._scope()))
                words = []

    def _scope(self) -> dict[bytes, bytes]:
        """Give the variables; in a function the script's own parameters are not to be seen."""
        if all(one.kind != "function" for one in self._open):
            return self._values
        return {name: value for name, value in self._values.items() if not name.isdigit()}

    def _settled(self) -> dict[bytes, bytes]:
        """Give the variables that a condition may rest on; a pattern of a loop stands for each of its files."""
        return {
            name: value
            for name, value in self._scope().items()
            if name not in self._changing or b"*" in value or b"?" in value
        }

    def _take_pattern(self, top: _Open, token: Token) -> None:
        self.work += len(top.condition)
        words = [one.text for one in top.condition if one.is_word]
        if token.is_word and token.text == b"esac" and not words:
            self._close("case")
        elif token.is_word and token.text == b"in" and not top.name and words:
            top.name, top.condition = expand(words[0], self._settled()), []
        elif token.text == b")" and not token.is_word and top.name:
            top.reading, top.condition = False, []
            guard = _branch(top, [expand(word, self._values) for word in words])
            top.guards = [guard] if guard else []
        elif token.text not in (b"\n", b"("):
            top.condition.append(token)


def _branch(top: _Open, patterns: list[bytes]) -> Guard | None:
    text = b"case " + top.name + b" in " + b"|".join(patterns)
    if b"*" in top.name or b"?" in top.name:
        return None
    if not is_known(top.name):
        return Guard(text)
    subject = top.name.decode("latin-1")
    hit = not top.taken and any(fnmatchcase(subject, pattern.decode("latin-1")) for pattern in patterns)
    top.taken = top.taken or hit
    return Guard(text, known=hit)
