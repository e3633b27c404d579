from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.errors import InputError
from plimsoll.model.facts import VexStatement
from plimsoll.model.locator import parse_place
from plimsoll.report import csaf, cyclonedx, openvex
from plimsoll.sources import vex
from plimsoll.sources.vex import read_vex
from tests.report.bills import with_holes, with_hostile_holes

WRITERS = {"cyclonedx": cyclonedx.render_vex, "openvex": openvex.render, "csaf": csaf.render}


def openvex_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"@context": "https://openvex.dev/ns/v0.2.0", "statements": list(statements)}


def cyclonedx_of(*vulnerabilities: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": list(vulnerabilities), **more}


def csaf_of(*vulnerabilities: dict[str, Any], **tree: Any) -> dict[str, Any]:
    return {"document": {"csaf_version": "2.0"}, "product_tree": tree, "vulnerabilities": list(vulnerabilities)}


def said(document: Any) -> list[VexStatement]:
    text = document if isinstance(document, str) else json.dumps(document)
    found = [one.fact for one in read_vex("a.json", text.encode()).observations]
    assert all(isinstance(one, VexStatement) for one in found)
    return found  # type: ignore[return-value]  # just asserted


@pytest.mark.parametrize("form", WRITERS)
def test_what_we_write_ourselves_reads_back_alike(form: str) -> None:
    told = {
        (one.vulnerability, name, one.status) for one in said(WRITERS[form](with_holes())) for name, _ in one.components
    }
    assert told == {
        ("CVE-2016-2148", "busybox", "affected"),
        ("CVE-2016-2147", "busybox", "not-affected"),
        ("CVE-2014-0160", "openssl", "under-investigation"),
        ("CVE-2014-0160", "lighttpd", "affected"),
        ("CVE-2018-25032", "zlib", "under-investigation"),
        ("TIDE-1", "openssl", "not-affected"),
    }


@pytest.mark.parametrize("form", WRITERS)
def test_hostile_names_come_out_printable_and_bounded(form: str) -> None:
    for one in said(WRITERS[form](with_hostile_holes())):
        texts = [one.vulnerability, one.statement, *one.products, *(text for pair in one.components for text in pair)]
        assert all(text.isprintable() and len(text) <= 500 for text in texts)


def test_openvex_names_parts_by_their_package_urls_and_else_the_product() -> None:
    part = {"@id": "pkg:deb/debian/openssl@1.1.1n?arch=arm"}
    (one, whole) = said(
        openvex_of(
            {
                "vulnerability": {"name": "CVE-2026-1", "aliases": ["GHSA-1"]},
                "products": [{"@id": "pkg:generic/cam@2", "subcomponents": [part]}],
                "status": "not_affected",
                "justification": "vulnerable_code_not_present",
            },
            {"vulnerability": "CVE-2026-2", "products": ["pkg:generic/cam@2"], "status": "fixed"},
        )
    )
    assert one.components == (("openssl", "1.1.1n"),)
    assert one.aliases == ("GHSA-1",)
    assert one.justification == "vulnerable_code_not_present"
    assert whole == VexStatement("CVE-2026-2", "fixed", ("pkg:generic/cam@2",))


def test_cyclonedx_names_parts_by_reference_and_the_subject_means_the_product() -> None:
    components = [
        {"bom-ref": "a", "name": "Zlib", "version": "1.2.8", "components": [{"bom-ref": "b", "name": "inner"}]}
    ]
    documents = said(
        cyclonedx_of(
            {"id": "CVE-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "a"}, {"ref": "urn:cdx:x/1#b"}]},
            {"id": "CVE-2", "analysis": {"state": "false_positive", "detail": "x"}, "affects": [{"ref": "self"}]},
            {"id": "CVE-3", "analysis": {"state": "exploitable"}, "affects": [{"ref": "pkg:npm/left-pad@1.0"}]},
            {"id": "CVE-4", "affects": [{"ref": "a"}]},
            components=components,
            metadata={"component": {"bom-ref": "self", "name": "cam", "version": "2"}},
        )
    )
    assert [(one.vulnerability, one.status, one.components) for one in documents] == [
        ("CVE-1", "fixed", (("inner", ""), ("zlib", "1.2.8"))),
        ("CVE-2", "not-affected", ()),
        ("CVE-3", "affected", (("left-pad", "1.0"),)),
    ]


def test_csaf_names_products_by_the_tree_and_grounds_by_product() -> None:
    tree = {
        "branches": [{"branches": [{"product": {"name": "cam 2", "product_id": "P"}}]}],
        "full_product_names": [
            {
                "name": "TLS",
                "product_id": "T",
                "product_identification_helper": {"cpe": "cpe:2.3:a:openssl:openssl:1.0.1e:*:*:*:*:*:*:*"},
            }
        ],
        "relationships": [
            {
                "product_reference": "T",
                "relates_to_product_reference": "P",
                "category": "default_component_of",
                "full_product_name": {"name": "TLS in cam 2", "product_id": "T:P"},
            }
        ],
    }
    hole = {
        "cve": "CVE-2026-1",
        "product_status": {"known_not_affected": ["T:P"], "fixed": ["P"], "recommended": ["P"]},
        "threats": [{"category": "impact", "details": "not called", "product_ids": ["T:P"]}],
    }
    assert said(csaf_of(hole, **tree)) == [
        VexStatement("CVE-2026-1", "fixed", ("cam 2",)),
        VexStatement("CVE-2026-1", "not-affected", ("TLS in cam 2",), (("openssl", "1.0.1e"),), "", "not called"),
    ]


def test_each_statement_has_the_place_of_its_entry() -> None:
    read = read_vex("my vex.json", csaf.render(with_holes()).encode())
    assert all(parse_place(one.where) for one in read.observations)
    assert all(one.where.startswith("clause:my%20vex.json#/vulnerabilities/") for one in read.observations)
    assert {(one.window, one.basis) for one in read.observations} == {("declaration", "declared")}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not in UTF-8"),
        (b"[]", "no VEX document"),
        (b"{}", "no VEX document"),
        (b'{"document": {"csaf_version": "1.2"}}', "no VEX document"),
        (b'{"bomFormat": "CycloneDX", "vulnerabilities": {}}', "Expected `array`"),
        (b'{"bomFormat": "CycloneDX", "bomFormat": "CycloneDX"}', "given twice"),
        (b"[" * 200 + b"]" * 200, "nests deeper"),
        (b'{"a": ' * 100_000, "nests deeper"),
        (json.dumps(openvex_of({"vulnerability": "X", "status": "safe"})).encode(), "'safe' is no status"),
        (json.dumps(openvex_of({"vulnerability": "", "status": "fixed"})).encode(), "names no vulnerability"),
        (json.dumps(cyclonedx_of({"id": "X", "analysis": {"state": "fine"}})).encode(), "'fine' is no state"),
        (json.dumps(cyclonedx_of({"analysis": {"state": "resolved"}})).encode(), "names no vulnerability"),
        (json.dumps(csaf_of({"product_status": {"fixed": ["P"]}})).encode(), "names no vulnerability"),
    ],
)
def test_what_is_broken_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match="a") as refused:
        read_vex("a.json", data)
    assert words in refused.value.what


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = openvex_of(*({"vulnerability": f"CVE-{n}", "status": "fixed"} for n in range(11)))
    monkeypatch.setattr(vex, "MOST_STATEMENTS", 10)
    with pytest.raises(InputError, match="more than 10 statements"):
        read_vex("a.json", json.dumps(many).encode())
    monkeypatch.setattr(vex, "LARGEST_BYTES", 10)
    with pytest.raises(InputError, match="may have 10"):
        read_vex("a.json", b" " * 11)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(PLAIN, st.sampled_from([openvex_of, cyclonedx_of, csaf_of]))
def test_arbitrary_entries_raise_nothing_but_our_own_error(entry: Any, make: Any) -> None:
    document = make(entry)
    try:
        read_vex("a.json", json.dumps(document).encode())
    except InputError as error:
        assert error.hint


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_our_own_error(data: bytes) -> None:
    with pytest.raises(InputError):
        read_vex("a.json", data)
