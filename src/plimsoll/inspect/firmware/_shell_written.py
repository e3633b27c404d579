"""Which commands a script writes into a file, or hands to a shell, as text: here-documents, `echo` and `printf`.

Redirections and here-documents are those of POSIX, Shell Command Language, section 2.7.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from plimsoll.inspect.firmware._shell_tokens import Document, Redirection, Token, expand, is_document, pieces
from plimsoll.regex import regex

MOST_WRITTEN = 200
"""Texts that are taken of one script."""
LONGEST_WRITTEN = 1 << 16
"""Bytes of one text that are taken."""

_PRINTS = (b"echo", b"printf")
_SHELLS = (b"sh", b"ash", b"bash", b"hush", b"dash")
_BEFORE = (
    b"then", b"do", b"else", b"elif", b"if", b"!", b"while", b"until", b"{", b"}", b"fi", b"done", b"esac", b"time",
)  # fmt: skip
_ASSIGNED = regex(rb"[A-Za-z_]\w*=")
_ESCAPED = regex(rb"\\([$`\\])")
_WRITING = regex(rb"<<|\b(?:echo|printf)\b[^\n]*(?:>|\|)")


class Written(msgspec.Struct, frozen=True):
    """A text that a command writes."""

    target: bytes
    """Path as written, not expanded; empty for what a shell is handed."""
    text: bytes
    at: int
    """Offset in the script of the first byte of the text; -1 where it does not stand there as it is."""
    appends: bool


class _Command(msgspec.Struct):
    """A simple command with what is joined to it."""

    words: list[Token] = []
    target: bytes = b""
    appends: bool = False
    documents: list[Written] = []
    """Its here-documents, without a target."""
    fed_by: _Command | None = None
    """The command whose output it reads."""


@lru_cache(maxsize=16)  # A script is asked about once for each of its commands.
def written(data: bytes) -> Mapping[int, Written]:
    """Give what a script writes as text, by the offset of the command that writes it or is handed it."""
    if _WRITING.search(data) is None:
        return {}
    found: dict[int, Written] = {}
    for command in _commands(data):
        one = _text_of(command)
        if one is not None and len(found) < MOST_WRITTEN:
            found[command.words[0].offset] = one
    return found


def _commands(data: bytes) -> list[_Command]:
    found = [_Command()]
    waiting: list[tuple[_Command, bool]] = []
    for piece in pieces(data):
        last = found[-1]
        if isinstance(piece, Document):
            command, is_quoted = waiting.pop(0) if waiting else (_Command(), True)
            command.documents.append(_document(data, piece, is_quoted=is_quoted))
        elif isinstance(piece, Redirection):
            if is_document(piece.operator):
                waiting.append((last, any(mark in piece.target for mark in (b"'", b'"', b"\\"))))
            elif piece.operator in (b">", b">>", b"1>", b"1>>", b">|"):
                last.target, last.appends = piece.target, piece.operator.endswith(b">>")
        elif not piece.is_word:
            found.append(_Command(fed_by=last if piece.text == b"|" else None))
        elif last.words or (piece.text not in _BEFORE and not _ASSIGNED.match(piece.text)):
            last.words.append(piece)
    return [one for one in found if one.words]


def _document(data: bytes, piece: Document, *, is_quoted: bool) -> Written:
    """Give a here-document without the line that ends it."""
    text = data[piece.offset : piece.offset + min(piece.length, LONGEST_WRITTEN)]
    text = text[: text.rstrip(b"\n").rfind(b"\n") + 1]
    bare = text if is_quoted else _ESCAPED.sub(rb"\1", text)
    return Written(b"", bare, piece.offset if bare == text else -1, False)


def _text_of(command: _Command) -> Written | None:
    """Give the text that a command writes into a file, or that a shell is handed."""
    name = posixpath.basename(command.words[0].text)
    if name in _SHELLS and all(word.text in (b"-", b"-s", b"-x", b"-e") for word in command.words[1:]):
        return _printed(command.fed_by) if command.fed_by is not None else _last(command)
    if command.target and command.target.strip(b"\"'").startswith(b"/dev/"):
        return None
    one = _printed(command) if command.target else None
    return msgspec.structs.replace(one, target=command.target, appends=command.appends) if one else None


def _printed(command: _Command) -> Written | None:
    """Give the text that a command prints."""
    name = posixpath.basename(command.words[0].text) if command.words else b""
    if name == b"cat" and len(command.words) == 1:
        return _last(command)
    return Written(b"", _said(command.words), -1, False) if name in _PRINTS else None


def _last(command: _Command) -> Written | None:
    return command.documents[-1] if command.documents else None


def _said(words: Sequence[Token]) -> bytes:
    """Give what echo or printf prints."""
    texts = [expand(word.text, {}) for word in words[1:]]
    while texts and re.fullmatch(rb"-[neE]+", texts[0]):
        texts = texts[1:]
    text = b" ".join(texts) if words[0].text.endswith(b"echo") else b"".join(texts[:1])
    return text.replace(b"\\n", b"\n")[:LONGEST_WRITTEN] + b"\n"
