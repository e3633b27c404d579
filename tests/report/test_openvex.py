from __future__ import annotations

from typing import Any

import pytest
from packageurl import PackageURL

from plimsoll.report import openvex
from tests.report.bills import ALL, read, with_holes, with_software

HEAD = {"@context", "@id", "author", "role", "timestamp", "version", "tooling", "statements"}
STATEMENT = {
    "vulnerability", "products", "status", "status_notes", "justification", "impact_statement", "action_statement",
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_a_document_keeps_the_rules_of_openvex(name: str) -> None:
    document = read(openvex.render(ALL[name]()))
    assert set(document) == HEAD
    assert document["@context"] == "https://openvex.dev/ns/v0.2.0"
    assert document["version"] >= 1
    for one in document["statements"]:
        _check(one)
    assert len({repr(one) for one in document["statements"]}) == len(document["statements"])


def _check(one: dict[str, Any]) -> None:
    assert set(one) <= STATEMENT
    assert one["vulnerability"]["name"]
    assert one["status"] in ("not_affected", "affected", "fixed", "under_investigation")
    if one["status"] == "not_affected":
        assert ("justification" in one) != ("impact_statement" in one)
    if one["status"] == "affected":
        assert one["action_statement"]
    for product in one["products"]:
        parts = [part["@id"] for part in product.get("subcomponents", ())]
        assert len(set(parts)) == len(parts)
        for purl in (product["@id"], *parts):
            assert PackageURL.from_string(purl)


def test_each_status_has_its_word() -> None:
    told = {
        (one["vulnerability"]["name"], one["products"][0]["subcomponents"][0]["@id"]): one
        for one in read(openvex.render(with_holes()))["statements"]
    }
    busybox, openssl = "pkg:generic/busybox@1.19.4", "pkg:generic/openssl@1.0.1e"
    assert told["CVE-2016-2148", busybox]["status"] == "affected"
    assert "The maker says: not affected" in told["CVE-2016-2148", busybox]["status_notes"]
    assert told["CVE-2016-2147", busybox]["justification"] == "vulnerable_code_not_present"
    assert told["TIDE-1", openssl]["impact_statement"] == "by the maker of it"
    assert told["CVE-2014-0160", openssl]["status"] == "under_investigation"


def test_nothing_known_makes_no_statement() -> None:
    assert read(openvex.render(with_software()))["statements"] == []
