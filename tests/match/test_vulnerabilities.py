"""Known vulnerabilities of components: whose word counts, what raises a doubt, and what silence means."""

from __future__ import annotations

import pytest

from plimsoll.errors import InputError
from plimsoll.knowledge.vulnerability import VersionRange, Vulnerability
from plimsoll.match.vulnerabilities import Vulnerabilities
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.facts import (
    KnownVulnerability,
    NoneKnown,
    NotCompared,
    OperatingSystem,
)
from tests.match.knowing import (
    ID,
    LINUX,
    SSL,
    Memory,
    between,
    component,
    installed,
    known,
    matched,
    one,
    package,
    seen,
    stated,
)  # fmt: skip

OPENSSL = component("openssl", "1.0.2zg")


def test_a_version_in_range_is_affected_and_says_by_whom() -> None:
    fact = one(OPENSSL, affected=(stated(ID, SSL, between("1.0.2", "1.0.2zh"), authority="maker", fixed=("1.0.2zh",)),))
    assert (fact.status, fact.authority, fact.version, fact.fixed_in) == ("affected", "maker", "1.0.2zg", "1.0.2zh")
    assert [(why.kind, why.detail) for why in fact.why] == [("in-range", ">=1.0.2, <1.0.2zh")]
    assert [(each.source, each.says) for each in fact.statements] == [("makers", "affected")]


def test_the_repaired_version_is_not() -> None:
    statement = stated(ID, SSL, between("1.0.2", "1.0.2zh"))
    assert known(component("openssl", "1.0.2zh"), affected=(statement,)) == []


def test_a_statement_without_versions_matches_nothing() -> None:
    assert known(OPENSSL, affected=(stated(ID, SSL),)) == []
    assert known(OPENSSL, affected=(stated(ID, SSL, VersionRange()),)) == []


def test_what_is_exploited_and_has_no_versions_is_looked_into() -> None:
    about = (Vulnerability(ID, exploited_since="2022-01-01"),)
    assert known(OPENSSL, affected=(stated(ID, SSL),), about=about) == ["0001 under-investigation versions-not-stated"]


def test_a_maker_that_says_every_version_is_believed() -> None:
    assert known(OPENSSL, affected=(stated(ID, SSL, VersionRange(), authority="maker"),)) == ["0001 affected in-range"]


def test_the_maker_is_believed_before_nvd_and_both_are_shown() -> None:
    nvd = stated(ID, SSL, between("", "1.1.1"))
    fact = one(OPENSSL, affected=(nvd, stated(ID, SSL, between("1.1.0", "1.1.1"), authority="maker")))
    assert (fact.status, fact.authority) == ("not-affected", "maker")
    assert [(each.authority, each.says) for each in fact.statements] == [("maker", "outside"), ("nvd", "affected")]
    fact = one(
        OPENSSL,
        affected=(
            stated(ID, SSL, between("2.0", "2.1")),
            stated(ID, SSL, between("1.0.2", "1.0.2zh"), authority="maker"),
        ),
    )
    assert (fact.status, fact.authority) == ("affected", "maker")


def test_a_maker_may_say_that_versions_are_not_affected() -> None:
    said = stated(ID, SSL, between("1.0.2", "1.0.3"), authority="maker", unaffected=True)
    assert known(OPENSSL, affected=(stated(ID, SSL, between("", "1.1.1")), said)) == [
        "0001 not-affected stated-not-affected"
    ]
    assert known(OPENSSL, affected=(said,)) == []


def test_sources_of_the_same_standing_that_contradict_each_other_leave_it_open() -> None:
    says = stated(ID, SSL, between("", "1.1.1"), authority="maker")
    denies = stated(ID, SSL, between("", "1.1.1"), authority="maker", unaffected=True, source="csaf")
    assert known(OPENSSL, affected=(says, denies)) == ["0001 under-investigation sources-differ"]


STREAMS = ("5.16-rc7", "4.19.223", "5.10.89")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("5.10.88", ["0001 affected in-range"]),
        ("5.10.89", []),
        ("5.10.120-vendor", []),
        ("5.11.4", ["0001 affected in-range"]),
        ("4.19.223", []),
        ("4.19.222", ["0001 affected in-range"]),
        ("4.14.300", []),
        ("5.16", []),
    ],
)
def test_the_kernel_is_repaired_in_each_stream_apart(version: str, expected: list[str]) -> None:
    statement = stated(ID, LINUX, between("4.15-rc1", "5.16-rc7"), authority="maker", fixed=STREAMS)
    assert known(component("linux", version, "kernel"), affected=(statement,)) == expected


