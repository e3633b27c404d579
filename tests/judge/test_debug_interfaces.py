"""What ways in for developers mean for the product."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.debug_interfaces import DEBUG
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DebugSetting, Service
from plimsoll.model.facts.exposure import DebugInterface
from tests.judge.building import effects, found, seen, start

ANY = start("nothing", path="usr/bin/nothing", line=9)


def given(interface: DebugInterface, key: str, value: str, *, line: int = 0, active: bool = True) -> Observation:
    return seen(DebugSetting(interface, key, value, active), "default.prop", line)


@pytest.mark.parametrize(
    "service",
    [
        start("gdbserver", ":1234", "/bin/app"),
        start("telnetd", "-l", "/bin/sh"),
        start("sh", mechanism="inittab"),
        seen(Service("nc", "shell", "always", "none", False, 99), "etc/init.d/rcS", inspector="services"),
    ],
)
def test_a_way_in_without_a_login_decides(service: Observation) -> None:
    assert effects(DEBUG, service) == ("refutes",)


@pytest.mark.parametrize(
    "service",
    [
        start("telnetd"),
        start("adbd"),
        start("gdbserver", ":1234", state="conditional"),
        start("telnetd", "-l", "/bin/sh", state="conditional"),
    ],
)
def test_a_way_in_with_a_login_or_under_a_condition_is_doubted(service: Observation) -> None:
    assert effects(DEBUG, service) == ("suspects",)


@pytest.mark.parametrize(
    "service",
    [
        start("telnetd", state="not-started"),
        start("gdbserver", state="not-started"),
        start("telnetd", "-b", "127.0.0.1"),
        start("getty", "115200", "ttyS0", mechanism="inittab"),
        start("dropbear"),
    ],
)
def test_what_is_no_open_way_in(service: Observation) -> None:
    assert effects(DEBUG, service, ANY) == ()


@pytest.mark.parametrize("delay", ["3", "0", "-1"])
def test_a_boot_loader_that_can_be_stopped_is_doubted(delay: str) -> None:
    assert effects(DEBUG, given("boot-loader", "bootdelay", delay), ANY) == ("suspects",)


def test_a_boot_loader_that_cannot_be_stopped_speaks_for_it() -> None:
    assert effects(DEBUG, given("boot-loader", "bootdelay", "-2"), ANY) == ("supports",)
    key = given("boot-loader", "bootstopkeysha256", "***", line=1)
    assert effects(DEBUG, given("boot-loader", "bootdelay", "2"), key, ANY) == ("supports",)


def test_a_bridge_that_is_on_and_asks_for_no_key_decides() -> None:
    on = given("adb", "persist.sys.usb.config", "mtp,adb")
    assert effects(DEBUG, on, given("adb", "ro.adb.secure", "0", line=1), ANY) == ("refutes",)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((("persist.sys.usb.config", "adb"),), ("suspects",)),
        ((("persist.sys.usb.config", "adb"), ("ro.adb.secure", "1")), ()),
        ((("persist.sys.usb.config", "mtp"), ("ro.adb.secure", "0")), ()),
        ((("ro.adb.secure", "0"),), ()),
        ((("service.adb.tcp.port", "5555"), ("ro.adb.secure", "0")), ("suspects",)),
        ((("service.adb.tcp.port", "-1"),), ()),
        ((("ro.debuggable", "1"),), ("suspects",)),
        ((("ro.debuggable", "0"), ("ro.build.type", "user"), ("ro.build.tags", "release-keys")), ()),
        ((("ro.build.tags", "test-keys"),), ("suspects",)),
    ],
)
def test_properties_of_android(settings: tuple[tuple[str, str], ...], expected: tuple[str, ...]) -> None:
    seen_of = [
        given("android" if key.startswith(("ro.debug", "ro.build")) else "adb", key, value, line=number)
        for number, (key, value) in enumerate(settings)
    ]
    assert effects(DEBUG, *seen_of, ANY) == expected


def test_a_setting_that_is_overruled_does_not_count() -> None:
    on = given("adb", "persist.sys.usb.config", "adb")
    assert effects(DEBUG, on, given("adb", "ro.adb.secure", "0", line=1, active=False), ANY) == ("suspects",)


def test_pages_and_arguments_of_the_kernel_are_doubted() -> None:
    assert effects(DEBUG, given("web", "page", "www/telnet.cgi"), ANY) == ("suspects",)
    assert effects(DEBUG, given("kernel", "init", "/bin/sh"), ANY) == ("suspects",)


def test_the_prompt_of_a_boot_loader_needs_hands_on_the_product() -> None:
    bearings = found(DEBUG, given("boot-loader", "bootdelay", "3"), ANY).bearings
    assert [(one.reach, one.sureness) for one in bearings] == [("physical", "likely")]
