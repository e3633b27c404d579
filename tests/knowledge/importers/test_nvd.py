"""NVD JSON 2.0, in records of its official shape."""

from __future__ import annotations

from plimsoll.knowledge.importers.importer import Edition
from plimsoll.knowledge.importers.nvd import Nvd
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import match, nvd_cve, nvd_feed, read, record, statement, unusable


def test_a_record_gives_its_facts_and_no_sentence() -> None:
    metrics = {
        "cvssMetricV2": [
            {
                "type": "Primary",
                "cvssData": {"version": "2.0", "vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P", "baseScore": 7.5},
            }
        ],
        "cvssMetricV31": [
            {"type": "Secondary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:L", "baseScore": 3.3}},
            {"type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N", "baseScore": 9.8}},
        ],
    }
    found = record(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", match("a:tide:watchd"), metrics=metrics)))
    (vulnerability,) = found.vulnerabilities
    assert (vulnerability.id, vulnerability.published) == ("CVE-2031-1000", "2031-02-03")
    assert (vulnerability.cvss, vulnerability.cvss_vector) == (9.8, "CVSS:3.1/AV:N")
    assert vulnerability.cwe == ("CWE-121",)
    assert "Not kept" not in repr(found)


def test_bounds_become_ranges_and_single_versions_stay_single() -> None:
    found = statement(
        Nvd,
        nvd_feed(
            nvd_cve(
                "CVE-2031-1000",
                match("a:tide:watchd", versionStartIncluding="1.0", versionEndExcluding="1.4.2"),
                match("a:tide:watchd", versionStartExcluding="2.0", versionEndIncluding="2.3"),
                match("a:tide:watchd", "0.9"),
            )
        ),
    )
    assert found.products == ("cpe:tide:watchd",)
    assert found.authority == "nvd"
    assert found.ranges == (VersionRange("1.0", True, "1.4.2", False), VersionRange("2.0", False, "2.3", True))
    assert found.versions == ("0.9",)


def test_a_product_without_versions_is_named_and_nothing_is_known_of_its_versions() -> None:
    found = statement(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", match("a:tide:watchd"))))
    assert (found.ranges, found.versions) == ((), ())


def test_updates_are_written_as_the_maker_does() -> None:
    cpe = {"vulnerable": True, "criteria": "cpe:2.3:a:openbsd:openssh:7.2:p2:*:*:*:*:*:*"}
    other = {"vulnerable": True, "criteria": "cpe:2.3:a:openbsd:openssh:7.3:rc1:*:*:*:*:*:*"}
    assert statement(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", cpe, other))).versions == ("7.2p2", "7.3-rc1")


def test_escaped_names_are_read() -> None:
    found = statement(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", match("a:free\\:tide:watch\\+d", "1.0"))))
    assert found.products == ("cpe:free:tide:watch+d",)


def test_what_is_only_affected_on_windows_is_left() -> None:
    windows = {"vulnerable": False, "criteria": "cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"}
    nodes = [{"operator": "OR", "cpeMatch": [match("a:tide:watchd", "1.0")]}, {"operator": "OR", "cpeMatch": [windows]}]
    beside = [{"operator": "AND", "nodes": nodes}]
    target = {"vulnerable": True, "criteria": "cpe:2.3:a:tide:watchd:1.0:*:*:*:*:windows:*:*"}
    assert record(Nvd, nvd_feed(nvd_cve(configurations=beside))).statements == ()
    assert record(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", target))).statements == ()


def test_firmware_beside_its_hardware_is_kept_and_the_hardware_is_not() -> None:
    hardware = {"vulnerable": False, "criteria": "cpe:2.3:h:tide:router:-:*:*:*:*:*:*:*"}
    nodes = [
        {"operator": "OR", "cpeMatch": [match("o:tide:router_firmware", "1.0")]},
        {"operator": "OR", "cpeMatch": [hardware]},
    ]
    found = statement(Nvd, nvd_feed(nvd_cve(configurations=[{"operator": "AND", "nodes": nodes}])))
    assert found.products == ("cpe:tide:router_firmware",)


def test_a_rejected_record_withdraws_and_states_nothing() -> None:
    found = record(Nvd, nvd_feed(nvd_cve("CVE-2031-1000", match("a:tide:watchd", "1.0"), vulnStatus="Rejected")))
    assert found.withdraws
    assert found.statements == ()


def test_records_that_do_not_fit_are_told_and_the_others_are_read() -> None:
    feed = nvd_feed(
        nvd_cve("CVE-2031-1"),
        {"cve": {"id": 5}},
        "text",
        nvd_cve("\x1b[31m"),
        nvd_cve("CVE-2031-2000", metrics=[1]),
        nvd_cve("CVE-2031-3000"),
    )
    assert unusable(Nvd, feed) == ["CVE-2031-1", "5", "a record without a name", "?[31m", "CVE-2031-2000"]
    assert record(Nvd, feed).name == "CVE-2031-3000"


def test_a_score_beyond_its_bounds_is_none() -> None:
    metrics = {"cvssMetricV31": [{"cvssData": {"version": "3.1", "vectorString": "x", "baseScore": 99}}]}
    assert record(Nvd, nvd_feed(nvd_cve(metrics=metrics))).vulnerabilities[0].cvss is None


def test_the_file_says_its_date() -> None:
    assert Edition("nvd", "2031-04-05") in read(Nvd, nvd_feed(nvd_cve()))
