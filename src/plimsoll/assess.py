"""The one place that strings the stages together: an image becomes an assessment."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

import plimsoll
from plimsoll.catalogue import load
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.judge.engine import judge
from plimsoll.judge.rules import RULES
from plimsoll.look import Tick, look
from plimsoll.match import MATCHERS
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Assessment, Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.product import Product
from plimsoll.unpack.limits import Limits

Stage = Literal["opening", "looking", "matching", "judging"]


class Progress(msgspec.Struct, frozen=True):
    """How far an assessment has come."""

    stage: Stage
    done_bytes: int = 0
    total_bytes: int = 0
    """Bytes of content known of so far; grows while things are opened inside each other."""
    files: int = 0


OnProgress = Callable[[Progress], None]


def assess(
    image: Path,
    product: Product,
    *,
    today: datetime.date,
    limits: Limits | None = None,
    progress: OnProgress = lambda progress: None,
    cache: Path | None = None,
) -> Assessment:
    """Assess one firmware image or unpacked folder; raise InputError or UnreadableImage when it cannot be read."""
    progress(Progress("opening"))

    def on_tick(tick: Tick) -> None:
        progress(Progress("looking", tick.done_bytes, tick.total_bytes, tick.files))

    looked = look(image, INSPECTORS, limits or Limits(), cache=cache, on_tick=on_tick)
    progress(Progress("matching"))
    seen = Evidence(looked.observations, looked.inspections, (looked.image,), looked.secrets)
    evidence, knowledge = _match(seen)
    progress(Progress("judging"))
    catalogue = load()
    judgement = judge(evidence, catalogue, RULES)
    return Assessment(
        today.isoformat(),
        plimsoll.__version__,
        product,
        (looked.source,),
        judgement.capabilities,
        judgement.provisions,
        judgement.findings,
        evidence.observations,
        evidence.inspections,
        evidence.images,
        catalogue.criteria,
        knowledge,
    )


def _match(evidence: Evidence) -> tuple[Evidence, tuple[Knowledge, ...]]:
    """Run all matchers in order, each seeing what those before it derived."""
    knowledge: tuple[Knowledge, ...] = ()
    for matcher in MATCHERS:
        derived, inspection = _run(matcher, evidence)
        evidence = msgspec.structs.replace(
            evidence,
            observations=evidence.observations + derived,
            inspections=(*evidence.inspections, inspection),
        )
        knowledge += matcher.knowledge()
    return evidence, knowledge


def _run(matcher: Matcher, evidence: Evidence) -> tuple[tuple[Observation, ...], Inspection]:
    from plimsoll.inspect.scan import observations_in_order
    from plimsoll.model.message import message

    derived: list[Observation] = []
    inspection = Inspection(matcher.id, "completed")
    try:
        for one in matcher.match(evidence):
            if isinstance(one, Inspection):
                inspection = one
            else:
                derived.append(one)
    except Exception as error:  # noqa: BLE001 - the one boundary around each matcher
        inspection = Inspection(matcher.id, "failed", reason=message("failed: {error}", error=type(error).__name__))
    return tuple(observations_in_order(derived)), inspection
