"""OSV records, in their official shape."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.knowledge.importers.osv import Osv
from plimsoll.knowledge.vulnerability import VersionRange
from tests.knowledge.files import record, statement, unusable


def osv(id: str = "TIDE-2031-1", *affected: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "schema_version": "1.7.0",
        "id": id,
        "published": "2031-02-03T00:00:00Z",
        "modified": "2031-03-04T00:00:00Z",
        "summary": "Not kept",
        "details": "Not kept",
        "affected": list(affected),
    } | fields


def package(
    ecosystem: str, name: str, *events: dict[str, str], type: str = "ECOSYSTEM", **fields: Any
) -> dict[str, Any]:
    return {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": type, "events": list(events)}],
    } | fields


def test_events_become_ranges_and_the_cve_id_is_the_name() -> None:
    given = package(
        "PyPI",
        "watchd",
        {"introduced": "0"},
        {"fixed": "1.4"},
        {"introduced": "2.0"},
        {"last_affected": "2.3"},
        {"introduced": "3"},
        versions=["1.0", "1.1"],
    )
    found = record(Osv, osv("GHSA-xxxx", given, aliases=["CVE-2031-1000", "PYSEC-1"]))
    assert (found.name, found.vulnerabilities[0].id) == ("GHSA-xxxx", "CVE-2031-1000")
    (one,) = found.statements
    assert one.ranges == (VersionRange(end="1.4"), VersionRange("2.0", end="2.3", end_included=True), VersionRange("3"))
    assert (one.products, one.versions, one.fixed) == (("purl:pkg:pypi/watchd",), (), ("1.4",))
    assert "Not kept" not in repr(found)


@pytest.mark.parametrize(
    ("ecosystem", "name", "product", "authority"),
    [
        ("Debian:12", "openssl", "purl:pkg:deb/debian/openssl?distro=debian-12", "distribution"),
        ("Alpine:v3.18", "busybox", "purl:pkg:apk/alpine/busybox?distro=alpine-3.18", "distribution"),
        ("Ubuntu:22.04:LTS", "curl", "purl:pkg:deb/ubuntu/curl?distro=ubuntu-22.04", "distribution"),
        ("Debian", "openssl", "purl:pkg:deb/debian/openssl", "distribution"),
        ("npm", "@tide/watch", "purl:pkg:npm/@tide/watch", "other"),
        ("Maven", "org.tide:watch", "purl:pkg:maven/org.tide/watch", "other"),
        ("Go", "github.com/Tide/watch", "purl:pkg:golang/github.com/tide/watch", "other"),
        ("Linux", "Kernel", "cpe:linux:linux_kernel", "maker"),
    ],
)
def test_ecosystems_are_named_as_package_urls(ecosystem: str, name: str, product: str, authority: str) -> None:
    found = statement(Osv, osv("CVE-2031-1000", package(ecosystem, name, {"introduced": "0"})))
    assert (found.products, found.authority) == ((product,), authority)


def test_an_advisory_of_several_cves_is_about_each() -> None:
    given = package("Debian:12", "openssl", {"introduced": "0"}, {"fixed": "3.0.1-1"})
    found = record(Osv, osv("DSA-1-1", given, upstream=["CVE-2031-1000", "CVE-2031-2000"]))
    assert [one.vulnerability for one in found.statements] == ["CVE-2031-1000", "CVE-2031-2000"]


def test_commits_are_left_and_single_versions_then_count() -> None:
    given = {
        "package": {"ecosystem": "", "name": "curl", "purl": "pkg:generic/curl"},
        "versions": ["8.0.0", "8.0.1"],
        "ranges": [{"type": "GIT", "repo": "https://example.com/", "events": [{"introduced": "abc"}]}],
    }
    found = statement(Osv, osv("CURL-CVE-2031-1000", given, aliases=["CVE-2031-1000"]))
    assert (found.products, found.authority) == (("purl:pkg:generic/curl",), "maker")
    assert (found.ranges, found.versions) == ((), ("8.0.0", "8.0.1"))


def test_a_withdrawn_record_states_nothing() -> None:
    given = osv("GHSA-x", package("PyPI", "watchd", {"introduced": "0"}), withdrawn="2031-04-05T00:00:00Z")
    assert record(Osv, given).statements == ()


def test_an_unknown_ecosystem_is_left() -> None:
    assert record(Osv, osv("TIDE-1", package("Harbour", "watchd", {"introduced": "0"}))).statements == ()


def test_records_that_do_not_fit_are_told() -> None:
    assert unusable(Osv, osv("two words")) == ["two words"]
    assert unusable(Osv, osv("TIDE-1", affected="none")) == ["TIDE-1"]
