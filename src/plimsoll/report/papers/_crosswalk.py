"""What of an assessment bears on a demand of a law, by the crosswalk of the catalogue.

That a demand is mapped says that it aims at the same outcome; it does not say that meeting one meets the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from plimsoll.model.assessment import Assessment, Finding
from plimsoll.model.criterion import Catalogue, Mapping, Scheme
from plimsoll.model.verdict import Verdict, combine_all
from plimsoll.report.papers._evidence import (
    criteria_by_id,
    criteria_standing_for,
    findings_of,
    provision_verdict,
    verdict_of_criterion,
)
from plimsoll.report.papers.paper import Cell
from plimsoll.report.visible import prose

_NUMBERS = re.compile(r"(\d+)")


class Demand(msgspec.Struct, frozen=True):
    """One clause of a scheme, over all capabilities that it bears on."""

    clause: str
    summaries: tuple[str, ...]
    provisions: tuple[str, ...]
    criteria: tuple[str, ...]
    likely: bool
    """Whether the mapping is known to us at second hand."""


def scheme_of(catalogue: Catalogue, beginning: str) -> Scheme | None:
    """Give the newest edition of a scheme, by the beginning of its id; None when the catalogue holds none."""
    return max((one for one in catalogue.schemes if one.id.startswith(beginning)), key=lambda one: one.id, default=None)


def demands(scheme: Scheme) -> tuple[Demand, ...]:
    """Give the clauses of a scheme, each once, in the order of their numbers."""
    by_clause: dict[str, list[Mapping]] = {}
    for mapping in scheme.mappings:
        by_clause.setdefault(mapping.clause, []).append(mapping)
    return tuple(_demand(clause, by_clause[clause]) for clause in sorted(by_clause, key=clause_order))


def clause_order(clause: str) -> list[tuple[int, str]]:
    """Sort clauses so that 13(8) comes before 13(17)."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in _NUMBERS.split(clause)]


def bearing_verdict(assessment: Assessment, demand: Demand) -> Verdict:
    """Give the verdict over the provisions and criteria that bear on a demand; over none it is not shown."""
    provisions = (provision_verdict(assessment, one) for one in demand.provisions)
    criteria = (verdict_of_criterion(assessment, one) for one in demand.criteria)
    return combine_all((*provisions, *criteria))


def bearing_findings(assessment: Assessment, catalogue: Catalogue, demand: Demand) -> tuple[Finding, ...]:
    """Give the findings of all that bears on a demand."""
    of_provisions = (id for number in demand.provisions for id in criteria_standing_for(assessment, catalogue, number))
    return findings_of(assessment, (*demand.criteria, *of_provisions))


def bearing(assessment: Assessment, catalogue: Catalogue, demand: Demand) -> Cell:
    """Name what bears on a demand, each with its verdict."""
    texts = criteria_by_id(assessment, catalogue)
    titles = {one.id: one.title for one in catalogue.provisions}
    provisions = ((f"{one} {titles.get(one, '')}:", provision_verdict(assessment, one)) for one in demand.provisions)
    criteria = (
        (prose(texts[one].statement) if one in texts else one, verdict_of_criterion(assessment, one))
        for one in demand.criteria
    )
    return (*provisions, *criteria)


def _demand(clause: str, mappings: Iterable[Mapping]) -> Demand:
    given = tuple(mappings)
    return Demand(
        clause,
        tuple(dict.fromkeys(prose(one.summary) for one in given)),
        tuple(dict.fromkeys(number for one in given for number in one.provisions)),
        tuple(dict.fromkeys(id for one in given for id in one.criteria)),
        any(one.certainty == "likely" for one in given),
    )
