"""Passphrases of wireless networks and communities of SNMP that all units share, and what replaces them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.looking import ELF, effects_of, finding_of

LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
RADIO = "interface=wlan0\nssid=Harbour\nwpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=Kestrel8831x\n"
HOSTAPD = "hostapd -B /etc/hostapd.conf"


def tree(files: Mapping[str, str], *commands: str) -> dict[str, str]:
    return {
        "bin/busybox": ELF,
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/shadow": "root:*:19700:0:99999:7:::\n",
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": "#!/bin/sh\n" + "".join(f"{one}\n" for one in commands),
        **dict.fromkeys(("usr/sbin/hostapd", "usr/sbin/snmpd", "usr/sbin/fw_printenv"), ELF),
        **files,
    }


def told(files: Mapping[str, str], *commands: str) -> list[str]:
    return effects_of(FIXED_ACCOUNT, tree(files, *commands), LINKS)


def test_a_passphrase_in_the_file_that_hostapd_is_started_with_decides() -> None:
    finding = finding_of(FIXED_ACCOUNT, tree({"etc/hostapd.conf": RADIO}, HOSTAPD), LINKS)
    assert [(one.effect, one.reach) for one in finding.bearings] == [("refutes", "network")]
    assert "Kestrel" not in str(finding)


@pytest.mark.parametrize("commands", [
    ("hostapd -B /tmp/hostapd.conf",),
    ("[ -f /data/ap ] && hostapd -B /etc/hostapd.conf",),
    ("sed -i 's/^ssid=.*/ssid=x/' /etc/hostapd.conf", HOSTAPD),
])  # fmt: skip
def test_a_network_of_which_not_all_is_seen_is_doubted(commands: tuple[str, ...]) -> None:
    assert told({"etc/hostapd.conf": RADIO}, *commands) == ["suspects"]


def test_a_program_that_names_the_file_may_put_another_passphrase_there() -> None:
    setter = ELF + "\x00open /etc/hostapd.conf\x00/etc/hostapd.conf\x00"
    finding = finding_of(FIXED_ACCOUNT, tree({"etc/hostapd.conf": RADIO, "usr/bin/setter": setter}, HOSTAPD), LINKS)
    assert [(one.effect, one.sureness) for one in finding.bearings] == [("suspects", "likely")]
    assert str(finding.bearings[0].why).endswith(
        "setter names the file too, and whether it puts another there was not seen"
    )


@pytest.mark.parametrize("commands", [
    ("true",),
    ("PW=$(fw_printenv -n wifipw)", 'sed -i "s/^wpa_passphrase=.*/wpa_passphrase=$PW/" /etc/hostapd.conf', HOSTAPD),
])  # fmt: skip
def test_a_network_that_is_not_opened_or_has_a_passphrase_per_unit_is_not(commands: tuple[str, ...]) -> None:
    assert told({"etc/hostapd.conf": RADIO}, *commands) == []


@pytest.mark.parametrize("text", [
    RADIO.replace("wpa_passphrase=", "#wpa_passphrase="),
    RADIO.replace("Kestrel8831x", "@PASSPHRASE@"),
    RADIO.replace("wpa=2", "wpa=0"),
])  # fmt: skip
def test_what_is_no_passphrase_in_use_is_not(text: str) -> None:
    assert told({"etc/hostapd.conf": text}, HOSTAPD) == []


def test_an_example_and_settings_of_another_kind_do_not_decide() -> None:
    assert told({"usr/share/doc/hostapd/hostapd.conf": RADIO}, "hostapd /usr/share/doc/hostapd/hostapd.conf") == []
    wireless = "config wifi-iface\n  option mode 'ap'\n  option ssid 'x'\n  option encryption 'psk2'\n"
    wireless += "  option key 'Kestrel8831x'\n"
    assert told({"etc/config/wireless": wireless}, "hostapd /var/run/hostapd.conf") == ["suspects"]


SNMP = "etc/snmp/snmpd.conf"


@pytest.mark.parametrize(("text", "command", "expected"), [
    ("rwcommunity harbour12\n", "snmpd", ["refutes"]),
    ("rwcommunity harbour12\n", "snmpd -c /etc/snmp/snmpd.conf", ["refutes"]),
    ("rwcommunity private 192.168.0.0/16\n", "snmpd", ["refutes"]),
    ("rocommunity public\n", "snmpd", ["suspects"]),
    ("com2sec everybody default public\n", "snmpd", ["suspects"]),
    ("rwcommunity private\n", "snmpd -C -c /var/snmpd.conf", ["suspects"]),
    ("rwcommunity private\n", "[ -f /data/snmp ] && snmpd", ["suspects"]),
    ("rwcommunity private 127.0.0.1\n", "snmpd", []),
    ("com2sec own localhost private\n", "snmpd", []),
    ("#rwcommunity private\n", "snmpd", []),
    ("trapcommunity private\n", "snmpd", []),
    ("agentaddress 127.0.0.1\nrwcommunity private\n", "snmpd", []),
    ("rwcommunity private\n", "true", []),
])  # fmt: skip
def test_a_community_that_may_write_counts_as_a_password(text: str, command: str, expected: list[str]) -> None:
    assert told({SNMP: text}, command) == expected


def test_a_program_that_names_the_settings_of_snmp_may_set_another_community() -> None:
    setter = ELF + "\x00/etc/snmp/snmpd.conf\x00"
    assert told({SNMP: "rwcommunity private\n", "usr/bin/setter": setter}, "snmpd") == ["suspects"]


def test_a_script_that_names_the_settings_counts_where_it_is_started() -> None:
    reader = "#!/bin/sh\ngrep -c community /etc/snmp/snmpd.conf\n"
    files = {SNMP: "rwcommunity halyard12\n", "usr/bin/setter": reader}
    assert told(files, "snmpd") == ["refutes"]
    assert told(files, "/usr/bin/setter", "snmpd") == ["suspects"]


@pytest.mark.parametrize(("line", "expected"), [
    ("00:00:00:00:00:00 Kestrel8831x\n", ["suspects"]),
    ("vlanid=3 00:00:00:00:00:00 Kestrel 8831 x\n", ["suspects"]),
    ("02:11:22:33:44:55 Kestrel8831x\n", []),
    ("# 00:00:00:00:00:00 Kestrel8831x\n", []),
])  # fmt: skip
def test_a_passphrase_for_everybody_in_a_file_of_its_own_is_doubted(line: str, expected: list[str]) -> None:
    radio = RADIO.replace("wpa_passphrase=Kestrel8831x", "wpa_psk_file=/etc/hostapd.wpa_psk")
    assert told({"etc/hostapd.conf": radio, "etc/hostapd.wpa_psk": line}, HOSTAPD) == expected
