"""Tells how data of people is erased: each reset with what it clears and leaves, as one derived fact.

The rules weigh the same; here nothing is weighed.
"""

from __future__ import annotations

from plimsoll.judge.rules._resets import Reset, resets
from plimsoll.judge.rules._stores import Store
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DataStore, Erasure

INSPECTOR = "erasures"
MOST = 20
"""Most stores told of each reset, cleared and left."""


def erasures(evidence: Evidence) -> tuple[Observation, ...]:
    """Give one observation for each reset."""
    return tuple(map(_observed, resets(evidence)))


def _observed(reset: Reset) -> Observation:
    fact = reset.fact
    told = Erasure(
        fact.name, fact.wipes, fact.reached, _facts(reset.clears), _facts(reset.leaves), readable=fact.readable
    )
    stores = (*reset.clears, *reset.leaves)
    places = dict.fromkeys((reset.observation.where, *(one.where for one, _ in stores)))
    return Observation(told, reset.observation.where, INSPECTOR, None, "derived", because=tuple(places))


def _facts(stores: tuple[Store, ...]) -> tuple[DataStore, ...]:
    return tuple(dict.fromkeys(fact for _, fact in stores))[:MOST]
