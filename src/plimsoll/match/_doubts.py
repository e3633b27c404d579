"""What keeps a version that is affected from being proof: repairs without a new number, and parts that are not built.

Whoever builds a product may mend what is published without a new version. So a package that bears a packager's
revision, a change log that names the vulnerability, and a build after its publication each leave a doubt. A build long
before leaves none; shortly before, the fix may have been known to those who make the software.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from plimsoll.knowledge.parts import Part, load
from plimsoll.match._copies import Copy, file_of
from plimsoll.match._products import LINUX, package_version, revision
from plimsoll.model.evidence import Evidence
from plimsoll.model.facts import BuildDate, BuiltInApplets, Component, KernelConfiguration, KernelModules, PatchNote
from plimsoll.model.facts.vulnerability import Reason

_PACKAGER = re.compile(r"[-+ ~](?:debian|ubuntu|deb\d|fedora|el\d|raspbian|openwrt|lede|yocto)", re.IGNORECASE)
EMBARGO_DAYS = 365
"""A build so many days before publication cannot have a repair in it."""
_OWN_DATE = {"linux": "kernel", "busybox": "busybox", "u-boot": "u-boot"}


class Doubts:
    """What an image shows beside versions."""

    def __init__(self, evidence: Evidence) -> None:
        self._dates: dict[str, list[tuple[str, str]]] = {}
        for observation, date in evidence.of(BuildDate):
            self._dates.setdefault(date.subject, []).append((file_of(observation.where), date.date))
        self._newest = max((date for some in self._dates.values() for _, date in some), default="")
        self._notes: dict[str, set[str]] = {}
        for _, note in evidence.of(PatchNote):
            self._notes.setdefault(note.id, set()).add(note.package)
        self._applets: dict[str, frozenset[str]] = {}
        for observation, table in evidence.of(BuiltInApplets):
            self._applets[file_of(observation.where)] = frozenset(table.names)
        self._databases = {one.where for one, fact in evidence.of(Component) if fact.basis == "package-database"}
        self._kernels = [fact for _, fact in evidence.of(KernelConfiguration)]
        self._modules = [fact for _, fact in evidence.of(KernelModules)]

    def not_built(self, copy: Copy, id: str) -> Reason | None:
        """Say that the part that has the hole is not there; None when it is, or when that cannot be told."""
        part = load().get((copy.name, id))
        if part is None:
            return None
        return self._without_applets(copy, part) if part.applets else self._without_options(copy, part)

    def built_in(self, copy: Copy, id: str) -> Reason | None:
        """Say that the part that has the hole is there; None when that cannot be told."""
        part = load().get((copy.name, id))
        if part is None:
            return None
        if part.applets:
            there = {name for file in self._binaries(copy) for name in self._applets.get(file, ())} & set(part.applets)
            return Reason("part-built-in", ", ".join(sorted(there))) if there else None
        kernels = [fact for fact in self._configurations(copy) if fact.version]
        if kernels and all(fact.state(option) == "built-in" for fact in kernels for option in part.options):
            return Reason("part-built-in", ", ".join(part.options))
        return None

    def may_be_mended(self, copy: Copy, id: str, published: str) -> tuple[Reason, ...]:
        """Give what speaks for a repair without a new number; for a build before publication, that it cannot be."""
        own = max(self._own_dates(copy), default="")
        if published and own and _days(own, published) >= EMBARGO_DAYS:
            return (Reason("built-before-publication", own),)
        found = []
        names = {copy.name, *copy.fact.packages, *copy.fact.sources}
        if noted := sorted(names & self._notes.get(id, set())):
            found.append(Reason("patch-noted", noted[0]))
        if mark := _packagers_mark(copy):
            found.append(Reason("package-revision", mark))
        built = own or self._newest
        if published and built and built >= published[:10]:
            found.append(Reason("built-after-publication", built))
        return tuple(found)

    def _own_dates(self, copy: Copy) -> list[str]:
        subject = _OWN_DATE.get(copy.name, "")
        return [date for file, date in self._dates.get(subject, ()) if file in copy.files]

    def _without_applets(self, copy: Copy, part: Part) -> Reason | None:
        """Tell whether no binary of the copy has any of the applets; every one of them must show its table."""
        tables = [self._applets.get(file) for file in self._binaries(copy)]
        if not tables or any(table is None or table & set(part.applets) for table in tables):
            return None
        return Reason("applets-absent", ", ".join(part.applets))

    def _without_options(self, copy: Copy, part: Part) -> Reason | None:
        kernels = self._configurations(copy)
        if not kernels:
            return None
        off = [option for option in part.options if all(fact.state(option) == "absent" for fact in kernels)]
        if off:
            return Reason("options-off", ", ".join(off))
        modular = all(fact.state(option) == "module" for fact in kernels for option in part.options)
        if modular and part.modules and self._modules and not self._has_any(part.modules):
            return Reason("modules-absent", ", ".join(part.modules))
        return None

    def _configurations(self, copy: Copy) -> list[KernelConfiguration]:
        """Give the configurations that may be of a kernel: all of those whose version is its own, or is not told."""
        if copy.known is not LINUX:
            return []
        return [fact for fact in self._kernels if not fact.version or _is_release(fact.version, copy.version)]

    def _has_any(self, modules: Iterable[str]) -> bool:
        wanted = set(modules)
        return any(wanted & {*fact.loadable, *(fact.built_in or ())} for fact in self._modules)

    def _binaries(self, copy: Copy) -> set[str]:
        """Give the files that a copy was seen in, package databases left out."""
        return {file_of(where) for where in copy.observation.because if where not in self._databases}


def _days(earlier: str, later: str) -> int:
    """Give the days from one ISO date to another; 0 when one of them is none."""
    try:
        return (datetime.date.fromisoformat(later[:10]) - datetime.date.fromisoformat(earlier)).days
    except ValueError:
        return 0


def _is_release(release: str, version: str) -> bool:
    """Tell whether a configuration's release is that of a kernel, whatever a builder added to either."""
    numbers = re.compile(r"\d+(?:\.\d+)*")
    one, other = numbers.match(release), numbers.match(version)
    return one is not None and other is not None and one[0] == other[0]


def _packagers_mark(copy: Copy) -> str:
    """Give the revision of a packager, of the package database or in the version itself."""
    if package_version(copy.fact):
        return revision(copy.fact)
    return next((version for version in (copy.version, *copy.fact.stated) if _PACKAGER.search(version)), "")
