"""The one place that strings the stages together: what is given of a product becomes an assessment."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

import plimsoll
from plimsoll.errors import InputError
from plimsoll.frames import Tick
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.look import look
from plimsoll.model.assessment import Assessment, ClaimResult, Knowledge, Undeclared
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Claim
from plimsoll.model.product import MakerDomain, Product, Source
from plimsoll.sources.document import Document
from plimsoll.sources.site import Fetch, Site
from plimsoll.unpack.limits import Limits

if TYPE_CHECKING:  # loaded while the image is looked at, or where one is given
    from plimsoll.judge.engine import Judgement
    from plimsoll.match.matcher import Matcher
    from plimsoll.sources.vex import VexDocument

Stage = Literal["opening", "looking", "visiting", "matching", "judging"]


class Progress(msgspec.Struct, frozen=True):
    """How far an assessment has come."""

    stage: Stage
    done_bytes: int = 0
    total_bytes: int = 0
    """Bytes of content known of so far; grows while things are opened inside each other."""
    files: int = 0


OnProgress = Callable[[Progress], None]


class Maker(msgspec.Struct, frozen=True):
    """The maker's public pages, and who asks for them: a visitor, or the replay of an earlier visit."""

    domain: str
    """Registered domain, lower case, ASCII form."""
    fetch: Fetch
    pages: tuple[str, ...] = ()
    """Addresses that the operator gave."""


def assess(
    image: Path | None,
    product: Product,
    *,
    today: datetime.date,
    maker: Maker | None = None,
    declaration: Document | None = None,
    vex: Sequence[VexDocument] = (),
    limits: Limits | None = None,
    progress: OnProgress = lambda progress: None,
    cache: Path | None = None,
    on_secrets: Callable[[Mapping[str, bytes]], None] = lambda secrets: None,
) -> Assessment:
    """Assess what is given of a product: a firmware image or unpacked folder, its maker's pages, a declaration.

    What a maker says of vulnerabilities (`vex`) stands beside what is seen. It opens no window by itself: its
    inspections join the assessment after the judgement, so that no criterion counts as looked at by them.
    `on_secrets` is handed the clear text of the secrets that were seen, by digest, which no assessment holds.
    Raise InputError when nothing is given, InputError or UnreadableImage when the image cannot be read.
    """
    evidence, sources = _look(image, limits or Limits(), progress, cache) if image else (Evidence(), ())
    if maker is not None:
        progress(Progress("visiting"))
        evidence = _visit(evidence, maker, product, today)
        sources = (*sources, MakerDomain(maker.domain))
    if declaration is not None:
        evidence = _read(evidence, declaration)
        sources = (*sources, declaration.source)
    if not sources:
        raise InputError("nothing was given to assess", hint="name an image, or give --maker or --declaration")
    evidence = msgspec.structs.replace(evidence, product=product)
    evidence = _with(evidence, tuple(said for one in vex for said in one.observations), ())
    progress(Progress("matching"))
    evidence, knowledge = _match(evidence)
    on_secrets(evidence.secrets)
    progress(Progress("judging"))
    from plimsoll.catalogue import load
    from plimsoll.judge.engine import judge
    from plimsoll.judge.erasures import erasures
    from plimsoll.judge.rules import RULES
    from plimsoll.judge.update_ways import update_ways

    catalogue = load()
    judgement = judge(evidence, catalogue, RULES)
    claims, undeclared = _set_against(evidence, judgement)
    evidence = _with(evidence, (*update_ways(evidence), *erasures(evidence)), ())
    return Assessment(
        today.isoformat(),
        plimsoll.__version__,
        product,
        (*sources, *(one.source for one in vex)),
        judgement.capabilities,
        judgement.provisions,
        judgement.findings,
        evidence.observations,
        (*evidence.inspections, *(one.inspection for one in vex)),
        evidence.images,
        catalogue.criteria,
        knowledge,
        claims,
        undeclared,
    )


def _look(image: Path, limits: Limits, progress: OnProgress, cache: Path | None) -> tuple[Evidence, tuple[Source, ...]]:
    progress(Progress("opening"))

    def on_tick(tick: Tick) -> None:
        progress(Progress("looking", tick.done_bytes, tick.total_bytes, tick.files))

    looked = look(image, INSPECTORS, limits, cache=cache, on_tick=on_tick, meanwhile=_load_the_rest)
    return Evidence(looked.observations, looked.inspections, (looked.image,), looked.secrets), (looked.source,)


def _load_the_rest() -> None:
    """Load what comes after the looking."""
    import plimsoll.judge.erasures
    import plimsoll.judge.update_ways
    import plimsoll.match  # noqa: F401
    from plimsoll import catalogue
    from plimsoll.judge.rules import RULES  # noqa: F401
    from plimsoll.knowledge import default_passwords, published_keys

    catalogue.load()
    default_passwords.load()
    published_keys.load()


def _visit(evidence: Evidence, maker: Maker, product: Product, today: datetime.date) -> Evidence:
    from plimsoll.inspect.maker import MAKER_INSPECTORS, Visit, look_at_site

    site = Site(maker.domain, maker.fetch)
    observations, inspections = look_at_site(site, MAKER_INSPECTORS, Visit(product.model, maker.pages, today))
    return _with(evidence, observations, inspections)


def _read(evidence: Evidence, declaration: Document) -> Evidence:
    from plimsoll.inspect.declaration import look_at_declaration

    observations, inspection = look_at_declaration(declaration)
    return _with(evidence, observations, (inspection,))


def _set_against(evidence: Evidence, judgement: Judgement) -> tuple[tuple[ClaimResult, ...], tuple[Undeclared, ...]]:
    if not any(True for _ in evidence.of(Claim)):
        return (), ()
    from plimsoll.judge.claims import undeclared, weigh_claims

    return weigh_claims(evidence, judgement), undeclared(evidence)


def _with(evidence: Evidence, seen: tuple[Observation, ...], inspections: tuple[Inspection, ...]) -> Evidence:
    return msgspec.structs.replace(
        evidence, observations=evidence.observations + seen, inspections=evidence.inspections + inspections
    )


def _match(evidence: Evidence) -> tuple[Evidence, tuple[Knowledge, ...]]:
    """Run the matchers of what was given in order, each seeing what those before it derived."""
    from plimsoll.match import MATCHERS

    knowledge: tuple[Knowledge, ...] = ()
    given = {one.window for one in evidence.inspections}
    for matcher in (one for one in MATCHERS if one.window in given):
        derived, inspection = _run(matcher, evidence)
        evidence = _with(evidence, derived, (inspection,))
        knowledge += matcher.knowledge()
    return evidence, knowledge


def _run(matcher: Matcher, evidence: Evidence) -> tuple[tuple[Observation, ...], Inspection]:
    from plimsoll.inspect.scan import observations_in_order
    from plimsoll.model.message import message

    derived: list[Observation] = []
    inspection = Inspection(matcher.id, "completed", matcher.window)
    try:
        for one in matcher.match(evidence):
            if isinstance(one, Inspection):
                inspection = one
            else:
                derived.append(one)
    except Exception as error:  # noqa: BLE001 - the one boundary around each matcher
        inspection = Inspection(
            matcher.id, "failed", matcher.window, message("failed: {error}", error=type(error).__name__)
        )
    return tuple(observations_in_order(derived)), inspection
