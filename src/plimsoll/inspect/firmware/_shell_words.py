"""Reads words of a shell script and follows its simple variables, as far as that can be done without running it.

Quoting, expansion and substitution are those of POSIX, Shell Command Language, sections 2.2 and 2.6.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plimsoll.regex import regex

ASSIGNMENTS = 2_000
"""Most assignments read of one script."""
LONGEST_WORD = 400

_ASSIGNED = regex(rb"(?:^|[;&({]|\b(?:then|else|do|local|export|readonly))[ \t]*([A-Za-z_]\w{0,40})=", re.MULTILINE)
_READ = regex(rb"\bread[ \t]+(?:-[a-zA-Z]+[ \t]+(?:\"[^\"\n]*\"[ \t]+|'[^'\n]*'[ \t]+)?)*([A-Za-z_]\w{0,40})")
_VARIABLE = regex(rb"\$\{?([A-Za-z_]\w{0,40}|[0-9@*#?!$])")
TYPED = b"$(read)"
"""Stands for the value of a variable that `read` fills."""


def shell_text(data: bytes) -> bytes:
    """Give a script with its continued lines joined; every byte keeps its offset."""
    return data.replace(b"\\\n", b"  ")


def word_at(text: bytes, offset: int) -> bytes:
    """Give the word that begins at an offset, with its quotes, to the blank or operator that ends it."""
    end = min(len(text), offset + LONGEST_WORD)
    closing: list[int] = []
    position = offset
    while position < end:
        byte = text[position]
        if byte == 0x0A or (not closing and byte in b" \t;|&<>)"):
            break
        if byte == 0x5C:
            position += 1
        elif closing and byte == closing[-1]:
            closing.pop()
        elif not closing or closing[-1] != 0x27:
            closing += _opened(text, position, closing)
        position += 1
    return text[offset : min(position, end)]


def _opened(text: bytes, position: int, closing: list[int]) -> list[int]:
    """Give the byte that closes what begins here, if anything does."""
    byte = text[position]
    if byte == 0x28:
        return [0x29] if text[position - 1 : position] == b"$" or 0x29 in closing else []
    if byte == 0x27 and 0x22 in closing[-1:]:
        return []
    return [byte] if byte in b"\"'`" else []


def unquoted(word: bytes) -> bytes:
    """Take the quotes and escapes off a word."""
    return re.sub(rb"\\([$`\"\\'])|[\"']", lambda match: match[1] or b"", word)


def is_literal(word: bytes) -> bool:
    """Tell whether a word is the same each time: nothing in it is expanded."""
    bare = re.sub(rb"'[^'\n]*'|\\.", b"", word)
    return b"$" not in bare and b"`" not in bare


def assignments(text: bytes) -> dict[bytes, list[bytes]]:
    """Give the words that each variable is set to, in the order of the script."""
    found: dict[bytes, list[bytes]] = {}
    for number, match in enumerate(_ASSIGNED.finditer(text)):
        if number >= ASSIGNMENTS:
            break
        found.setdefault(match[1], []).append(word_at(text, match.end()))
    for match in _READ.finditer(text):
        found.setdefault(match[1], []).append(TYPED)
    return found


def origins(word: bytes, known: Mapping[bytes, Sequence[bytes]]) -> list[bytes]:
    """Give a word and the words that it is made of, through up to 40 variables."""
    texts, waiting, done = [word], [word], set[bytes]()
    while waiting and len(done) < 40:
        for name in _VARIABLE.findall(_expanded(waiting.pop())):
            if name not in done:
                done.add(name)
                values = list(known.get(name, ()))[:8]
                texts += values
                waiting += values
    return texts


def unknown_variables(word: bytes, known: Mapping[bytes, Sequence[bytes]]) -> set[bytes]:
    """Name the variables in a word that the script does not set, positional parameters among them."""
    return {name for name in _VARIABLE.findall(_expanded(word)) if name not in known}


def _expanded(word: bytes) -> bytes:
    return re.sub(rb"'[^'\n]*'|\\.", b"", word)
