"""NVD's records in its form 2.0: year files and answers of the API.

Source: NVD's CVE API 2.0 schema (cve_api_json_2.0.schema).
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

_METRICS = ("cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2")


class _Cvss(msgspec.Struct):
    version: str
    vectorString: str = ""
    baseScore: float | None = None


class _Metric(msgspec.Struct):
    cvssData: _Cvss
    type: str = ""


class _Text(msgspec.Struct):
    value: str = ""


class _Weakness(msgspec.Struct):
    description: list[_Text] = []


class _Node(msgspec.Struct):
    operator: str = "OR"
    negate: bool = False
    cpeMatch: list[Match] = []


class _Configuration(msgspec.Struct):
    nodes: list[_Node] = []
    operator: str = "OR"
    negate: bool = False


class _Cve(msgspec.Struct):
    id: str
    published: str = ""
    lastModified: str = ""
    vulnStatus: str = ""
    cisaExploitAdd: str = ""
    metrics: dict[str, list[Any]] = {}
    weaknesses: list[_Weakness] = []
    configurations: list[_Configuration] = []


class _Item(msgspec.Struct):
    cve: _Cve


class Nvd(Importer):
    """Reads NVD JSON 2.0."""

    id = "nvd-2.0"
    title = "Is this a file of NVD, form 2.0?"
    what = "Id, dates, newest CVSS score, CWE ids, whether it was rejected, and versions by CPE name."
    limits = "Of configurations, that a product is only affected beside another is not kept."
    source = SOURCE
    licence = LICENCE
    holes = HOLES

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by its records."""
        first = (seen.get("vulnerabilities") or [None])[0]
        return seen.get("format") == "NVD_CVE" or (isinstance(first, dict) and isinstance(first.get("cve"), dict))

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give each record as it comes."""
        for part in parts:
            if part.key == "vulnerabilities" and part.is_element:
                yield _record(part.value)
            elif part.key == "timestamp" and isinstance(part.value, str):
                yield Edition(self.source, day(part.value))


def _record(value: object) -> Record | Unusable:
    item = typed(value, _Item, _name(value))
    if isinstance(item, Unusable):
        return item
    cve = item.cve
    if not is_cve(cve.id):
        return Unusable(shown(cve.id), message("the id is none of a CVE"))
    modified = moment(cve.lastModified)
    if cve.vulnStatus.lower() == "rejected":
        return Record(SOURCE, cve.id, modified, (Vulnerability(cve.id, day(cve.published), withdrawn=True),),
                      withdraws=True)  # fmt: skip
    base, vector = _score(cve.metrics)
    found = Vulnerability(
        cve.id,
        day(cve.published),
        base,
        vector,
        exploited_since=day(cve.cisaExploitAdd),
        cwe=weaknesses(one.value for weakness in cve.weaknesses for one in weakness.description),
    )
    return Record(SOURCE, cve.id, modified, (found,), statements(cve.id, map(_configuration, cve.configurations)))


def _configuration(given: _Configuration) -> Configuration:
    nodes = tuple(tuple(node.cpeMatch) for node in given.nodes if not node.negate)
    needs_all = given.operator == "AND" or (len(nodes) == 1 and given.nodes[0].operator == "AND")
    return needs_all, () if given.negate else nodes


def _score(metrics: Mapping[str, list[Any]]) -> tuple[float | None, str]:
    """Give the primary score of the newest version of CVSS."""
    for name in _METRICS:
        held = [one for value in metrics.get(name, []) if isinstance(one := typed(value, _Metric), _Metric)]
        for one in sorted(held, key=lambda metric: metric.type != "Primary"):
            base, vector = score(one.cvssData.version, one.cvssData.vectorString, one.cvssData.baseScore)
            if base is not None:
                return base, vector
    return None, ""


def _name(value: object) -> object:
    cve = value.get("cve") if isinstance(value, dict) else None
    return cve.get("id", "") if isinstance(cve, dict) else ""
