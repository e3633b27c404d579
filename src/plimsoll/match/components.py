"""Everything that states a component, merged: one component of one version, with the grounds for it and all its places.

Source: `knowledge.components` for the names under which distributions know a project.

A package and the banner of the program that it brought are one component. A copy of another version that is linked into
something else is a component of its own, and so is the same component in another file system when its version differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import msgspec

from plimsoll.match._package_names import (
    KERNEL,
    SYSTEM_MANAGERS,
    component_of,
    is_identified,
    is_same_version,
    kernel_release,
    upstream_version,
)
from plimsoll.match.matcher import Matcher
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Component, InstalledComponent, PackagedFile
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.model.locator import Place, tree_of
from plimsoll.model.message import message

MOST_PLACES = 1_000
"""Places of one component that are kept."""

MOST_VERSIONS = 64
"""Versions of one component that are told apart."""

_STRENGTH = {basis: number for number, basis in enumerate(get_args(ComponentBasis))}


class _Statement(msgspec.Struct, frozen=True):
    """One source's word on a component."""

    name: str
    manager: str
    """Type of the package URL."""
    version: str
    """Upstream."""
    fact: Component
    where: Place
    tree: str
    owner: str
    """Package that brought the file; empty when none is known to have."""

    @property
    def is_package(self) -> bool:
        return self.fact.basis == "package-database" and self.manager in SYSTEM_MANAGERS

    @property
    def is_copy(self) -> bool:
        return self.fact.linkage == "static"


