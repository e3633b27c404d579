"""OpenVEX documents, in their official shape."""

from __future__ import annotations

from typing import Any

from plimsoll.knowledge.importers.openvex import OpenVex
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import record, unusable


def vex(*statements: object) -> dict[str, Any]:
    return {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://tidewatch.example/vex/1",
        "author": "Tidewatch",
        "timestamp": "2031-03-04T00:00:00Z",
        "version": 1,
        "statements": list(statements),
    }


def told(status: str, *products: object, vulnerability: object = None) -> dict[str, Any]:
    return {
        "vulnerability": vulnerability or {"name": "CVE-2031-1000"},
        "status": status,
        "products": list(products),
        "impact_statement": "Not kept",
    }


def test_statuses_become_statements() -> None:
    found = record(
        OpenVex,
        vex(
            told("affected", {"@id": "pkg:generic/watchd@1.3"}),
            told("fixed", {"@id": "pkg:generic/watchd@1.4"}),
            told("not_affected", {"@id": "x", "identifiers": {"cpe23": "cpe:2.3:a:tide:watchd:1.2:*:*:*:*:*:*:*"}}),
            told("affected", "pkg:deb/debian/openssl"),
        ),
    )
    assert [(one.products[0], one.unaffected, one.ranges, one.versions, one.fixed) for one in found.statements] == [
        ("purl:pkg:generic/watchd", False, (), ("1.3",), ()),
        ("purl:pkg:generic/watchd", True, (), ("1.4",), ("1.4",)),
        ("cpe:tide:watchd", True, (), ("1.2",), ()),
        ("purl:pkg:deb/debian/openssl", False, (VersionRange(),), (), ()),
    ]
    assert "Not kept" not in repr(found)


def test_an_author_is_the_maker_of_what_bears_its_name_alone() -> None:
    products = (
        "cpe:/a:tidewatch:watchd:1",
        "pkg:github/tidewatch/watchd@1",
        "pkg:generic/openssl@3",
        "pkg:deb/debian/a@1",
    )
    found = record(OpenVex, vex(told("affected", *products)))
    assert [one.authority for one in found.statements] == ["maker", "maker", "other", "distribution"]


def test_a_statement_of_a_component_in_a_product_is_not_one_of_the_component() -> None:
    inside = {"@id": "pkg:generic/router@1.0", "subcomponents": [{"@id": "pkg:generic/openssl@1.0.1f"}]}
    given = vex(told("not_affected", inside))
    assert record(OpenVex, given).statements == ()
    assert unusable(OpenVex, given) == ["https://tidewatch.example/vex/1, statement 1"]


def test_the_older_form_names_the_vulnerability_as_text() -> None:
    given = vex(told("affected", "pkg:generic/watchd@1.3", vulnerability="CVE-2031-1000"))
    assert record(OpenVex, given).statements[0].vulnerability == "CVE-2031-1000"


def test_what_says_nothing_of_versions_is_told() -> None:
    given = vex(
        told("under_investigation", "pkg:generic/watchd@1.3"),
        told("affected", "watchd"),
        5,
        told("affected", "pkg:generic/watchd@1.3", vulnerability={"name": "two words"}),
    )
    assert len(unusable(OpenVex, given)) == 4
