"""Where the password in a command of a script comes from: through its variables, functions and parameters.

The commands that hash a word are those of the manuals of openssl-passwd, mkpasswd and busybox; the sources of what is
random, kept per unit or shown by the unit are observed in vendor scripts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._hashes import hash_alone
from plimsoll.inspect.firmware._shell_words import (
    TYPED,
    assignments,
    is_literal,
    origins,
    unknown_variables,
    unquoted,
    word_at,
)
from plimsoll.regex import regex

Source = Literal["constant", "per-device", "random", "user", "identifier", "unknown"]

MOST_FUNCTIONS = 200
"""Functions read of one script."""
MOST_CALLS = 20
"""Calls of one function that are read."""
LONGEST_BODY = 8_000
"""Bytes of a function that are read."""

_SALT = regex(rb"-(?:-?salt|S)[ =]+(?:\$\([^)]*\)|`[^`]*`|\"[^\"]*\"|\S+)")
_SOURCES: tuple[tuple[Source, re.Pattern[bytes]], ...] = (
    ("user", regex(re.escape(TYPED) + rb"|\b(?:dialog|whiptail)\b|\$\{?(?:POST|FORM|GET|REQUEST|QUERY_STRING)")),
    ("random", regex(rb"/dev/u?random|\bopenssl[ \t]+rand\b|\b(?:pwgen|uuidgen|apg|makepasswd)\b|\$\{?RANDOM\b|"
                          rb"/proc/sys/kernel/random/")),
    ("identifier", regex(rb"(?i)/sys/class/net/|\b(?:ifconfig|get_?mac\w*|mtd_get_mac\w*|hostid)\b|ethaddr|"
                              rb"\bmac_?addr\w*|serial_?(?:no|num\w*)?\b|/proc/cpuinfo|HWaddr|\b\w{0,10}_mac\b")),
    ("per-device", regex(rb"(?i)\bfw_printenv\b|/dev/mtd|/dev/mmcblk|\bfactory\b|eeprom|/proc/device-tree|"
                              rb"\bnvram[ \t]+get[ \t]+\S*(?:factory|unique|default_?p|label|mfg|manu)")),
)  # fmt: skip
_STRONGEST: tuple[Source, ...] = ("user", "random", "per-device", "identifier")
"""Of several sources, the first counts: a password that is made of a MAC address and a secret is not derivable."""

_FUNCTION = regex(rb"^[ \t]*(?:function[ \t]+)?([A-Za-z_][\w-]{0,60})[ \t]*\(\)[ \t\r\n]*\{", re.MULTILINE)
_CALLED = regex(rb"(?:\$\(|`)[ \t]*([A-Za-z_][\w-]{0,60})")
_SUBSTITUTED = regex(rb"\A\"?(?:\$\((.*)\)|`(.*)`)\"?\Z", re.DOTALL)
_PIPED_WORD = regex(rb"\A[ \t]*(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?(.+?)[ \t]*\|[ \t]*(.+)\Z", re.DOTALL)
_WITH_VALUE = (b"-m", b"--method", b"-S", b"--salt", b"-salt", b"-R", b"--rounds", b"-P")


class Function(msgspec.Struct, frozen=True):
    """A function of a script."""

    body: bytes
    begin: int
    end: int


class Scope(msgspec.Struct, frozen=True):
    """What a script says of its variables and functions."""

    known: Mapping[bytes, Sequence[bytes]]
    functions: Mapping[bytes, Function]
    text: bytes

    def within(self, offset: int) -> tuple[Mapping[bytes, Sequence[bytes]], bool]:
        """Give the variables at an offset, with the parameters of the function there, and whether there is one."""
        for name, function in self.functions.items():
            if function.begin <= offset < function.end:
                return {**self.known, **_parameters(self.text, name, function)}, True
        return self.known, False


def scope_of(text: bytes) -> Scope:
    """Read the variables and functions of a script."""
    return Scope(assignments(text), dict(_functions(text)), text)


def joined(own: Scope, *others: Scope) -> Scope:
    """Add the variables and functions of files that a script reads; its own count before theirs."""
    known = {name: value for one in (*reversed(others), own) for name, value in one.known.items()}
    bodies = {
        name: msgspec.structs.replace(function, begin=-1, end=-1)
        for one in reversed(others)
        for name, function in one.functions.items()
    }
    return Scope(known, {**bodies, **own.functions}, own.text)


def _functions(text: bytes) -> Iterator[tuple[bytes, Function]]:
    for number, match in enumerate(_FUNCTION.finditer(text)):
        if number >= MOST_FUNCTIONS:
            return
        line_end = text.find(b"\n", match.end())
        line = text[match.end() : line_end if line_end >= 0 else len(text)]
        if line.rstrip().endswith(b"}"):
            end = match.end() + line.rindex(b"}")
        else:
            end = text.find(b"\n}", match.end(), match.end() + LONGEST_BODY)
        end = end if end >= 0 else min(len(text), match.end() + LONGEST_BODY)
        yield match[1], Function(text[match.end() : end], match.start(), end)


def _parameters(text: bytes, name: bytes, function: Function) -> dict[bytes, list[bytes]]:
    """Give the words that a function is called with in its own script, by their number."""
    call = regex(rb"(?:^|[;&|({`]|\$\(|\b(?:then|else|do))[ \t]*" + re.escape(name) + rb"(?=[ \t])", re.MULTILINE)
    found: dict[bytes, list[bytes]] = {}
    for number, match in enumerate(call.finditer(text)):
        if number >= MOST_CALLS:
            break
        offset = match.end()
        for position in range(1, 6) if not function.begin <= match.start() < function.end else ():
            offset += len(text[offset : offset + 80]) - len(text[offset : offset + 80].lstrip(b" \t"))
            word = word_at(text, offset)
            if not word:
                break
            found.setdefault(b"%d" % position, []).append(word)
            offset += len(word)
    return found


def source_of(value: bytes, scope: Scope, offset: int) -> tuple[Source, bytes | None, bool]:
    """Say where a value comes from; give it too when it is a constant, and whether the script hashes it on the way.

    The salt of a hash is not the password.
    """
    bare = unquoted(value)
    if hash_alone(bare, 0) is not None:
        return "constant", bare, False
    known, in_function = scope.within(offset)
    texts = list(_origins(_SALT.sub(b"", value), known, scope.functions))
    found = {source for text in texts for source in _named(text)}
    for source in _STRONGEST:
        if source in found:
            return source, None, False
    unknown = set().union(*(unknown_variables(text, known) for text in texts))
    if any(name.isdigit() or name in (b"@", b"*") for name in unknown):
        return ("unknown" if in_function or scope.functions else "user"), None, False
    return _constant(value, known)


def _constant(value: bytes, known: Mapping[bytes, Sequence[bytes]]) -> tuple[Source, bytes | None, bool]:
    constant = resolved(value, known)
    if constant is not None:
        return "constant", constant, False
    word = _hashed_word(_SALT.sub(b"", _only(value, known)), known)
    return ("unknown", None, False) if word is None else ("constant", word, True)


def _origins(
    value: bytes, known: Mapping[bytes, Sequence[bytes]], functions: Mapping[bytes, Function]
) -> Iterator[bytes]:
    """Give a value and what it is made of, with the bodies of the functions whose output it is."""
    called: set[bytes] = set()
    for text in origins(value, known):
        yield _SALT.sub(b"", text)
        called.update(name for name in _CALLED.findall(text) if name in functions)
    for name in sorted(called):
        for text in origins(functions[name].body, known):
            yield _SALT.sub(b"", re.sub(rb"(?m)^[ \t]*#.*$", b"", text))


def _named(text: bytes) -> Iterator[Source]:
    """Give the first source that a text names: `fw_printenv ethaddr` reads a MAC address, whatever else it reads."""
    for source, words in _SOURCES:
        if words.search(text):
            yield source
            return


def resolved(word: bytes, known: Mapping[bytes, Sequence[bytes]]) -> bytes | None:
    """Give the constant that a word stands for: itself, or the only value of the one variable that it is."""
    word = _only(word, known)
    return unquoted(word) if is_literal(word) else None


def _only(word: bytes, known: Mapping[bytes, Sequence[bytes]]) -> bytes:
    """Follow a word that is one variable to the only word that it is set to, as far as that goes."""
    for _ in range(5):
        match = re.fullmatch(rb"\"?\$\{?([A-Za-z_]\w{0,40}|[1-9])\}?\"?", word)
        values = set(known.get(match[1], ())) if match else set[bytes]()
        if len(values) != 1:
            return word
        word = values.pop()
    return word


def _hashed_word(value: bytes, known: Mapping[bytes, Sequence[bytes]]) -> bytes | None:
    """Give the constant that a command in a value hashes: `$(openssl passwd -1 word)` and its kin."""
    match = _SUBSTITUTED.match(value)
    inner = (match[1] or match[2] or b"") if match else b""
    piped = _PIPED_WORD.match(inner)
    words = (piped[2] if piped else inner).split()
    name = posixpath.basename(words[0]) if words else b""
    if name == b"busybox" and len(words) > 1:
        words = words[1:]
        name = words[0]
    if name == b"openssl" and words[1:2] == [b"passwd"]:
        words = words[1:]
    elif name not in (b"mkpasswd", b"cryptpw"):
        return None
    if piped:
        return resolved(word_at(piped[1] + b"\n", 0), known)
    rest = [word for before, word in pairwise(words) if not word.startswith(b"-") and before not in _WITH_VALUE]
    return resolved(rest[0], known) if rest else None
