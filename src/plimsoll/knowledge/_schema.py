"""How knowledge is kept: one SQLite file, its tables and indexes, and the signs by which it is known.

    source          one row for each source: date, licence, holes
    record          what a source published at one time, by the source's own name: a CVE, an advisory, a product
    vulnerability   one row for each id: score, dates, exploited or not
    product         names of products, see products.py
    statement       which versions of some products a vulnerability is in, as one record says it
    about           product -> statements, ordered so that one range of the index answers a look-up
    lifetime        lines of releases of a product of endoflife.date
    package         package names of builders -> product
    feed            what a server said when a feed was last fetched, so that it is only sent again when it changed

Records replace themselves: a newer one of the same source and name takes away what the older one said. What two sources
say stands side by side. Source: the format of the file, https://www.sqlite.org/fileformat2.html, section 1.3.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from plimsoll.errors import PlimsollError
from plimsoll.knowledge.vulnerability import Authority, VersionRange

SCHEMA_VERSION = 1
"""Kept as `user_version`; one that is written by another version is refused."""

APPLICATION_ID = 0x504C494D
"""Kept as `application_id`: "PLIM"."""

AUTHORITIES: tuple[Authority, ...] = ("maker", "distribution", "nvd", "other")
"""Kept by their number here."""

TABLES = """
CREATE TABLE source (
  key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, date TEXT NOT NULL DEFAULT '', records INTEGER NOT NULL DEFAULT 0,
  licence TEXT NOT NULL DEFAULT '', holes TEXT NOT NULL DEFAULT '');
CREATE TABLE record (
  key INTEGER PRIMARY KEY, source INTEGER NOT NULL, name TEXT NOT NULL, modified TEXT NOT NULL DEFAULT '',
  UNIQUE (source, name));
CREATE TABLE vulnerability (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, published TEXT NOT NULL DEFAULT '', cvss REAL,
  cvss_vector TEXT NOT NULL DEFAULT '', cvss_rank INTEGER NOT NULL DEFAULT -1, epss REAL,
  exploited_since TEXT NOT NULL DEFAULT '', cwe TEXT NOT NULL DEFAULT '', withdrawn_by INTEGER);
CREATE TABLE product (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE statement (
  key INTEGER PRIMARY KEY, record INTEGER NOT NULL, vulnerability INTEGER NOT NULL, authority INTEGER NOT NULL,
  unaffected INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX statement_of_record ON statement (record);
CREATE TABLE about (
  product INTEGER NOT NULL, source INTEGER NOT NULL, statement INTEGER NOT NULL,
  PRIMARY KEY (product, source, statement)) WITHOUT ROWID;
CREATE INDEX about_of_statement ON about (statement);
CREATE TABLE lifetime (
  product TEXT NOT NULL, position INTEGER NOT NULL, record INTEGER NOT NULL, cycle TEXT NOT NULL,
  released_on TEXT NOT NULL, support_ends_on TEXT NOT NULL, security_ends_on TEXT NOT NULL, is_over INTEGER,
  latest TEXT NOT NULL, PRIMARY KEY (product, record, position)) WITHOUT ROWID;
CREATE INDEX lifetime_of_record ON lifetime (record);
CREATE TABLE package (
  name TEXT NOT NULL, product TEXT NOT NULL, source INTEGER NOT NULL, PRIMARY KEY (name, product)) WITHOUT ROWID;
CREATE TABLE feed (
  address TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, fetched_on TEXT NOT NULL) WITHOUT ROWID;
"""

_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100


class UnusableKnowledge(PlimsollError):
    """The file of knowledge is of another version, damaged, or something else."""


class Body(msgspec.Struct, frozen=True, array_like=True):
    """The versions of a statement, as they are kept (MessagePack)."""

    ranges: tuple[VersionRange, ...] = ()
    versions: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


def check_file(path: Path) -> None:
    """Hold the header of a file against what it must be; raise UnusableKnowledge.

    NOTE: a file that was cut off is known by its number of pages, which the header gives.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            size = file.seek(0, 2)
    except OSError as error:
        raise UnusableKnowledge(
            f"the knowledge in {str(path)!r} cannot be read: {error.strerror}", hint="name another with --knowledge"
        ) from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC) or _number(header, 68) != APPLICATION_ID:
        raise UnusableKnowledge(f"{str(path)!r} is no file of Plimsoll's knowledge", hint=_again(path))
    if (version := _number(header, 60)) != SCHEMA_VERSION:
        raise UnusableKnowledge(
            f"the knowledge in {str(path)!r} is of version {version}, and this Plimsoll reads version {SCHEMA_VERSION}",
            hint=_again(path),
        )
    page_bytes = int.from_bytes(header[16:18], "big")
    if _number(header, 28) * (65536 if page_bytes == 1 else page_bytes) != size:
        raise damaged(path, "it was cut off")


def damaged(path: Path, why: object) -> UnusableKnowledge:
    """Say that a file is damaged."""
    return UnusableKnowledge(f"the knowledge in {str(path)!r} is damaged: {why}", hint=_again(path))


def _number(header: bytes, at: int) -> int:
    return int.from_bytes(header[at : at + 4], "big")


def _again(path: Path) -> str:
    return f"move {str(path)!r} away and run `plimsoll knowledge update` or `plimsoll knowledge import`"
