"""What every report for people tells, in its order: per capability what was seen, what stays open, what to do.

An assessment may have been stored and changed by somebody else: numbers that name nothing are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar

import msgspec

from plimsoll.model.assessment import Assessment, CapabilityResult, Finding, ProvisionResult
from plimsoll.model.criterion import Criterion
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.message import Message, message
from plimsoll.model.product import WINDOWS, VexFile, Window
from plimsoll.model.verdict import Effect, Verdict, combine_all
from plimsoll.report.visible import prose
from plimsoll.report.words import VERDICTS, meaning, window_of

T = TypeVar("T")
_OUTCOMES = ("contradicted", "undeclared", "borne-out", "untested")


class Reason(msgspec.Struct, frozen=True):
    """Why a finding falls as it does, with what was seen."""

    effect: Effect
    why: Message
    observations: tuple[Observation, ...]
    """One of each kind of fact first, so that the first few tell most."""
    meaning: tuple[Message, ...] = ()
    """Who can use a weakness, and how sure it is."""


class Point(msgspec.Struct, frozen=True):
    """A finding that rests on something that was seen."""

    finding: Finding
    criterion: Criterion | None
    """Absent when the assessment does not hold it."""
    provisions: tuple[str, ...]
    """Numbers of the provisions that it stands for."""
    reasons: tuple[Reason, ...]

    @property
    def statement(self) -> str:
        """Give the good state in one sentence; the criterion's id when its text is not at hand."""
        return prose(self.criterion.statement) if self.criterion else self.finding.criterion

    @property
    def places(self) -> int:
        """Count the places it rests on, each once."""
        return len({one.where for reason in self.reasons for one in reason.observations})


class Gap(msgspec.Struct, frozen=True):
    """One reason that leaves criteria without an answer, as nothing was seen of them."""

    verdict: Verdict
    why: Message
    criteria: tuple[str, ...]

    @property
    def count(self) -> int:
        """Count the criteria."""
        return len(self.criteria)


class Section(msgspec.Struct, frozen=True):
    """One capability with all that is told of it."""

    result: CapabilityResult
    points: tuple[Point, ...]
    """Deciding ones first."""
    gaps: tuple[Gap, ...]
    fixes: tuple[Criterion, ...]
    """Criteria whose advice puts right what is not met."""


class Told(msgspec.Struct, frozen=True):
    """A claim of the maker, or something that it does not name, with what was seen."""

    outcome: Literal["contradicted", "undeclared", "untested", "borne-out"]
    claim: Observation | None
    """Absent for what is not declared."""
    why: Message
    observations: tuple[Observation, ...]


class Advice(msgspec.Struct, frozen=True):
    """One thing to do, and for which capabilities."""

    capabilities: tuple[int, ...]
    text: Message


def outline(assessment: Assessment) -> tuple[Section, ...]:
    """Gather what is told of each capability, in the assessment's order."""
    criteria = {criterion.id: criterion for criterion in assessment.criteria}
    return tuple(_section(result, assessment, criteria) for result in assessment.capabilities)


def fixes(sections: Iterable[Section]) -> tuple[Advice, ...]:
    """Give the advice that puts right what is not met, each once."""
    return _gathered((section.result.number, Message(one.fix)) for section in sections for one in section.fixes)


def settlements(sections: Iterable[Section]) -> tuple[Advice, ...]:
    """Give what would settle what is not shown, each once."""
    return _gathered((section.result.number, text) for section in sections for text in section.result.settle)


def claims(assessment: Assessment) -> tuple[Told, ...]:
    """Give what became of the maker's claims, what is contradicted or not declared first."""
    seen = assessment.observations
    told = [
        Told(one.outcome, claim, one.why, chosen(seen, one.observations))
        for one in assessment.claims
        for claim in chosen(seen, (one.claim,))
    ]
    told += [Told("undeclared", None, one.why, chosen(seen, one.observations)) for one in assessment.undeclared]
    return tuple(sorted(told, key=lambda one: _OUTCOMES.index(one.outcome)))