@pytest.mark.parametrize(
    ("range", "expected"),
    [
        (between("4.0", "5.10"), []),
        (between("5.10.5", "5.10.89"), ["0001 under-investigation version-unknown"]),
        (between("5.4", "5.16"), ["0001 affected in-range"]),
        (between("5.11", "5.16"), []),
    ],
)
def test_of_a_kernel_that_only_names_its_line_the_whole_line_counts(range: VersionRange, expected: list[str]) -> None:
    line = component("linux", "5.10.0-28-amd64", "module", "lib/modules/x.ko")
    assert known(line, affected=(stated(ID, LINUX, range),)) == expected


def test_the_line_of_a_kernel_says_nothing_beside_its_version() -> None:
    line = component("linux", "5.10.0-28-amd64", "module", "lib/modules/x.ko", tree="x.bin!cpio@0x0")
    kernel = component("linux", "5.10.209", "kernel", "vmlinuz")
    assert known(line, kernel, affected=(stated(ID, LINUX, between("5.10.5", "5.10.89")),)) == []


def test_nvd_that_knows_of_no_stream_is_corrected_by_the_makers_repair() -> None:
    nvd = stated(ID, LINUX, between("4.15", "5.16"))
    maker = stated(ID, LINUX, between("4.15-rc1", "5.16-rc7"), authority="maker", fixed=STREAMS)
    assert known(component("linux", "5.10.90", "kernel"), affected=(nvd, maker)) == ["0001 not-affected fixed-in-line"]


@pytest.mark.parametrize("version", ["unknown", "0.0.0", "", "%s", "2021-03-05", "4f2a9c7d1e3b5a6c8d0e"])
def test_a_version_that_is_none_matches_nothing_and_is_said_to_be_open(version: str) -> None:
    about = (Vulnerability(ID, exploited_since="2022-01-01"),)
    statements = (stated(ID, SSL, between("", "9")), stated("CVE-2099-0002", SSL, between("", "9")))
    found = matched(component("openssl", version), affected=statements, about=about)
    assert [one.fact.status for one in found if isinstance(one.fact, KnownVulnerability)] == ["under-investigation"]
    (fact,) = [one.fact for one in found if isinstance(one.fact, NotCompared)]
    assert (fact.known, fact.exploited, fact.version) == (2, 1, version)


def test_a_hundred_versions_in_one_file_are_none() -> None:
    many = [component("openssl", f"1.0.{number}") for number in range(100)]
    found = matched(*many, affected=(stated(ID, SSL, between("", "1.0.50")),))
    (fact,) = [one.fact for one in found]
    assert isinstance(fact, NotCompared) and fact.version.startswith("1.0.0, 1.0.1, ")


def test_a_mention_of_a_library_that_is_loaded_from_elsewhere_is_no_copy() -> None:
    mention = component("openssl", "1.0.1", path="usr/sbin/vpn", linkage="dynamic")
    assert matched(mention, affected=(stated(ID, SSL, between("", "1.0.2")),)) == []


def test_a_static_copy_is_one_of_its_own() -> None:
    statements = (stated(ID, SSL, between("", "1.0.2")),)
    linked = component("openssl", "1.0.1", path="usr/sbin/vpn", linkage="static")
    own = component("openssl", "1.1.1w")
    found = matched(own, linked, affected=statements)
    assert {(type(each.fact).__name__, each.fact.version) for each in found} == {  # type: ignore[union-attr]
        ("KnownVulnerability", "1.0.1"), ("NoneKnown", "1.1.1w")
    }  # fmt: skip
    assert all(each.basis == "derived" and each.because for each in found)


def test_what_several_sources_state_is_told_once_with_all_places() -> None:
    one_tree = component("openssl", "1.0.1", path="usr/lib/libssl.so")
    other = component("openssl", "1.0.1", tree="test.bin!squashfs@0x9000", path="usr/lib/libcrypto.so")
    (found,) = matched(one_tree, other, affected=(stated(ID, SSL, between("", "1.0.2")),))
    assert len(found.because) == 2


DEBIAN = seen(OperatingSystem("debian", "11.6"), "etc/os-release")
PURL = "purl:pkg:deb/debian/openssl"
PACKAGE = package("libssl1.1", "1.1.1n-0+deb11u4", "deb/debian", "openssl")
UPSTREAM = stated(ID, SSL, between("1.1.1", "1.1.1u"), authority="maker")


def test_a_package_in_the_makers_range_may_have_been_repaired() -> None:
    fact = one(PACKAGE, DEBIAN, affected=(UPSTREAM,))
    assert fact.status == "fix-may-be-backported"
    assert (fact.why[0].kind, fact.why[0].detail) == ("package-revision", "0+deb11u4")


def test_a_distribution_that_repaired_its_package_is_believed() -> None:
    mended = stated(ID, f"{PURL}?distro=debian-11", between("", "1.1.1n-0+deb11u4"), authority="distribution")
    assert known(PACKAGE, DEBIAN, affected=(UPSTREAM, mended)) == ["0001 not-affected stated-not-affected"]


