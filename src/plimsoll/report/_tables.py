"""The tables of the HTML report: facts of one kind, each thing once, sorted, and no longer than can be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Fact
from plimsoll.model.locator import Place
from plimsoll.report._holes import STATUSES, holes, maker_word
from plimsoll.report._login_words import PASSWORDS
from plimsoll.report._software_words import BASES, shortened
from plimsoll.report.facts import LOGINS, STARTS
from plimsoll.report.privacy import destinations, kept
from plimsoll.report.visible import clip, say

ROWS = 200
"""Rows of a table; the JSON has the rest."""

F = TypeVar("F", bound=Fact)


class Table(msgspec.Struct, frozen=True):
    """A table ready to be laid out."""

    key: str
    """Its anchor in the page."""
    title: str
    caption: str
    columns: tuple[str, ...]
    """Heads; the last column holds a place."""
    rows: tuple[tuple[str, ...], ...]
    more: int
    """Rows that are not shown."""


def tables(assessment: Assessment) -> tuple[Table, ...]:
    """Give the tables that have at least one row."""
    made = (
        _holes(assessment),
        _services(assessment),
        _accounts(assessment),
        _destinations(assessment),
        _kept(assessment),
        _components(assessment),
        _said(assessment),
    )
    return tuple(table for table in made if table.rows)


def operating_systems(assessment: Assessment) -> tuple[str, ...]:
    """Name what the image says it is, each once."""
    names = (
        " ".join(part for part in (fact.name or fact.id, fact.version) if part)
        for fact, _, _ in _grouped(assessment.observations, facts.OperatingSystem)
    )
    return tuple(sorted(set(names)))


def _holes(assessment: Assessment) -> Table:
    """List the known vulnerabilities in their own order, most urgent first."""
    rows = [
        (
            hole.id + (", exploited" if hole.exploited else ""),
            f"{hole.component} {hole.version}".strip(),
            say(STATUSES[hole.status]),
            hole.why,
            maker_word(hole) or "nothing",
            _where(min(hole.places), len(hole.places)),
        )
        for hole in holes(assessment)
    ]
    columns = ("Vulnerability", "Component", "Status", "Why", "The maker says", "Seen at")
    caption = "Known vulnerabilities of the software that was seen; what the maker says is no proof."
    return _table("vulnerabilities", "Known vulnerabilities", caption, columns, rows, in_order=True)


def _said(assessment: Assessment) -> Table:
    """List what the maker says of vulnerabilities that were not found here."""
    found = {hole.id for hole in holes(assessment)}
    rows = [
        (
            said.vulnerability,
            say(STATUSES[said.status]),
            ", ".join(" ".join(part for part in pair if part) for pair in said.components) or "the product",
            said.statement or said.justification.replace("_", " "),
            _where(first, count),
        )
        for said, first, count in _grouped(assessment.observations, facts.VexStatement)
        if found.isdisjoint((said.vulnerability, *said.aliases))
    ]
    columns = ("Vulnerability", "The maker says", "Of", "Why", "Said at")
    caption = "What the maker says of vulnerabilities that are not among those above."
    return _table("said", "The maker on other vulnerabilities", caption, columns, rows)


def _services(assessment: Assessment) -> Table:
    rows = [
        (
            fact.program,
            fact.protocol,
            "" if fact.port is None else str(fact.port),
            say(STARTS[fact.state]),
            say(LOGINS[fact.login]),
            {True: "encrypted", False: "in clear", None: "not known"}[fact.encrypted],
            _where(first, count),
        )
        for fact, first, count in _grouped(assessment.observations, facts.Service)
    ]
    columns = ("Program", "Protocol", "Port", "Start", "Login", "Traffic", "Seen at")
    return _table("services", "Services", "Programs that take a login or listen.", columns, rows)


def _accounts(assessment: Assessment) -> Table:
    rows = [
        (
            fact.name,
            fact.store + ("" if fact.active else ", not read where it stands"),
            "" if fact.uid is None else str(fact.uid),
            say(PASSWORDS[fact.password]),
            (fact.shell or "none named") + ("" if fact.login_shell else ", refuses logins"),
            _where(first, count),
        )
        for fact, first, count in _grouped(assessment.observations, facts.Account)
    ]
    columns = ("Name", "Kept in", "User number", "Password", "Shell", "Seen at")
    return _table("accounts", "Accounts", "Entries of files that say who may log in.", columns, rows)


def _destinations(assessment: Assessment) -> Table:
    rows = [
        (
            one.host,
            ", ".join(one.purposes) or "not known",
            one.service or "not known",
            one.traffic,
            shortened(one.used_by) + ("" if one.active else ", in programs only"),
            _where(one.places[0], len(one.places)),
        )
        for one in destinations(assessment)
    ]
    columns = ("Host", "For", "Public service", "Traffic", "Named in", "Seen at")
    caption = "Hosts that scripts, settings and programs name. Who operates one, and in which country, is not told."
    return _table("destinations", "Where it sends data", caption, columns, rows, in_order=True)


def _kept(assessment: Assessment) -> Table:
    rows = [
        (one.kind, one.path, one.holder, one.protection, _where(one.places[0], len(one.places)))
        for one in kept(assessment)
    ]
    columns = ("Data", "Kept in", "By", "Protection", "Seen at")
    caption = "Places where data of or about people is kept, by commands, settings, files and databases."
    return _table("kept", "Where it keeps personal data", caption, columns, rows)


def _components(assessment: Assessment) -> Table:
    if merged := [one for one in assessment.observations if isinstance(one.fact, facts.InstalledComponent)]:
        return _installed(merged)
    found: dict[tuple[str, str], list[tuple[facts.Component, Place, int]]] = {}
    for one in _grouped(assessment.observations, facts.Component):
        if one[0].linkage != "dynamic":
            found.setdefault((one[0].name, one[0].version), []).append(one)
    rows = [
        (
            name,
            version or "not stated",
            ", ".join(sorted({say(BASES[fact.basis]) for fact, _, _ in ones})),
            _where(ones[0][1], sum(count for _, _, count in ones)),
        )
        for (name, version), ones in found.items()
    ]
    columns = ("Name", "Version", "How it is known", "Seen at")
    return _table("components", "Components", "Software in the image, with the versions it states.", columns, rows)


def _installed(merged: Sequence[Observation]) -> Table:
    rows = []
    for one in merged:
        fact = one.fact
        assert isinstance(fact, facts.InstalledComponent)
        known = ", ".join(say(BASES[basis]) for basis in fact.bases)
        if fact.linkage == "static":
            known += ", a copy that is linked in"
        if fact.conflicts:
            known += f"; other sources state {shortened(fact.conflicts)}"
        version = fact.version or "not stated"
        rows.append((fact.name, version, known, shortened(fact.packages), _where(one.where, len(one.because))))
    columns = ("Name", "Version", "How it is known", "Packages", "Seen at")
    caption = "Software in the image, each version once, with everything that states it."
    return _table("components", "Components", caption, columns, rows)


def _grouped(observations: Iterable[Observation], kind: type[F]) -> list[tuple[F, Place, int]]:
    """Give each different fact of a kind with its first place and how often it was seen."""
    found: dict[F, list[Place]] = {}
    for observation in observations:
        if isinstance(observation.fact, kind):
            found.setdefault(observation.fact, []).append(observation.where)
    return [(fact, min(places), len(places)) for fact, places in found.items()]


def _where(first: Place, count: int) -> str:
    return first if count == 1 else f"{first} and {count - 1} more"


def _table(
    key: str,
    title: str,
    caption: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    in_order: bool = False,
) -> Table:
    shown = (rows if in_order else sorted(rows))[:ROWS]
    cells = tuple((*map(clip, row[:-1]), row[-1]) for row in shown)
    return Table(key, title, caption, columns, cells, len(rows) - len(shown))
