"""Order of versions, with the package managers and univers as oracles where they are to be had."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from univers.versions import DebianVersion, OpensslVersion, RpmVersion, SemverVersion

from plimsoll.knowledge.components import Scheme
from plimsoll.knowledge.vulnerability import VersionRange
from plimsoll.match.versions import Order, compare, is_same, is_version, is_within, put_right_in

ORDERS: tuple[Order, ...] = (*get_args(Scheme), "dpkg", "opkg", "apk", "rpm")
RISING: dict[Order, str] = {
    "generic": "1.0-rc2 1.0 1.0.1 1.0.1a 1.0.1b 1.0.2 1.9 1.10 2 2.0.1",
    "openssl": "0.9.8 0.9.8a 0.9.8z 0.9.8za 0.9.8zg 1.0.1 1.0.2-beta1 1.0.2 1.0.2b 1.0.2z 1.0.2zg 1.1.1w 1.1.1zh"
    " 3.0.0-alpha3 3.0.0 3.0.9 3.0.13 3.5.0",
    "openssh": "3.9 3.9p1 7.4p1 8.9p1 9.6p1 9.6p2 9.9p1 10.0p1",
    "u-boot": "1.1.4 1.3.0-rc1 1.3.0 2008.10 2016.09-rc1 2016.09-rc2 2016.09 2016.09.01 2016.11 2024.01",
    "dropbear": "0.47 0.53 0.53.1 2011.54 2012.55 2022.83 2024.86",
    "kernel": "2.4.37 2.6.12-rc2 2.6.12 2.6.30.9 2.6.31-rc1 2.6.31 3.0 3.0.101 4.4.60 4.15-rc1 4.19.223"
    " 5.10.89 5.10.209 6.1",
    "samba": "3.0.28 3.0.28a 3.6.25 4.0.0alpha1 4.0.0beta2 4.0.0rc1 4.0.0 4.9.5 4.13.17 4.14.0",
    "curl": "7.9.8 7.10 7.78.0 7.88.1 8.0.0 8.20.0",
    "letters": "2.25b 2.25c 2.26 2.26zz 2.27",
    "date": "20121221 2015-05-19 20161105 20190709",
    "semver": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.2 1.10.0",
    "dpkg": "1.0~rc1-1 1.0-1~deb10u1 1.0-1 1.0-1+b1 1.0-1+deb10u1 1.0-1.1 1.0-2 1.0a-1 1.0+dfsg-1 1.1-1 1:0.5-1",
    "opkg": "1.14.1-1 1.14.1-2 1.36.1-r1 1.36.1-r2 2020-12-05-1 2023-04-13-007dd79f-1",
    "apk": "1.0_alpha-r0 1.0_alpha2 1.0_beta 1.0_pre1 1.0_rc1 1.0-r0 1.0-r12 1.0_git20200101-r0 1.0_p1-r0 1.0a-r0"
    " 1.0.1-r0 1.10-r0 10.2_p1-r3",
    "rpm": "1.0~rc1-1 1.0-1 1.0-1.el8 1.0-2 1.0-10 1.0^git1-1 1.0.a-1 1.0.1-1 1:0.1-1",
}


@pytest.mark.parametrize("order", ORDERS)
def test_releases_of_each_scheme_rise(order: Order) -> None:
    rising = RISING[order].split()
    wrong = [
        (one, other)
        for place, one in enumerate(rising)
        for other in rising[place + 1 :]
        if compare(order, one, other) >= 0
    ]
    assert not wrong


numbers = st.lists(st.integers(0, 30).map(str), min_size=1, max_size=4).map(".".join)
tails = st.sampled_from(
    ["", "a", "z", "zg", "p1", "P2", "-p3", "-rc1", "rc2", "beta1", "~rc1", "-Debian", "+dirty", "-1", "_p1", "-r3"]
)
written = st.one_of(
    st.tuples(numbers, tails).map("".join), st.text("0123456789.-_~^+:abprcz ", max_size=12), st.text(max_size=20)
)


@given(st.sampled_from(ORDERS), written, written)
def test_either_way_round_says_the_same(order: Order, one: str, other: str) -> None:
    if is_version(order, one) and is_version(order, other):
        assert compare(order, one, other) == -compare(order, other, one)
        assert compare(order, one, one) == 0
        assert is_same(order, one, other) in (True, False)
        assert isinstance(put_right_in(order, one, [other, one]), str)


@given(st.sampled_from(ORDERS), st.lists(written, min_size=3, max_size=6))
def test_order_is_total_and_hands_on(order: Order, texts: list[str]) -> None:
    for first in texts:
        for second in texts:
            for third in texts:
                if not all(is_version(order, one) for one in (first, second, third)):
                    continue
                if compare(order, first, second) <= 0 and compare(order, second, third) <= 0:
                    assert compare(order, first, third) <= 0


@given(st.sampled_from(ORDERS), written, written, written)
def test_nothing_but_a_version_is_within_anything(order: Order, text: str, start: str, end: str) -> None:
    found = is_within(order, text, VersionRange(start, True, end, False))
    assert found is None if not is_version(order, text) else found in (None, True, False)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "text",
    ["", "0.0.0", "0", "unknown", "%s", "%d.%d.%d", "v", "x.y.z", "-", "*", "deadbeef1",
     "4f2a9c7d1e3b5a6c8d0e1f2a3b4c5d6e7f8091a2",
     "1" * 80, "1." * 100, "9" * 5000, "1.2.3" + "a" * 200, "\x00", "１.２"],
)  # fmt: skip
def test_what_is_no_version_matches_no_range(order: Order, text: str) -> None:
    assert is_within(order, text, VersionRange()) is None
    with pytest.raises(ValueError, match="not a version"):
        compare(order, text, "1.0")


@pytest.mark.parametrize("order", ["generic", "semver", "openssl", "kernel", "curl", "samba", "letters"])
@pytest.mark.parametrize("text", ["20210305", "2021-03-05"])
def test_a_day_is_a_version_only_where_days_are_counted(order: Order, text: str) -> None:
    assert is_within(order, text, VersionRange(end="99999999")) is None


def test_a_day_in_a_scheme_of_days_is_ordered() -> None:
    assert is_within("date", "2015-05-19", VersionRange("20121221", True, "20161105", False)) is True
    assert is_within("date", "s20161105", VersionRange("20121221", True, "20161105", False)) is False
    assert is_within("date", "3.0", VersionRange(end="20161105")) is None


def test_years_say_nothing_against_numbers() -> None:
    assert is_within("generic", "2.1", VersionRange(end="2019.05")) is None
    assert is_within("generic", "2018.1", VersionRange(end="3.0")) is None
    assert is_within("dropbear", "0.53.1", VersionRange(end="2012.55")) is True


@pytest.mark.parametrize(
    ("order", "version", "range", "expected"),
    [
        ("openssl", "1.0.2zg", VersionRange("1.0.2", True, "1.0.2zh", False), True),
        ("openssl", "1.0.2zh", VersionRange("1.0.2", True, "1.0.2zh", False), False),
        ("openssl", "1.0.1e-fips", VersionRange("1.0.1", True, "1.0.1g", False), True),
        ("openssl", "1.0.1g", VersionRange("1.0.1", True, "1.0.1f", True), False),
        ("openssh", "9.6p1", VersionRange(end="9.6", end_included=True), True),
        ("openssh", "9.6p1", VersionRange(end="9.6"), False),
        ("openssh", "9.6", VersionRange(end="9.6p1"), False),
        ("openssh", "8.9p1 Ubuntu-3", VersionRange("8.5", True, "9.8", False), True),
        ("u-boot", "2016.09-rc2", VersionRange(end="2016.09"), True),
        ("u-boot", "2016.09", VersionRange(end="2016.09"), False),
        ("kernel", "4.4.60-yocto-standard", VersionRange("4.4", True, "4.4.61", False), True),
        ("kernel", "3.10.14+", VersionRange("3.0", True, "3.10.15", False), True),
        ("kernel", "5.10", VersionRange("5.10.0", False, "", False), False),
        ("samba", "4.9.5-Debian", VersionRange("4.9.0", True, "4.9.5", True), True),
        ("generic", "1.2", VersionRange("1.2.0", True, "1.2.0", True), True),
        ("generic", "1.0-rc1", VersionRange("1.0", True, "", False), False),
        ("generic", "2.8-devel", VersionRange(end="2.8"), True),
        ("dpkg", "1:10.0p1-7+deb13u1", VersionRange(end="1:10.0p1-7+deb13u2"), True),
        ("dpkg", "7.88.1-10+deb12u5", VersionRange(end="7.88.1-10+deb12u5"), False),
        ("apk", "1.1.1k-r0", VersionRange(end="1.1.1l-r0"), True),
        ("apk", "1.1.1l-r2", VersionRange(end="1.1.1l-r0"), False),
        ("rpm", "1:1.1.1k-5.el8", VersionRange(end="1:1.1.1k-6.el8"), True),
        ("opkg", "2020.80-2", VersionRange(end="2020.80-3"), True),
        ("apk", "1.36.1-r5", VersionRange(end="1.36.1", end_included=True), True),
    ],
)  # fmt: skip
def test_ranges_end_where_they_say(order: Order, version: str, range: VersionRange, expected: bool) -> None:
    assert is_within(order, version, range) is expected


KERNEL = ("5.16-rc7", "4.19.223", "5.4.169", "5.10.89", "5.15.12")


@pytest.mark.parametrize(
    ("order", "version", "fixed", "expected"),
    [
        ("kernel", "5.10.88", KERNEL, ""),
        ("kernel", "5.10.89", KERNEL, "5.10.89"),
        ("kernel", "5.10.120-vendor", KERNEL, "5.10.89"),
        ("kernel", "5.11.5", KERNEL, ""),
        ("kernel", "5.16", KERNEL, "5.16-rc7"),
        ("kernel", "6.1.4", KERNEL, "5.16-rc7"),
        ("kernel", "2.6.27.40", ("2.6.32", "2.6.27.39"), "2.6.27.39"),
        ("kernel", "2.6.28", ("2.6.32", "2.6.27.39"), ""),
        ("kernel", "2.6.30", ("2.4.37.6",), ""),
        ("openssl", "1.0.2zg", ("1.0.2zh", "1.1.1u", "3.0.9"), ""),
        ("openssl", "1.0.2zh", ("1.0.2zh", "1.1.1u", "3.0.9"), "1.0.2zh"),
        ("openssl", "3.0.13", ("1.0.2zh", "1.1.1u", "3.0.9"), "3.0.9"),
        ("openssl", "3.1.0", ("1.0.2zh", "3.0.9", "3.1.1"), ""),
        ("samba", "4.13.18", ("4.13.17", "4.14.12", "4.15.5"), "4.13.17"),
        ("samba", "4.14.11", ("4.13.17", "4.14.12", "4.15.5"), ""),
        ("generic", "1.3", ("1.2", "1.4"), ""),
        ("dpkg", "1.1.1n-0+deb11u5", ("1.1.1n-0+deb11u4",), "1.1.1n-0+deb11u4"),
        ("generic", "unknown", ("1.2",), ""),
        ("generic", "1.3", ("unknown", ""), ""),
    ],
)  # fmt: skip
def test_a_repair_counts_in_its_own_line(order: Order, version: str, fixed: tuple[str, ...], expected: str) -> None:
    assert put_right_in(order, version, fixed) == expected


def test_a_version_that_is_named_is_met_however_it_is_written() -> None:
    assert is_same("generic", "1.2", "1.2.0") is True
    assert is_same("openssh", "7.4p1", "7.4") is True
    assert is_same("openssl", "1.0.1f", "1.0.1e") is False
    assert is_same("generic", "unknown", "1.2") is None


oracle_text = st.text("019a.~+", max_size=8).map("1{}".format)


@given(oracle_text, oracle_text)
def test_order_of_packages_is_that_of_univers(one: str, other: str) -> None:
    for order, kind in (("dpkg", DebianVersion), ("rpm", RpmVersion)):
        if not (is_version(order, one) and is_version(order, other)):  # type: ignore[arg-type]
            return  # Seven digits of a hash.
        assert (compare(order, one, other) < 0) == (kind(one) < kind(other)), order  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(RISING["openssl"].split()), min_size=2, max_size=2))
def test_order_of_openssl_is_that_of_univers(two: list[str]) -> None:
    one, other = two
    assert (compare("openssl", one, other) < 0) == (OpensslVersion(one) < OpensslVersion(other))


@given(*[st.from_regex(r"[0-9]{1,2}\.[0-9]\.[1-9](-[a-c0-9]{1,2}(\.[a-c1-9])?)?", fullmatch=True)] * 2)
def test_order_of_semver_is_that_of_univers(one: str, other: str) -> None:
    try:
        expected = SemverVersion(one) < SemverVersion(other)
    except (ValueError, TypeError):
        return  # Numbers that begin with zero.
    assert (compare("semver", one, other) < 0) == expected


def test_order_of_packages_is_that_of_dpkg() -> None:
    if shutil.which("dpkg") is None:
        pytest.skip("dpkg is missing; it is in the package dpkg")
    for one, other in pairwise(RISING["dpkg"].split()):
        subprocess.run(["dpkg", "--compare-versions", one, "lt", other], check=True)
