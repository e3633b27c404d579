"""The knowledge of vulnerabilities and lifetimes as matchers ask it, and where it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from plimsoll.knowledge.vulnerability import Affected, Lifetime, SourceState, Vulnerability
from plimsoll.model.assessment import Knowledge


class KnowledgeStore(Protocol):
    """What matchers ask; every answer is an indexed look-up."""

    def sources(self) -> tuple[SourceState, ...]:
        """Say what is known of each source."""
        ...

    def covers(self, products: Sequence[str], /) -> tuple[str, ...]:
        """Name the sources that hold anything of these products."""
        ...

    def affected(self, products: Sequence[str], /) -> Iterator[Affected]:
        """Give what any source states of these products."""
        ...

    def vulnerabilities(self, ids: Iterable[str], /) -> dict[str, Vulnerability]:
        """Give those of the vulnerabilities that are known, by id."""
        ...

    def lifetimes(self, product: str, /) -> tuple[Lifetime, ...]:
        """Give the lines of releases of a product."""
        ...

    def cpe_of(self, package: str, /) -> tuple[str, ...]:
        """Give the products that a package name stands for."""
        ...


OpenStore = Callable[[], AbstractContextManager[KnowledgeStore]]


def open_knowledge() -> AbstractContextManager[KnowledgeStore]:
    """Open the operator's own knowledge, or else what goes with the program."""
    from plimsoll.knowledge.store import open_store

    return open_store()


def newest_date(sources: Iterable[SourceState]) -> str:
    """Give the date of the newest source; empty when there is none."""
    return max((one.date for one in sources), default="")


def named(sources: Iterable[SourceState]) -> tuple[Knowledge, ...]:
    """Name each source with its date, how much it holds and what it is known to lack."""
    return tuple(
        Knowledge(one.name, one.date, "; ".join(part for part in (f"{one.records} records", one.holes) if part))
        for one in sources
    )
