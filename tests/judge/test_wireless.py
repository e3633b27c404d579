"""What the protection of wireless networks means for the product."""

from __future__ import annotations

import msgspec
import pytest

from plimsoll.judge.rules.wireless import WIRELESS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import WirelessNetwork
from plimsoll.model.facts.exposure import Protection
from tests.judge.building import effects, found, seen, start

STARTED = start("hostapd", "-B", "/etc/hostapd.conf")


def network(protection: Protection = "wpa2", **more: object) -> Observation:
    fact = WirelessNetwork("hostapd", "Lamp", protection, ("ccmp",))
    return seen(msgspec.structs.replace(fact, **more), "etc/hostapd.conf")


@pytest.mark.parametrize(
    "bad",
    [
        network("wep"),
        network("wpa"),
        network("wpa2", ciphers=("tkip",)),
        network("wpa2", wps="pin"),
    ],
)
def test_a_broken_protection_that_is_used_decides(bad: Observation) -> None:
    assert effects(WIRELESS, bad, STARTED) == ("refutes",)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param((), id="nothing starts hostapd"),
        pytest.param((start("hostapd", "/tmp/other.conf"),), id="another file is read"),
        pytest.param((start("hostapd", "/etc/hostapd.conf", state="not-started"),), id="present only"),
        pytest.param((start("hostapd", "/etc/hostapd.conf", state="conditional"),), id="perhaps"),
    ],
)
def test_a_broken_protection_that_is_not_seen_to_be_used_is_doubted(others: tuple[Observation, ...]) -> None:
    assert "refutes" not in effects(WIRELESS, network("wep"), start("sh"), *others)
    assert "suspects" in effects(WIRELESS, network("wep"), start("sh"), *others)


def test_a_file_that_a_script_writes_to_is_doubted_only() -> None:
    assert effects(WIRELESS, network("wep", rewritten=True), STARTED) == ("suspects",)


def test_an_open_network_is_doubted_for_it_may_be_for_set_up() -> None:
    assert effects(WIRELESS, network("open"), STARTED) == ("suspects",)


def test_tkip_beside_ccmp_is_doubted() -> None:
    assert effects(WIRELESS, network("wpa-wpa2", ciphers=("tkip", "ccmp")), STARTED) == ("suspects",)
    assert effects(WIRELESS, network("wpa-wpa2", ciphers=("ccmp",)), STARTED) == ()


@pytest.mark.parametrize("protection", ["wpa2", "wpa2-wpa3", "wpa3"])
def test_a_sound_protection_speaks_for_it(protection: Protection) -> None:
    assert effects(WIRELESS, network(protection), STARTED) == ("supports",)


@pytest.mark.parametrize("idle", [network("wep", enabled=False), network("wep", active=False)])
def test_what_is_off_or_an_example_does_not_count(idle: Observation) -> None:
    assert effects(WIRELESS, idle, STARTED) == ()


def test_netifd_reads_the_settings_of_uci() -> None:
    fact = seen(WirelessNetwork("uci", "Lamp", "wep"), "etc/config/wireless")
    assert effects(WIRELESS, fact, start("netifd", mechanism="procd")) == ("refutes",)


def test_which_default_settings_of_a_driver_are_taken_is_not_known() -> None:
    fact = seen(WirelessNetwork("ralink", "Lamp", "wep"), "etc_ro/Wireless/RT2860_default")
    assert effects(WIRELESS, fact, start("nvram_daemon")) == ("suspects",)


def test_one_must_be_in_radio_range() -> None:
    used, unused = found(WIRELESS, network("wep"), STARTED), found(WIRELESS, network("wep"), start("sh"))
    assert [(one.reach, one.sureness) for one in used.bearings] == [("network", "firm")]
    assert [(one.reach, one.sureness) for one in unused.bearings] == [("network", "likely")]


def test_the_sample_that_hostapd_comes_with_is_passed_over_unless_it_is_used() -> None:
    assert effects(WIRELESS, network("open", name="test"), start("sh")) == ()
    assert effects(WIRELESS, network("open", name="test"), STARTED) == ("suspects",)
