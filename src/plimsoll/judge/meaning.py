"""What a weight means beyond its effect: how near one must be to use a weakness, and how sure it is.

Only firm grounds decide: what a rule calls likely or suspected is a suspicion, whatever effect it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from plimsoll.judge.rule import Weight
from plimsoll.model.assessment import Bearing
from plimsoll.model.criterion import Power
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Service
from plimsoll.model.verdict import Effect, Reach, Sureness

_DECIDING: tuple[Effect, ...] = ("refutes", "confirms")
_SOFTER: Mapping[Effect, Effect] = {"refutes": "suspects", "confirms": "supports"}
_NEAREST: tuple[Reach, ...] = ("internet", "network", "device", "physical")
_REACHES: Mapping[str, Reach] = {
    "internet": "internet",
    "network": "network",
    "local": "device",
    "physical": "physical",
}
_CUT: Mapping[Power, Mapping[Effect, Effect]] = {
    "both": {},
    "refute": {"confirms": "supports"},
    "confirm": {"refutes": "suspects"},
    "support": {"confirms": "supports", "refutes": "suspects"},
    "none": {},
}
"""What an effect comes to within a power. Nothing passes a power of none."""


def bearing_of(weight: Weight, numbers: Mapping[Observation, int]) -> Bearing:
    """Number what a weight rests on; raise ValueError when it rests on nothing, for no finding is without a place."""
    if not weight.observations and weight.effect != "blocks":
        raise ValueError(f"a weight that {weight.effect} rests on no observation")
    sureness = weight.sureness or _usual_sureness(weight.effect)
    effect = weight.effect if sureness in (None, "firm") else _SOFTER.get(weight.effect, weight.effect)
    reach = weight.reach or _reach_of(weight.observations) if effect in ("refutes", "suspects") else None
    places = tuple(sorted({numbers[one] for one in weight.observations}))
    return Bearing(effect, weight.why, places, reach, sureness if effect in (*_DECIDING, "suspects") else None)


def cut_to(bearing: Bearing, power: Power) -> Bearing:
    """Cut a bearing down to what its window can do for the criterion."""
    effect = _CUT[power].get(bearing.effect, bearing.effect)
    if effect == bearing.effect:
        return bearing
    return msgspec.structs.replace(bearing, effect=effect, sureness="likely" if effect == "suspects" else None)


def _usual_sureness(effect: Effect) -> Sureness | None:
    if effect in _DECIDING:
        return "firm"
    return "suspected" if effect == "suspects" else None


def _reach_of(observations: Iterable[Observation]) -> Reach | None:
    """Give the furthest reach of the services that a weight rests on."""
    found = [_REACHES[one.fact.reach] for one in observations if isinstance(one.fact, Service)]
    return min(found, key=_NEAREST.index, default=None)