def by_window(provision: ProvisionResult, assessment: Assessment) -> tuple[tuple[Window, Message], ...]:
    """Say in words, for each window that can tell something of a provision, its verdict or why there is none."""
    criteria = [one for one in assessment.criteria if one.id in provision.criteria]
    missing = windows_not_given(assessment)
    told: list[tuple[Window, Message]] = []
    for window in WINDOWS:
        if all(one.power.get(window, "none") == "none" for one in criteria):
            continue
        verdicts = [
            one.verdict for one in assessment.findings if one.window == window and one.criterion in provision.criteria
        ]
        if window in missing:
            told.append((window, message("not looked at")))
        else:
            told.append((window, VERDICTS[combine_all(verdicts)] if verdicts else message("no rule yet")))
    return tuple(told)


def windows_not_given(assessment: Assessment) -> tuple[Window, ...]:
    """Name the windows that no source opens; a maker's word on vulnerabilities alone declares nothing else."""
    given = {window_of(source) for source in assessment.sources if not isinstance(source, VexFile)}
    return tuple(window for window in WINDOWS if window not in given)


def inspections_not_completed(assessment: Assessment) -> tuple[Inspection, ...]:
    """Give the inspections that were not carried to their end."""
    return tuple(one for one in assessment.inspections if one.status != "completed")


def chosen(items: Sequence[T], numbers: Iterable[int]) -> tuple[T, ...]:
    """Give the items of those numbers, without the numbers that name none."""
    return tuple(items[number] for number in numbers if 0 <= number < len(items))


def _section(result: CapabilityResult, assessment: Assessment, criteria: dict[str, Criterion]) -> Section:
    findings = chosen(assessment.findings, result.findings)
    points = tuple(_point(one, assessment, criteria) for one in findings if _rests_on_something(one))
    gaps: dict[str, list[Finding]] = {}
    for one in findings:
        if not _rests_on_something(one):
            gaps.setdefault(f"{one.verdict} {one.why!r}", []).append(one)
    failing = [one.criterion for one in findings if one.verdict is Verdict.FAIL]
    to_fix = dict.fromkeys([*result.fix, *failing])
    return Section(
        result,
        points,
        tuple(_gap(group) for group in gaps.values()),
        tuple(criteria[id] for id in to_fix if id in criteria),
    )


def _rests_on_something(finding: Finding) -> bool:
    return any(bearing.observations for bearing in finding.bearings)


def _point(finding: Finding, assessment: Assessment, criteria: dict[str, Criterion]) -> Point:
    provisions = tuple(one.id for one in assessment.provisions if finding.criterion in one.criteria)
    reasons = tuple(
        Reason(
            bearing.effect,
            bearing.why,
            _varied(chosen(assessment.observations, bearing.observations)),
            tuple(meaning(bearing)),
        )
        for bearing in finding.bearings
    )
    return Point(finding, criteria.get(finding.criterion), provisions, reasons)


def _varied(observations: tuple[Observation, ...]) -> tuple[Observation, ...]:
    seen: dict[type, int] = {}
    turns: list[int] = []
    for one in observations:
        turns.append(seen.get(type(one.fact), 0))
        seen[type(one.fact)] = turns[-1] + 1
    return tuple(one for _, one in sorted(zip(turns, observations, strict=True), key=lambda pair: pair[0]))


def _gap(findings: Sequence[Finding]) -> Gap:
    criteria = tuple(dict.fromkeys(one.criterion for one in findings))
    return Gap(findings[0].verdict, findings[0].why, criteria)


def _gathered(given: Iterable[tuple[int, Message]]) -> tuple[Advice, ...]:
    """Join the capabilities that share an advice, in order of first mention."""
    numbers: dict[str, dict[int, None]] = {}
    texts: dict[str, Message] = {}
    for number, text in given:
        numbers.setdefault(repr(text), {})[number] = None
        texts[repr(text)] = text
    return tuple(Advice(tuple(of), texts[key]) for key, of in numbers.items())
