"""Tells whether words in a file are in use where they stand: not in documentation, an example, a backup or a comment,
nor in text that a script only prints.

Conventions observed across OpenWrt, Buildroot, Debian and vendor trees.
"""

from __future__ import annotations

import re
from functools import lru_cache

from plimsoll.inspect.firmware._shell_printed import is_printed
from plimsoll.inspect.inspector import Look
from plimsoll.model.locator import Member
from plimsoll.regex import regex

_DOCUMENT_FOLDERS = frozenset(
    (b"doc", b"docs", b"man", b"examples", b"example", b"sample", b"samples", b"test", b"tests", b"locale",
     b"licenses", b"gtk-doc", b"changelog", b"help")
)  # fmt: skip
_DOCUMENT_SUFFIXES = (
    b".md", b".txt", b".rst", b".html", b".htm", b".example", b".sample", b".bak", b".orig", b".old", b".dist", b"~",
    b".dpkg-dist", b".pod", b".tex",
)  # fmt: skip
_DOCUMENT_NAMES = regex(rb"(?i)\A(?:readme|changelog|changes|copying|licen[cs]e|authors|news|todo|install)\b")
_SHELL = regex(rb"#![^\n]{0,60}(?:/|\b)(?:ba|a|da|k)?sh\b|#![^\n]{0,60}/etc/rc\.common")
_COMMENT = regex(rb"\s*(?:#|//|;|--[\s\[]|\*|/\*|<!--|rem\s)", re.IGNORECASE)


@lru_cache(maxsize=64)  # One file is asked about by many inspectors in turn.
def is_documentation(path: bytes) -> bool:
    """Tell by its path whether a file is there to be read by people and not by programs."""
    *folders, name = path.split(b"/")
    if not _DOCUMENT_FOLDERS.isdisjoint(folder.lower() for folder in folders):
        return True
    return name.lower().endswith(_DOCUMENT_SUFFIXES) or _DOCUMENT_NAMES.match(name) is not None


def in_documentation(look: Look) -> bool:
    """Tell whether a file is documentation, or what is compressed in one: a manual page has no path of its own."""
    if look.path:
        return is_documentation(look.path)
    members = [step.path for step in look.file.tree.stem.steps if isinstance(step, Member)]
    return bool(members) and is_documentation(members[-1])


def line_at(data: bytes, offset: int, *, longest: int = 4096) -> tuple[int, bytes]:
    """Give the line around an offset with its own offset, `longest` bytes to each side at most."""
    start = data.rfind(b"\n", max(0, offset - longest), offset) + 1
    if start == 0:
        start = max(0, offset - longest)
    end = data.find(b"\n", offset, offset + longest)
    return start, data[start : end if end >= 0 else offset + longest]


def is_comment(line: bytes) -> bool:
    """Tell whether a whole line is a comment in one of the usual languages."""
    return _COMMENT.match(line) is not None


def is_active(look: Look, offset: int) -> bool:
    """Tell whether the words at an offset stand in a script or configuration and do something there.

    Comments, documentation and what a shell script only prints do not.
    """
    return is_read(look, offset) and not (is_shell(look) and is_printed(look.data, offset))


def is_read(look: Look, offset: int) -> bool:
    """Tell whether the words at an offset stand in a script or configuration, outside comments and documentation."""
    if look.kind not in ("script", "text") or in_documentation(look):
        return False
    start, line = line_at(look.data, offset)
    if is_comment(line):
        return False
    return not (look.kind == "script" and _ends_in_comment(line, offset - start))


def is_shell(look: Look) -> bool:
    """Tell whether a file is a shell script, by its first line or its name."""
    if look.kind == "script":
        return _SHELL.match(look.data) is not None
    return look.kind == "text" and look.name.endswith(b".sh")


def _ends_in_comment(line: bytes, column: int) -> bool:
    """Tell whether a `#` that begins a shell comment stands before the column: after a blank and outside quotes."""
    quote = 0
    for position in range(column):
        byte = line[position]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"'\"":
            quote = byte
        elif byte == 0x23 and (position == 0 or line[position - 1] in b" \t;"):
            return True
    return False
