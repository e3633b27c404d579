"""The packages that rpm lists, in the three forms of its database.

Source: rpm's documentation (`%_db_backend`: ndb, sqlite, and Berkeley DB before 4.16) and the Linux Standard Base Core
specification, "Package File Format", for the headers that each form keeps; the neighbours read them.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._packages._rpm_hash import read_hash
from plimsoll.inspect.firmware._packages._rpm_header import read_header
from plimsoll.inspect.firmware._packages._rpm_ndb import read_ndb
from plimsoll.inspect.firmware._packages.package import MOST_PACKAGES, Package, Reader
from plimsoll.inspect.firmware._sqlite import read_table
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

LARGEST_RPM_DATABASE = 512 << 20
MOST_BYTES = 512 << 20
"""Bytes of all headers together: pages that point at each other must not make work without end."""

_PATH = regex(rb"(?:.*/)?(?:lib|sysimage|share)/rpm/(?:Packages(?:\.db)?|rpmdb\.sqlite)")


def _read(look: Look) -> Iterator[Package]:
    if len(look.data) > LARGEST_RPM_DATABASE:
        return
    room = MOST_BYTES
    for number, (offset, length, header) in enumerate(_headers(look.data)):
        room -= len(header)
        if number >= MOST_PACKAGES or room < 0:
            return
        if (package := read_header(header, offset, length)) is not None:
            yield package


def _headers(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give place, length in place, and bytes of each header; its bytes may go on elsewhere."""
    if data.startswith(b"SQLite format 3\0"):
        for offset, length, row in read_table(data, b"Packages"):
            if len(row) == 2 and isinstance(row[1], bytes):
                yield offset, length, row[1]
    elif data.startswith(b"RpmP"):
        yield from read_ndb(data)
    else:
        yield from read_hash(data)


RPM = Reader(
    "rpm",
    "package-database",
    lambda look: _PATH.fullmatch(look.path) is not None,
    _read,
    names=frozenset((b"Packages", b"Packages.db", b"rpmdb.sqlite")),
    is_of_system=True,
)
