"""Records of the CVE List, version 5, in their official shape."""

from __future__ import annotations

from typing import Any

from plimsoll.knowledge.importers.cve_list import CveList
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import cve_record, record, statement, unusable


def affected(*versions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "vendor": "Tidewatch",
        "product": "Watch Daemon",
        "defaultStatus": "unaffected",
        "versions": list(versions),
    } | fields


def until(end: str, start: str = "0", **fields: Any) -> dict[str, Any]:
    return {"version": start, "status": "affected", "lessThan": end, "versionType": "semver"} | fields


def test_a_record_gives_its_facts_and_no_sentence() -> None:
    metrics = [
        {"format": "CVSS", "cvssV3_1": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8}},
        {"cvssV4_0": {"version": "4.0", "vectorString": "CVSS:4.0/AV:N", "baseScore": 9.3}},
    ]
    problems = [{"descriptions": [{"lang": "en", "cweId": "CWE-121", "description": "Not kept", "type": "CWE"}]}]
    given = cve_record("CVE-2031-1000", affected(until("1.4")), metrics=metrics, problemTypes=problems)
    found = record(CveList, given)
    (vulnerability,) = found.vulnerabilities
    assert (vulnerability.cvss, vulnerability.cvss_vector) == (9.3, "CVSS:4.0/AV:N")
    assert (vulnerability.published, vulnerability.cwe) == ("2031-02-03", ("CWE-121",))
    assert "Not kept" not in repr(found)


def test_a_product_is_named_by_vendor_and_product_where_there_is_no_cpe_name() -> None:
    assert statement(CveList, cve_record("CVE-2031-1000", affected(until("1.4")))).products == (
        "cpe:tidewatch:watch_daemon",
    )


def test_a_product_is_named_by_its_cpe_name_and_package() -> None:
    given = affected(
        until("1.4"),
        cpes=["cpe:2.3:a:tide:watchd:*:*:*:*:*:*:*:*"],
        collectionURL="https://pypi.org/project",
        packageName="watchd",
    )
    found = statement(CveList, cve_record("CVE-2031-1000", given))
    assert found.products == ("cpe:tide:watchd", "purl:pkg:pypi/watchd")


def test_a_vendor_that_gives_its_own_ids_is_the_maker_and_others_are_not() -> None:
    assert statement(CveList, cve_record("CVE-2031-1000", affected(until("1.4")))).authority == "maker"
    other = affected(until("1.4"), vendor="Harbour")
    assert statement(CveList, cve_record("CVE-2031-1000", other)).authority == "other"


def test_bounds_and_single_versions() -> None:
    found = statement(
        CveList,
        cve_record(
            "CVE-2031-1000",
            affected(
                until("1.4"),
                until("2.3", "2.0"),
                {"version": "3.0", "lessThanOrEqual": "3.0.5", "status": "affected"},
                {"version": "3.9", "status": "affected"},
                {"version": "n/a", "status": "affected"},
            ),
        ),
    )
    assert found.ranges == (
        VersionRange(end="1.4"),
        VersionRange("2.0", end="2.3"),
        VersionRange("3.0", end="3.0.5", end_included=True),
    )
    assert (found.versions, found.fixed) == (("3.9",), ("1.4", "2.3"))


def test_changes_cut_a_range_where_the_status_turns() -> None:
    entry = until("2.0", "1.0", changes=[{"at": "1.4.2", "status": "unaffected"}])
    found = record(CveList, cve_record("CVE-2031-1000", affected(entry))).statements
    assert found[0].ranges == (VersionRange("1.0", end="1.4.2"),)
    assert found[0].fixed == ("1.4.2",)
    assert (found[1].unaffected, found[1].ranges) == (True, (VersionRange("1.4.2", end="2.0"),))


def test_the_kernel_names_what_is_not_affected_by_stream() -> None:
    """The shape is that of the records of the kernel's own team."""
    given = affected(
        {"version": "4.5", "status": "affected"},
        {"version": "0", "lessThan": "4.5", "status": "unaffected", "versionType": "semver"},
        {"version": "5.10.210", "lessThanOrEqual": "5.10.*", "status": "unaffected", "versionType": "semver"},
        {"version": "6.6.17", "lessThanOrEqual": "6.6.*", "status": "unaffected", "versionType": "semver"},
        {"version": "6.8", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "original_commit_for_fix"},
        {"version": "6.8", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "semver"},
        vendor="Linux",
        product="Linux",
        defaultStatus="affected",
    )
    commits = affected(
        {"version": "1da177e4c3f4", "lessThan": "abc", "status": "affected", "versionType": "git"},
        vendor="Linux",
        product="Linux",
    )
    found = record(CveList, cve_record("CVE-2031-1000", commits, given))
    assert found.statements[0].ranges == ()
    kernel = found.statements[1]
    assert kernel.products == ("cpe:linux:linux_kernel",)
    assert kernel.ranges == (
        VersionRange("4.5", end="5.10.210"),
        VersionRange("5.11", end="6.6.17"),
        VersionRange("6.7", end="6.8"),
    )
    assert kernel.fixed == ("5.10.210", "6.6.17", "6.8")


def test_where_the_order_is_in_doubt_both_are_stated() -> None:
    given = affected(
        {"version": "1.0", "status": "affected"},
        {"version": "1.0.1g", "lessThan": "1.0.2", "status": "unaffected"},
        defaultStatus="affected",
    )
    found = record(CveList, cve_record("CVE-2031-1000", given)).statements
    assert [(one.unaffected, one.ranges, one.versions) for one in found] == [
        (False, (), ("1.0",)),
        (True, (VersionRange("1.0.1g", end="1.0.2"),), ()),
    ]


def test_sources_that_contradict_each_other_stay_side_by_side() -> None:
    given = cve_record("CVE-2031-1000", affected(until("1.4")))
    given["containers"]["adp"] = [{"providerMetadata": {"shortName": "CISA-ADP"}, "affected": [affected(until("1.9"))]}]
    found = record(CveList, given).statements
    assert [(one.authority, one.ranges[0].end) for one in found] == [("maker", "1.4"), ("other", "1.9")]


def test_nobody_is_no_product() -> None:
    given = affected({"version": "n/a", "status": "affected"}, vendor="n/a", product="n/a")
    assert record(CveList, cve_record("CVE-2031-1000", given)).statements == ()


def test_a_rejected_record_withdraws() -> None:
    given = cve_record("CVE-2031-1000")
    given["cveMetadata"]["state"] = "REJECTED"
    given["containers"]["cna"] = {"rejectedReasons": [{"lang": "en", "value": "Not kept"}]}
    assert record(CveList, given).withdraws


def test_records_that_do_not_fit_are_told() -> None:
    assert unusable(CveList, {"dataType": "CVE_RECORD"}) == ["a record without a name"]
    assert unusable(CveList, cve_record("CVE-x")) == ["CVE-x"]
