"""Commands that open an encrypted volume, and where its key comes from.

Source: the manuals of cryptsetup(8) and crypttab(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._shell_words import is_literal, unquoted
from plimsoll.regex import regex

KeyFrom = Literal["", "in-image", "elsewhere"]

_COMMAND = regex(
    rb"(?:\b(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)*(?:\"([^\"\n|]{3,200})\"|'([^'\n|]{3,200})'|([^\s\"'|]{3,200}))"
    rb"[ \t]*\|[ \t]*(?:\S{1,40}/)?)?\bcryptsetup[ \t]+([^\n;&|]{1,400})"
)
_DMSETUP = regex(rb"\bdmsetup[ \t]+create[ \t]+([^\s-][^\s]{0,60})[^\n]{0,200}?\bcrypt\b")
_GIVEN = regex(rb"<<<[ \t]*(\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s]{1,200})")
_REDIRECTION = regex(rb"\d?[<>].*", re.DOTALL)
_VALUED = (
    b"-d", b"--key-file", b"-M", b"--type", b"-c", b"--cipher", b"-s", b"--key-size", b"-h", b"--hash", b"-S",
    b"--key-slot", b"--header", b"-o", b"--offset", b"-p", b"--skip", b"-T", b"--tries", b"-t", b"--timeout", b"-b",
    b"--size", b"-l", b"--keyfile-size", b"--keyfile-offset", b"--master-key-file", b"--volume-key-file",
)  # fmt: skip
_KEY_OPTIONS = (b"-d", b"--key-file", b"--master-key-file", b"--volume-key-file")
_NO_FILE = (b"-", b"/dev/stdin", b"none")


class Opened(msgspec.Struct, frozen=True):
    """A volume that a command opens."""

    name: bytes
    """Under /dev/mapper; empty when a variable holds it."""
    key: KeyFrom
    secret: bytes = b""
    """The key itself, where the command is given it as a word."""


def opened(line: bytes, holds: Callable[[bytes], bool]) -> Iterator[Opened]:
    """Give the volumes that a line of a script opens; `holds` says whether the image has a file."""
    for found in _COMMAND.finditer(line):
        if (one := _opened(found, holds)) is not None:
            yield one
    for found in _DMSETUP.finditer(line):
        yield Opened(found[1] if is_literal(found[1]) else b"", "")


def key_of(file: bytes, holds: Callable[[bytes], bool]) -> KeyFrom:
    """Say where a key comes from that is named by its file."""
    if not file or file in _NO_FILE or not is_literal(file):
        return ""
    return "in-image" if holds(file) else "elsewhere"


def _opened(found: re.Match[bytes], holds: Callable[[bytes], bool]) -> Opened | None:
    places, file, before = list[bytes](), b"", b""
    for word in map(unquoted, _REDIRECTION.sub(b"", found[4]).split()):
        if before in _VALUED:
            file = word if before in _KEY_OPTIONS else file
        elif word.startswith((b"--key-file=", b"--master-key-file=", b"--volume-key-file=")):
            file = word.partition(b"=")[2]
        elif not word.startswith(b"-"):
            places.append(word)
        before = word
    action, *rest = places or [b""]
    if action not in (b"open", b"luksOpen", b"plainOpen", b"create") or not rest:
        return None
    name = rest[0] if action == b"create" else rest[1] if len(rest) > 1 else b""
    given = _GIVEN.search(found[4])
    word = unquoted(given[1]) if given else next((one for one in found.groups()[:3] if one), b"")
    is_word = bool(word) and is_literal(word) and (not file or file in _NO_FILE)
    key: KeyFrom = "in-image" if is_word else key_of(file, holds)
    return Opened(name if is_literal(name) else b"", key, word if is_word else b"")
