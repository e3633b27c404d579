"""The assessment: one object with all of a judgement and the evidence it rests on; every report takes it."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.criterion import Criterion, Level
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.image import ImageMap
from plimsoll.model.message import Message
from plimsoll.model.product import Product, Source, Window
from plimsoll.model.verdict import Effect, Reach, Sureness, Verdict

FORMAT = "plimsoll.assessment/1"


class Bearing(msgspec.Struct, frozen=True):
    """What some observations do for a criterion, and why."""

    effect: Effect
    why: Message
    observations: tuple[int, ...] = ()
    """Numbers of the observations in the assessment, ascending; empty for a gap that nothing was seen of."""
    reach: Reach | None = None
    """Of a weakness: how near one must be to use it; None when that was not told."""
    sureness: Sureness | None = None
    """Of what refutes, confirms or is suspected: how sure it is."""


class Finding(msgspec.Struct, frozen=True):
    """What one rule answers for its criterion."""

    rule: str
    criterion: str
    window: Window
    verdict: Verdict
    why: Message
    """The deciding reason."""
    bearings: tuple[Bearing, ...] = ()
    """Strongest first."""
    settle: tuple[Message, ...] = ()
    """What would settle it, when it is open."""


class ProvisionResult(msgspec.Struct, frozen=True):
    """The verdict for one provision of EN 303 645, over its criteria."""

    id: str
    title: str
    level: Level
    capability: int | None
    verdict: Verdict
    criteria: tuple[str, ...]
    """Criteria that stand for it; empty when we have none yet, and then the verdict is INCONCLUSIVE."""
    gate: bool = False
    """Whether it is one of those that decide the capability."""
    why: Message | None = None


class CapabilityResult(msgspec.Struct, frozen=True):
    """The verdict for one of the five capabilities."""

    number: int
    key: str
    title: str
    verdict: Verdict
    why: Message
    """The deciding reason in one sentence."""
    findings: tuple[int, ...] = ()
    """Numbers of the findings that bear on it, deciding ones first."""
    settle: tuple[Message, ...] = ()
    """What would settle it, when it is not shown."""
    fix: tuple[str, ...] = ()
    """Criteria whose advice would put it right, when it is not met."""


class ClaimResult(msgspec.Struct, frozen=True):
    """What became of one claim of the maker when it was set against the evidence."""

    claim: int
    """Number of the observation that is the claim."""
    outcome: Literal["borne-out", "contradicted", "untested"]
    why: Message
    observations: tuple[int, ...] = ()
    """Numbers of the observations that bear it out or contradict it, ascending."""


class Undeclared(msgspec.Struct, frozen=True):
    """Something that was seen and that no row of the declaration names."""

    kind: Literal["sensor", "telemetry", "interface"]
    why: Message
    observations: tuple[int, ...]
    """Numbers of what shows it, ascending."""


class Knowledge(msgspec.Struct, frozen=True):
    """A body of data that was used, and how old it is."""

    name: str
    date: str
    """ISO 8601 date of the data."""
    note: str = ""
    """What it covers and what not."""


class Assessment(msgspec.Struct, frozen=True):
    """One product, judged once. The same inputs, knowledge, version and date give the same bytes."""

    assessed_on: str
    """ISO 8601 date that was given or read from the clock by the caller."""
    plimsoll_version: str
    product: Product
    sources: tuple[Source, ...]
    capabilities: tuple[CapabilityResult, ...]
    provisions: tuple[ProvisionResult, ...]
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    inspections: tuple[Inspection, ...]
    images: tuple[ImageMap, ...]
    criteria: tuple[Criterion, ...]
    """The criteria it was judged by, in full, so that it still reads when ours have changed."""
    knowledge: tuple[Knowledge, ...] = ()
    claims: tuple[ClaimResult, ...] = ()
    """One for each claim of a declaration, in the order of the observations."""
    undeclared: tuple[Undeclared, ...] = ()
    """What was seen beside the claims; empty where nothing is claimed."""
    format: str = FORMAT
