"""A rule that weighs what it is told, to see what the engine makes of it."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Component,
)
from plimsoll.model.message import message
from plimsoll.model.product import Window
from plimsoll.model.verdict import Effect
from tests.judge.building import seen

BOTH = "update-mechanism-is-secure"
"""Criteria by what firmware can do for them at most."""
REFUTE = "no-fixed-account-is-accepted"
SUPPORT = "password-can-be-changed"
NONE = "support-period-is-published"

EFFECTS: tuple[Effect, ...] = ("confirms", "refutes", "supports", "suspects", "blocks")


def rule(criterion: str = BOTH, *, needs: tuple[str, ...] = ("updates",), window: Window = "firmware") -> Rule:
    """Give a rule that takes each component for the effect that it is named after."""

    def weigh(given: Evidence) -> Iterator[Weight]:
        for observation, fact in given.of(Component):
            effect = next(one for one in EFFECTS if one == fact.name)
            yield Weight(effect, message("{effect} at {where}", effect=effect, where=observation.where), (observation,))

    return Rule(criterion, criterion, needs, "Weighs components.", "Nothing else.", weigh, window)


def components(*effects: str) -> tuple[Observation, ...]:
    return tuple(seen(Component(one, "1", "banner"), "usr/bin/x", number) for number, one in enumerate(effects))
