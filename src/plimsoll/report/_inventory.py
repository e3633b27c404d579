"""The software of an assessment as one list: each component and version once, with how it is known and where.

Where an assessment holds merged components (facts that give `bases` and `purls`), those count; else the statements of
the single sources are put together by name and version. What is only mentioned by a program is no component, and shows
what that program loads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component, OperatingSystem
from plimsoll.model.locator import Place
from plimsoll.report._document import component_purl

BASES = (
    "package-database", "build-info", "os-release", "kernel", "module", "symbol", "banner", "file-name", "lock-file",
)  # fmt: skip
"""What states a component, strongest first."""

OPERATING_SYSTEMS = frozenset({"linux:linux_kernel", "zephyrproject:zephyr", "amazon:freertos", "windriver:vxworks"})
"""Products that NVD names as operating systems (`o`) and not as applications (`a`)."""

_PURL = re.compile(r"pkg:[A-Za-z][A-Za-z0-9.+-]*/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]{1,900}")
"""What is taken for a package URL; an image may state anything."""

_REVISION = re.compile(r"(?:[0-9]+:)?(?P<upstream>.+?)(?:-r?[0-9][^-]*)?", re.DOTALL)


@runtime_checkable
class Merged(Protocol):
    """A component merged from all that states it; its places stand in its observation."""

    name: str
    version: str
    bases: tuple[str, ...]
    purls: tuple[str, ...]


class Sight(msgspec.Struct, frozen=True):
    """Where a component was seen."""

    where: Place
    basis: str
    sha256: str = ""
    """Of the whole file, hexadecimal; empty when the assessment does not hold it."""


class Item(msgspec.Struct, frozen=True):
    """One component in one version."""

    ref: str
    """Stable name within a document, made of name and version."""
    name: str
    version: str
    """Empty when nothing states one."""
    kind: str
    """operating-system, application, library or firmware; library when not known, as CycloneDX asks."""
    basis: str
    """The strongest."""
    sights: tuple[Sight, ...]
    """Sorted, strongest first, each once."""
    purls: tuple[str, ...] = ()
    cpes: tuple[str, ...] = ()
    """CPE 2.3 names, the usual one first; only with a version and for components that have an identifier."""
    licence: str = ""
    """SPDX expression of the usual licence of the project; empty when not known."""
    stated: tuple[str, ...] = ()
    """Versions as sources write them, where they differ from `version`."""
    sources: tuple[str, ...] = ()
    """Source packages."""
    uses: tuple[str, ...] = ()
    """Refs of the components that it loads or holds a copy of."""

    @property
    def purl(self) -> str:
        """Give its package URL; a generic one where it has none."""
        return self.purls[0] if self.purls else component_purl(self.name, self.version)

    @property
    def sha256(self) -> str:
        """Give the digest of the one file that it is; empty where it is several, part of one, or not known."""
        own = {sight.sha256 for sight in self.sights if sight.basis in ("banner", "file-name", "symbol")}
        return own.pop() if len(own) == 1 else ""


def inventory(assessment: Assessment) -> tuple[Item, ...]:
    """List the components, sorted by name and version."""
    digests = _digests(assessment.observations)
    known = {one.name: one for one in load()}
    stated = _stated_at(assessment.observations)
    groups: dict[tuple[str, str], list[tuple[Merged | Component | OperatingSystem, list[Sight]]]] = {}
    for observation, fact in _components(assessment.observations):
        sights = [
            Sight(where, _basis_at(where, fact, stated), digests.get(_file(where), ""))
            for where in _places(observation)
        ]
        groups.setdefault((fact.id if isinstance(fact, OperatingSystem) else fact.name, fact.version), []).append(
            (fact, sights)
        )
    items = [_item(name, version, ones, known.get(name)) for (name, version), ones in groups.items()]
    return tuple(sorted(_with_uses(items, assessment.observations), key=lambda one: (one.name, one.version)))


def _components(
    observations: Sequence[Observation],
) -> Iterator[tuple[Observation, Merged | Component | OperatingSystem]]:
    merged = any(_is_merged(one.fact) for one in observations)
    for one in observations:
        fact = one.fact
        if isinstance(fact, OperatingSystem):
            yield one, fact
        elif isinstance(fact, Component):
            if not merged and fact.linkage != "dynamic":
                yield one, fact
        elif isinstance(fact, Merged):
            yield one, fact


def _is_merged(fact: object) -> bool:
    return isinstance(fact, Merged)


def _item(
    name: str,
    version: str,
    ones: Sequence[tuple[Merged | Component | OperatingSystem, Iterable[Sight]]],
    known: KnownComponent | None,
) -> Item:
    sights = sorted({sight for _, several in ones for sight in several}, key=lambda one: (_rank(one.basis), one.where))
    basis = min((_basis(fact) for fact, _ in ones), key=_rank)
    purls = dict.fromkeys(purl for fact, _ in ones for purl in _purls(fact) if _PURL.fullmatch(purl))
    return Item(
        ref=_ref(name, version),
        name=name,
        version=version,
        kind=_kind(ones[0][0], known),
        basis=basis,
        sights=tuple(sights),
        purls=tuple(purls),
        cpes=tuple(cpe_name(one, _upstream(version, basis)) for one in known.cpe) if known and version else (),
        licence=known.licence if known else "",
        stated=tuple(sorted({one for fact, _ in ones for one in getattr(fact, "stated", ()) if one != version})),
        sources=tuple(sorted({one for fact, _ in ones for one in _sources(fact) if one})),
    )


def _purls(fact: Merged | Component | OperatingSystem) -> tuple[str, ...]:
    match fact:
        case OperatingSystem():
            return ()
        case Component():
            return (fact.purl,)
        case _:
            return fact.purls


def _sources(fact: Merged | Component | OperatingSystem) -> tuple[str, ...]:
    return (fact.source,) if isinstance(fact, Component) else tuple(getattr(fact, "sources", ()))


def _basis(fact: Merged | Component | OperatingSystem) -> str:
    match fact:
        case OperatingSystem():
            return "os-release"
        case Component():
            return fact.basis
        case _:
            return min(fact.bases, key=_rank, default="file-name")


def _rank(basis: str) -> int:
    return BASES.index(basis) if basis in BASES else len(BASES)


def _kind(fact: Merged | Component | OperatingSystem, known: KnownComponent | None) -> str:
    if isinstance(fact, OperatingSystem) or _basis(fact) in ("kernel", "module", "os-release"):
        return "operating-system"
    kinds = {"program": "application", "suite": "application", "library": "library", "image": "firmware"}
    return kinds[known.kind] if known else "library"


def _upstream(version: str, basis: str) -> str:
    """Leave off the epoch and the revision that a package's version has."""
    found = _REVISION.fullmatch(version) if basis == "package-database" else None
    return found["upstream"] if found else version


