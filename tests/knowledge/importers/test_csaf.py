"""CSAF 2.0 documents, in their official shape."""

from __future__ import annotations

from typing import Any

from plimsoll.knowledge.importers._csaf_products import parse_vers
from plimsoll.knowledge.importers.csaf import Csaf
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import record, unusable


def csaf(
    tree: dict[str, Any], *vulnerabilities: object, publisher: str = "vendor", version: str = "2.0"
) -> dict[str, Any]:
    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": version,
            "title": "Not kept",
            "publisher": {"category": publisher, "name": "Tidewatch", "namespace": "https://tidewatch.example"},
            "tracking": {
                "id": "TW-2031-1",
                "current_release_date": "2031-03-04T00:00:00Z",
                "status": "final",
                "version": "1",
                "initial_release_date": "2031-03-04T00:00:00Z",
                "revision_history": [],
            },
        },
        "product_tree": tree,
        "vulnerabilities": list(vulnerabilities),
    }


def branch(category: str, name: str, *below: dict[str, Any], id: str = "", **helper: str) -> dict[str, Any]:
    made: dict[str, Any] = {"category": category, "name": name}
    if below:
        made["branches"] = list(below)
    if id:
        made["product"] = {"name": name, "product_id": id, "product_identification_helper": helper}
    return made


def vulnerability(**status: list[str]) -> dict[str, Any]:
    return {
        "cve": "CVE-2031-1000",
        "cwe": {"id": "CWE-121", "name": "Not kept"},
        "product_status": status,
        "scores": [
            {"products": ["a"], "cvss_v3": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8}}
        ],
        "notes": [{"category": "description", "text": "Not kept"}],
    }


TREE = {
    "branches": [
        branch(
            "vendor",
            "Tidewatch",
            branch(
                "product_name",
                "watchd",
                branch("product_version", "1.3", id="a", purl="pkg:generic/watchd@1.3"),
                branch(
                    "product_version_range",
                    "vers:generic/>=1.0|<1.4",
                    id="b",
                    cpe="cpe:2.3:a:tide:watchd:*:*:*:*:*:*:*:*",
                ),
                branch("product_version", "1.4", id="c", cpe="cpe:/a:tide:watchd:1.4"),
                branch("product_version", "9", id="d"),
            ),
        ),
    ],
    "full_product_names": [
        {
            "name": "openssl",
            "product_id": "e",
            "product_identification_helper": {"purl": "pkg:deb/debian/openssl@3.0-1?distro=debian-12"},
        }
    ],
    "relationships": [
        {
            "category": "default_component_of",
            "product_reference": "a",
            "relates_to_product_reference": "e",
            "full_product_name": {"name": "a in e", "product_id": "f"},
        }
    ],
}


def test_products_are_read_from_the_tree_and_joined_by_what_is_said() -> None:
    found = record(Csaf, csaf(TREE, vulnerability(known_affected=["a", "b", "d", "none"], fixed=["c"])))
    assert [
        (one.products[0], one.authority, one.unaffected, one.ranges, one.versions, one.fixed)
        for one in found.statements
    ] == [
        ("purl:pkg:generic/watchd", "other", False, (), ("1.3",), ()),
        ("cpe:tide:watchd", "maker", False, (VersionRange("1.0", end="1.4"),), (), ("1.4",)),
        ("cpe:tide:watchd", "maker", True, (), ("1.4",), ("1.4",)),
    ]
    assert found.name == "https://tidewatch.example/TW-2031-1"
    assert found.vulnerabilities[0].cvss == 9.8
    assert "Not kept" not in repr(found)


def test_packages_of_a_distribution_and_what_is_not_affected() -> None:
    found = record(Csaf, csaf(TREE, vulnerability(known_not_affected=["e", "f"]), publisher="coordinator"))
    assert [(one.products[0], one.authority, one.unaffected) for one in found.statements] == [
        ("purl:pkg:deb/debian/openssl?distro=debian-12", "distribution", True)
    ]


def test_what_is_said_of_a_library_within_a_product_is_not_said_of_the_library() -> None:
    """The id `f` is that of watchd 1.3 as a part of something else."""
    assert record(Csaf, csaf(TREE, vulnerability(known_not_affected=["f"]))).statements == ()


def test_a_denial_that_names_no_version_is_left() -> None:
    tree = {"full_product_names": [{"name": "watchd", "product_id": "a",
                                    "product_identification_helper": {"cpe": "cpe:/a:tide:watchd"}}]}  # fmt: skip
    for status in ("fixed", "known_not_affected"):
        assert record(Csaf, csaf(tree, vulnerability(**{status: ["a"]}))).statements == ()


def test_another_publisher_is_not_the_maker() -> None:
    found = record(Csaf, csaf(TREE, vulnerability(known_affected=["b"]), publisher="coordinator"))
    assert [one.authority for one in found.statements] == ["other"]


def test_what_is_under_investigation_is_left() -> None:
    assert record(Csaf, csaf(TREE, vulnerability(under_investigation=["a"]))).statements == ()


def test_what_does_not_fit_is_told() -> None:
    given = csaf(TREE, {"cve": 5}, {"notes": []}, vulnerability(known_affected=["a"]))
    assert unusable(Csaf, given) == [
        "https://tidewatch.example/TW-2031-1, vulnerability 1",
        "https://tidewatch.example/TW-2031-1, vulnerability 2",
    ]
    assert unusable(Csaf, csaf(TREE, version="1.2")) == ["https://tidewatch.example/TW-2031-1"]
    assert len(record(Csaf, given).statements) == 1


def test_a_tree_without_end_is_read_to_its_depth() -> None:
    deep = branch("product_version", "1.3", id="a", purl="pkg:generic/watchd@1.3")
    for _ in range(60):
        deep = branch("product_family", "x", deep)
    assert record(Csaf, csaf({"branches": [deep]}, vulnerability(known_affected=["a"]))).statements == ()


def test_ranges_of_vers() -> None:
    assert parse_vers("vers:deb/<1.4") == ((VersionRange(end="1.4"),), ())
    assert parse_vers(">1.0 | <= 1.4 | 2.0 | >=3") == (
        (VersionRange("1.0", False, "1.4", True), VersionRange("3")),
        ("2.0",),
    )
    assert parse_vers("vers:generic/*") == ((VersionRange(),), ())
    for unreadable in ("all before 1.4", "!=1.0|<2", ">=1|>=2", ""):
        assert parse_vers(unreadable) is None
