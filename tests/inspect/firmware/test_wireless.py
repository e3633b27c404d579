"""Wireless networks that settings open, in four forms."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.wireless import Wireless
from plimsoll.model.facts import WirelessNetwork
from tests.firmware import observe

HOSTAPD = b"interface=wlan0\ndriver=nl80211\nssid=Lamp\nchannel=6\n"


def networks(path: str, text: bytes, **more: bytes) -> list[WirelessNetwork]:
    files = {path: text, **{name.replace("__", "/"): data for name, data in more.items()}}
    return [one.fact for one in observe(Wireless(), files) if isinstance(one.fact, WirelessNetwork)]


@pytest.mark.parametrize(
    ("text", "protection", "ciphers"),
    [
        (b"", "open", ()),
        (b"wpa=0\n", "open", ()),
        (b"wep_default_key=0\nwep_key0=1234567890\n", "wep", ()),
        (b"wpa=1\nwpa_passphrase=x\n", "wpa", ("tkip",)),
        (b"wpa=1\nwpa_pairwise=CCMP\n", "wpa", ("ccmp",)),
        (b"wpa=3\nwpa_pairwise=TKIP\nrsn_pairwise=CCMP\n", "wpa-wpa2", ("tkip", "ccmp")),
        (b"wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n", "wpa2", ("ccmp",)),
        (b"wpa=2\nwpa_key_mgmt=SAE\nrsn_pairwise=CCMP\n", "wpa3", ("ccmp",)),
        (b"wpa=2\nwpa_key_mgmt=WPA-PSK SAE\nrsn_pairwise=CCMP\n", "wpa2-wpa3", ("ccmp",)),
        (b"wpa=2\nwpa_key_mgmt=OWE\nrsn_pairwise=CCMP\n", "owe", ("ccmp",)),
        (b"#wpa=1\nwpa=2\nrsn_pairwise=CCMP\n", "wpa2", ("ccmp",)),
        (b"ieee8021x=1\n", "unknown", ()),
        (b"wpa=many\n", "unknown", ()),
    ],
)
def test_protection_by_hostapd(text: bytes, protection: str, ciphers: tuple[str, ...]) -> None:
    (found,) = networks("etc/hostapd.conf", HOSTAPD + text)
    assert (found.name, found.protection, found.ciphers, found.source) == ("Lamp", protection, ciphers, "hostapd")


@pytest.mark.parametrize(
    ("text", "wps"),
    [
        (b"", "off"),
        (b"wps_state=0\nap_pin=12345670\n", "off"),
        (b"wps_state=2\n", "on"),
        (b"wps_state=2\nap_pin=12345670\n", "pin"),
        (b"wps_state=2\nap_pin=12345670\nap_setup_locked=1\n", "on"),
    ],
)
def test_wps_by_hostapd(text: bytes, wps: str) -> None:
    assert [one.wps for one in networks("etc/hostapd.conf", HOSTAPD + b"wpa=2\n" + text)] == [wps]


def test_each_bss_is_a_network() -> None:
    found = networks("etc/hostapd/hostapd.conf", HOSTAPD + b"wpa=2\nieee80211w=2\nbss=wlan0_0\nssid=Guest\n")
    assert [(one.name, one.protection, one.management_frames) for one in found] == [
        ("Lamp", "wpa2", "required"),
        ("Guest", "open", "off"),
    ]


def test_a_pin_is_not_kept() -> None:
    assert "12345670" not in repr(
        observe(Wireless(), {"etc/hostapd.conf": HOSTAPD + b"wps_state=2\nap_pin=12345670\n"})
    )


UCI = b"config wifi-device radio0\n option type mac80211\n%sconfig wifi-iface\n option device radio0\n option mode %s\n"


@pytest.mark.parametrize(
    ("encryption", "protection", "ciphers"),
    [
        (b"none", "open", ()),
        (b"wep-open", "wep", ()),
        (b"psk", "wpa", ("ccmp",)),
        (b"psk+tkip", "wpa", ("tkip",)),
        (b"psk-mixed+tkip+ccmp", "wpa-wpa2", ("tkip", "ccmp")),
        (b"psk2", "wpa2", ("ccmp",)),
        (b"psk2+tkip", "wpa2", ("tkip",)),
        (b"sae", "wpa3", ("ccmp",)),
        (b"sae-mixed", "wpa2-wpa3", ("ccmp",)),
        (b"owe", "owe", ()),
        (b"wpa2+ccmp", "wpa2", ("ccmp",)),
        (b"strange", "unknown", ()),
    ],
)
def test_protection_by_uci(encryption: bytes, protection: str, ciphers: tuple[str, ...]) -> None:
    text = UCI % (b"", b"ap") + b" option ssid Lamp\n option encryption '" + encryption + b"'\n"
    (found,) = networks("etc/config/wireless", text)
    assert (found.protection, found.ciphers, found.enabled) == (protection, ciphers, True)


def test_a_radio_that_is_off_switches_its_networks_off() -> None:
    text = UCI % (b" option disabled '1'\n", b"ap") + b" option ssid Lamp\n option encryption none\n"
    assert [one.enabled for one in networks("etc/config/wireless", text)] == [False]


def test_networks_that_the_product_joins_are_left_out() -> None:
    assert networks("etc/config/wireless", UCI % (b"", b"sta") + b" option ssid Home\n option encryption wep\n") == []
    assert networks("etc/wpa_supplicant.conf", b'network={\n ssid="Home"\n key_mgmt=NONE\n}\n') == []


@pytest.mark.parametrize(
    ("mode", "cipher", "protection"),
    [
        (b"OPEN", b"NONE", "open"),
        (b"OPEN", b"WEP", "wep"),
        (b"SHARED", b"WEP", "wep"),
        (b"WPAPSK", b"TKIP", "wpa"),
        (b"WPA2PSK", b"AES", "wpa2"),
        (b"WPAPSKWPA2PSK", b"TKIPAES", "wpa-wpa2"),
        (b"", b"", "unknown"),
    ],
)
def test_protection_by_settings_of_ralink(mode: bytes, cipher: bytes, protection: str) -> None:
    text = b"Default\nBssidNum=1\nSSID1=Lamp\nAuthMode=" + mode + b"\nEncrypType=" + cipher + b"\nWscConfMode=0\n"
    (found,) = networks("etc_ro/Wireless/RT2860AP/RT2860_default", text)
    assert (found.name, found.protection, found.wps) == ("Lamp", protection, "off")


def test_each_network_of_ralink_has_its_own_value() -> None:
    text = b"BssidNum=2\nSSID1=Lamp\nSSID2=Guest\nAuthMode=WPA2PSK;OPEN\nEncrypType=AES;NONE\n"
    assert {(one.name, one.protection) for one in networks("etc/RT2860.dat", text)} == {
        ("Lamp", "wpa2"),
        ("Guest", "open"),
    }


@pytest.mark.parametrize(
    ("text", "protection"),
    [
        (b"wl0_akm=psk2\nwl0_crypto=aes\nwl0_wep=disabled\n", "wpa2"),
        (b"wl0_akm=psk psk2\nwl0_crypto=tkip+aes\n", "wpa-wpa2"),
        (b"wl0_akm=\nwl0_wep=enabled\n", "wep"),
        (b"wl0_akm=\nwl0_wep=disabled\n", "open"),
        (b"wl0_wep=disabled\n", "unknown"),
    ],
)
def test_protection_by_nvram(text: bytes, protection: str) -> None:
    assert [one.protection for one in networks("etc/nvram.default", b"wl0_ssid=Lamp\n" + text)] == [protection]


@pytest.mark.parametrize(
    "path", ["etc/hostapd.conf.example", "usr/share/examples/hostapd.conf", "etc/hostapd.conf.bak"]
)
def test_an_example_is_not_in_use(path: str) -> None:
    assert [one.active for one in networks(path, HOSTAPD)] in ([], [False])


def test_documentation_is_left_out() -> None:
    assert networks("usr/share/doc/hostapd/examples/hostapd.conf", HOSTAPD) == []


def test_a_file_that_a_script_writes_to_is_told() -> None:
    script = b'#!/bin/sh\nsed -i "s/Lamp/Lamp-$MAC/" /tmp/hostapd.conf\n'
    assert [one.rewritten for one in networks("etc/hostapd.conf", HOSTAPD, usr__bin__up=script)] == [True]
    comment = b"#!/bin/sh\n# cat > /tmp/hostapd.conf\n"
    assert [one.rewritten for one in networks("etc/hostapd.conf", HOSTAPD, usr__bin__up=comment)] == [False]


@pytest.mark.parametrize(
    "text", [b"", b"ssid", b"=\n==\nssid==\nwpa=" + b"9" * 300, b"AuthMode=;;;;\nSSID1=\n\nBssidNum=99"]
)
@pytest.mark.parametrize("path", ["etc/hostapd.conf", "etc/config/wireless", "etc/RT2860.dat"])
def test_nonsense_breaks_nothing(path: str, text: bytes) -> None:
    assert len(networks(path, text)) <= 99


@pytest.mark.parametrize(
    ("lines", "protection"),
    [
        (b"", "open"),
        (b"wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\n", "wpa2"),
        (b"wpa=1\nwpa=2\n", "unknown"),
    ],
)
def test_settings_that_a_script_puts_together(lines: bytes, protection: str) -> None:
    script = b"#!/bin/sh\ncat > /tmp/hostapd.conf <<EOF\ninterface=wlan0\nssid=Lamp-$MAC\n" + lines + b"EOF\n"
    assert [(one.name, one.protection) for one in networks("usr/bin/setup", script)] == [("Lamp-$MAC", protection)]
    told = script.replace(b"cat > /tmp/hostapd.conf <<EOF\n", b"").replace(b"EOF\n", b"")
    echoes = b"\n".join(b'echo "' + one + b'" >> /tmp/hostapd.conf' for one in told.split(b"\n")[1:-1])
    assert [one.protection for one in networks("usr/bin/setup", b"#!/bin/sh\n" + echoes + b"\n")] == [protection]
