"""The copies of software that are looked up: each installed component, with what its version is to be trusted for.

A file that states several versions of one thing states none: it compares, or it lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from plimsoll.knowledge.components import KnownComponent
from plimsoll.match._products import known_as, span_of_line
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Component, InstalledComponent, OperatingSystem
from plimsoll.model.locator import Place, tree_of


class Copy(msgspec.Struct, frozen=True):
    """One component in one version."""

    fact: InstalledComponent
    observation: Observation
    known: KnownComponent | None
    system: OperatingSystem | None = None
    """Of the tree that it was seen in."""
    differing: tuple[str, ...] = ()
    """Versions of which one file states several: none of them counts."""

    @property
    def name(self) -> str:
        """How it is called."""
        return self.fact.name

    @property
    def version(self) -> str:
        """The maker's version; empty when none counts."""
        return "" if self.differing else self.fact.version

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Other versions that it may be of instead."""
        span = span_of_line(self.fact)
        return (span[1],) if span else self.fact.conflicts

    @property
    def purl(self) -> str:
        """The Package URL of the strongest source."""
        return self.fact.purls[0] if self.fact.purls else ""

    @property
    def files(self) -> frozenset[str]:
        """The places of the files that it was seen in."""
        return frozenset(file_of(where) for where in self.observation.because)


def file_of(where: Place) -> str:
    """Give the place of the file that a place is in."""
    return where.partition("+")[0]


def copies(evidence: Evidence) -> tuple[Copy, ...]:
    """Give each copy; what was only to be installed is none."""
    systems: dict[str, OperatingSystem] = {}
    for observation, system in evidence.of(OperatingSystem):
        systems.setdefault(tree_of(observation.where), system)
    installed = [one for one in evidence.of(InstalledComponent) if one[1].basis not in ("os-release", "lock-file")]
    installed = [one for one in installed if not _is_told_better(one[1], installed)]
    torn = dict(_torn(evidence, installed))
    told: set[tuple[str, ...]] = set()
    found = []
    for number, (observation, fact) in enumerate(installed):
        differing = torn.get(number, ())
        if differing and (fact.name, *differing) in told:
            continue
        told.add((fact.name, *differing))
        found.append(Copy(fact, observation, known_as(fact), systems.get(tree_of(observation.where)), differing))
    return tuple(found)


def _is_told_better(fact: InstalledComponent, installed: list[tuple[Observation, InstalledComponent]]) -> bool:
    """Tell whether a kernel of which only the line is known is the one of that line whose version is known."""
    span = span_of_line(fact)
    return span is not None and any(
        other.name == fact.name and other.version.startswith(span[0] + ".") and span_of_line(other) is None
        for _, other in installed
    )


def _torn(
    evidence: Evidence, installed: list[tuple[Observation, InstalledComponent]]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the components that are only known by files which state other versions of them, too."""
    banners = _banners(evidence)
    for number, (observation, fact) in enumerate(installed):
        if fact.basis in ("banner", "symbol"):
            files = {(file_of(where), fact.name) for where in observation.because} & banners.keys()
            if files and all(len(banners[file]) > 1 for file in files):
                yield number, tuple(sorted(set.union(*(banners[file] for file in files))))


def _banners(evidence: Evidence) -> Mapping[tuple[str, str], set[str]]:
    """Give the versions that each file states by banners, by component."""
    found: dict[tuple[str, str], set[str]] = {}
    for observation, fact in evidence.of(Component):
        if fact.basis in ("banner", "symbol") and fact.version and fact.linkage != "dynamic":
            found.setdefault((file_of(observation.where), fact.name), set()).add(fact.version)
    return found