def test_a_distribution_that_has_not_leaves_no_doubt() -> None:
    open_still = stated(ID, f"{PURL}?distro=debian-11", between("", "1.1.1n-0+deb11u5"), authority="distribution")
    assert known(PACKAGE, DEBIAN, affected=(open_still,)) == ["0001 affected in-range"]


def test_another_release_of_the_distribution_says_nothing() -> None:
    other = stated(ID, f"{PURL}?distro=debian-12", between("", "9"), authority="distribution")
    assert known(PACKAGE, DEBIAN, affected=(other,)) == []


@pytest.mark.parametrize(
    ("packaged", "system"),
    [
        (package("dropbear", "2020.80-2", "opkg/openwrt", path="usr/lib/opkg/status"), "openwrt"),
        (package("dropbear", "2020.80-r3", "apk/alpine", path="lib/apk/db/installed"), "alpine"),
        (package("dropbear", "0:2020.80-2.el8", "rpm/redhat", path="var/lib/rpm/Packages"), "redhat"),
        (package("dropbear", "2020.80-2+b1", "deb/debian"), "debian"),
    ],
)
def test_every_packager_is_given_the_benefit_of_the_doubt(packaged: Observation, system: str) -> None:
    statements = (stated(ID, "cpe:dropbear_ssh_project:dropbear_ssh", between("", "2020.81")),)
    found = known(packaged, seen(OperatingSystem(system, "1"), "etc/os-release"), affected=statements)
    assert found == ["0001 fix-may-be-backported package-revision"]
    assert (
        known(packaged, affected=(stated(ID, "cpe:dropbear_ssh_project:dropbear_ssh", between("", "2020.80")),)) == []
    )


def test_a_package_that_no_identifier_knows_is_looked_up_by_its_name() -> None:
    oddity = package("oddity", "2.1-1", "opkg/openwrt", path="usr/lib/opkg/status")
    assert known(oddity, affected=(stated(ID, "cpe:odd:oddity", between("", "2.2")),)) == [
        "0001 fix-may-be-backported package-revision"
    ]


def test_a_mark_of_a_packager_in_a_banner_leaves_a_doubt() -> None:
    banner = component("openssh", "8.9p1 Ubuntu-3")
    statements = (stated(ID, "cpe:openbsd:openssh", between("8.5", "9.8")),)
    assert known(banner, affected=statements) == ["0001 fix-may-be-backported package-revision"]


def test_the_exploited_come_first_then_the_likely_then_the_severe() -> None:
    ids = [f"CVE-2099-000{number}" for number in range(1, 7)]
    about = (
        Vulnerability(ids[0], cvss=9.8), Vulnerability(ids[1], cvss=5.0, epss=0.9), Vulnerability(ids[2], cvss=9.9),
        Vulnerability(ids[3], cvss=3.0, exploited_since="2022-02-02"), Vulnerability(ids[4], epss=0.95),
        Vulnerability(ids[5], cvss=10.0, exploited_since="2021-01-01"),
    )  # fmt: skip
    statements = [stated(id, SSL, between("", "1.1")) for id in ids[:5]]
    statements += [stated(ids[5], SSL, between("", "1.1")), stated(ids[5], SSL, between("3", "4"), authority="maker")]
    found = [line[:4] for line in known(OPENSSL, affected=tuple(statements), about=about)]
    assert found == ["0004", "0005", "0002", "0003", "0001", "0006"]


def test_what_was_withdrawn_is_not_told() -> None:
    assert (
        known(OPENSSL, affected=(stated(ID, SSL, between("", "1.1")),), about=(Vulnerability(ID, withdrawn=True),))
        == []
    )


def test_silence_says_of_which_date_it_is_and_what_held_anything() -> None:
    (held,) = [one.fact for one in matched(OPENSSL, affected=(stated(ID, SSL, between("3", "4")),))]
    assert isinstance(held, NoneKnown)
    assert (held.date, held.holding) == ("2026-06-01", ("nvd",))
    (empty,) = [one.fact for one in matched(component("boa", "0.94.13"))]
    assert isinstance(empty, NoneKnown) and empty.holding == () and len(empty.sources) == 4


def test_without_knowledge_it_says_that_it_did_not_look() -> None:
    def broken() -> object:
        raise InputError("'x' is damaged")

    matcher = Vulnerabilities(broken)  # type: ignore[arg-type]
    (told,) = matcher.match(installed(OPENSSL))
    assert isinstance(told, Inspection) and told.status == "skipped"
    assert matcher.knowledge() == ()


def test_the_sources_are_named_with_their_dates() -> None:
    assert [(one.name, one.date) for one in Vulnerabilities(Memory().open).knowledge()][:1] == [
        ("makers", "2026-06-01")
    ]
