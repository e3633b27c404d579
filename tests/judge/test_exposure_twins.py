"""From files to verdicts: for each rule on exposure a tree that breaks it, and its twin that does not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.control import CONTROL, INTERNET_SIDE
from plimsoll.judge.rules.debug_interfaces import DEBUG
from plimsoll.judge.rules.hardening import SEEDS
from plimsoll.judge.rules.wireless import WIRELESS
from tests.firmware import observe
from tests.judge.building import effects

ELF = b"\x7fELF"
PROGRAMS = (
    "hostapd",
    "fw3",
    "dropbear",
    "easycwmpd",
    "snmpd",
    "gdbserver",
    "wget",
    "nc",
    "telnetd",
    "netifd",
    "iptables",
    "cat",
)
AP = b"interface=wlan0\nssid=Lamp\n"
ZONE = b"config zone\n option name wan\n list network wan\n option input REJECT\n"
OPEN = b"config rule\n option src wan\n option proto tcp\n option dest_port 22\n option target ACCEPT\n"
ACS = b"config acs\n option url 'http://acs.maker.net:7547/'\n"
IFACE = b"config wifi-iface\n option mode ap\n option ssid Lamp\n option encryption psk+tkip\n"
SEED = bytes(range(256))
LOAD = b"cat /etc/random-seed > /dev/urandom"

Files = Mapping[str, bytes]


def answers(rule: Rule, script: bytes, files: Files) -> tuple[str, ...]:
    given = {
        "etc/inittab": b"::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": b"#!/bin/sh\n" + script + b"\n",
        **{f"usr/sbin/{name}": ELF for name in PROGRAMS},
        **files,
    }
    return effects(rule, *observe(INSPECTORS, given))


@pytest.mark.parametrize(
    ("rule", "script", "files", "expected"),
    [
        (WIRELESS, b"hostapd -B /etc/hostapd.conf", {"etc/hostapd.conf": AP + b"wep_key0=1\n"}, "refutes"),
        (WIRELESS, b"hostapd -B /etc/hostapd.conf", {"etc/hostapd.conf": AP}, "suspects"),
        (WIRELESS, b"netifd", {"etc/config/wireless": IFACE}, "refutes"),
        (CONTROL, b"easycwmpd", {"etc/config/easycwmp": ACS}, "refutes"),
        (CONTROL, b"snmpd", {"etc/snmp/snmpd.conf": b"rwcommunity private\n"}, "refutes"),
        (CONTROL, b"wget -q -O - http://cmd.maker.net/run | sh", {}, "refutes"),
        (CONTROL, b"while sleep 60; do\n  wget -qO- http://api.maker.test/x | sh\ndone", {}, "refutes"),
        (CONTROL, b"[ -f /data/remote ] && wget -qO- http://api.maker.test/x | sh", {}, "suspects"),
        (INTERNET_SIDE, b"fw3 start\ndropbear", {"etc/config/firewall": ZONE + OPEN}, "suspects"),
        (DEBUG, b"gdbserver :1234 /bin/app &", {}, "refutes"),
        (DEBUG, b"telnetd -l /bin/sh", {}, "refutes"),
        (SEEDS, LOAD, {"etc/random-seed": SEED}, "suspects"),
    ],
)  # fmt: skip
def test_the_bad_twin(rule: Rule, script: bytes, files: Files, expected: str) -> None:
    assert answers(rule, script, files)[:1] == (expected,)


@pytest.mark.parametrize(
    ("rule", "script", "files"),
    [
        (WIRELESS, b"hostapd -B /etc/hostapd.conf", {"etc/hostapd.conf": AP + b"wpa=2\nrsn_pairwise=CCMP\n"}),
        (WIRELESS, b"hostapd", {"usr/share/doc/hostapd/examples/hostapd.conf": AP + b"wep_key0=1\n"}),
        (CONTROL, b"easycwmpd", {"etc/config/easycwmp": ACS.replace(b"http:", b"https:")}),
        (CONTROL, b"easycwmpd", {"etc/config/easycwmp": b"# option url 'http://acs.maker.net'\n"}),
        (CONTROL, b"snmpd", {"usr/share/doc/snmpd/examples/snmpd.conf": b"rwcommunity private\n"}),
        (CONTROL, b"# wget -q -O - http://cmd.maker.net/run | sh", {}),
        (CONTROL, b"wget -q -O - http://127.0.0.1/run | sh", {}),
        (CONTROL, b"while sleep 60; do\n  wget -qO- https://api.maker.test/x | sh\ndone", {}),
        (CONTROL, b"while sleep 60; do\n  # wget -qO- http://api.maker.test/x | sh\ndone", {}),
        (CONTROL, b"while sleep 60; do\n  wget -qO- http://api.maker.test/x | md5sum\ndone", {}),
        (INTERNET_SIDE, b"fw3 start\ndropbear", {"etc/config/firewall": ZONE}),
        (DEBUG, b"# gdbserver :1234 /bin/app &", {}),
        (DEBUG, b"dropbear", {"etc/init.d/debug": b"#!/bin/sh\ngdbserver :1234 /bin/app\n"}),
        (SEEDS, LOAD, {"etc/other-seed": SEED}),
        (SEEDS, b"# " + LOAD, {"etc/random-seed": SEED}),
    ],
)
def test_the_good_twin(rule: Rule, script: bytes, files: Files) -> None:
    assert not {"refutes", "suspects"} & set(answers(rule, script + b"\ndropbear", files))
