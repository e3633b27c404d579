"""Packages as their sources state them, under the name of the system that they belong to, and the files they brought.

Source: the readers in `_packages`.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._packages import READERS
from plimsoll.inspect.firmware._packages.files import FileList, is_file_list, owners, read_file_list
from plimsoll.inspect.firmware._packages.package import Package, Reader
from plimsoll.inspect.firmware._purl import purl
from plimsoll.inspect.inspector import Kept, Look, Seen
from plimsoll.inspect.scan import EXCERPT_BYTES, printable
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import Component, OperatingSystem, PackagedFile
from plimsoll.model.locator import Place

PATTERNS = tuple(pattern for reader in READERS for pattern in reader.patterns)

ASKS_FOR_OWNER: Literal["asks for owner"] = "asks for owner"
"""Kept of each file in which a component was seen."""

_BY_NAME: dict[bytes, tuple[Reader, ...]] = {
    name: tuple(reader for reader in READERS if name in reader.names) for one in READERS for name in one.names
}
_OF_ANY_NAME = tuple(reader for reader in READERS if not reader.names)


class _Form(msgspec.Struct, frozen=True):
    """A form by its number among READERS: what is kept may come from another process."""

    number: int

    @property
    def reader(self) -> Reader:
        """Give what reads the form."""
        return READERS[self.number]


class _Stated(_Form, frozen=True):
    """Packages that cannot be told before all files are seen."""

    packages: tuple[Package, ...]
    excerpts: tuple[Excerpt | None, ...]


class _Spoke(_Form, frozen=True):
    """A file of a form that others yield to stated something."""


def is_stating(look: Look) -> bool:
    """Tell cheaply whether a file states packages, or lists the files of one."""
    return is_file_list(look) or next(_readers(look), None) is not None


def read_stated(look: Look) -> Iterator[Seen | object]:
    """Give the packages that a file states, now where that is known, else to be said when all files are seen."""
    if is_file_list(look) and (listed := read_file_list(look)) is not None:
        yield listed
    for reader in _readers(look):
        packages = reader.read(look)
        if reader.is_of_system or reader.yields_to:
            kept = tuple(packages)
            yield _Stated(READERS.index(reader), kept, tuple(_excerpt(look.data, one) for one in kept))
            continue
        spoke = False
        for package in packages:
            spoke = True
            yield Seen(_fact(reader, package, "", ""), package.offset, package.length)
        if spoke:
            yield _Spoke(READERS.index(reader))
            yield ASKS_FOR_OWNER


def _readers(look: Look) -> Iterator[Reader]:
    for reader in (*_BY_NAME.get(look.name, ()), *_OF_ANY_NAME):
        if reader.is_one(look):
            yield reader


def conclude_stated(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give the packages that were kept, and the packages of the files that were asked for."""
    systems = _systems(kept)
    stated = [one for one in kept if isinstance(one.value, _Stated)]
    spoken = {(one.tree.stem.at(), _ground(one)) for one in kept if isinstance(one.value, (_Stated, _Spoke))}
    sources = _sources(stated)
    for one in stated:
        if not _yields(one, spoken):
            yield from _packages(one, systems.get(one.tree.stem.at(), ""), sources, inspector)
    yield from _packaged(kept, inspector)


_Spoken = set[tuple[Place, bytes]]


def _ground(one: Kept) -> bytes:
    """Name what others may yield to: a folder of a database, of `node_modules`, or an archive's maker."""
    reader: Reader = one.value.reader
    if reader.manager == "maven":
        return b"pom"
    if reader.manager == "npm" and not reader.yields_to:
        return one.path.partition(b"node_modules/")[0] + b"node_modules"
    if isinstance(one.value, _Stated) and not reader.yields_to and one.value.packages:
        return b"database " + posixpath.dirname(one.path)
    return b""


def _yields(one: Kept, spoken: _Spoken) -> bool:
    tree = one.tree.stem.at()
    match one.value.reader.yields_to:
        case "database":  # NOTE: control files of opkg lie one folder deeper than its status.
            return (tree, b"database " + posixpath.dirname(posixpath.dirname(one.path))) in spoken
        case "pom":
            return (tree, b"pom") in spoken
        case "installed":
            return (tree, posixpath.join(posixpath.dirname(one.path), b"node_modules")) in spoken
    return False


def _packages(
    one: Kept, system: str, sources: dict[tuple[str, bytes, str], str], inspector: str
) -> Iterator[Observation]:
    for package, excerpt in zip(one.value.packages, one.value.excerpts, strict=True):
        source = package.source or sources.get((one.tree.stem.at(), posixpath.dirname(one.path), package.name), "")
        fact = _fact(one.value.reader, package, system, source)
        yield Observation(fact, one.tree.stem.at(one.path, package.offset, package.length), inspector, excerpt)


def _fact(reader: Reader, package: Package, system: str, source: str) -> Component:
    namespace = system if reader.is_of_system else package.namespace
    url = purl(reader.manager, namespace, package.name, package.version, package.architecture)
    return Component(
        name=_name(reader, package),
        version=package.version,
        basis=reader.basis,
        purl=url,
        architecture=package.architecture,
        source=source or package.source,
        source_version=package.source_version,
    )


def _name(reader: Reader, package: Package) -> str:
    """Write a name as the people of its language do."""
    if reader.manager == "golang" and package.name == "stdlib":
        return "go"
    parts = [part for part in (package.namespace, package.name) if part]
    return (":" if reader.manager == "maven" else "/").join(parts)


def _systems(kept: Sequence[Kept]) -> dict[str, str]:
    """Name the system of each tree, by its first release file."""
    systems: dict[str, str] = {}
    for one in kept:
        if isinstance(one.value, OperatingSystem):
            systems.setdefault(one.tree.stem.at(), one.value.id)
    return systems


def _sources(stated: Sequence[Kept]) -> dict[tuple[str, bytes, str], str]:
    """Give the sources that control files of opkg name, by the folder of the status and the package."""
    return {
        (one.tree.stem.at(), posixpath.dirname(posixpath.dirname(one.path)), package.name): package.source
        for one in stated
        if one.value.reader.yields_to == "database"
        for package in one.value.packages
        if package.source
    }


def _packaged(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give the package of each file in which a component was seen, tree by tree."""
    lists: dict[str, list[FileList]] = {}
    asked: dict[str, dict[bytes, Kept]] = {}
    for one in kept:
        if isinstance(one.value, FileList):
            lists.setdefault(one.tree.stem.at(), []).append(one.value)
        elif one.value == ASKS_FOR_OWNER and one.path:
            asked.setdefault(one.tree.stem.at(), {})[one.path] = one
    for tree, wanted in asked.items():
        for path, owner in owners(lists.get(tree, ()), wanted).items():
            yield Observation(PackagedFile(owner.package, owner.manager), wanted[path].where, inspector)


def _excerpt(data: bytes, package: Package) -> Excerpt | None:
    if package.offset is None or package.length is None:
        return None
    stretch = data[package.offset : package.offset + package.length]
    return Excerpt(f"sha256:{hashlib.sha256(stretch).hexdigest()}", len(stretch), printable(stretch[:EXCERPT_BYTES]))
