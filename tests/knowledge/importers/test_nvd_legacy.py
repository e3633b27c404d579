"""NVD JSON 1.1, in records of its official shape."""

from __future__ import annotations

from typing import Any

from plimsoll.knowledge.importers.importer import Edition
from plimsoll.knowledge.importers.nvd_legacy import NvdLegacy
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import read, record, statement, unusable


def item(id: str = "CVE-2019-1000", *nodes: dict[str, Any], text: str = "Not kept.", **fields: Any) -> dict[str, Any]:
    made = {
        "cve": {
            "data_type": "CVE",
            "CVE_data_meta": {"ID": id, "ASSIGNER": "cve@example.com"},
            "problemtype": {"problemtype_data": [{"description": [{"lang": "en", "value": "CWE-78"}]}]},
            "description": {"description_data": [{"lang": "en", "value": text}]},
        },
        "configurations": {"CVE_data_version": "4.0", "nodes": list(nodes)},
        "impact": {
            "baseMetricV3": {"cvssV3": {"version": "3.0", "vectorString": "CVSS:3.0/AV:N", "baseScore": 8.8}},
            "baseMetricV2": {"cvssV2": {"version": "2.0", "vectorString": "AV:N/AC:L", "baseScore": 6.5}},
        },
        "publishedDate": "2019-02-03T04:29Z",
        "lastModifiedDate": "2019-03-04T05:29Z",
    }
    return made | fields


def feed(*items: object) -> dict[str, Any]:
    return {"CVE_data_type": "CVE", "CVE_data_format": "MITRE", "CVE_data_version": "4.0",
            "CVE_data_timestamp": "2021-09-11T07:00Z", "CVE_Items": list(items)}  # fmt: skip


def node(*uris: str, operator: str = "OR", **bounds: str) -> dict[str, Any]:
    matches = [{"vulnerable": True, "cpe23Uri": f"cpe:2.3:{uri}:*:*:*:*:*:*:*", **bounds} for uri in uris]
    return {"operator": operator, "children": [], "cpe_match": matches}


def test_a_record_gives_its_facts_and_no_sentence() -> None:
    found = record(NvdLegacy, feed(item("CVE-2019-1000", node("a:tide:watchd:*", versionEndExcluding="1.4"))))
    (vulnerability,) = found.vulnerabilities
    assert (vulnerability.cvss, vulnerability.cvss_vector) == (8.8, "CVSS:3.0/AV:N")
    assert (vulnerability.published, vulnerability.cwe) == ("2019-02-03", ("CWE-78",))
    assert found.statements[0].ranges == (VersionRange(end="1.4"),)
    assert "Not kept" not in repr(found)


def test_children_of_a_node_are_read() -> None:
    parent = node(operator="AND") | {"children": [node("o:tide:router_firmware:1.0"), node("h:tide:router:-")]}
    parent["children"][1]["cpe_match"][0]["vulnerable"] = False
    found = statement(NvdLegacy, feed(item("CVE-2019-1000", parent)))
    assert (found.products, found.versions) == (("cpe:tide:router_firmware",), ("1.0",))


def test_version_2_of_cvss_is_taken_where_there_is_no_other() -> None:
    impact = {"baseMetricV2": {"cvssV2": {"version": "2.0", "vectorString": "AV:N/AC:L", "baseScore": 6.5}}}
    (vulnerability,) = record(NvdLegacy, feed(item(impact=impact))).vulnerabilities
    assert (vulnerability.cvss, vulnerability.cvss_vector) == (6.5, "AV:N/AC:L")


def test_a_rejected_record_withdraws() -> None:
    assert record(NvdLegacy, feed(item(text="** REJECT ** Not kept."))).withdraws


def test_records_that_do_not_fit_are_told() -> None:
    assert unusable(NvdLegacy, feed({"cve": {}}, item("CVE-x"), [], item())) == [
        "a record without a name", "CVE-x", "a record without a name",
    ]  # fmt: skip


def test_the_file_says_its_date() -> None:
    assert Edition("nvd", "2021-09-11") in read(NvdLegacy, feed(item()))
