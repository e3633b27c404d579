"""Writes what importers read into a file of knowledge.

Rules: a record takes the place of the older one of the same source and name. A source that publishes all it has at once
is forgotten before a newer edition. Base scores: the newest version of CVSS; of one version, NVD's before others'.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from plimsoll.knowledge._schema import APPLICATION_ID, AUTHORITIES, SCHEMA_VERSION, TABLES
from plimsoll.knowledge.importers.importer import Edition, Record, Statement, is_bounded
from plimsoll.knowledge.products import normalise
from plimsoll.knowledge.vulnerability import VersionRange, Vulnerability

_NAMES_HELD = 200_000
_FIRST = "nvd"
"""Source whose score is taken where others give one of the same version of CVSS."""
_FORGET = {
    "kev": "UPDATE vulnerability SET exploited_since = '' WHERE exploited_since != ''",
    "epss": "UPDATE vulnerability SET epss = NULL WHERE epss IS NOT NULL",
}
"""What to forget of a source whose files are whole editions."""
_COUNTS = {
    "kev": "SELECT count(*) FROM vulnerability WHERE exploited_since != ''",
    "epss": "SELECT count(*) FROM vulnerability WHERE epss IS NOT NULL",
}
_KNOW = """
INSERT INTO vulnerability (id, published, cvss, cvss_vector, cvss_rank, epss, exploited_since, cwe)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  published = CASE WHEN published = '' OR (excluded.published != '' AND excluded.published < published)
    THEN excluded.published ELSE published END,
  cvss = CASE WHEN excluded.cvss_rank >= cvss_rank THEN excluded.cvss ELSE cvss END,
  cvss_vector = CASE WHEN excluded.cvss_rank >= cvss_rank THEN excluded.cvss_vector ELSE cvss_vector END,
  cvss_rank = max(excluded.cvss_rank, cvss_rank),
  epss = coalesce(excluded.epss, epss),
  exploited_since = CASE WHEN exploited_since = '' OR (excluded.exploited_since != ''
    AND excluded.exploited_since < exploited_since) THEN excluded.exploited_since ELSE exploited_since END,
  cwe = CASE WHEN excluded.cwe != '' THEN excluded.cwe ELSE cwe END
