"""Builds both twins of a pair, assesses them, and holds what is said against what is true."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
from scripts.twins import debian, systems
from scripts.twins.images import image
from scripts.twins.pair import Clean, Expected, Pair
from scripts.twins.systems import Supply
from scripts.twins.tree import Files

from plimsoll.assess import assess
from plimsoll.model.assessment import Assessment, Bearing, Finding
from plimsoll.model.locator import escape_path
from plimsoll.model.product import Product
from plimsoll.model.verdict import Effect

TODAY = datetime.date(2026, 11, 25)
"""Day of every assessment, so that the same bytes give the same table."""

_SHOWN: Mapping[Expected, Collection[Effect]] = {
    "not met": ("refutes",),
    "suspected": ("suspects",),
    "doubted": ("refutes", "suspects"),
    "open": ("blocks",),
    "supported": ("supports", "confirms"),
}
_AGAINST: tuple[Effect, ...] = ("refutes", "suspects")


class Falsehood(msgspec.Struct, frozen=True):
    """Something that is said and is not true."""

    capability: int
    criterion: str
    twin: str
    said: str


class Result(msgspec.Struct, frozen=True):
    """What came of a pair."""

    name: str
    is_told: bool
    """What is to be seen in one twin was seen, at the planted file."""
    falsehoods: tuple[Falsehood, ...] = ()

    @property
    def is_right(self) -> bool:
        """Tell whether nothing is missed and nothing is false."""
        return self.is_told and not self.falsehoods


class Noise(msgspec.Struct, frozen=True):
    """What is said against a product in which nothing was planted."""

    name: str
    packages: int
    firm: tuple[tuple[str, str], ...]
    """Criterion and words of each firm ground."""
    suspicions: tuple[tuple[str, str], ...]


def build(pair: Pair, *, good: bool, supply: Supply = debian.files) -> bytes:
    """Give the image of one twin."""
    kind = pair.image if good else pair.bad_image or pair.image
    return image(kind, tree(pair, good=good, supply=supply))


def tree(pair: Pair, *, good: bool, supply: Supply = debian.files) -> Files:
    """Give the file tree of one twin."""
    starts = {**pair.starts, **(pair.good_starts if good else pair.bad_starts)}
    files = systems.tree(pair.architecture, pair.system, pair.packages, starts, supply=supply)
    made = pair.made_good if good else pair.made
    more = {path: one.give(pair.architecture, supply) for path, one in made.items()}
    return {**files, **pair.both, **(pair.good if good else pair.bad), **more}


def measure(pair: Pair, supply: Supply = debian.files) -> Result:
    """Assess both twins of a pair."""
    good, bad = (look(pair.name, build(pair, good=one, supply=supply)) for one in (True, False))
    return Result(pair.name, is_told(pair, good, bad), tuple(falsehoods(pair, good, bad)))


def listen(product: Clean) -> Noise:
    """Assess a product in which nothing was planted."""
    files = systems.tree(product.architecture, product.system, product.packages, product.starts, whole=True)
    assessment = look(product.name.replace(" ", "-"), image(product.image, files))
    said = {effect: set[tuple[str, str]]() for effect in _AGAINST}
    for finding in assessment.findings:
        for one in finding.bearings:
            if one.effect in said:
                said[one.effect].add((finding.criterion, str(one.why)))
    return Noise(product.name, len(product.packages), *(tuple(sorted(said[effect])) for effect in _AGAINST))


def look(name: str, data: bytes) -> Assessment:
    """Assess an image that lies in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.bin"
        path.write_bytes(data)
        return assess(path, Product(), today=TODAY)


def is_told(pair: Pair, good: Assessment, bad: Assessment) -> bool:
    """Tell whether the twin that shows it does so, at the planted file."""
    showing = good if pair.expected == "supported" else bad
    return any(_points_at(one, pair.at, showing) for one in _bearings(pair, showing, _SHOWN[pair.expected]))


def falsehoods(pair: Pair, good: Assessment, bad: Assessment) -> Iterator[Falsehood]:
    """Give what is said of either twin and is not true."""
    yield from _firm(good, "good", pair.shared)
    allowed = {pair.criterion} if pair.expected in ("not met", "doubted") else set[str]()
    yield from _firm(bad, "bad", allowed | {*pair.also, *pair.shared})
    if pair.expected in ("open", "supported"):
        silent, name = (bad, "bad") if pair.expected == "supported" else (good, "good")
        for one in _bearings(pair, silent, _SHOWN[pair.expected]):
            if _points_at(one, pair.at, silent):
                yield Falsehood(pair.capability, pair.criterion, name, str(one.why))
    else:
        for one in _bearings(pair, good, ("suspects",)):
            yield Falsehood(pair.capability, pair.criterion, "good", str(one.why))


def _firm(assessment: Assessment, twin: str, allowed: Collection[str]) -> Iterator[Falsehood]:
    """Give firm grounds against criteria that nothing in the twin breaks."""
    capabilities = {one.id: one.capability for one in assessment.criteria}
    for finding in assessment.findings:
        if finding.criterion not in allowed:
            for one in finding.bearings:
                if one.effect == "refutes":
                    yield Falsehood(capabilities[finding.criterion] or 0, finding.criterion, twin, str(one.why))


def _bearings(pair: Pair, assessment: Assessment, effects: Collection[Effect]) -> Iterator[Bearing]:
    for finding in assessment.findings:
        if _is_asked(finding, pair):
            yield from (one for one in finding.bearings if one.effect in effects)


def _is_asked(finding: Finding, pair: Pair) -> bool:
    return (
        finding.window == "firmware"
        and finding.criterion == pair.criterion
        and (not pair.rule or finding.rule == pair.rule)
    )


def _points_at(bearing: Bearing, path: str, assessment: Assessment) -> bool:
    places = (assessment.observations[number].where.partition("+")[0] for number in bearing.observations)
    return any(one.endswith("/" + escape_path(path.encode())) for one in places)
