"""Reads JSON piece by piece: one member or array element in memory at a time, however large the file is.

Source: RFC 8259. The standard library's decoder reads each value; a value that is not whole yet is tried again with
more of the file.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, NoReturn, Protocol

import msgspec

from plimsoll.knowledge.importers.importer import Part

PIECE = 1 << 18
VALUE_CHARACTERS = 64 << 20
"""Largest single value."""
LINE_CHARACTERS = 4096
_SPACE = " \t\r\n"


class Broken(Exception):
    """A file is not whole, not of the form that it begins as, or beyond a limit; says how."""

    is_of_file = False
    """The file itself is broken, and not only a document in it."""


class BrokenFile(Broken):
    """A file is not whole, or opens to more than a limit."""

    is_of_file = True


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Give up to so many bytes; none at the end."""
        ...


def read_parts(stream: Readable) -> Iterator[Part]:
    """Give the members and elements of a file of JSON, or the lines of a text; raise Broken."""
    first = stream.read(PIECE)
    start = first.removeprefix(codecs.BOM_UTF8).lstrip(_SPACE.encode())[:1]
    if start not in (b"{", b"["):
        yield from _lines(_Text(stream, first))
    elif len(first) < PIECE and not (more := stream.read(PIECE)):
        yield from _small(first)
    else:
        yield from _members(_Text(stream, first + (more if len(first) < PIECE else b"")))


def _small(data: bytes) -> Iterator[Part]:
    """Read a small file at once, which is ten times as fast."""
    try:
        document = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Broken(f"it is not JSON: {error}") from None
    for key, value in document.items() if isinstance(document, dict) else (("", document),):
        if isinstance(value, list):
            yield Part(key, [])
            yield from (Part(key, one, True) for one in value)
        else:
            yield Part(key, value)


def _members(text: _Text) -> Iterator[Part]:
    if text.next() == "[":
        yield from _elements(text, "")
    else:
        for _ in text.items("{", "}"):
            key = text.value()
            if not isinstance(key, str) or text.next() != ":":
                raise Broken("it is not JSON: a member has no name")
            text.at += 1
            if text.next() == "[":
                yield from _elements(text, key)
            else:
                yield Part(key, text.value())
    if text.next():
        raise Broken("something follows its end")


def _elements(text: _Text, key: str) -> Iterator[Part]:
    yield Part(key, [])
    for _ in text.items("[", "]"):
        yield Part(key, text.value(), True)


def _lines(text: _Text) -> Iterator[Part]:
    yield Part("line", [])
    while True:
        end = text.held.find("\n", text.at)
        if end < 0 and len(text.held) - text.at <= LINE_CHARACTERS and text.fill():
            continue
        if end < 0 and text.at == len(text.held):
            return
        if end < 0:
            raise Broken("its last line has no end: it was cut off, or is of no form that is known")
        line = text.held[text.at : end]
        if len(line) > LINE_CHARACTERS:
            raise Broken("a line is too long")
        text.at = end + 1
        yield Part("line", line.rstrip("\r"), True)


class _Text:
    """The part of a file that is held, decoded, and how far it was used."""

    def __init__(self, stream: Readable, first: bytes) -> None:
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._value = json.JSONDecoder(parse_constant=_refuse).raw_decode
        self.held, self.at = "", 0
        self._add(first)

    def fill(self) -> bool:
        """Read more, as much again as is held; say whether there was more."""
        data = self._stream.read(max(PIECE, len(self.held) - self.at))
        self.held, self.at = self.held[self.at :], 0
        self._add(data)
        return bool(data)

    def _add(self, data: bytes) -> None:
        try:
            self.held += self._decode(data, not data)
        except UnicodeDecodeError:
            raise Broken("it is not UTF-8") from None

    def next(self) -> str:
        """Give the character that comes after white space, without using it; nothing at the end."""
        while True:
            while self.at < len(self.held) and self.held[self.at] in _SPACE:
                self.at += 1
            if self.at < len(self.held):
                return self.held[self.at]
            if not self.fill():
                return ""

    def items(self, opening: str, closing: str) -> Iterator[None]:
        """Stop before each member or element."""
        assert self.next() == opening
        self.at += 1
        if self.next() == closing:
            self.at += 1
            return
        while True:
            yield
            sign = self.next()
            self.at += 1
            if sign == closing:
                return
            if sign != ",":
                raise Broken("it ends too soon" if not sign else "it is not JSON: a comma is missing")

    def value(self) -> Any:
        """Give the value that comes next."""
        self.next()
        while True:
            try:
                value, end = self._value(self.held, self.at)
            except ValueError as error:
                if len(self.held) - self.at > VALUE_CHARACTERS:
                    raise Broken("a value in it is too large, or it is not JSON") from None
                if self.fill():
                    continue
                raise Broken(f"it is not JSON, or ends too soon: {error}") from None
            except RecursionError:
                raise Broken("it is nested too deeply") from None
            used, left = end - self.at, len(self.held) - end
            # A number may go on where what is held ends, after `.`, `e` or `e+` too.
            if left <= 2 and isinstance(value, int | float) and self.fill():
                continue
            self.at += used
            return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
