"""Verdicts of test units, cases and groups by the rules of ETSI TS 103 701 V2.1.1, from the findings of an assessment.

- A unit that was not carried out is INCONCLUSIVE. Few units can be carried out from outside at all: `CARRIED_OUT`
  names them, and only they can PASS, with a declaration at hand, for every test is a test against it.
- A case fails when a unit fails, passes when every unit passes, and is INCONCLUSIVE otherwise; so does a group over its
  cases. All means all.
- What refutes a provision fails a functional case of its group, one that looks through the window it was seen in if
  there is such; where that has several units, which of them it breaks is left open. A group without a functional case
  fails all the same.
- That a provision does not apply is never the verdict of a test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from plimsoll.catalogue.test_cases import TestCase, TestGroup
from plimsoll.model.assessment import Assessment, Finding
from plimsoll.model.product import Window
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._evidence import (
    claims_on,
    findings_of,
    has_declaration,
    provision_result,
    provision_verdict,
    verdict_of_criterion,
)

CARRIED_OUT: Mapping[str, str] = {
    "5.2-1-1/a": "disclosure-policy-is-published",
    "5.2-1-2/a": "disclosure-policy-is-published",
    "5.2-1-2/b": "disclosure-policy-is-published",
    "5.3-13-2/a": "support-period-is-published",
    "5.3-13-2/b": "support-period-is-published",
}
"""Units that are carried out as a whole when a criterion is confirmed through the maker's pages. A policy that was
confirmed was fetched without an account, at its place, and read for contact and both times."""

_WINDOWS: tuple[tuple[str, Window], ...] = (
    ("declaration", "declaration"),
    ("firmware", "firmware"),
    ("organisation", "maker"),
    ("network", "device"),
    ("two or more units", "device"),
    ("laboratory", "device"),
)
"""Which window an input of a case is looked at through, by how the input's name begins."""


class Unit(msgspec.Struct, frozen=True):
    """One unit, or several of which one is broken and it is open which."""

    id: str
    pass_when: tuple[str, ...]
    verdict: Verdict


class Case(msgspec.Struct, frozen=True):
    """One case with the verdict over its units."""

    case: TestCase
    units: tuple[Unit, ...]
    findings: tuple[Finding, ...]
    """Findings that the verdict may rest on."""

    @property
    def verdict(self) -> Verdict:
        """Give the verdict over the units."""
        return rolled_up(one.verdict for one in self.units)


class Group(msgspec.Struct, frozen=True):
    """One group with the verdict over its cases."""

    provision: str
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    refuted: bool
    """Whether the assessment holds that the provision is not met."""

    @property
    def verdict(self) -> Verdict:
        """Give the verdict over the cases; what refutes the provision goes before them."""
        return Verdict.FAIL if self.refuted else rolled_up(one.verdict for one in self.cases)


def rolled_up(verdicts: Iterable[Verdict]) -> Verdict:
    """Fail when one fails, pass when there are some and all pass; INCONCLUSIVE otherwise, and over nothing at all."""
    given = tuple(verdicts)
    if Verdict.FAIL in given:
        return Verdict.FAIL
    return Verdict.PASS if given and all(one is Verdict.PASS for one in given) else Verdict.INCONCLUSIVE


def rolled_up_group(assessment: Assessment, group: TestGroup) -> Group:
    """Give the verdicts of a group, its cases and their units."""
    result = provision_result(assessment, group.provision)
    findings = findings_of(assessment, result.criteria if result else ())
    refuted = provision_verdict(assessment, group.provision) is Verdict.FAIL
    broken = _broken_cases(group.cases, findings) if refuted else frozenset()
    cases = tuple(
        Case(case, _units(assessment, group, case, broken), _evidence(case, findings, broken)) for case in group.cases
    )
    return Group(group.provision, cases, findings, refuted)


def windows_of(case: TestCase) -> tuple[Window, ...]:
    """Name the windows that the inputs of a case are looked at through, each once."""
    named = (window for text in case.inputs for start, window in _WINDOWS if text.startswith(start))
    return tuple(dict.fromkeys(named))


def _within(case: TestCase, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    windows = windows_of(case)
    return tuple(one for one in findings if one.window in windows)


def _evidence(case: TestCase, findings: Sequence[Finding], broken: frozenset[str]) -> tuple[Finding, ...]:
    """Give the findings through the windows of a case; those that refute it, where it has none of its own."""
    within = _within(case, findings)
    if within or case.id not in broken:
        return within
    return tuple(one for one in findings if one.verdict is Verdict.FAIL)


def _broken_cases(cases: Sequence[TestCase], findings: Sequence[Finding]) -> frozenset[str]:
    """Name the functional cases that look through a window in which the provision was refuted, else the first."""
    failing = [one for one in findings if one.verdict is Verdict.FAIL]
    functional = [one for one in cases if "functional" in one.kind]
    looking = [one for one in functional if _within(one, failing)]
    return frozenset(one.id for one in looking or functional[:1])


def _units(assessment: Assessment, group: TestGroup, case: TestCase, broken: frozenset[str]) -> tuple[Unit, ...]:
    if case.id in broken:
        ids = [one.id for one in case.units]
        name = ids[0] if len(ids) == 1 else f"{ids[0]} to {ids[-1].rpartition('/')[2]}, at least one"
        return (Unit(name, case.pass_when, Verdict.FAIL),)
    return tuple(
        Unit(one.id, (one.pass_when,), _unit_verdict(assessment, group.provision, one.id)) for one in case.units
    )


def _unit_verdict(assessment: Assessment, provision: str, unit: str) -> Verdict:
    criterion = CARRIED_OUT.get(unit)
    if criterion is None or not has_declaration(assessment) or _contradicted(assessment, provision):
        return Verdict.INCONCLUSIVE
    shown = (
        provision_verdict(assessment, provision) is Verdict.PASS
        and verdict_of_criterion(assessment, criterion) is Verdict.PASS
        and any(one.window == "maker" and one.verdict is Verdict.PASS for one in findings_of(assessment, (criterion,)))
    )
    return Verdict.PASS if shown else Verdict.INCONCLUSIVE


def _contradicted(assessment: Assessment, provision: str) -> bool:
    return any(result.outcome == "contradicted" for _, _, result in claims_on(assessment, provision))
