from __future__ import annotations

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator

from plimsoll.report import cyclonedx
from plimsoll.report._cyclonedx import CONFIDENCE
from plimsoll.report._inventory import BASES
from tests.report.bills import ALL, DIGEST, read, with_holes, with_merged, with_software
from tests.report.sample import at, bad, good

JSON_KINDS = {"sbom": cyclonedx.render, "vex": cyclonedx.render_vex}
XML_KINDS = {"sbom": cyclonedx.render_xml, "vex": cyclonedx.render_vex_xml}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", JSON_KINDS)
def test_json_fits_the_official_schema(kind: str, name: str) -> None:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(JSON_KINDS[kind](ALL[name]()))
    assert error is None, error


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", XML_KINDS)
def test_xml_fits_the_official_schema(kind: str, name: str) -> None:
    error = XmlValidator(SchemaVersion.V1_6).validate_str(XML_KINDS[kind](ALL[name]()))
    assert error is None, error


def test_a_component_carries_where_it_was_seen_and_how_sure_that_is() -> None:
    components = {one["name"]: one for one in read(cyclonedx.render(with_software()))["components"]}
    busybox = components["busybox"]
    assert busybox["version"] == "1.19.4"
    assert busybox["purl"] == "pkg:generic/busybox@1.19.4"
    assert busybox["hashes"] == [{"alg": "SHA-256", "content": DIGEST}]
    (occurrence,) = busybox["evidence"]["occurrences"]
    assert occurrence["location"] == at(b"bin/busybox", 16, 9)
    assert DIGEST in occurrence["additionalContext"]
    assert busybox["evidence"]["identity"][0]["confidence"] == CONFIDENCE["banner"]
    assert components["base-files"]["purl"] == "pkg:deb/tide/base-files@1%3A2.0-r3?arch=arm"
    assert components["base-files"]["evidence"]["identity"][0]["methods"][0]["technique"] == "manifest-analysis"
    assert components["linux"]["type"] == "operating-system"


def test_every_basis_has_a_confidence_and_the_strongest_has_the_highest() -> None:
    assert set(CONFIDENCE) == set(BASES)
    assert all(0 < one <= 1 for one in CONFIDENCE.values())


def test_what_is_only_loaded_is_no_second_component_but_a_dependency() -> None:
    bill = read(cyclonedx.render(with_software()))
    assert [one["name"] for one in bill["components"]].count("openssl") == 1
    refs = {one["name"]: one["bom-ref"] for one in bill["components"]}
    uses = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    assert uses[refs["lighttpd"]] == {refs["openssl"], refs["zlib"]}
    assert uses["product"] == set(refs.values())


def test_the_list_says_that_it_is_not_complete() -> None:
    assert read(cyclonedx.render(good()))["compositions"][0]["aggregate"] == "incomplete"


def test_the_product_is_named_with_the_digest_of_its_image() -> None:
    subject = read(cyclonedx.render(bad()))["metadata"]["component"]
    assert subject["manufacturer"]["name"] == "Halyard Instruments (fictional)"
    assert subject["hashes"][0]["content"] in subject["purl"]


def test_merged_components_count_and_their_single_statements_do_not() -> None:
    bill = read(cyclonedx.render(with_merged()))
    busybox = [one for one in bill["components"] if one["name"] == "busybox"]
    assert len(busybox) == 1
    assert busybox[0]["purl"] == "pkg:deb/tide/busybox@1%3A1.19.4-2"
    assert len(busybox[0]["evidence"]["occurrences"]) == 2
    assert [one["value"] for one in busybox[0]["evidence"]["identity"][0]["methods"]] == ["package-database", "banner"]


def test_the_same_assessment_has_the_same_serial_number_and_another_another() -> None:
    first = read(cyclonedx.render(with_software()))
    other = read(cyclonedx.render(msgspec.structs.replace(with_software(), assessed_on="2026-11-25")))
    assert first["serialNumber"] == read(cyclonedx.render(with_software()))["serialNumber"]
    assert first["serialNumber"] != other["serialNumber"]
    assert first["serialNumber"] != read(cyclonedx.render_vex(with_software()))["serialNumber"]
    assert first["metadata"]["timestamp"] == "2026-11-24T00:00:00Z"


def test_each_status_has_its_word_and_a_maybe_is_never_told_as_exploitable() -> None:
    known = read(cyclonedx.render_vex(with_holes()))["vulnerabilities"]
    states = {
        (one["id"], property["value"]): one["analysis"]["state"]
        for one in known
        for property in one["properties"]
        if property["name"] == "plimsoll:status"
    }
    assert states == {
        ("CVE-2016-2148", "affected"): "exploitable",
        ("CVE-2014-0160", "affected"): "exploitable",
        ("CVE-2014-0160", "fix-may-be-backported"): "in_triage",
        ("CVE-2018-25032", "under-investigation"): "in_triage",
        ("CVE-2016-2147", "not-built-in"): "not_affected",
        ("TIDE-1", "not-affected"): "not_affected",
    }


def test_the_exploited_one_stands_first_and_the_makers_word_beside_it() -> None:
    first = read(cyclonedx.render_vex(with_holes()))["vulnerabilities"][0]
    assert first["id"] == "CVE-2016-2148"
    assert first["analysis"]["state"] == "exploitable"
    told = {one["name"]: one["value"] for one in first["properties"]}
    assert told["plimsoll:maker-says"] == "not affected (said of tidewatch2): code not reachable"


def test_a_makers_word_on_another_version_is_not_shown() -> None:
    known = read(cyclonedx.render_vex(with_holes()))["vulnerabilities"]
    openssl = next(one for one in known if one["analysis"]["state"] == "in_triage" and one["id"] == "CVE-2014-0160")
    assert "plimsoll:maker-says" not in {one["name"] for one in openssl["properties"]}


def test_a_vulnerability_points_at_a_component_of_the_document() -> None:
    document = read(cyclonedx.render_vex(with_holes()))
    refs = {one["bom-ref"] for one in document["components"]}
    assert all(target["ref"] in refs for one in document["vulnerabilities"] for target in one["affects"])
