"""What a rule is: a criterion, the inspections it needs, and a small pure function that weighs the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.message import Message
from plimsoll.model.product import Window
from plimsoll.model.verdict import Effect, Reach, Sureness


class Weight(msgspec.Struct, frozen=True):
    """What some observations do for the rule's criterion."""

    effect: Effect
    why: Message
    """Why, for a person; names the thing, not the place."""
    observations: tuple[Observation, ...] = ()
    """What it rests on; may be empty only for `blocks`."""
    reach: Reach | None = None
    """How near one must be to use the weakness; None leaves it to the services among the observations."""
    sureness: Sureness | None = None
    """None: firm for what decides, suspected for a suspicion. What is not firm never decides."""


class Rule(msgspec.Struct, frozen=True):
    """One entry of RULES."""

    id: str
    """Kebab-case, stable; states the good case."""
    criterion: str
    """Id of the criterion it answers to."""
    needs: tuple[str, ...]
    """Inspectors and matchers whose work must be completed for silence to mean anything. When one of them is not, the
    engine keeps the verdict open unless something refutes."""
    what: str
    """What it weighs and how, for a maker's engineer."""
    limits: str
    """What it cannot tell."""
    weigh: Callable[[Evidence], Iterable[Weight]]
    window: Window = "firmware"
