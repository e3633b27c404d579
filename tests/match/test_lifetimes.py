"""Ends of support, and the age of the software on the day of the build."""

from __future__ import annotations

import pytest

from plimsoll.errors import InputError
from plimsoll.knowledge.vulnerability import Lifetime
from plimsoll.match.lifetimes import Lifetimes
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import BuildDate, OperatingSystem, SoftwareAge, SupportEnd
from tests.match.knowing import Memory, component, installed, package, seen

LINES = (
    Lifetime("linux", "5", "2019-01-01", security_ends_on="2030-01-01"),
    Lifetime("linux", "5.1", "2019-05-05", security_ends_on="2019-08-01"),
    Lifetime("linux", "5.10", "2020-12-13", security_ends_on="2026-12-31", latest="5.10.240"),
    Lifetime("linux", "4.4", "2016-01-10", security_ends_on="2022-02-03"),
    Lifetime("openwrt", "19.07", "2020-01-06", security_ends_on="2022-04-30"),
    Lifetime("openwrt", "25.12", "2026-03-05", is_over=False),
    Lifetime("alpine-linux", "3.18", "2023-05-09", security_ends_on="2025-05-09"),
    Lifetime("debian", "buster", "2019-07-06", is_over=True),
)


def found(*observations: Observation) -> list[object]:
    memory = Memory(lifetimes=LINES, date="2026-06-01")
    return [one.fact for one in Lifetimes(memory.open).match(installed(*observations)) if isinstance(one, Observation)]


def ends(*observations: Observation) -> list[tuple[str, str, str, bool | None]]:
    return [
        (one.subject, one.kind, one.cycle, one.is_over) for one in found(*observations) if isinstance(one, SupportEnd)
    ]


def system(id: str, version: str) -> Observation:
    return seen(OperatingSystem(id, version), "etc/os-release")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("4.4.60", [("linux", "kernel", "4.4", True)]),
        ("5.10.120-vendor", [("linux", "kernel", "5.10", False)]),
        ("5.1.9", [("linux", "kernel", "5.1", True)]),
        ("5.100.1", [("linux", "kernel", "5", False)]),
        ("6.1", []),
        ("unknown", []),
    ],
)
def test_a_kernel_is_of_the_longest_line_that_begins_its_version(
    version: str, expected: list[tuple[str, str, str, bool | None]]
) -> None:
    assert ends(component("linux", version, "kernel")) == expected


def test_a_distribution_is_known_by_its_release() -> None:
    assert ends(system("openwrt", "19.07.8")) == [("openwrt", "distribution", "19.07", True)]
    assert ends(system("openwrt", "25.12.1")) == [("openwrt", "distribution", "25.12", False)]
    assert ends(system("alpine", "3.18.4")) == [("alpine", "distribution", "3.18", True)]
    assert ends(system("nobody", "1.0"), system("openwrt", "SNAPSHOT")) == []


def test_a_line_that_is_named_by_a_word_is_not_guessed() -> None:
    assert ends(system("debian", "10")) == []


def test_a_package_of_the_kernel_counts_by_the_makers_version() -> None:
    assert ends(package("kernel", "4.4.60-1-abcdef", "opkg/openwrt", path="usr/lib/opkg/status")) == [
        ("linux", "kernel", "4.4", True)
    ]


def test_the_date_of_the_data_is_told() -> None:
    (fact,) = found(component("linux", "5.10.1", "kernel"))
    assert isinstance(fact, SupportEnd)
    assert (fact.known_on, fact.security_ends_on, fact.latest) == ("2026-06-01", "2026-12-31", "5.10.240")


def test_age_is_from_the_newest_line_to_the_newest_sign_of_a_build() -> None:
    built = (
        seen(BuildDate("kernel", "2021-03-01"), "kernel.bin"),
        seen(BuildDate("busybox", "2021-02-01"), "bin/busybox"),
    )
    kernel, distribution = component("linux", "4.4.60", "kernel"), system("openwrt", "19.07.8")
    ages = [one for one in found(*built, kernel, distribution) if isinstance(one, SoftwareAge)]
    assert ages == [SoftwareAge("2021-03-01", "kernel", "openwrt", "2020-01-06", 420)]


def test_what_began_after_the_build_is_left_out_of_the_age() -> None:
    built = seen(BuildDate("kernel", "2018-01-10"), "kernel.bin")
    ages = [one for one in found(built, component("linux", "4.4.60", "kernel"), system("openwrt", "19.07")) if
            isinstance(one, SoftwareAge)]  # fmt: skip
    assert [one.newest for one in ages] == ["linux"]
    assert not [one for one in found(component("linux", "4.4.60", "kernel")) if isinstance(one, SoftwareAge)]


def test_without_knowledge_it_says_that_it_did_not_look() -> None:
    def broken() -> object:
        raise InputError("'x' is damaged")

    (told,) = Lifetimes(broken).match(Evidence())  # type: ignore[arg-type]
    assert isinstance(told, Inspection) and told.status == "skipped"


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("openssl", "0.9.7f", ("0", "2015-12-31", True)),
        ("polarssl", "1.2.8", ("1", "2016-12-31", True)),
        ("mbedtls", "2.16.3", ("2.16", "2021-12-31", True)),
        ("mbedtls", "2.28.3", ("2", "2025-03-31", True)),
        ("mbedtls", "3.6.2", ("3.6", "2027-03-31", False)),
        ("axtls", "1.4.9", ("1", "2019-03-15", True)),
        ("wolfssl", "2.9.4", ("2", "", True)),
        ("wolfssl", "3.3.0", ("3.3", "", True)),
    ],
)
def test_libraries_of_tls_that_have_ended_are_known(name: str, version: str, expected: tuple[str, str, bool]) -> None:
    (fact,) = found(component(name, version))
    assert isinstance(fact, SupportEnd)
    assert (fact.cycle, fact.security_ends_on, fact.is_over) == expected
    assert fact.source.startswith("https://") and fact.known_on


@pytest.mark.parametrize(("name", "version"), [("mbedtls", "3.1.0"), ("wolfssl", "3.4.0"), ("bearssl", "0.6")])
def test_a_line_of_which_nothing_is_known_is_not_told(name: str, version: str) -> None:
    assert found(component(name, version)) == []
