"""Where a statement can be checked again: one canonical text form that parses back.

```
firmware.bin!squashfs@0x120000/etc/shadow+0x2a:34      bytes in a file of a file system in an image
firmware.bin!gzip@0x40!cpio@0x0/init                    a carve inside a carve
firmware.bin+0x200:16                                   bytes of the image itself
exchange:192.0.2.7/tcp/443#3+0x10:20                    bytes of the third exchange with a device
page:https://example.com/security?x=1#<sha256>+0x0:20   bytes of a page as it was fetched
clause:product.toml#/ics/5.1-1                          an entry of a declaration
```

Names are bytes. Every byte outside `A-Z a-z 0-9 . _ - , = @ ~ ( ) [ ] { }` and the `/` between the parts of a
member's path is written `%XX`, so that control characters and odd encodings are plain to see and parse back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NewType

import msgspec

Place = NewType("Place", str)
"""Canonical text of a Locator; what observations keep."""

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-,=@~()[]{}")
_ESCAPED = tuple(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in range(256))


class Carve(msgspec.Struct, frozen=True):
    """A stretch of the bytes before it, read as a format."""

    format: str
    """Name of a format, lower-case letters, digits and hyphens, such as `squashfs` or `raw`."""
    offset: int
    """Where it begins in the bytes it is carved from."""
    length: int | None = None
    """How many bytes it takes; absent when the format itself tells."""


class Member(msgspec.Struct, frozen=True):
    """An entry of the file system or archive before it."""

    path: bytes
    """Path in the tree, parts joined by `/`, without a leading `/`; never empty."""


class FileSpan(msgspec.Struct, frozen=True):
    """Bytes in an image, reached step by step."""

    image: bytes
    """Name of the image; the assessment's sources give its sha256."""
    steps: tuple[Carve | Member, ...] = ()
    """From the outside in; two Members never follow each other."""
    offset: int | None = None
    """First byte in the last step's bytes; absent for the whole of them."""
    length: int | None = None
    """Number of bytes; present exactly when offset is."""


class Exchange(msgspec.Struct, frozen=True):
    """Bytes of one exchange with a device."""

    address: bytes
    """Device address as named by the operator."""
    channel: bytes
    """Transport and port, such as `tcp/443`."""
    number: int
    """Running number of the exchange on that channel, from 1."""
    offset: int | None = None
    length: int | None = None


class Page(msgspec.Struct, frozen=True):
    """Bytes of a page as it was fetched."""

    url: bytes
    """Address of the page after redirects."""
    sha256: str
    """Of the body."""
    offset: int | None = None
    length: int | None = None


class Clause(msgspec.Struct, frozen=True):
    """An entry of a document."""

    document: bytes
    """File name of the document."""
    pointer: bytes
    """Path of the entry, parts joined by `/`, without a leading `/`."""


Locator = FileSpan | Exchange | Page | Clause


def escape_name(name: bytes) -> str:
    """Write one name so that it is printable and parses back; `/` is escaped too."""
    if _PLAIN_NAME.fullmatch(name):
        return name.decode("ascii")
    return "".join([_ESCAPED[byte] for byte in name])


def escape_path(path: bytes) -> str:
    """Write a path so that it is printable and parses back; `/` stays."""
    if _PLAIN_PATH.fullmatch(path):
        return path.decode("ascii")
    return "/".join([escape_name(part) for part in path.split(b"/")])


def unescape(text: str) -> bytes:
    """Undo escape_name and escape_path; raise ValueError on text that they cannot have written."""
    if not _ESCAPED_TEXT.fullmatch(text):
        raise ValueError(f"not an escaped name: {text!r}")
    return _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), text.encode("ascii"))


def place(locator: Locator) -> Place:
    """Write the canonical text of a locator."""
    match locator:
        case FileSpan(image, steps, offset, length):
            text = escape_name(image) + "".join(map(_step, steps)) + _bytes(offset, length)
        case Exchange(address, channel, number, offset, length):
            text = f"exchange:{escape_name(address)}/{escape_path(channel)}#{number}{_bytes(offset, length)}"
        case Page(url, sha256, offset, length):
            text = f"page:{escape_path(url)}#{sha256}{_bytes(offset, length)}"
        case Clause(document, pointer):
            text = f"clause:{escape_name(document)}#/{escape_path(pointer)}"
    return Place(text)


def below(root: Place, path: bytes, offset: int | None = None, length: int | None = None) -> Place:
    """Write the place of an entry of a tree, and of bytes in it, behind the place of the tree's root."""
    return Place(f"{root}/{escape_path(path)}{_bytes(offset, length)}" if path else f"{root}{_bytes(offset, length)}")


