"""Which software is in the image, in which version, and how that is known.

Source: package databases, release files, the kernel's own words, and the banners of `knowledge.components`; the
neighbours say where each is described.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware import _banners, _kernel
from plimsoll.inspect.firmware._package_databases import Database, Package, is_database, read_database
from plimsoll.inspect.firmware._purl import purl
from plimsoll.inspect.firmware._release import is_release, read_release
from plimsoll.inspect.inspector import Inspector, Kept, Look, Seen
from plimsoll.inspect.scan import EXCERPT_BYTES, printable
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import Component, OperatingSystem
from plimsoll.sources.tree import Tree


class _Stated(msgspec.Struct, frozen=True):
    """A file of a package database, with the excerpt of each of its packages."""

    database: Database
    excerpts: tuple[Excerpt, ...]


class Components(Inspector):
    """Records components as each source states them; one component may be stated by several."""

    id = "components"
    title = "Which software is in the image, and in which version?"
    what = (
        "The package databases of opkg, dpkg and apk, release files, the Linux kernel by its banner and its modules, "
        "and the banners of well-known programs and libraries; a copy that is linked in is told from a mention."
    )
    limits = (
        "A program that no package database lists and that gives no version is seen by its name alone, or not at all. "
        "What was repaired without a new version is not seen."
    )
    patterns = (_kernel.BANNER, *_banners.PATTERNS)

    def wants(self, look: Look) -> bool:
        """Take files with a banner, kernel modules, programs with a known name, databases and release files."""
        return (
            bool(look.matches)
            or _kernel.is_module(look)
            or _banners.has_own_name(look)
            or is_release(look)
            or is_database(look)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give what one file states."""
        if is_release(look):
            for seen in read_release(look):
                yield seen
                yield seen.fact
        elif (database := read_database(look)) is not None:
            yield _Stated(database, tuple(_excerpt(look.data, package) for package in database.packages))
        elif _kernel.is_module(look):
            yield from _kernel.read_module(look)
        else:
            yield from _kernel.read_banner(look)
            yield from _banners.read_banners(look)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the packages, under the name of the system that they belong to, and the kernel of modules."""
        modules = [one for one in kept if isinstance(one.value, _kernel.ModuleRelease)]
        yield from _kernel.conclude_kernel(trees, modules, self.id)
        presences = [one for one in kept if isinstance(one.value, _banners.Presence)]
        yield from _banners.conclude_presence(presences, self.id)
        systems = _systems(kept)
        databases = [one for one in kept if isinstance(one.value, _Stated)]
        with_status = {
            _folder(one) for one in databases if one.value.database.is_status and one.value.database.packages
        }
        sources = _sources(databases)
        for one in databases:
            if one.value.database.is_status or _folder(one) not in with_status:
                system = systems.get(one.tree.stem.at(), "")
                yield from _packages(one, system, sources, self.id)


def _packages(one: Kept, system: str, sources: dict[tuple[str, str], str], inspector: str) -> Iterator[Observation]:
    manager = one.value.database.manager
    for package, excerpt in zip(one.value.database.packages, one.value.excerpts, strict=True):
        fact = Component(
            name=package.name,
            version=package.version,
            basis="package-database",
            purl=purl(manager, system, package.name, package.version, package.architecture),
            architecture=package.architecture,
            source=package.source or sources.get((_folder(one), package.name), ""),
        )
        where = one.tree.stem.at(one.path, package.offset, package.length)
        yield Observation(fact, where, inspector, excerpt)


def _systems(kept: Sequence[Kept]) -> dict[str, str]:
    """Name the system of each tree, by its first release file."""
    systems: dict[str, str] = {}
    for one in kept:
        if isinstance(one.value, OperatingSystem):
            systems.setdefault(one.tree.stem.at(), one.value.id)
    return systems


def _sources(databases: Sequence[Kept]) -> dict[tuple[str, str], str]:
    """Give the sources that control files name, by the database's folder and the package."""
    return {
        (_folder(one), package.name): package.source
        for one in databases
        for package in one.value.database.packages
        if package.source
    }


def _folder(one: Kept) -> str:
    """Name the folder of a database in its tree: control files of opkg lie one deeper than its status."""
    folder = posixpath.dirname(one.path)
    if one.value.database.manager == "opkg" and not one.value.database.is_status:
        folder = posixpath.dirname(folder)
    return one.tree.stem.at(folder)


def _excerpt(data: bytes, package: Package) -> Excerpt:
    stretch = data[package.offset : package.offset + package.length]
    return Excerpt(f"sha256:{hashlib.sha256(stretch).hexdigest()}", len(stretch), printable(stretch[:EXCERPT_BYTES]))
