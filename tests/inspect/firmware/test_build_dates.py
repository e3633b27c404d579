"""Days on which an image was built, from banners and package databases."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.build_dates import BuildDates
from plimsoll.model.facts import BuildDate
from tests.firmware import observe

KERNEL = b"Linux version 4.4.60 (builder@host) (gcc version 5.2.0 (OpenWrt GCC 5.2.0 r1) ) #1 SMP PREEMPT "


def dates(data: bytes, path: str = "kernel.bin") -> list[BuildDate]:
    return [one.fact for one in observe(BuildDates(), {path: data}) if isinstance(one.fact, BuildDate)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (KERNEL + b"Tue Jan  9 10:11:12 UTC 2018\n", BuildDate("kernel", "2018-01-09")),
        (KERNEL + b"Wed Nov 25 01:02:03 2020\n", BuildDate("kernel", "2020-11-25")),
        (b"BusyBox v1.14.1 (2011-05-05 12:00:00 CST) multi-call", BuildDate("busybox", "2011-05-05")),
        (b"BusyBox v1.00-rc2 (2005.01.02-10:00+0000) multi-call", BuildDate("busybox", "2005-01-02")),
        (b"U-Boot 2016.09-rc2-00123-gabc (Mar 10 2017 - 10:00:00 +0000)", BuildDate("u-boot", "2017-03-10")),
    ],
)  # fmt: skip
def test_banners_give_their_day(data: bytes, expected: BuildDate) -> None:
    assert dates(b"\x7fELF\0\1" + data + b"\0") == [expected]


@pytest.mark.parametrize(
    "data",
    [
        KERNEL + b"\0",
        KERNEL + b"Tue Feb 31 10:11:12 UTC 2018\n",
        KERNEL + b"Thu Jan 1 00:00:00 UTC 1970\n",
        b"BusyBox v1.30.1 () built-in shell (ash)",
        b"BusyBox v%s (%s)",
        b"U-Boot 2016.09 (%s - %s)",
    ],
)
def test_what_is_no_day_is_none(data: bytes) -> None:
    assert dates(b"\x7fELF\0\1" + data + b"\0") == []


def test_the_newest_package_counts() -> None:
    status = b"Package: a\nInstalled-Time: 1600000000\n\nPackage: b\nInstalled-Time: 1700000000\n\nPackage: c\n"
    assert dates(status, "usr/lib/opkg/status") == [BuildDate("package", "2023-11-14", "b")]
    assert dates(b"P:musl\nt:1650000000\n\n", "lib/apk/db/installed") == [BuildDate("package", "2022-04-15", "musl")]


def test_a_package_without_a_day_has_none() -> None:
    assert dates(b"Package: a\nInstalled-Time: 0\n", "usr/lib/opkg/status") == []
    assert dates(b"Package: a\nInstalled-Time: 99999999999999\n", "usr/lib/opkg/status") == []