RETURNING key
"""


class Writer:
    """A file of knowledge that is open for writing; nobody else may hold it open."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        """Open a file, or begin a new one."""
        self._database = sqlite3.connect(path, isolation_level=None)
        self._ask = self._database.execute
        for setting in ("page_size = 4096", "journal_mode = DELETE", "synchronous = OFF", "cache_size = -65536",
                        "trusted_schema = OFF", "temp_store = MEMORY"):  # fmt: skip
            self._ask(f"PRAGMA {setting}")
        if new:
            self._ask("PRAGMA auto_vacuum = NONE")
            self._ask(f"PRAGMA application_id = {APPLICATION_ID}")
            self._ask(f"PRAGMA user_version = {SCHEMA_VERSION}")
            self._database.executescript(TABLES)
        self._encode = msgspec.msgpack.Encoder().encode
        self._products: dict[str, int] = {}
        self._sources: dict[str, int] = {}

    def begin(self) -> None:
        """Begin what can be taken back as one."""
        self._ask("SAVEPOINT import")

    def keep(self) -> None:
        """Keep what was written since `begin`."""
        self._ask("RELEASE import")

    def take_back(self) -> None:
        """Take back what was written since `begin`."""
        self._ask("ROLLBACK TO import")
        self._ask("RELEASE import")
        self._products.clear()
        self._sources.clear()

    def source(self, name: str, *, licence: str = "", holes: str = "", date: str = "") -> None:
        """Say what is known of a source; the later date stays."""
        key = self._source(name)
        self._ask(
            "UPDATE source SET date = max(date, ?), licence = iif(? = '', licence, ?), holes = iif(? = '', holes, ?) "
            "WHERE key = ?", (date, licence, licence, holes, holes, key),
        )  # fmt: skip

    def edition(self, edition: Edition) -> bool:
        """Note of which date a file is; False when all that the source says is held of a later date."""
        if edition.is_whole:
            held = self._ask("SELECT date FROM source WHERE key = ?", (self._source(edition.source),)).fetchone()[0]
            if edition.date and held > edition.date:
                return False
            if edition.source in _FORGET:
                self._ask(_FORGET[edition.source])
        self.source(edition.source, date=edition.date)
        return True

    def record(self, record: Record) -> bool:
        """Write a record in the place of the older one; False when a newer one is held."""
        source = self._source(record.source)
        known = [self._know(one, record.source) for one in record.vulnerabilities]
        if record.source in _FORGET:
            return True
        key = self._place(source, record)
        if key is None:
            return False
        keys = dict(zip((one.id for one in record.vulnerabilities), known, strict=True))
        for id, vulnerability in keys.items():
            self._withdraw(id, vulnerability, source, withdraws=record.withdraws)
        for statement in record.statements:
            if is_bounded(statement) and statement.products and not _is_empty_denial(statement):
                self._state(key, source, keys.get(statement.vulnerability), statement)
        self._database.executemany(
            "INSERT OR REPLACE INTO lifetime VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((one.product, place, key, one.cycle, one.released_on, one.support_ends_on, one.security_ends_on,
              one.is_over, one.latest) for place, one in enumerate(record.lifetimes)),
        )  # fmt: skip
        return True

    def packages(self, source: str, products: Iterable[tuple[str, str]]) -> None:
        """Write which product a package is, by its name."""
        key = self._source(source)
        self._database.executemany(
            "INSERT OR IGNORE INTO package VALUES (?, ?, ?)",
            ((name.lower(), normalise(product), key) for name, product in products),
        )

    def fetched(self, address: str, etag: str, modified: str, on: str) -> None:
        """Note what the server said when a feed was fetched."""
        self._ask("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?)", (address, etag, modified, on))

    def close(self) -> None:
        """Count, and close."""
        for name, key in self._ask("SELECT name, key FROM source").fetchall():
            count = _COUNTS.get(
                name,
                f"SELECT (SELECT count(*) FROM record WHERE source = {key}) "
                f"+ (SELECT count(*) FROM package WHERE source = {key})",
            )
            self._ask(f"UPDATE source SET records = ({count}) WHERE key = ?", (key,))
        self._database.close()

    def _know(self, one: Vulnerability, source: str) -> int:
        rank = -1 if one.cvss is None else _version(one.cvss_vector) * 2 + (source == _FIRST)
        row = self._ask(_KNOW, (one.id, one.published, one.cvss, one.cvss_vector, rank, one.epss, one.exploited_since,
                                " ".join(one.cwe))).fetchone()  # fmt: skip
        return int(row[0])

    def _place(self, source: int, record: Record) -> int | None:
        """Make room for a record, and give its key; None when what is held is newer."""
        held = self._ask("SELECT key, modified FROM record WHERE source = ? AND name = ?",
                         (source, record.name)).fetchone()  # fmt: skip
        if held is None:
            made = self._ask("INSERT INTO record (source, name, modified) VALUES (?, ?, ?)",
                             (source, record.name, record.modified))  # fmt: skip
            return made.lastrowid
        key, modified = int(held[0]), str(held[1])
        if record.modified and modified > record.modified:
            return None
        self._ask("DELETE FROM about WHERE statement IN (SELECT key FROM statement WHERE record = ?)", (key,))
        self._ask("DELETE FROM statement WHERE record = ?", (key,))
        self._ask("DELETE FROM lifetime WHERE record = ?", (key,))
        self._ask("UPDATE record SET modified = ? WHERE key = ?", (record.modified, key))
        return key

    def _withdraw(self, id: str, vulnerability: int, source: int, *, withdraws: bool) -> None:
        """Note that a source withdrew a vulnerability; only that source takes it back."""
        if withdraws:
            self._ask("UPDATE vulnerability SET withdrawn_by = ? WHERE id = ?", (source, id))
        else:
            self._ask("UPDATE vulnerability SET withdrawn_by = NULL WHERE key = ? AND withdrawn_by = ?",
                      (vulnerability, source))  # fmt: skip

    def _state(self, record: int, source: int, vulnerability: int | None, one: Statement) -> None:
        if vulnerability is None:
            vulnerability = self._know(Vulnerability(one.vulnerability), "")
        body = self._encode((tuple(map(_brief, one.ranges)), one.versions, one.fixed))
        made = self._ask(
            "INSERT INTO statement (record, vulnerability, authority, unaffected, body) VALUES (?, ?, ?, ?, ?)",
            (record, vulnerability, AUTHORITIES.index(one.authority), one.unaffected, body),
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO about VALUES (?, ?, ?)",
            [(self._product(name), source, made.lastrowid) for name in one.products],
        )

    def _product(self, name: str) -> int:
        name = normalise(name)
        if name not in self._products:
            if len(self._products) >= _NAMES_HELD:
                self._products.clear()
            self._ask("INSERT OR IGNORE INTO product (name) VALUES (?)", (name,))
            self._products[name] = self._ask("SELECT key FROM product WHERE name = ?", (name,)).fetchone()[0]
        return self._products[name]

    def _source(self, name: str) -> int:
        if name not in self._sources:
            self._ask("INSERT OR IGNORE INTO source (name) VALUES (?)", (name,))
            self._sources[name] = self._ask("SELECT key FROM source WHERE name = ?", (name,)).fetchone()[0]
        return self._sources[name]


def _is_empty_denial(one: Statement) -> bool:
    """Say whether a statement denies versions without naming any: it would be read as a denial of all."""
    return one.unaffected and not one.ranges and not one.versions


def _brief(span: VersionRange) -> dict[str, Any]:
    """Give the fields of a range that are not as usual."""
    usual = VersionRange()
    return {name: value for name in VersionRange.__struct_fields__
            if (value := getattr(span, name)) != getattr(usual, name)}  # fmt: skip


def _version(vector: str) -> int:
    """Give the version of CVSS, times ten; a vector that names none is of version 2."""
    head = vector.removeprefix("CVSS:")[:3] if vector.startswith("CVSS:") else "2.0"
    return int(head[0] + head[2]) if head[:1].isdigit() and head[2:].isdigit() else 0
