"""Knowledge held in memory, for tests of matchers: it answers as the store on disk does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from plimsoll.knowledge.vulnerability import (
    Affected,
    Authority,
    Lifetime,
    SourceState,
    VersionRange,
    Vulnerability,
)
from plimsoll.match._knowledge import KnowledgeStore
from plimsoll.match.components import InstalledComponents
from plimsoll.match.vulnerabilities import Vulnerabilities
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Component, Fact, KnownVulnerability
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.model.locator import Place

SOURCES: tuple[tuple[Authority, str], ...] = (
    ("maker", "makers"),
    ("distribution", "debian"),
    ("nvd", "nvd"),
    ("other", "others"),
)
TREE = "test.bin!squashfs@0x1000"


class Memory:
    """Answers from tuples."""

    def __init__(
        self,
        affected: Iterable[Affected] = (),
        vulnerabilities: Iterable[Vulnerability] = (),
        lifetimes: Iterable[Lifetime] = (),
        packages: Mapping[str, tuple[str, ...]] = {},
        date: str = "2026-06-01",
    ) -> None:
        self._affected = tuple(affected)
        self._vulnerabilities = {one.id: one for one in vulnerabilities}
        self._lifetimes = tuple(lifetimes)
        self._packages = packages
        self._date = date
        self.asked: list[str] = []

    def sources(self) -> tuple[SourceState, ...]:
        return tuple(SourceState(name, self._date, 1) for _, name in SOURCES)

    def covers(self, products: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({one.source for one in self._affected if one.product in products}))

    def affected(self, products: Sequence[str]) -> Iterator[Affected]:
        self.asked += products
        return (one for one in self._affected if one.product in products)

    def vulnerabilities(self, ids: Iterable[str]) -> dict[str, Vulnerability]:
        return {id: self._vulnerabilities[id] for id in ids if id in self._vulnerabilities}

    def lifetimes(self, product: str) -> tuple[Lifetime, ...]:
        return tuple(one for one in self._lifetimes if one.product == product)

    def cpe_of(self, package: str) -> tuple[str, ...]:
        return self._packages.get(package, ())

    def open(self) -> AbstractContextManager[KnowledgeStore]:
        return nullcontext(self)


def between(start: str = "", end: str = "", end_included: bool = False) -> VersionRange:
    return VersionRange(start, True, end, end_included)


def stated(
    id: str,
    product: str,
    *ranges: VersionRange,
    authority: Authority = "nvd",
    versions: tuple[str, ...] = (),
    fixed: tuple[str, ...] = (),
    unaffected: bool = False,
    source: str = "",
) -> Affected:
    """Give what a source states; sources are named after their authority."""
    return Affected(id, product, authority, source or dict(SOURCES)[authority], ranges, versions, fixed, unaffected)


def installed(*observations: Observation) -> Evidence:
    """Give the evidence with what is derived of components first."""
    derived = (one for one in InstalledComponents().match(Evidence(observations)) if isinstance(one, Observation))
    return Evidence((*observations, *derived))


def seen(fact: Fact, path: str = "bin/program", *, tree: str = TREE, offset: int = 0) -> Observation:
    return Observation(fact, Place(f"{tree}/{path}+{offset:#x}:20"), "components")


def component(
    name: str, version: str, basis: ComponentBasis = "banner", path: str = "", *, tree: str = TREE, linkage: str = "own"
) -> Observation:
    """Give a component as a banner states it."""
    own = linkage if basis == "banner" else ""
    return seen(Component(name, version, basis, "", own), path or f"bin/{name}", tree=tree)  # type: ignore[arg-type]


def package(
    name: str, version: str, purl: str, source: str = "", *, tree: str = TREE, path: str = "var/lib/dpkg/status"
) -> Observation:
    """Give a package as its database states it; the purl is `TYPE/NAMESPACE`."""
    url = f"pkg:{purl}/{name}@{version}"
    return seen(Component(name, version, "package-database", url, source=source), path, tree=tree)


SSL = "cpe:openssl:openssl"
LINUX = "cpe:linux:linux_kernel"
PACKAGES = {
    "openssl": (SSL,), "busybox": ("cpe:busybox:busybox",), "dropbear": ("cpe:dropbear:dropbear_ssh",),
    "oddity": ("cpe:odd:oddity",), "samba": ("cpe:samba:samba",), "openssh": ("cpe:openbsd:openssh",),
}  # fmt: skip
ID = "CVE-2099-0001"


def matched(
    *observations: Observation, affected: tuple[Affected, ...] = (), about: tuple[Vulnerability, ...] = ()
) -> list[Observation]:
    memory = Memory(affected, about, packages=PACKAGES)
    found = list(Vulnerabilities(memory.open).match(installed(*observations)))
    assert not [one for one in found if isinstance(one, Inspection)]
    return [one for one in found if isinstance(one, Observation)]


def known(
    *observations: Observation, affected: tuple[Affected, ...], about: tuple[Vulnerability, ...] = ()
) -> list[str]:
    """Give `ID status reason` of each vulnerability, the most urgent first."""
    facts = [one.fact for one in matched(*observations, affected=affected, about=about)]
    told = sorted((one for one in facts if isinstance(one, KnownVulnerability)), key=lambda one: one.rank)
    return [
        " ".join((one.id.removeprefix("CVE-2099-"), one.status, *(why.kind for why in one.why[:1]))) for one in told
    ]


def one(
    *observations: Observation, affected: tuple[Affected, ...], about: tuple[Vulnerability, ...] = ()
) -> KnownVulnerability:
    (fact,) = [
        each.fact
        for each in matched(*observations, affected=affected, about=about)
        if isinstance(each.fact, KnownVulnerability)
    ]
    return fact
