"""What a reader of packages is, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.inspector import Look, Pattern
from plimsoll.inspect.scan import printable
from plimsoll.model.facts.component import ComponentBasis

LARGEST_DATABASE = 64 << 20
"""Bytes of the largest database that is read."""

MOST_PACKAGES = 100_000
"""Packages of one database that are read."""

LONGEST_VALUE = 256
"""Bytes of a field's value that are kept."""

Manager = Literal["opkg", "deb", "apk", "rpm", "alpm", "pypi", "npm", "golang", "cargo", "maven", "generic"]
"""Also the type of the package URL."""


class Package(msgspec.Struct, frozen=True):
    """One package, as its source states it."""

    name: str
    version: str
    offset: int | None
    """Of the bytes that state it; None for the whole file."""
    length: int | None
    architecture: str = ""
    source: str = ""
    """Source package or feed; empty when it is not named."""
    source_version: str = ""
    """Of the source package, where it is another than the package's."""
    namespace: str = ""
    """For the package URL: scope of npm, group of Maven, path before the last name of Go."""


class Reader(msgspec.Struct, frozen=True):
    """One form in which packages are stated."""

    manager: Manager
    basis: ComponentBasis
    is_one: Callable[[Look], bool]
    """Tells by path, name or match, cheaply, whether a file has the form."""
    read: Callable[[Look], Iterator[Package]]
    """Gives what the file states; nothing of what is damaged."""
    names: frozenset[bytes] = frozenset()
    """Base names of its files; a file of another name is not asked about. When empty, each file is."""
    patterns: tuple[Pattern, ...] = ()
    """Signs inside its files instead of a name."""
    is_of_system: bool = False
    """Whether the package URL names the system after the manager, as for `pkg:deb/debian/...`."""
    yields_to: Literal["", "database", "pom", "installed"] = ""
    """What speaks instead of it where it is there: the status of the same manager, a jar's own `pom.properties`, the
    packages beside a lock file."""


def text(value: bytes) -> str:
    """Give a value as text, bounded."""
    return printable(value.strip()[:LONGEST_VALUE])
