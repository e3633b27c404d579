"""Records of the CVE List, version 5: what the authority that gave the id says, and what others add.

Source: the CVE record format, CVE_Record_Format.json 5.1 (`containers.cna`, `containers.adp`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers._versions import closed, complement
from plimsoll.knowledge.importers.importer import (
    DocumentImporter,
    Read,
    Record,
    Statement,
    Unusable,
    day,
    is_cve,
    is_name,
    moment,
    score,
    shown,
    typed,
    version,
    weaknesses,
)
from plimsoll.knowledge.products import cpe_key, parse_cpe, purl_key
from plimsoll.knowledge.vulnerability import Authority, VersionRange, Vulnerability
from plimsoll.model.message import message

SOURCE = "cve-list"
_NOBODY = frozenset({"", "n/a", "na", "unknown", "unspecified", "*", "-"})
_NO_ORDER = frozenset({"git", "original_commit_for_fix"})
_METRICS = ("cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0")
_COLLECTIONS = {
    "registry.npmjs.org": "npm", "pypi.org": "pypi", "crates.io": "cargo", "rubygems.org": "gem",
    "repo.maven.apache.org": "maven", "nuget.org": "nuget", "packagist.org": "composer", "pkg.go.dev": "golang",
}  # fmt: skip


class _Change(msgspec.Struct):
    at: str
    status: str


class _Version(msgspec.Struct):
    version: str
    status: str = "affected"
    versionType: str = ""
    lessThan: str = ""
    lessThanOrEqual: str = ""
    changes: list[_Change] = []


class _Affected(msgspec.Struct):
    vendor: str = ""
    product: str = ""
    collectionURL: str = ""
    packageName: str = ""
    cpes: list[str] = []
    defaultStatus: str = "unknown"
    versions: list[_Version] = []


class _Problem(msgspec.Struct):
    cweId: str = ""


class _ProblemType(msgspec.Struct):
    descriptions: list[_Problem] = []


class _Container(msgspec.Struct):
    affected: list[Any] = []
    metrics: list[dict[str, Any]] = []
    problemTypes: list[_ProblemType] = []
    providerMetadata: dict[str, Any] = {}


class _Containers(msgspec.Struct):
    cna: _Container = msgspec.field(default_factory=_Container)
    adp: list[Any] = []


class _Meta(msgspec.Struct):
    cveId: str
    state: str = ""
    datePublished: str = ""
    dateUpdated: str = ""


class _CveRecord(msgspec.Struct):
    cveMetadata: _Meta
    containers: _Containers


class _Cvss(msgspec.Struct):
    version: str = ""
    vectorString: str = ""
    baseScore: float | None = None


class CveList(DocumentImporter):
    """Reads CVE records."""

    id = "cve-5"
    title = "Is this a record of the CVE List?"
    what = "Id, dates, score, CWE ids, and versions by product as the numbering authority states them."
    limits = (
        "A product is known by its CPE name, its package, or the names of vendor and product. Versions that are "
        "commits are left. A numbering authority whose name is the vendor's counts as the maker."
    )
    source = SOURCE
    licence = "CVE terms of use (cve.org/Legal/TermsOfUse)"
    holes = "Many authorities name no versions that can be put in order, and vendors under many names."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its data type."""
        return seen.get("dataType") == "CVE_RECORD"

    def read_document(self, document: Mapping[str, Any]) -> Iterator[Read]:
        """Give the one record."""
        record = typed(document, _CveRecord, _name(document))
        if isinstance(record, Unusable):
            yield record
            return
        id, modified = record.cveMetadata.cveId, moment(record.cveMetadata.dateUpdated)
        published = day(record.cveMetadata.datePublished)
        if not is_cve(id):
            yield Unusable(shown(id), message("the id is none of a CVE"))
        elif record.cveMetadata.state == "REJECTED":
            yield Record(SOURCE, id, modified, (Vulnerability(id, published, withdrawn=True),), withdraws=True)
        else:
            yield self._record(id, published, modified, record.containers)

    def _record(self, id: str, published: str, modified: str, given: _Containers) -> Record:
        others = [one for value in given.adp if isinstance(one := typed(value, _Container), _Container)]
        containers = (given.cna, *others)
        base, vector = next((found for one in containers if (found := _score(one))[0] is not None), (None, ""))
        names = weaknesses(
            one.cweId for held in containers for problem in held.problemTypes for one in problem.descriptions
        )
        made: dict[Statement, None] = {}
        for held in containers:
            for value in held.affected:
                if isinstance(told := typed(value, _Affected), _Affected):
                    made.update(dict.fromkeys(_statements(id, told, _authority(held, told, held is given.cna))))
        return Record(SOURCE, id, modified, (Vulnerability(id, published, base, vector, cwe=names),), tuple(made))


