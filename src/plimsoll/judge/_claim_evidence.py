"""The evidence as claims are set against it: what was decided by rules, what is started, and what was looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

import msgspec

from plimsoll.judge.engine import Judgement
from plimsoll.judge.rules._logins import Login, logins
from plimsoll.judge.rules._renewal import Way, ways
from plimsoll.judge.rules._standing import RunningService, Standings
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.assessment import Bearing
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Claim, Fact, StartedProgram
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Effect, Verdict


class Answer(msgspec.Struct, frozen=True):
    """What became of a claim."""

    outcome: Literal["borne-out", "contradicted", "untested"]
    why: Message
    observations: tuple[int, ...] = ()
    """Numbers of what bears it out or contradicts it."""


def untested(template: str, **words: str | int) -> Answer:
    """Say why a claim was not tested."""
    return Answer("untested", message(template, **words))


class Known:
    """All that claims are set against; what is joined from many facts is joined once."""

    def __init__(self, evidence: Evidence, judgement: Judgement) -> None:
        self.evidence = evidence
        self.judgement = judgement
        self.claims: list[tuple[Observation, Claim]] = list(evidence.of(Claim))
        self._numbers = {observation: number for number, observation in enumerate(evidence.observations)}

    @cached_property
    def standings(self) -> Standings:
        return Standings(self.evidence)

    @cached_property
    def logins(self) -> tuple[Login, ...]:
        return tuple(logins(self.evidence, self.standings))

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        return tuple(ways(self.evidence))

    @cached_property
    def is_startup_known(self) -> bool:
        """Whether something was found to be started, and in every tree that holds something to start."""
        is_any = any(start.state != "not-started" for _, start in self.evidence.of(StartedProgram))
        return is_any and not any(True for _ in unknown_startup(self.evidence))

    @property
    def started(self) -> list[RunningService]:
        """Services that are started and reached from the network."""
        return [one for one in self.standings.services if one.standing == "started" and one.is_reached]

    def numbers(self, observations: Iterable[Observation]) -> tuple[int, ...]:
        """Give the numbers of some observations, ascending."""
        return tuple(sorted({self._numbers[one] for one in observations}))

    def facts(self, bearing: Bearing) -> Iterator[Fact]:
        """Give the facts that a bearing rests on."""
        return (self.evidence.observations[number].fact for number in bearing.observations)

    def bearings(self, rule: str, effect: Effect = "refutes") -> list[Bearing]:
        """Give what a rule found of one effect."""
        of_rule = [one for one in self.judgement.findings if one.rule == rule]
        return [bearing for one in of_rule for bearing in one.bearings if bearing.effect == effect]

    def of_provision(self, provision: str) -> tuple[Verdict, list[Bearing]]:
        """Give the verdict on a provision and what decided it; open for one that does not exist."""
        result = next((one for one in self.judgement.provisions if one.id == provision), None)
        if result is None:
            return Verdict.INCONCLUSIVE, []
        deciding = [
            bearing
            for one in self.judgement.findings
            if one.criterion in result.criteria and one.verdict is result.verdict
            for bearing in one.bearings
            if bearing.effect == _DECIDING.get(result.verdict)
        ]
        return result.verdict, deciding


_DECIDING: dict[Verdict, Effect] = {Verdict.PASS: "confirms", Verdict.FAIL: "refutes"}


def by(outcome: Literal["borne-out", "contradicted"], bearing: Bearing) -> Answer:
    """Answer with what a rule found."""
    return Answer(outcome, bearing.why, bearing.observations)