def cpe_name(vendor_and_product: str, version: str) -> str:
    """Write a CPE 2.3 name from `VENDOR:PRODUCT` and a version."""
    part = "o" if vendor_and_product in OPERATING_SYSTEMS else "a"
    return f"cpe:2.3:{part}:{vendor_and_product}:{_bound(version)}:*:*:*:*:*:*:*"


def _bound(text: str) -> str:
    """Quote a version as CPE's formatted string asks (NISTIR 7695, 6.2); what it cannot hold becomes `?`."""
    marks = ((one if one.isalnum() or one in "._-" else f"\\{one}") if "!" <= one <= "~" else "?" for one in text[:200])
    return "".join(marks).lower()


def _ref(name: str, version: str) -> str:
    return "component-" + hashlib.sha256(f"{name}\0{version}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _places(observation: Observation) -> tuple[Place, ...]:
    """Give the places of what was seen; those of a merged component are what it was derived from."""
    return observation.because or (observation.where,)


def _file(where: Place) -> str:
    """Give the place of the file without the bytes in it."""
    return re.sub(r"\+0x[0-9a-f]+:[0-9]+\Z", "", where)


def _digests(observations: Iterable[Observation]) -> dict[str, str]:
    """Give the digests of whole files that some observation holds, by place."""
    return {
        one.where: one.excerpt.digest.removeprefix("sha256:")
        for one in observations
        if one.excerpt and one.excerpt.digest.startswith("sha256:") and _file(one.where) == one.where
    }


def _stated_at(observations: Iterable[Observation]) -> dict[Place, str]:
    return {one.where: one.fact.basis for one in observations if isinstance(one.fact, Component)}


def _basis_at(where: Place, fact: Merged | Component | OperatingSystem, stated: Mapping[Place, str]) -> str:
    return _basis(fact) if isinstance(fact, Component | OperatingSystem) else stated.get(where, _basis(fact))


def _with_uses(items: Sequence[Item], observations: Iterable[Observation]) -> Iterator[Item]:
    """Join what a program loads, or holds a copy of, to the component that the program is."""
    by_name: dict[str, list[Item]] = {}
    at_file: dict[str, set[str]] = {}
    for item in items:
        by_name.setdefault(item.name, []).append(item)
    for one in observations:
        if isinstance(one.fact, Component) and one.fact.linkage in ("dynamic", "static"):
            used = by_name.get(one.fact.name, [])
            exact = [item for item in used if item.version == one.fact.version]
            chosen = exact or (used if len(used) == 1 else [])
            at_file.setdefault(_file(one.where), set()).update(item.ref for item in chosen)
    owners = {
        (one.fact.name, one.fact.version, _file(one.where))
        for one in observations
        if isinstance(one.fact, Component) and one.fact.linkage == "own"
    }
    owned: dict[str, set[str]] = {}
    for name, version, file in owners:
        owned.setdefault(_ref(name, version), set()).add(file)
    for item in items:
        uses = {ref for file in owned.get(item.ref, ()) for ref in at_file.get(file, ())} - {item.ref}
        yield msgspec.structs.replace(item, uses=tuple(sorted(uses)))
