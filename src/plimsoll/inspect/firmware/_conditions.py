"""Whether a condition of a start script holds in a unit as it leaves the factory, as far as its file tree tells.

The operators are those of POSIX `test`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._shell_guards import UNTIL_SET_UP, Guard
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

Outcome = Literal["holds", "fails", "first-boot", "switched-off", "unknown"]
"""switched-off: it fails whatever the tree holds, as a constant that somebody set; first-boot: it holds until the
product writes a file."""

LONGEST_PATH = 1_024
"""Bytes of a path that is looked up; no condition is decided by a longer one."""

_PROGRAM_FOLDERS = (b"sbin/", b"usr/sbin/", b"bin/", b"usr/bin/", b"usr/local/sbin/", b"usr/local/bin/")
_FILE_TESTS = (b"-e", b"-f", b"-x", b"-r", b"-s", b"-d", b"-L", b"-h")
_EMPTY_AT_BOOT = regex(rb"\A/*(?:tmp|run|var/run|var/lock|var/tmp)/")
_MADE_AT_BOOT = regex(rb"\A/+(?!(?:bin|sbin|usr|lib|etc|root)/)")
"""A path that may lie on another partition or be made on the way."""


class Decision(msgspec.Struct, frozen=True):
    """What came of all conditions on a command."""

    outcome: Outcome
    text: bytes = b""
    """The condition that decided it, when it does not hold for sure."""


def decide(guards: Iterable[Guard], tree: Tree, known: dict[Guard, Outcome] | None = None) -> Decision:
    """Put the conditions on a command together; the one that keeps it from running counts.

    `known` keeps what came of each condition, for a caller that asks of the same ones again.
    """
    found = Decision("holds")
    known = {} if known is None else known
    for guard in guards:
        if guard not in known:
            known[guard] = _outcome(guard, tree)
        outcome = known[guard]
        if outcome in ("fails", "switched-off"):
            return Decision(outcome, guard.text)
        if outcome == "unknown" or (outcome == "first-boot" and found.outcome == "holds"):
            found = Decision(outcome, guard.text) if found.outcome != "unknown" else found
    return found


def _outcome(guard: Guard, tree: Tree) -> Outcome:
    if guard.known is not None:
        return "holds" if guard.known else "fails"
    words = _test(guard.words)
    wanted = guard.wanted
    while words[:1] == (b"!",):
        words, wanted = words[1:], not wanted
    if wanted and _asks_for_settings(words):
        return "first-boot"
    if not words or not all(map(is_known, words)):
        return "unknown"
    if any(b"*" in word or b"?" in word for word in words):
        return "holds"
    if words[:1] == (b"which",):
        return _program(words[1], wanted=wanted, tree=tree)
    if len(words) == 2 and words[0] in _FILE_TESTS:
        return _file(words[1], wanted, tree)
    truth = _constant(words)
    if truth is None:
        return "unknown"
    return "holds" if truth == wanted else "switched-off"


def _asks_for_settings(words: tuple[bytes, ...]) -> bool:
    """Tell whether a test holds while a unit has no settings of its own."""
    if len(words) != 3 or words[1] not in (b"=", b"==", b"-eq"):
        return False
    query = UNTIL_SET_UP.get(words[2])
    return query is not None and query.match(words[0]) is not None


def _test(words: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Take the brackets or the word `test` off; a constant command is given as it is."""
    if words[:1] in ((b"[",), (b"[[",)) and len(words) > 2:
        return words[1:-1]
    if words[:1] == (b"test",):
        return words[1:]
    if len(words) == 2 and words[0] in (b"which", b"type"):
        return b"which", words[1]
    if len(words) == 3 and words[:2] == (b"command", b"-v"):
        return b"which", words[2]
    return words if words in ((b"true",), (b"false",), (b":",)) else ()


def _program(name: bytes, *, wanted: bool, tree: Tree) -> Outcome:
    """Answer whether a shell finds a program; one that the tree has not may lie on another partition."""
    paths = (name,) if b"/" in name else tuple(folder + name for folder in _PROGRAM_FOLDERS)
    if len(name) > LONGEST_PATH or all(tree.resolve(path) is None for path in paths):
        return "unknown"
    return "holds" if wanted else "fails"


def _file(path: bytes, wanted: bool, tree: Tree) -> Outcome:
    if len(path) > LONGEST_PATH:
        return "unknown"
    there = path.startswith(b"/") and tree.resolve(path) is not None
    if there:
        return "holds" if wanted else "fails"
    if not path.startswith(b"/"):
        return "unknown"
    if _EMPTY_AT_BOOT.match(path) and not wanted:
        return "holds"
    if _MADE_AT_BOOT.match(path):
        return "unknown"
    return "fails" if wanted else "first-boot"


def _constant(words: tuple[bytes, ...]) -> bool | None:
    match words:
        case (b"true",) | (b":",):
            return True
        case (b"false",):
            return False
        case (left, b"=" | b"==", right):
            return left.removeprefix(b"x") == right.removeprefix(b"x")
        case (left, b"!=", right):
            return left != right
        case (left, b"-eq", right) if left.isdigit() and right.isdigit():
            return int(left[:9]) == int(right[:9])
        case (left, b"-ne", right) if left.isdigit() and right.isdigit():
            return int(left[:9]) != int(right[:9])
        case (b"-n", text):
            return bool(text)
        case (b"-z", text):
            return not text
    return None