def _authority(container: _Container, affected: _Affected, is_cna: bool) -> Authority:
    """Say whether the vendor itself speaks: its name is that of the authority, `redhat` for `Red Hat`."""
    name = _squeeze(str(container.providerMetadata.get("shortName", "")))
    vendor, product = _squeeze(affected.vendor), _squeeze(affected.product)
    if is_cna and len(name) > 1 and (name in (vendor, product) or vendor == name.removesuffix("org")):
        return "maker"
    return "other"


def _squeeze(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _statements(id: str, affected: _Affected, authority: Authority) -> Iterator[Statement]:
    products = _products(affected)
    if not products:
        return
    spans: dict[str, list[VersionRange]] = {"affected": [], "unaffected": []}
    singles: dict[str, list[str]] = {"affected": [], "unaffected": []}
    for one in affected.versions:
        if one.versionType not in _NO_ORDER:
            _sort_in(one, spans, singles)
    fixed = tuple(dict.fromkeys(v for one in affected.versions for v in _fixed(one)))
    if affected.defaultStatus == "affected":
        excepted = spans["unaffected"] + [VersionRange(one, True, one, True) for one in singles["unaffected"]]
        if (rest := complement(excepted)) is not None and (excepted or not affected.versions):
            yield Statement(id, products, authority, rest, fixed=fixed)
            return
    if spans["affected"] or singles["affected"]:
        yield Statement(id, products, authority, tuple(spans["affected"]), tuple(singles["affected"]), fixed)
    elif not (spans["unaffected"] or singles["unaffected"]):
        yield Statement(id, products, authority)
    if spans["unaffected"] or singles["unaffected"]:
        yield Statement(
            id, products, authority, tuple(spans["unaffected"]), tuple(singles["unaffected"]), unaffected=True
        )


def _sort_in(one: _Version, spans: dict[str, list[VersionRange]], singles: dict[str, list[str]]) -> None:
    """Put an entry among the affected or unaffected; its changes cut it where the status turns."""
    if one.status not in spans:
        return
    start = "" if one.version in ("0", "0.0", "0.0.0") else version(one.version)
    if not one.lessThan and not one.lessThanOrEqual:
        turned = [change for change in one.changes if change.status != one.status and version(change.at)]
        if turned:
            spans[one.status].append(VersionRange(start, end=version(turned[0].at)))
        elif single := version(one.version):
            singles[one.status].append(single)
        return
    end, included = one.lessThan or one.lessThanOrEqual, bool(one.lessThanOrEqual)
    if after := closed(end):
        end, included = after, False
    status, begin = one.status, start
    for change in one.changes:
        if change.status in spans and change.status != status and (at := version(change.at)):
            spans[status].append(VersionRange(begin, end=at))
            status, begin = change.status, at
    if version(end) or end == "*":
        spans[status].append(VersionRange(begin, end=version(end), end_included=included and bool(version(end))))


def _fixed(one: _Version) -> Iterator[str]:
    if one.versionType in _NO_ORDER:
        return
    if one.status == "affected":
        yield from (at for change in one.changes if change.status == "unaffected" and (at := version(change.at)))
        if (end := version(one.lessThan)) and not one.changes and not closed(end):
            yield end
    elif one.status == "unaffected" and one.lessThanOrEqual and one.version != "0" and (start := version(one.version)):
        yield start


def _products(affected: _Affected) -> tuple[str, ...]:
    found = {cpe.key: None for one in affected.cpes if (cpe := parse_cpe(one))}
    vendor, product = affected.vendor.strip().lower(), affected.product.strip().lower()
    if (vendor, product) == ("linux", "linux"):
        found["cpe:linux:linux_kernel"] = None
    elif not found and vendor not in _NOBODY and product not in _NOBODY and is_name(vendor) and is_name(product):
        found[cpe_key(re.sub(r"\s+", "_", vendor), re.sub(r"\s+", "_", product))] = None
    host = re.sub(r"^https?://(?:www\.)?", "", affected.collectionURL).partition("/")[0]
    if host in _COLLECTIONS and affected.packageName and is_name(affected.packageName):
        found[purl_key(_COLLECTIONS[host], affected.packageName.replace(":", "/"))] = None
    return tuple(found)


def _score(container: _Container) -> tuple[float | None, str]:
    for name in _METRICS:
        for metric in container.metrics:
            if name in metric and isinstance(held := typed(metric[name], _Cvss), _Cvss):
                base, vector = score(held.version, held.vectorString, held.baseScore)
                if base is not None:
                    return base, vector
    return None, ""


def _name(document: Mapping[str, Any]) -> object:
    meta = document.get("cveMetadata")
    return meta.get("cveId", "") if isinstance(meta, dict) else ""