def parse_place(text: str) -> Locator:
    """Read the canonical text back; raise ValueError on anything place() does not write."""
    for kind, pattern in _FORMS.items():
        if text.startswith(kind + ":") and (match := pattern.fullmatch(text)):
            return _canonical(_READERS[kind](match), text)
    if match := _FILE_SPAN.fullmatch(text):
        return _canonical(_read_file_span(match), text)
    raise ValueError(f"not a place: {text!r}")


@lru_cache(maxsize=1 << 14)
def tree_of(where: Place) -> str:
    """Name the tree that a place in an image lies in: the place without its last member and bytes."""
    last_carve = max(where.rfind("!"), 0)
    return where[:last_carve] + re.split(r"[/+]", where[last_carve:], maxsplit=1)[0]


def _step(step: Carve | Member) -> str:
    match step:
        case Carve(format, offset, None):
            return f"!{format}@{offset:#x}"
        case Carve(format, offset, length):
            return f"!{format}@{offset:#x}:{length:#x}"
        case Member(path):
            return "/" + escape_path(path)


def _bytes(offset: int | None, length: int | None) -> str:
    if offset is None or length is None:
        return ""
    return f"+{offset:#x}:{length}"


_HEX = "0x(?:0|[1-9a-f][0-9a-f]*)"
_NUMBER = "(?:0|[1-9][0-9]*)"
_NAME = r"(?:[A-Za-z0-9._\-,=@~()\[\]{}]|%[0-9A-F]{2})"
_SPAN = rf"(?:\+(?P<offset>{_HEX}):(?P<length>{_NUMBER}))?"
_CARVE = rf"!(?P<format>[a-z0-9-]+)@(?P<at>{_HEX})(?::(?P<size>{_HEX}))?"
_MEMBER = rf"/(?P<path>(?:{_NAME}|/)+)"
_PLAIN_NAME = re.compile(rb"[A-Za-z0-9._\-,=@~()\[\]{}]*")
_PLAIN_PATH = re.compile(rb"[A-Za-z0-9._\-,=@~()\[\]{}/]*")
_ESCAPED_TEXT = re.compile(rf"(?:{_NAME}|/)*")
_PERCENT = re.compile(rb"%([0-9A-F]{2})")
_STEP = re.compile(f"{_CARVE}|{_MEMBER}")
_FILE_SPAN = re.compile(rf"(?P<image>{_NAME}+)(?P<steps>(?:![a-z0-9-]+@{_HEX}(?::{_HEX})?|/(?:{_NAME}|/)+)*){_SPAN}")
_FORMS = {
    "exchange": re.compile(rf"exchange:(?P<address>{_NAME}+)/(?P<channel>(?:{_NAME}|/)+)#(?P<number>{_NUMBER}){_SPAN}"),
    "page": re.compile(rf"page:(?P<url>(?:{_NAME}|/)+)#(?P<sha256>[0-9a-f]{{64}}){_SPAN}"),
    "clause": re.compile(rf"clause:(?P<document>{_NAME}+)#/(?P<pointer>(?:{_NAME}|/)+)"),
}


def _read_span(match: re.Match[str]) -> tuple[int | None, int | None]:
    if match["offset"] is None:
        return None, None
    return int(match["offset"], 16), int(match["length"])


def _read_file_span(match: re.Match[str]) -> FileSpan:
    steps: list[Carve | Member] = []
    for step in _STEP.finditer(match["steps"]):
        if step["format"] is not None:
            size = None if step["size"] is None else int(step["size"], 16)
            steps.append(Carve(step["format"], int(step["at"], 16), size))
        else:
            steps.append(Member(unescape(step["path"])))
    return FileSpan(unescape(match["image"]), tuple(steps), *_read_span(match))


def _read_exchange(match: re.Match[str]) -> Exchange:
    return Exchange(unescape(match["address"]), unescape(match["channel"]), int(match["number"]), *_read_span(match))


def _read_page(match: re.Match[str]) -> Page:
    return Page(unescape(match["url"]), match["sha256"], *_read_span(match))


def _read_clause(match: re.Match[str]) -> Clause:
    return Clause(unescape(match["document"]), unescape(match["pointer"]))


_READERS: dict[str, Callable[[re.Match[str]], Locator]] = {
    "exchange": _read_exchange,
    "page": _read_page,
    "clause": _read_clause,
}


def _canonical(locator: Locator, text: str) -> Locator:
    """Refuse a second spelling of the same place, such as `%41` for `A`."""
    if place(locator) != text:
        raise ValueError(f"not the canonical form of a place: {text!r}")
    return locator
