"""What of an assessment bears on a provision or a criterion, and how it is told in a cell of a paper.

An assessment may have been stored and changed by somebody else: a provision that it does not hold is not shown, and
numbers that name nothing are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from plimsoll.judge.engine import criterion_verdict
from plimsoll.model.assessment import Assessment, ClaimResult, Finding, ProvisionResult
from plimsoll.model.criterion import Catalogue, Criterion
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Claim, Fact
from plimsoll.model.product import Declaration
from plimsoll.model.verdict import Effect, Verdict
from plimsoll.report import words
from plimsoll.report._outline import chosen
from plimsoll.report.facts import tell
from plimsoll.report.papers.paper import Cell, Code, Line
from plimsoll.report.visible import say, sentence

PLACES = 3
"""Things seen that are told of one provision or criterion; the other reports have the rest."""

OUTCOMES: Mapping[str, str] = {
    "borne-out": "borne out by what was seen",
    "contradicted": "contradicted by what was seen",
    "untested": "untested",
}
"""What people read of what became of a claim."""

_TELLING: tuple[Effect, ...] = ("refutes", "suspects", "confirms", "supports")
F = TypeVar("F", bound=Fact)


def provision_result(assessment: Assessment, number: str) -> ProvisionResult | None:
    """Give what the assessment says of a provision; None when it does not speak of it."""
    return next((one for one in assessment.provisions if one.id == number), None)


def provision_verdict(assessment: Assessment, number: str) -> Verdict:
    """Give the verdict for a provision; one that the assessment does not speak of is not shown."""
    result = provision_result(assessment, number)
    return result.verdict if result else Verdict.INCONCLUSIVE


def verdict_of_criterion(assessment: Assessment, criterion: str) -> Verdict:
    """Give the verdict for a criterion over all of its findings; without any it is not shown."""
    return criterion_verdict(one for one in assessment.findings if one.criterion == criterion)


def criteria_standing_for(assessment: Assessment, catalogue: Catalogue, number: str) -> tuple[str, ...]:
    """Name the criteria that stand for a provision: those it was judged by, else those of the catalogue."""
    result = provision_result(assessment, number)
    return result.criteria if result else tuple(one.id for one in catalogue.criteria_of(number))


def criteria_by_id(assessment: Assessment, catalogue: Catalogue) -> Mapping[str, Criterion]:
    """Give all criteria, in the words by which the assessment was made where it holds them."""
    return {one.id: one for one in (*catalogue.criteria, *assessment.criteria)}


def findings_of(assessment: Assessment, criteria: Iterable[str]) -> tuple[Finding, ...]:
    """Give the findings that answer for some criteria, in their order."""
    wanted = frozenset(criteria)
    return tuple(one for one in assessment.findings if one.criterion in wanted)


def seen(assessment: Assessment, findings: Sequence[Finding], most: int = PLACES) -> Cell:
    """Tell what was seen for some findings, strongest first, each with its place, and how much more there is."""
    told = _told(findings)
    lines: list[Line] = [
        (say(words.EFFECTS[effect]) + ":", tell(one.fact), Code(one.where))
        for number, effect in list(told.items())[:most]
        for one in chosen(assessment.observations, (number,))
    ]
    if len(told) > most:
        lines.append((words.counted(len(told) - most, "and {count} more place", "and {count} more places"),))
    return tuple(lines)


def reasons(findings: Iterable[Finding]) -> Cell:
    """Give the deciding reason of each finding, each once."""
    return tuple((text,) for text in dict.fromkeys(sentence(one.why) for one in findings))


def observations_of(assessment: Assessment, kind: type[F]) -> Iterator[tuple[Observation, F]]:
    """Give each different fact of a kind with the observation whose place comes first, in order of the places."""
    found: dict[Fact, Observation] = {}
    for one in assessment.observations:
        if isinstance(one.fact, kind) and (one.fact not in found or one.where < found[one.fact].where):
            found[one.fact] = one
    for one in sorted(found.values(), key=lambda one: (one.where, repr(one.fact))):
        if isinstance(one.fact, kind):
            yield one, one.fact


def claims(assessment: Assessment) -> tuple[tuple[Observation, Claim, ClaimResult], ...]:
    """Give the claims of a declaration, each with what became of it."""
    return tuple(
        (one, one.fact, result)
        for result in assessment.claims
        for one in chosen(assessment.observations, (result.claim,))
        if isinstance(one.fact, Claim)
    )


def claims_on(assessment: Assessment, number: str) -> tuple[tuple[Observation, Claim, ClaimResult], ...]:
    """Give the claims that a declaration makes for a provision."""
    return tuple(one for one in claims(assessment) if one[1].provision == number)


def claimed(assessment: Assessment, number: str) -> Cell:
    """Tell the claims for a provision and what became of each."""
    return tuple(
        (tell(fact) + ":", OUTCOMES[result.outcome], Code(one.where))
        for one, fact, result in claims_on(assessment, number)
    )


def has_declaration(assessment: Assessment) -> bool:
    """Tell whether a declaration was given."""
    return any(isinstance(one, Declaration) for one in assessment.sources)


def _told(findings: Iterable[Finding]) -> Mapping[int, Effect]:
    """Give the numbers of the observations that say something, strongest first, each with its strongest effect."""
    told: dict[int, Effect] = {}
    bearings = [bearing for one in findings for bearing in one.bearings if bearing.effect in _TELLING]
    for bearing in sorted(bearings, key=lambda one: _TELLING.index(one.effect)):
        for number in bearing.observations:
            told.setdefault(number, bearing.effect)
    return told
