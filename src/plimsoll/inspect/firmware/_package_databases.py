"""The packages that a package manager's own database states: opkg, dpkg and apk.

Source: Debian policy, chapter 5 (control files), which opkg follows; deb822; the fields of `status` as dpkg(1) names
them; the Alpine wiki on the apk database (`P:` package, `V:` version, `A:` architecture, `o:` origin).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.inspector import Look
from plimsoll.inspect.scan import printable

LARGEST_DATABASE = 64 << 20
"""Bytes of the largest database that is read."""

MOST_PACKAGES = 100_000
LONGEST_VALUE = 256
"""Bytes of a field's value that are kept."""

Manager = Literal["opkg", "deb", "apk"]
"""Also the type of the package URL."""

_ON_DISK = frozenset((b"installed", b"unpacked", b"half-configured", b"triggers-awaited", b"triggers-pending"))
"""States in which the files of a package are there; `deinstall` before one is what is wanted, not what is."""

_FIELDS = frozenset((b"package", b"version", b"status", b"architecture", b"source", b"sourcename"))
_LETTERS = {b"P": b"package", b"V": b"version", b"A": b"architecture", b"o": b"source"}
_PATHS: tuple[tuple[re.Pattern[bytes], Manager, bool], ...] = (
    (re.compile(rb"(?:.*/)?lib/opkg/status"), "opkg", True),
    (re.compile(rb"(?:.*/)?lib/opkg/info/[^/]+\.control"), "opkg", False),
    (re.compile(rb"(?:.*/)?lib/dpkg/status"), "deb", True),
    (re.compile(rb"(?:.*/)?lib/dpkg/status\.d/(?:[^/]+(?<!\.md5sums))"), "deb", True),
    (re.compile(rb"(?:.*/)?lib/apk/db/installed"), "apk", True),
)


class Package(msgspec.Struct, frozen=True):
    """One package that is installed."""

    name: str
    version: str
    architecture: str
    source: str
    """Source package or feed; empty when it is not named."""
    offset: int
    """Of its paragraph in the database."""
    length: int


class Database(msgspec.Struct, frozen=True):
    """A file of a package database."""

    manager: Manager
    is_status: bool
    """Whether it says itself what is installed; a control file of opkg speaks only where there is no status."""
    packages: tuple[Package, ...]


def is_database(look: Look) -> bool:
    """Tell by its path whether a file belongs to a package database."""
    return b"lib/" in look.path and any(path.fullmatch(look.path) for path, _, _ in _PATHS)


def read_database(look: Look) -> Database | None:
    """Read a file of a package database; None for another file. What is cut off or damaged is left out."""
    for path, manager, is_status in _PATHS:
        if path.fullmatch(look.path):
            paragraphs = _apk_paragraphs if manager == "apk" else _control_paragraphs
            return Database(manager, is_status, tuple(_packages(look.data[:LARGEST_DATABASE], paragraphs)))
    return None


_Fields = dict[bytes, bytes]


def _packages(data: bytes, read: Callable[[bytes], _Fields]) -> Iterator[Package]:
    for number, (offset, paragraph) in enumerate(_paragraphs(data)):
        if number >= MOST_PACKAGES:
            return
        fields = read(paragraph)
        state = fields.get(b"status", b"install ok installed").split()
        if fields.get(b"package") and fields.get(b"version") and state and state[-1] in _ON_DISK:
            yield Package(
                name=printable(fields[b"package"]),
                version=printable(fields[b"version"]),
                architecture=printable(fields.get(b"architecture", b"")),
                source=_source(fields),
                offset=offset,
                length=len(paragraph),
            )


def _paragraphs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split at empty lines; give each paragraph with its offset."""
    start = 0
    while start < len(data):
        end = data.find(b"\n\n", start)
        end = len(data) if end < 0 else end
        if paragraph := data[start:end].strip(b"\n"):
            yield start + data[start:end].index(paragraph), paragraph
        start = end + 2


def _control_paragraphs(paragraph: bytes) -> _Fields:
    """Read `Name: value` lines; lines that begin with a blank go on with the one before, which none of ours needs."""
    fields: _Fields = {}
    for line in paragraph.split(b"\n"):
        name, colon, value = line.partition(b":")
        if colon and (key := name.lower()) in _FIELDS:
            fields.setdefault(key, value.strip()[:LONGEST_VALUE])
    return fields


def _apk_paragraphs(paragraph: bytes) -> _Fields:
    """Read lines of one letter, a colon and a value."""
    fields: _Fields = {}
    for line in paragraph.split(b"\n"):
        if line[1:2] == b":" and line[:1] in _LETTERS:
            fields.setdefault(_LETTERS[line[:1]], line[2:].strip()[:LONGEST_VALUE])
    return fields


def _source(fields: _Fields) -> str:
    """Give the source package without its version in brackets; opkg's own name for it where it has one."""
    source = fields.get(b"sourcename") or fields.get(b"source", b"")
    return printable(source.partition(b" (")[0])
