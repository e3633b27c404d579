"""The software of an assessment as one list: each component and version once, with how it is known and where.

Where an assessment holds merged components, those count; else the statements of
the single sources are put together by name and version. What is only mentioned by a program is no component, and shows
what that program loads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component, InstalledComponent, OperatingSystem
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

_SYSTEM_PACKAGES = ("pkg:deb/", "pkg:apk/", "pkg:opkg/", "pkg:rpm/", "pkg:alpm/", "pkg:generic/")
_REVISION = re.compile(r"(?:[0-9]+:)?(?P<upstream>.+?)(?:-r?[0-9][^-]*)?", re.DOTALL)


_Stated = InstalledComponent | Component | OperatingSystem


class Sight(msgspec.Struct, frozen=True):
    """Where a component was seen."""

    where: Place
    basis: str
    sha256: str = ""
    """Of the whole file, hexadecimal; empty when the assessment does not hold it."""
    is_own: bool = False
    """Whether the file is the component itself, and not another program that holds a copy of it."""


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
        own = {sight.sha256 for sight in self.sights if sight.is_own}
        is_package = any(sight.basis == "package-database" for sight in self.sights)
        return own.pop() if len(own) == 1 and not is_package else ""


def inventory(assessment: Assessment) -> tuple[Item, ...]:
    """List the components, sorted by name and version."""
    digests = _digests(assessment.observations)
    known = {one.name: one for one in load()}
    stated = {one.where: one.fact for one in assessment.observations if isinstance(one.fact, Component)}
    groups: dict[tuple[str, str], list[tuple[_Stated, list[Sight]]]] = {}
    for observation, fact in _components(assessment.observations):
        sights = [_sight(where, fact, stated.get(where), digests) for where in _places(observation)]
        groups.setdefault((fact.id if isinstance(fact, OperatingSystem) else fact.name, fact.version), []).append(
            (fact, sights)
        )
    items = [
        _item(name, version, ones, known.get(name) if any(_is_upstream(fact) for fact, _ in ones) else None)
        for (name, version), ones in groups.items()
    ]
    return tuple(sorted(_with_uses(items, assessment.observations), key=lambda one: (one.name, one.version)))


def _components(
    observations: Sequence[Observation],
) -> Iterator[tuple[Observation, _Stated]]:
    merged = any(isinstance(one.fact, InstalledComponent) for one in observations)
    for one in observations:
        fact = one.fact
        if isinstance(fact, OperatingSystem):
            yield one, fact
        elif isinstance(fact, Component):
            if not merged and fact.linkage != "dynamic":
                yield one, fact
        elif isinstance(fact, InstalledComponent):
            yield one, fact


def _item(
    name: str,
    version: str,
    ones: Sequence[tuple[_Stated, Iterable[Sight]]],
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
        cpes=tuple(cpe_name(one, _upstream(version, ones)) for one in known.cpe) if known and version else (),
        licence=known.licence if known else "",
        stated=tuple(sorted({one for fact, _ in ones for one in _versions(fact) if one != version})),
        sources=tuple(sorted({one for fact, _ in ones for one in _sources(fact) if one})),
    )


def _is_upstream(fact: _Stated) -> bool:
    """Tell whether the name is that of an upstream project, and not of a package that is called alike."""
    match fact:
        case InstalledComponent():
            return fact.identified
        case Component(basis="package-database", purl=purl):
            return purl.startswith(_SYSTEM_PACKAGES)
        case Component():
            return True
        case OperatingSystem():
            return False


def _purls(fact: _Stated) -> tuple[str, ...]:
    match fact:
        case OperatingSystem():
            return ()
        case Component():
            return (fact.purl,)
        case _:
            return fact.purls


def _versions(fact: _Stated) -> tuple[str, ...]:
    return fact.stated if isinstance(fact, InstalledComponent) else ()


def _sources(fact: _Stated) -> tuple[str, ...]:
    if isinstance(fact, InstalledComponent):
        return fact.sources
    return (fact.source,) if isinstance(fact, Component) else ()


def _basis(fact: _Stated) -> str:
    match fact:
        case OperatingSystem():
            return "os-release"
        case Component():
            return fact.basis
        case _:
            return min(fact.bases, key=_rank, default="file-name")


def _rank(basis: str) -> int:
    return BASES.index(basis) if basis in BASES else len(BASES)


def _kind(fact: _Stated, known: KnownComponent | None) -> str:
    if isinstance(fact, OperatingSystem) or _basis(fact) in ("kernel", "module", "os-release"):
        return "operating-system"
    kinds = {"program": "application", "suite": "application", "library": "library", "image": "firmware"}
    return kinds[known.kind] if known else "library"


def _upstream(version: str, ones: Sequence[tuple[_Stated, object]]) -> str:
    """Leave off the epoch and the revision that a package's version has; a merged component's has none."""
    is_package = all(isinstance(fact, Component) and fact.basis == "package-database" for fact, _ in ones)
    found = _REVISION.fullmatch(version) if is_package else None
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


def _sight(where: Place, fact: _Stated, single: Component | None, digests: Mapping[str, str]) -> Sight:
    """Tell how a component is known at a place: by the single statement that was made there, where there is one."""
    told = single if isinstance(fact, InstalledComponent) and single else fact
    is_own = isinstance(told, Component) and told.linkage == "own"
    return Sight(where, _basis(told), digests.get(_file(where), ""), is_own)


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
