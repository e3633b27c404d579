"""Read-only look-ups in the knowledge of vulnerabilities and lifetimes; nothing is read that is not asked for.

The file is the operator's own, as `plimsoll knowledge` wrote it, or else the starter that goes with the program.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from importlib.resources import as_file, files
from itertools import islice
from pathlib import Path
from typing import Any, Self

import msgspec

from plimsoll.knowledge._schema import AUTHORITIES, Body, check_file, damaged
from plimsoll.knowledge.products import normalise
from plimsoll.knowledge.vulnerability import Affected, Lifetime, SourceState, Vulnerability

VARIABLE = "PLIMSOLL_KNOWLEDGE"
"""Environment variable that names another file than the usual one."""

_AT_ONCE = 500
"""Ids in one question, below the bound of any build of SQLite."""

_CACHE_KIB = 8192

_AFFECTED = """
SELECT v.id, min(p.name), t.authority, s.name, t.body, t.unaffected
FROM product p JOIN about a ON a.product = p.key JOIN statement t ON t.key = a.statement
JOIN vulnerability v ON v.key = t.vulnerability JOIN source s ON s.key = a.source
WHERE p.name IN ({marks}) GROUP BY t.key ORDER BY v.id, t.authority, s.name, t.key
"""
_COVERS = """
SELECT DISTINCT s.name FROM product p JOIN about a ON a.product = p.key JOIN source s ON s.key = a.source
WHERE p.name IN ({marks})
"""
_VULNERABILITIES = """
SELECT id, published, cvss, cvss_vector, epss, exploited_since, cwe, withdrawn_by IS NOT NULL
FROM vulnerability WHERE id IN ({marks})
"""
_LIFETIMES = """
SELECT l.product, cycle, released_on, support_ends_on, security_ends_on, is_over, latest, s.name
FROM lifetime l JOIN record r ON r.key = l.record JOIN source s ON s.key = r.source
WHERE l.product = ? ORDER BY s.name, r.name, position
"""


class Store:
    """Knowledge that is open for reading; a context manager."""

    def __init__(self, path: Path) -> None:
        """Open a file; raise UnusableKnowledge when it is not what it should be."""
        check_file(path)
        self.path = path
        self.is_starter = False
        self._body = msgspec.msgpack.Decoder(Body)
        self._kept = ExitStack()
        try:
            address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
            self._database = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._kept.enter_context(closing(self._database))
            self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._database.execute("PRAGMA trusted_schema = OFF")
        except sqlite3.Error as error:
            self._kept.close()
            raise damaged(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._kept.close()

    def as_starter(self, place: ExitStack) -> Self:
        """Mark it as the starter, and give up its place too when the file is let go of."""
        self.is_starter = True
        self._kept.push(place.pop_all())
        return self

    def sources(self) -> tuple[SourceState, ...]:
        """Say what is known of each source, by name."""
        question = "SELECT name, date, records, licence, holes FROM source ORDER BY name"
        return tuple(SourceState(*row) for row in self._ask(question, ()))

    def covers(self, products: Sequence[str]) -> tuple[str, ...]:
        """Name the sources that hold anything of the vulnerabilities of any of these products."""
        found = {row[0] for some in _lots(products) for row in self._ask(_marked(_COVERS, some), some)}
        return tuple(sorted(found))

    def affected(self, products: Sequence[str]) -> Iterator[Affected]:
        """Give what any source states of these products, by vulnerability; what is said of several of them, once."""
        for some in _lots(products):
            for id, product, authority, source, body, unaffected in self._ask(_marked(_AFFECTED, some), some):
                try:
                    held = self._body.decode(body)
                    known = AUTHORITIES[authority]
                except (msgspec.MsgspecError, IndexError, TypeError) as error:
                    raise damaged(self.path, error) from error
                yield Affected(
                    id, product, known, source, held.ranges, held.versions, held.fixed, unaffected=bool(unaffected)
                )

    def vulnerabilities(self, ids: Iterable[str]) -> dict[str, Vulnerability]:
        """Give those of the vulnerabilities that are known, by id."""
        wanted, found = iter(ids), {}
        while some := list(islice(wanted, _AT_ONCE)):
            for id, published, cvss, vector, epss, since, cwe, withdrawn in self._ask(
                _marked(_VULNERABILITIES, some), some
            ):
                classes = tuple(cwe.split()) if cwe else ()
                found[id] = Vulnerability(id, published, cvss, vector, epss, since, classes, bool(withdrawn))
        return found

    def lifetimes(self, product: str) -> tuple[Lifetime, ...]:
        """Give the lines of releases of a product, by its name in endoflife.date, newest first."""
        return tuple(
            Lifetime(name, cycle, released, active, security, None if over is None else bool(over), latest, source)
            for name, cycle, released, active, security, over, latest, source in self._ask(
                _LIFETIMES, (product.lower(),)
            )
        )

    def cpe_of(self, package: str) -> tuple[str, ...]:
        """Give the products, as `cpe:VENDOR:PRODUCT`, that builders of firmware give for a package name."""
        question = "SELECT product FROM package WHERE name = ? ORDER BY product"
        return tuple(row[0] for row in self._ask(question, (package.lower(),)))

    def fetched(self) -> tuple[tuple[str, str, str], ...]:
        """Give ETag and Last-Modified of each feed, by its address, as they were when it was fetched."""
        return tuple(self._ask("SELECT address, etag, modified FROM feed ORDER BY address", ()))

    def _ask(self, question: str, values: Sequence[str]) -> Iterator[Any]:
        try:
            yield from self._database.execute(question, values)
        except sqlite3.DatabaseError as error:
            raise damaged(self.path, error) from error


def open_store(path: Path | None = None) -> Store:
    """Open the knowledge in `path`, or the operator's own where there is one, or the starter."""
    if path is None and (named := os.environ.get(VARIABLE)):
        path = Path(named)
    if path is None and usual_path().exists():
        path = usual_path()
    if path is not None:
        return Store(path)
    with ExitStack() as stack:
        return Store(stack.enter_context(starter())).as_starter(stack)


def usual_path() -> Path:
    """Give the place of the operator's own knowledge."""
    from platformdirs import user_data_path

    return user_data_path("plimsoll") / "knowledge.sqlite"


def starter() -> Any:
    """Give the starter as a context manager of a path."""
    return as_file(files("plimsoll.knowledge").joinpath("starter.sqlite"))


def _lots(products: Sequence[str]) -> Iterator[list[str]]:
    wanted = sorted({normalise(one) for one in products})
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


def _marked(question: str, values: Sequence[str]) -> str:
    return question.format(marks=",".join("?" * len(values)))
