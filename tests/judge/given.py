"""What one rule answers over evidence just as it is given: no service is derived from what is started."""

from __future__ import annotations

from plimsoll.judge.rule import Rule
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Observation
from plimsoll.model.verdict import Verdict
from tests.judge.building import evidence, judged


def found(rule: Rule, *observations: Observation) -> Finding:
    """Give the finding of a rule by the real catalogue."""
    return judged(rule, evidence(*observations)).findings[0]


def verdict(rule: Rule, *observations: Observation) -> Verdict:
    """Give the verdict of a rule."""
    return found(rule, *observations).verdict


def effects(rule: Rule, *observations: Observation) -> tuple[str, ...]:
    """Give the effects that a rule finds, strongest first."""
    return tuple(bearing.effect for bearing in found(rule, *observations).bearings)
