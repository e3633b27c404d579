"""Records in the OSV format: advisories of package managers, distributions and makers.

Source: the OSV schema 1.7 (ossf.github.io/osv-schema) and its list of ecosystems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers.importer import (
    DocumentImporter,
    Read,
    Record,
    Statement,
    Unusable,
    day,
    is_bounded,
    is_cve,
    is_id,
    is_name,
    moment,
    shown,
    typed,
    version,
    weaknesses,
)
from plimsoll.knowledge.products import purl_key, split_purl
from plimsoll.knowledge.vulnerability import Authority, VersionRange, Vulnerability
from plimsoll.model.message import message

SOURCE = "osv"
_MANAGERS = {
    "PyPI": "pypi", "npm": "npm", "Go": "golang", "crates.io": "cargo", "Maven": "maven", "NuGet": "nuget",
    "Packagist": "composer", "RubyGems": "gem", "Hex": "hex", "Pub": "pub", "SwiftURL": "swift", "Bitnami": "bitnami",
    "CRAN": "cran", "Hackage": "hackage", "ConanCenter": "conan",
}  # fmt: skip
_DISTRIBUTIONS = {
    "Debian": ("deb", "debian"), "Ubuntu": ("deb", "ubuntu"), "Alpine": ("apk", "alpine"), "Wolfi": ("apk", "wolfi"),
    "Chainguard": ("apk", "chainguard"), "Red Hat": ("rpm", "redhat"), "Rocky Linux": ("rpm", "rocky"),
    "AlmaLinux": ("rpm", "almalinux"), "SUSE": ("rpm", "suse"), "openSUSE": ("rpm", "opensuse"),
    "openEuler": ("rpm", "openeuler"), "Mageia": ("rpm", "mageia"),
}  # fmt: skip
_MAKERS = ("CURL-",)
"""What the ids of advisories of makers begin with."""


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str = ""
    purl: str = ""


class _Event(msgspec.Struct):
    introduced: str | None = None
    fixed: str | None = None
    last_affected: str | None = None
    limit: str | None = None


class _Range(msgspec.Struct):
    type: str
    events: list[_Event] = []


class _Affected(msgspec.Struct):
    package: _Package = msgspec.field(default_factory=_Package)
    ranges: list[_Range] = []
    versions: list[str] = []


class _Osv(msgspec.Struct):
    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] = []
    upstream: list[str] = []
    affected: list[_Affected] = []
    database_specific: dict[str, Any] | None = None


class Osv(DocumentImporter):
    """Reads OSV records."""

    id = "osv"
    title = "Is this an OSV record?"
    what = "CVE id or the record's own, dates, CWE ids, and ranges of versions by package."
    limits = (
        "Ranges of commits are left, and scores, of which it holds vectors only. Packages of a distribution are named "
        "with its release, for their versions mean nothing without it."
    )
    source = SOURCE
    licence = "by database: mostly CC-BY-4.0, CC0-1.0 or MIT; see google.github.io/osv.dev/data"
    holes = "Holds what the databases hold that were imported; firmware of makers is not among them."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its id and when it was modified."""
        return isinstance(seen.get("id"), str) and isinstance(seen.get("modified"), str) and "cve" not in seen

    def read_document(self, document: Mapping[str, Any]) -> Iterator[Read]:
        """Give the one record, for each CVE that it is about."""
        record = typed(document, _Osv, document.get("id", ""))
        if isinstance(record, Unusable):
            yield record
        elif not is_id(record.id):
            yield Unusable(shown(record.id), message("the id cannot be used"))
        elif record.withdrawn:
            yield Record(SOURCE, record.id, moment(record.modified))
        else:
            ids = (
                [record.id]
                if is_cve(record.id)
                else sorted({one for one in (*record.aliases, *record.upstream) if is_cve(one)}) or [record.id]
            )
            made = (one for id in ids for given in record.affected for one in _statements(id, record.id, given))
            yield Record(
                SOURCE, record.id, moment(record.modified),
                tuple(_vulnerability(id, record, alone=len(ids) == 1) for id in ids),
                tuple(filter(is_bounded, made)),
            )  # fmt: skip


def _vulnerability(id: str, record: _Osv, *, alone: bool) -> Vulnerability:
    names = (record.database_specific or {}).get("cwe_ids", [])
    own = tuple(one for one in names if isinstance(one, str)) if alone and isinstance(names, list) else ()
    return Vulnerability(id, day(record.published) if alone else "", cwe=weaknesses(own))


def _statements(id: str, record_id: str, given: _Affected) -> Iterator[Statement]:
    found = _product(given.package)
    if found is None:
        return
    product, authority = found
    if record_id.startswith(_MAKERS):
        authority = "maker"
    spans = [span for one in given.ranges if one.type in ("SEMVER", "ECOSYSTEM") for span in _spans(one.events)]
    ordered = any(one.type in ("SEMVER", "ECOSYSTEM") for one in given.ranges)
    # The list of single versions says the same as the ranges once more, and at length.
    singles = () if ordered else tuple(one for text in given.versions if (one := version(text)))
    fixed = tuple(dict.fromkeys(span.end for span in spans if span.end and not span.end_included))
    yield Statement(id, (product,), authority, tuple(dict.fromkeys(spans)), singles, fixed)


def _spans(events: list[_Event]) -> Iterator[VersionRange]:
    """Join what was introduced with where it ends; the events are in order, as the schema asks."""
    start: str | None = None
    for event in events:
        if event.introduced is not None and start is None:
            start = "" if event.introduced == "0" else version(event.introduced)
        elif start is not None and (end := version(event.fixed or event.limit or "")):
            yield VersionRange(start, end=end)
            start = None
        elif start is not None and (end := version(event.last_affected or "")):
            yield VersionRange(start, end=end, end_included=True)
            start = None
    if start is not None:
        yield VersionRange(start)


def _product(package: _Package) -> tuple[str, Authority] | None:
    ecosystem, _, release = package.ecosystem.partition(":")
    if not is_name(package.name):
        return None
    if ecosystem == "Linux" and package.name == "Kernel":
        return "cpe:linux:linux_kernel", "maker"
    if ecosystem in _DISTRIBUTIONS:
        type, namespace = _DISTRIBUTIONS[ecosystem]
        distro = f"{namespace}-{release.split(':')[0].removeprefix('v')}" if release else ""
        return purl_key(type, package.name, namespace, distro), "distribution"
    if ecosystem in _MANAGERS:
        return purl_key(_MANAGERS[ecosystem], package.name.replace(":", "/")), "other"
    if package.purl and (split := split_purl(package.purl)):
        return split[0], "other"
    return None
