"""Splits a shell script into words and operators: POSIX, Shell Command Language, sections 2.2, 2.3 and 2.7.4."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from plimsoll.regex import regex

LONGEST_SCRIPT = 1 << 18
"""Bytes of a script that are read; the rest is left."""
LONGEST_VALUE = 4096
"""Bytes that a word may grow to by its variables."""

_OPERATOR = regex(rb"\n|;;|;|&&|&>>?|&|\|\||\||\(|\)")
_REDIRECTION = regex(rb"\d*(?:<<<|<<-?|>>|>&|<&|<>|>\||<|>)")
_VARIABLE = regex(rb"\$(?:([A-Za-z_]\w*|[0-9])|\{([A-Za-z_]\w*|[0-9])(?::?-([^{}$`]*))?\})")


_SET = regex(
    rb"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(\"[^\"$`\n]{0,400}\"|'[^'$`\n]{0,400}'|[^\s;#$`\"']*)[ \t]*(?:#.*)?\r?$",
    re.MULTILINE,
)
_NESTED = regex(rb"\$\{\w+:?-[^{}]*\$\{")
"""A variable whose default is another one."""


class Token(msgspec.Struct, frozen=True):
    """A word with its quotes, or an operator."""

    text: bytes
    offset: int
    is_word: bool


class Redirection(msgspec.Struct, frozen=True):
    """Where the input or output of a command comes from or goes: `<<` begins a here-document."""

    operator: bytes
    """With the number before it."""
    target: bytes
    """As written; of a here-document its delimiter."""


class Document(msgspec.Struct, frozen=True):
    """The text of a here-document."""

    offset: int
    length: int


def tokens(data: bytes) -> Iterator[Token]:
    """Give the tokens of a script; comments, redirections and here-documents are left out."""
    return (one for one in pieces(data) if isinstance(one, Token))


def pieces(data: bytes) -> Iterator[Token | Redirection | Document]:
    """Give the tokens, redirections and here-documents of a script in its order; comments are left out."""
    data = data[:LONGEST_SCRIPT].replace(b"\\\r\n", b"   ").replace(b"\\\n", b"  ").replace(b"\r", b" ")
    position, delimiters = 0, list[bytes]()
    while position < len(data):
        byte = data[position]
        if byte in b" \t":
            position += 1
        elif byte == 0x23:
            position = _line_end(data, position)
        elif (redirection := _REDIRECTION.match(data, position)) is not None:
            position = _skip_blanks(data, redirection.end())
            end = _word_end(data, position)
            if is_document(redirection[0]):
                delimiters.append(re.sub(rb"[\"'\\]", b"", data[position:end]))
            yield Redirection(redirection[0], data[position:end])
            position = end
        elif (operator := _OPERATOR.match(data, position)) is not None:
            yield Token(operator[0], position, False)
            position = operator.end()
            if operator[0] == b"\n" and delimiters:
                for delimiter in delimiters:
                    start, position = position, _skip_document(data, position, delimiter)
                    yield Document(start, position - start)
                delimiters = []
        else:
            end = max(_word_end(data, position), position + 1)
            yield Token(data[position:end], position, True)
            position = end


def is_document(operator: bytes) -> bool:
    """Tell whether a redirection begins a here-document: `<<` or `<<-`; `<<<` takes the next word."""
    return operator.lstrip(b"0123456789") in (b"<<", b"<<-")


def expand(word: bytes, values: Mapping[bytes, bytes]) -> bytes:
    """Take the quotes off a word and put known variables in; what is not known stays as it is written."""
    parts = re.findall(rb"'[^']*'|\\.|[^'\\]+|.", word[:LONGEST_VALUE], re.DOTALL)
    text = b"".join(_part(part, values) for part in parts)
    return text[:LONGEST_VALUE]


def assignments(text: bytes) -> dict[bytes, bytes]:
    """Give the variables that a file of settings sets to what is known, without running it."""
    return {match[1]: match[2].strip(b"\"'") for match in _SET.finditer(text)}


def is_known(text: bytes) -> bool:
    """Tell whether nothing in an expanded word depends on what happens in the device."""
    return b"$" not in text and b"`" not in text


def is_command_in(word: bytes) -> bool:
    """Tell whether a word has the output of a command in it."""
    return b"`" in word or b"$(" in word


def substitutions(word: bytes) -> list[bytes]:
    """Give the commands in `$(...)` and between backquotes of a word, the outermost ones."""
    found, position = list[bytes](), 0
    while position < len(word):
        if word[position] == 0x60:
            end = word.find(b"`", position + 1)
        elif word.startswith(b"$(", position) and not word.startswith(b"$((", position):
            end = _closing(word, position + 2)
            position += 1
        else:
            position += 1
            continue
        if end < 0:
            break
        found.append(word[position + 1 : end])
        position = end + 1
    return found


def _closing(word: bytes, position: int) -> int:
    """Find the bracket that closes the one before; -1 when there is none."""
    depth = 1
    for match in re.finditer(rb"[()]", word[position:]):
        depth += 1 if match[0] == b"(" else -1
        if not depth:
            return position + match.start()
    return -1


def _part(part: bytes, values: Mapping[bytes, bytes]) -> bytes:
    if part.startswith(b"'"):
        return part.strip(b"'")
    if part.startswith(b"\\"):
        return part[1:]
    text = _VARIABLE.sub(lambda match: _value(match, values), part.replace(b'"', b""))
    return _VARIABLE.sub(lambda match: _value(match, values), text) if _NESTED.search(part) else text


def _value(match: re.Match[bytes], values: Mapping[bytes, bytes]) -> bytes:
    known = values.get(match[1] or match[2])
    if known is None:
        return match[3] if match[3] else match[0]
    return known or match[3] or b""


def _line_end(data: bytes, position: int) -> int:
    end = data.find(b"\n", position)
    return len(data) if end < 0 else end


def _skip_blanks(data: bytes, position: int) -> int:
    while position < len(data) and data[position] in b" \t":
        position += 1
    return position


def _word_end(data: bytes, position: int) -> int:
    """Find where a word ends: at a blank or operator outside quotes, `$(...)` and `${...}`."""
    closing = bytearray()
    while position < len(data):
        byte = data[position]
        if not closing and byte in b" \t\n;&|<>()" and data[position - 1 : position + 1] != b"$(":
            break
        if byte == 0x5C and closing[-1:] != b"'":
            position += 1
        elif closing and byte == closing[-1]:
            closing.pop()
        elif closing[-1:] != b"'":
            closing += _opened(data, position, bytes(closing[-1:]))
        position += 1
    return min(position, len(data))


def _opened(data: bytes, position: int, inside: bytes) -> bytes:
    """Give the byte that closes what begins here, if anything does."""
    byte = data[position : position + 1]
    after_dollar = data[position - 1 : position] == b"$" and position > 0
    if byte == b"(":
        return b")" if after_dollar or inside == b")" else b""
    if byte == b"{":
        return b"}" if after_dollar else b""
    if byte == b"'" and inside == b'"':
        return b""
    return byte if byte in (b'"', b"'", b"`") else b""


def _skip_document(data: bytes, position: int, delimiter: bytes) -> int:
    while position < len(data):
        end = _line_end(data, position)
        line = data[position:end].strip(b"\t ")
        position = end + 1
        if line == delimiter:
            break
    return position
