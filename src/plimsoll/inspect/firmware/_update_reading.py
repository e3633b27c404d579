"""What the readers of update settings share: keys that are named, and the syntax of libconfig.

libconfig, by its manual: settings `name = value;` or `name : value;`, groups in braces, lists in brackets and
parentheses, comments as in C, C++ and the shell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._standing import is_comment
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import UpdateGuard, UpdateTrust
from plimsoll.model.facts.update import GuardKind
from plimsoll.regex import regex

LARGEST = 1 << 20
"""Bytes of a configuration file that are read."""
DEEPEST = 32
"""Groups within groups that are followed."""
LONGEST_PATH = 400
ON = (b"true", b"yes", b"1", b"on")
OFF = (b"false", b"no", b"0", b"off")


class NamedKey(msgspec.Struct, frozen=True):
    """A file or a folder that settings name as what updates are checked by; kept until all files are seen."""

    client: str
    path: bytes
    """In the tree, without a leading `/`."""
    offset: int
    length: int
    """Bytes that name it."""


class Setting(msgspec.Struct, frozen=True):
    """One setting."""

    group: bytes
    """Innermost group it stands in; empty outside of all."""
    name: bytes
    value: bytes
    """Without quotes."""
    offset: int
    length: int


_TOKEN = regex(
    rb"/\*.*?(?:\*/|\Z)|//[^\n]*|#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|[A-Za-z0-9*.+-][\w*.+-]*|[{}()\[\]=:;,]", re.DOTALL
)


def libconfig(data: bytes) -> Iterator[Setting]:
    """Give the settings that have one value, in their order."""
    groups: list[bytes] = []
    name, begun, is_assigned = b"", 0, False
    for match in _TOKEN.finditer(data, 0, LARGEST):
        token = match[0]
        if token.startswith((b"/*", b"//", b"#")):
            continue
        if token in (b"=", b":"):
            is_assigned = bool(name)
        elif token in (b"{", b"(", b"["):
            groups = [*groups, name][-DEEPEST:]
            name, is_assigned = b"", False
        elif token in (b"}", b")", b"]"):
            groups = groups[:-1]
            name, is_assigned = b"", False
        elif token in (b";", b","):
            name, is_assigned = b"", False
        elif is_assigned:
            group = next((one for one in reversed(groups) if one), b"")
            yield Setting(group, name, token.strip(b'"'), begun, match.end() - begun)
            name, is_assigned = b"", False
        else:
            name, begun = token, match.start()


def lines(look: Look) -> Iterator[tuple[int, bytes]]:
    """Give the lines that say something, without comments."""
    for offset, line in look.lines(limit=20_000):
        if line.strip() and not is_comment(line):
            yield offset, line


def named_key(client: str, value: bytes, beside: bytes, offset: int, length: int) -> NamedKey | None:
    """Give a key by the path that a setting has; one that is not absolute is taken from the folder `beside`.

    None when the path is empty, is no path in the tree such as a URI, or holds a variable.
    """
    if not value or len(value) > LONGEST_PATH or b"://" in value or value.startswith(b"pkcs11:") or b"$" in value:
        return None
    path = value if value.startswith(b"/") else posixpath.join(b"/" + beside, value)
    return NamedKey(client, posixpath.normpath(path).lstrip(b"/"), offset, length)


def signature(client: str, state: bool | None, algorithm: str, offset: int, length: int) -> Seen:
    """Give that signatures are asked for, or are not, or that it is not known; of the whole file without a length."""
    said: Literal["on", "off", "unknown"] = "unknown" if state is None else "on" if state else "off"
    return _seen(UpdateTrust(client, "signature", said, algorithm), offset, length)


def no_certificate(client: str, offset: int, length: int) -> Seen:
    """Give that the certificate of the server is not checked."""
    return _seen(UpdateTrust(client, "certificate", "off"), offset, length)


def guard(client: str, kind: GuardKind, detail: bytes, offset: int = 0, length: int = 0) -> Seen:
    """Give something that keeps an update from doing harm."""
    return _seen(UpdateGuard(client, kind, "on", printable(detail)[:100]), offset, length)


def _seen(fact: UpdateTrust | UpdateGuard, offset: int, length: int) -> Seen:
    return Seen(fact, offset, length) if length else Seen(fact)


def seconds(value: object) -> int | None:
    """Read a number of seconds; None when it is none that a product would use."""
    if isinstance(value, bool) or not isinstance(value, int | bytes):
        return None
    if isinstance(value, bytes) and not value.isdigit():
        return None
    number = int(value) if len(str(value)) < 12 else 0
    return number if 0 < number < 1 << 31 else None
