"""Ports that OpenWrt's settings forward from the side of the internet to the product itself."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.control import INTERNET_SIDE
from tests.judge.looking import ELF, effects_of

LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
ZONES = "".join(
    f"config zone\n  option name '{name}'\n  list network '{name}'\n  option input '{policy}'\n"
    for name, policy in (("lan", "ACCEPT"), ("wan", "REJECT"))
)
REDIRECT = (
    "config redirect\n  option src 'wan'\n  option proto 'tcp'\n  option src_dport '8080'\n  option dest 'lan'\n"
    "  option dest_ip '192.168.7.1'\n  option dest_port '22'\n  option target 'DNAT'\n"
)
NETWORK = "config interface 'lan'\n  option proto 'static'\n  option ipaddr '192.168.7.1'\n"


def told(redirect: str, command: str = "fw4 start", network: str = NETWORK) -> list[str]:
    files = {
        "bin/busybox": ELF,
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{command}\ndropbear\n",
        "etc/config/firewall": ZONES + redirect,
        "etc/config/network": network,
        **dict.fromkeys(("usr/sbin/dropbear", "sbin/fw4"), ELF),
    }
    return effects_of(INTERNET_SIDE, files, LINKS)


def test_a_port_that_leads_to_the_product_itself_is_doubted() -> None:
    assert told(REDIRECT) == ["suspects"]
    assert told(REDIRECT.replace("  option dest_ip '192.168.7.1'\n", "")) == ["suspects"]
    assert told(REDIRECT.replace("  option dest_port '22'\n", "").replace("'8080'", "'22'")) == ["suspects"]
    assert told(REDIRECT, network=NETWORK.replace("7.1'", "7.1/24'")) == ["suspects"]


@pytest.mark.parametrize(("old", "new"), [
    ("192.168.7.1", "192.168.7.20"),
    ("'wan'", "'lan'"),
    ("'22'", "'443'"),
    ("'tcp'", "'udp'"),
    ("'DNAT'", "'SNAT'"),
    ("  option proto", "  option src_ip '203.0.113.7'\n  option proto"),
    ("  option proto", "  option enabled '0'\n  option proto"),
    ("config redirect", "#config redirect"),
])  # fmt: skip
def test_other_redirects_are_not(old: str, new: str) -> None:
    assert told(REDIRECT.replace(old, new)) == []


def test_a_firewall_that_is_not_started_opens_nothing() -> None:
    assert told(REDIRECT, command="true") == []
