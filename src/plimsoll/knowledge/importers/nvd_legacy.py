"""NVD's records in its form 1.1, which was published until December 2023.

Source: NVD's schema nvd_cve_feed_json_1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers._nvd import HOLES, LICENCE, SOURCE, Configuration, Match, statements
from plimsoll.knowledge.importers.importer import (
    Edition,
    Importer,
    Part,
    Read,
    Record,
    Unusable,
    day,
    is_cve,
    moment,
    score,
    shown,
    typed,
    weaknesses,
)
from plimsoll.knowledge.vulnerability import Vulnerability
from plimsoll.model.message import message

_REJECTED = "** REJECT **"


class _Meta(msgspec.Struct):
    ID: str


class _Text(msgspec.Struct):
    value: str = ""


class _Description(msgspec.Struct):
    description_data: list[_Text] = []


class _Problem(msgspec.Struct):
    description: list[_Text] = []


class _ProblemTypes(msgspec.Struct):
    problemtype_data: list[_Problem] = []


class _Cve(msgspec.Struct):
    CVE_data_meta: _Meta
    problemtype: _ProblemTypes = msgspec.field(default_factory=_ProblemTypes)
    description: _Description = msgspec.field(default_factory=_Description)


class _CpeMatch(msgspec.Struct):
    cpe23Uri: str
    vulnerable: bool = True
    versionStartIncluding: str | None = None
    versionStartExcluding: str | None = None
    versionEndIncluding: str | None = None
    versionEndExcluding: str | None = None


class _Leaf(msgspec.Struct):
    operator: str = "OR"
    negate: bool = False
    cpe_match: list[_CpeMatch] = []


class _Node(_Leaf):
    children: list[_Leaf] = []


class _Configurations(msgspec.Struct):
    nodes: list[_Node] = []


class _Cvss(msgspec.Struct):
    version: str = ""
    vectorString: str = ""
    baseScore: float | None = None


class _V3(msgspec.Struct):
    cvssV3: _Cvss


class _V2(msgspec.Struct):
    cvssV2: _Cvss


class _Impact(msgspec.Struct):
    baseMetricV3: _V3 | None = None
    baseMetricV2: _V2 | None = None


class _Item(msgspec.Struct):
    cve: _Cve
    configurations: _Configurations = msgspec.field(default_factory=_Configurations)
    impact: _Impact = msgspec.field(default_factory=_Impact)
    publishedDate: str = ""
    lastModifiedDate: str = ""


class NvdLegacy(Importer):
    """Reads NVD JSON 1.1."""

    id = "nvd-1.1"
    title = "Is this a file of NVD, form 1.1?"
    what = "Id, dates, newest CVSS score, CWE ids, whether it was rejected, and versions by CPE name."
    limits = "Of configurations, that a product is only affected beside another is not kept."
    source = SOURCE
    licence = LICENCE
    holes = HOLES

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by the members that its head has."""
        return seen.get("CVE_data_format") == "MITRE" or bool(seen.get("CVE_Items"))

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give each record as it comes."""
        for part in parts:
            if part.key == "CVE_Items" and part.is_element:
                yield _record(part.value)
            elif part.key == "CVE_data_timestamp" and isinstance(part.value, str):
                yield Edition(self.source, day(part.value))


def _record(value: object) -> Record | Unusable:
    item = typed(value, _Item, _name(value))
    if isinstance(item, Unusable):
        return item
    id, published = item.cve.CVE_data_meta.ID, day(item.publishedDate)
    if not is_cve(id):
        return Unusable(shown(id), message("the id is none of a CVE"))
    modified = moment(item.lastModifiedDate)
    if any(one.value.startswith(_REJECTED) for one in item.cve.description.description_data):
        return Record(SOURCE, id, modified, (Vulnerability(id, published, withdrawn=True),), withdraws=True)
    base, vector = _score(item.impact)
    problems = item.cve.problemtype.problemtype_data
    names = weaknesses(one.value for problem in problems for one in problem.description)
    found = Vulnerability(id, published, base, vector, cwe=names)
    return Record(SOURCE, id, modified, (found,), statements(id, map(_configuration, item.configurations.nodes)))


def _configuration(node: _Node) -> Configuration:
    leaves = [leaf for leaf in (node, *node.children) if leaf.cpe_match and not leaf.negate]
    return node.operator == "AND", () if node.negate else tuple(tuple(map(_match, leaf.cpe_match)) for leaf in leaves)


def _match(given: _CpeMatch) -> Match:
    return Match(
        given.cpe23Uri, given.vulnerable, given.versionStartIncluding, given.versionStartExcluding,
        given.versionEndIncluding, given.versionEndExcluding,
    )  # fmt: skip


def _score(impact: _Impact) -> tuple[float | None, str]:
    if impact.baseMetricV3:
        held = impact.baseMetricV3.cvssV3
        return score(held.version or "3.1", held.vectorString, held.baseScore)
    if impact.baseMetricV2:
        held = impact.baseMetricV2.cvssV2
        return score("2.0", held.vectorString, held.baseScore)
    return None, ""


def _name(value: object) -> object:
    try:
        return value["cve"]["CVE_data_meta"]["ID"]  # type: ignore[index]  # whatever it is that does not fit
    except (KeyError, TypeError):
        return ""