class InstalledComponents(Matcher):
    """Gives each component of each version once."""

    id = "installed-components"
    title = "Which components are there, when everything that states them is taken together?"
    what = (
        "What package databases, build information, the kernel, banners and names of files state, merged into one "
        "component where they speak of the same thing; the strongest source's version counts, and others that do not "
        "agree are told."
    )
    limits = (
        "Where a package manager keeps no list of files, a program of the same name and another version is taken for "
        "another copy. A package whose project has no identifier stays under its own name."
    )

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Merge by name, then by version; packages first, so that what they brought finds them."""
        owners: dict[str, str] = {}
        for observation, file in evidence.of(PackagedFile):
            owners.setdefault(observation.where, file.package)
        groups: _Groups = {}
        for observation, fact in evidence.of(Component):
            if fact.linkage != "dynamic":
                statement = _statement(observation, fact, owners)
                family = "system" if statement.manager in SYSTEM_MANAGERS else statement.manager
                groups.setdefault((family, statement.name), []).append(statement)
        _join_packages(groups)
        lost = 0
        for key in sorted(groups):
            merged = list(_versions(groups[key]))
            lost += len(groups[key]) - sum(len(one.statements) for one in merged)
            for one in merged:
                yield _merged(one, self.id)
        if lost:
            why = message(
                "more than {most} versions of one component; {lost} not merged", most=MOST_VERSIONS, lost=lost
            )
            yield Inspection(self.id, "partial", reason=why)


def _statement(observation: Observation, fact: Component, owners: dict[str, str]) -> _Statement:
    manager = fact.purl.removeprefix("pkg:").partition("/")[0] if fact.purl else "generic"
    file = observation.where.partition("+")[0]
    package = fact.basis == "package-database" and manager in SYSTEM_MANAGERS
    known = component_of(fact.name, fact.source) if package else ""
    return _Statement(
        name=known or fact.name,
        manager=manager,
        version=upstream_version(manager, fact.source_version or fact.version, known) if package else fact.version,
        fact=fact,
        where=observation.where,
        tree=tree_of(observation.where),
        owner=owners.get(file, ""),
    )


_Groups = dict[tuple[str, str], list[_Statement]]


def _join_packages(groups: _Groups) -> None:
    """Put a package that no identifier lists to the component that one of its files says it is, in the same version.

    So `python3-requests` is the `requests` whose metadata it brought, and a package `libc` the musl in its library.
    """
    packages = {
        (one.tree, one.fact.name): one
        for statements in groups.values()
        for one in statements
        if one.is_package and not is_identified(one.name)
    }
    for (family, name), statements in groups.items():
        for one in list(statements):
            package = packages.get((one.tree, one.owner))
            if package is None or not one.version or not is_same_version(package.version, one.version):
                continue
            if one.fact.linkage == "own" or (family != "system" and _is_named_after(package.fact.name, name)):
                groups["system", package.name].remove(package)
                statements.append(package)
                del packages[one.tree, one.owner]


def _is_named_after(package: str, name: str) -> bool:
    return package.endswith("-" + name.rpartition("/")[2].removeprefix("python-"))


class _Merging:
    """One component of one version, while statements are put to it."""

    def __init__(self) -> None:
        self.version = ""
        self.statements: list[_Statement] = []
        self.conflicts: set[str] = set()
        self.trees: set[str] = set()
        self._packages: set[tuple[str, str]] = set()
        self._releases: set[tuple[str, str]] = set()

    def takes(self, one: _Statement) -> bool:
        """Tell whether a statement can be of this version; that of a copy only when it is written alike."""
        if not one.version or not self.version or one.version == self.version:
            return True
        return not one.is_copy and is_same_version(one.version, self.version)

    def brought(self, one: _Statement) -> bool:
        """Tell whether one of its packages brought the file that the statement is of; a copy in it is still a copy."""
        return not one.is_copy and (one.tree, one.owner) in self._packages

    def is_kernel_of(self, one: _Statement) -> bool:
        """Tell whether one of its packages is named after the release of a kernel, which is not always its version."""
        return one.name == KERNEL and (one.tree, one.fact.version) in self._releases

    def add(self, one: _Statement) -> None:
        self.statements.append(one)
        self.trees.add(one.tree)
        self.version = self.version or one.version
        if one.is_package:
            self._packages.add((one.tree, one.fact.name))
            if one.name == KERNEL and (release := kernel_release(one.fact.name)):
                self._releases.add((one.tree, release))


def _versions(statements: Sequence[_Statement]) -> Iterator[_Merging]:
    """Part the statements of one name into components; one without a version goes to those of its tree."""
    found: list[_Merging] = []
    for one in sorted(statements, key=lambda one: (not one.version, _STRENGTH[one.fact.basis], one.is_copy, one.where)):
        home = next((group for group in found if group.is_kernel_of(one)), None)
        if home is None and (home := next((group for group in found if group.brought(one)), None)) is not None:
            home.conflicts.update([] if home.takes(one) else [one.version])
        fitting = [group for group in found if group.takes(one)]
        home = home or next((group for group in fitting if one.tree in group.trees), next(iter(fitting), None))
        if home is None:
            if len(found) >= MOST_VERSIONS:
                continue
            home = _Merging()
            found.append(home)
        home.add(one)
    yield from found


def _merged(group: _Merging, matcher: str) -> Observation:
    ordered = sorted(
        group.statements, key=lambda one: (_STRENGTH[one.fact.basis], one.is_copy, not one.version, one.where)
    )
    first = next((one for one in ordered if not one.is_package), ordered[0])
    first = ordered[0] if is_identified(ordered[0].name) else first
    version = next((one.version for one in ordered if one.version), "")
    linkages = {one.fact.linkage for one in ordered}
    bases = {one.fact.basis for one in ordered}
    fact = InstalledComponent(
        name=first.name,
        version=version,
        basis=ordered[0].fact.basis,
        bases=tuple(sorted(bases, key=_STRENGTH.__getitem__)),
        identified=first.manager in SYSTEM_MANAGERS and is_identified(first.name),
        stated=_once(one.fact.version for one in ordered),
        packages=_once(one.fact.name if one.is_package else one.owner for one in ordered),
        sources=_once(one.fact.source for one in ordered if one.is_package),
        purls=_once(one.fact.purl for one in ordered),
        linkage="static" if linkages == {"static"} else "own" if "own" in linkages else "",
        conflicts=tuple(sorted(group.conflicts)),
    )
    places = tuple(sorted({one.where for one in ordered})[:MOST_PLACES])
    return Observation(fact, ordered[0].where, matcher, None, "derived", "firmware", places)


def _once(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
