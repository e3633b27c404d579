"""The copies of software that are in an image, each once: what several sources state is put together.

A package database is believed before the component's own banner, that before a module and the name of a file. A program
that only names a library which it loads is no copy; a library that is linked in is a copy of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from plimsoll.knowledge.components import KnownComponent
from plimsoll.match._products import LINUX, PACKAGES, known_as, source_of, type_of, upstream
from plimsoll.match.versions import Order, is_same, is_version
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Component, OperatingSystem
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.model.locator import Place, tree_of

_STRENGTH: tuple[ComponentBasis, ...] = (
    "package-database", "kernel", "banner", "symbol", "module", "os-release", "file-name",
)  # fmt: skip


class Copy(msgspec.Struct, frozen=True):
    """One component in one version."""

    name: str
    known: KnownComponent | None
    version: str
    """As stated by the strongest source that states one; empty when none does, or when one file states several."""
    observations: tuple[Observation, ...]
    """What it rests on, the strongest first."""
    package: Component | None = None
    """The record of the package database, where that states the version."""
    system: OperatingSystem | None = None
    differing: tuple[str, ...] = ()
    """Versions of which one file states several."""

    @property
    def basis(self) -> ComponentBasis:
        """How the version is known."""
        return _fact(self.observations[0]).basis

    @property
    def purl(self) -> str:
        """The Package URL of what states the version."""
        return _fact(self.observations[0]).purl

    @property
    def where(self) -> Place:
        """The strongest place."""
        return self.observations[0].where


_Group = list[tuple[Observation, Component]]


def copies(evidence: Evidence) -> tuple[Copy, ...]:
    """Give each copy, by name and version."""
    systems = _systems(evidence)
    groups: dict[tuple[str, str], _Group] = {}
    for observation, fact in evidence.of(Component):
        if fact.linkage != "dynamic" and fact.basis != "os-release":
            groups.setdefault((_identity(fact), tree_of(observation.where)), []).append((observation, fact))
    found: list[Copy] = []
    for (_, tree), group in sorted(groups.items()):
        found += _of_tree(sorted(group, key=_strength), systems.get(tree))
    return tuple(_without_echoes(_joined(found)))


def _systems(evidence: Evidence) -> Mapping[str, OperatingSystem]:
    systems: dict[str, OperatingSystem] = {}
    for observation, fact in evidence.of(OperatingSystem):
        systems.setdefault(tree_of(observation.where), fact)
    return systems


def _identity(fact: Component) -> str:
    """Say of what a fact is: a component that is known, or else the source package under its manager."""
    known = known_as(fact)
    if known is not None:
        return known.name
    return f"{type_of(fact.purl)}:{source_of(fact)}" if fact.basis == "package-database" else fact.name


def _strength(one: tuple[Observation, Component]) -> tuple[int, bool, bool, str]:
    observation, fact = one
    return _STRENGTH.index(fact.basis), fact.linkage == "static", not fact.version, observation.where


def _of_tree(group: _Group, system: OperatingSystem | None) -> Iterator[Copy]:
    """Give the copies of one component in one tree."""
    known = known_as(group[0][1])
    order: Order = known.scheme if known else "generic"
    torn = _torn(group, order)
    made: list[list[tuple[Observation, Component]]] = []
    rest: list[Observation] = []
    for one in group:
        fact = one[1]
        if torn.get(_file(one)):
            continue
        own = _upstream(fact)
        if not is_version(order, own) and fact.basis != "package-database":
            rest.append(one[0])
            continue
        home = next((some for some in made if _is_same_copy(order, some[0][1], fact)), None)
        if home is not None:
            home.append(one)
        elif fact.basis not in ("module", "file-name") or not made:
            made.append([one])
    for number, some in enumerate(made):
        observations = tuple(each for each, _ in some) + (tuple(rest) if number == 0 else ())
        fact = some[0][1]
        package = fact if fact.basis == "package-database" else None
        yield Copy(_name(fact, known), known, fact.version, observations, package, system)
    if rest and not made:
        fact = _fact(rest[0])
        yield Copy(_name(fact, known), known, fact.version, tuple(rest), None, system)
    for file, versions in sorted(torn.items()):
        if versions:
            seen = tuple(each for each, fact in group if _file((each, fact)) == file)
            yield Copy(_name(_fact(seen[0]), known), known, "", seen, None, system, versions)


def _torn(group: _Group, order: Order) -> dict[str, tuple[str, ...]]:
    """Give, for each file of banners, the versions where it states several."""
    stated: dict[str, list[str]] = {}
    for one in group:
        if one[1].basis in ("banner", "symbol") and is_version(order, one[1].version):
            versions = stated.setdefault(_file(one), [])
            if not any(is_same(order, one[1].version, other) for other in versions):
                versions.append(one[1].version)
    return {file: tuple(sorted(versions)) for file, versions in stated.items() if len(versions) > 1}


def _is_same_copy(order: Order, one: Component, other: Component) -> bool:
    """Tell whether two facts are of one copy: packages by their whole version, others by the maker's."""
    if one.basis == other.basis == "package-database":
        return one.version == other.version
    return is_same(order, _upstream(one), _upstream(other)) is True


def _upstream(fact: Component) -> str:
    return upstream(fact.version, type_of(fact.purl)) if fact.basis == "package-database" else fact.version


def _file(one: tuple[Observation, Component]) -> str:
    return one[0].where.partition("+")[0]


def _name(fact: Component, known: KnownComponent | None) -> str:
    if known is not None:
        return known.name
    return source_of(fact) if fact.basis == "package-database" and type_of(fact.purl) in PACKAGES else fact.name


def _joined(found: Iterable[Copy]) -> Iterator[Copy]:
    """Put together what several trees hold in the same version."""
    same: dict[tuple[object, ...], list[Copy]] = {}
    for one in found:
        type = type_of(one.package.purl) if one.package else ""
        system = (one.system.id, one.system.version) if one.system and one.package else ()
        same.setdefault((one.name, one.version, type, system, one.differing), []).append(one)
    for some in same.values():
        observations = sorted({each: None for one in some for each in one.observations}, key=_order)
        yield msgspec.structs.replace(some[0], observations=tuple(observations))


def _order(observation: Observation) -> tuple[int, bool, bool, str]:
    return _strength((observation, _fact(observation)))


def _without_echoes(found: Iterable[Copy]) -> list[Copy]:
    """Leave out what says no more than another: a name without a version, the folder of modules of another kernel."""
    kept = list(found)
    told = {one.name for one in kept if one.version and one.basis != "file-name"}
    return [
        one
        for one in kept
        if one.name not in told
        or one.differing
        or (one.version and (one.basis != "file-name" or one.known is not LINUX))
    ]


def _fact(observation: Observation) -> Component:
    assert isinstance(observation.fact, Component)
    return observation.fact
