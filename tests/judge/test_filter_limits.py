"""Which rules of packet filters limit how often somebody may connect to a service that is started."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.password_care import ATTEMPTS
from tests.judge.looking import ELF, effects_of

LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
LOADED = "nft -f /etc/nftables.conf"


def told(path: str, text: str, *commands: str) -> list[str]:
    files = {
        "bin/busybox": ELF,
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": "#!/bin/sh\n" + "".join(f"{one}\n" for one in (*commands, "telnetd")),
        **dict.fromkeys(("usr/sbin/telnetd", "usr/sbin/nft", "sbin/fw4", "sbin/iptables-restore"), ELF),
        path: text,
    }
    return effects_of(ATTEMPTS, files, LINKS)


def nft(rule: str, policy: str = "drop", then: str = "tcp dport 23 accept", command: str = LOADED) -> list[str]:
    text = (
        "table inet filter {\n  chain input {\n    type filter hook input priority 0; policy "
        f"{policy};\n    {rule}\n    {then}\n  }}\n}}\n"
    )
    return told("etc/nftables.conf", text, command)


@pytest.mark.parametrize("rule", [
    "tcp dport 23 ct state new limit rate over 5/minute drop",
    "tcp dport telnet ct state new limit rate over 5/minute counter drop",
    "tcp dport { 22, 23 } ct state new meter logins { ip saddr limit rate over 5/minute } reject",
    "tcp dport 23 ct state new add @logins { ip saddr limit rate over 3/minute burst 3 packets } drop",
    "tcp dport 23 update @logins { ip saddr limit rate over 3/minute } add @shut { ip saddr } drop",
    "tcp dport 23 ct count over 4 drop",
])  # fmt: skip
def test_a_rule_of_nft_that_refuses_what_comes_oftener_limits(rule: str) -> None:
    assert nft(rule) == ["supports"]
    assert nft(rule, policy="accept") == ["supports"]
    assert nft(rule, command="true") == []


def test_a_rule_of_nft_that_lets_in_what_comes_no_oftener_limits_where_the_rest_is_refused() -> None:
    rule = "tcp dport 23 ct state new limit rate 5/minute accept"
    assert nft(rule, then="") == ["supports"]
    assert nft(rule, policy="accept", then="") == []
    assert nft(rule, then="tcp dport 23 accept") == []


@pytest.mark.parametrize("rule", [
    "tcp dport 22 ct state new limit rate over 5/minute drop",
    "# tcp dport 23 ct state new limit rate over 5/minute drop",
    "tcp dport 23 ct state new limit rate over 5/minute log",
    "tcp dport 23 limit rate over 5/minute accept",
    "ip protocol icmp limit rate over 5/minute drop",
    "tcp dport 23 accept",
])  # fmt: skip
def test_other_rules_of_nft_do_not(rule: str) -> None:
    assert nft(rule) == []


def test_a_rule_after_one_that_lets_in_comes_too_late() -> None:
    assert nft("tcp dport 23 accept", then="tcp dport 23 limit rate over 5/minute drop") == []


@pytest.mark.parametrize(("command", "expected"), [
    ("nft add rule inet filter input tcp dport 23 ct state new limit rate over 5/minute drop", ["supports"]),
    ("nft add rule inet filter input tcp dport 23 ct state new limit rate 5/minute accept", []),
    ("nft add rule inet filter input tcp dport 22 limit rate over 5/minute drop", []),
    ("# nft add rule inet filter input tcp dport 23 limit rate over 5/minute drop", []),
])  # fmt: skip
def test_a_command_of_a_start_script_counts(command: str, expected: list[str]) -> None:
    assert told("etc/motd", "", command) == expected


def uci(rule: str, wan: str = "REJECT", command: str = "fw4 start") -> list[str]:
    zone = "config zone\n  option name '{0}'\n  list network '{0}'\n  option input '{1}'\n"
    text = zone.format("lan", "ACCEPT") + zone.format("wan", wan) + "config rule\n" + rule
    return told("etc/config/firewall", text, command)


LIMITED = (
    "  option src 'wan'\n  option proto 'tcp'\n  option dest_port '23'\n  option target 'ACCEPT'\n"
    "  option limit '3/minute'\n"
)


def test_a_limit_of_openwrt_counts_where_its_zone_refuses_the_rest() -> None:
    assert uci(LIMITED) == ["supports"]
    assert uci(LIMITED, wan="ACCEPT") == []
    assert uci(LIMITED, command="true") == []


@pytest.mark.parametrize(("old", "new"), [
    ("'wan'", "'lan'"), ("'tcp'", "'udp'"), ("'23'", "'22'"), ("ACCEPT", "DROP"), ("  option limit '3/minute'\n", ""),
    ("  option proto", "  option enabled '0'\n  option proto"),
])  # fmt: skip
def test_other_rules_of_openwrt_do_not(old: str, new: str) -> None:
    assert uci(LIMITED.replace(old, new)) == []


@pytest.mark.parametrize(("rule", "expected"), [
    ("-p tcp -m tcp --dport 23 -m recent --update --seconds 60 --hitcount 4 --name T --rsource -j DROP", ["supports"]),
    ("-p tcp --dport 23 -m hashlimit --hashlimit-above 3/min --hashlimit-name t -j DROP", ["supports"]),
    ("-p tcp --dport 23 -m connlimit --connlimit-above 3 -j REJECT", ["supports"]),
    ("-p tcp --dport 23 -m limit --limit 3/min -j ACCEPT", ["supports"]),
    ("-p tcp --dport 23 -m limit --limit 3/min -j DROP", []),
    ("-p tcp --dport 23 -m recent ! --rcheck --seconds 60 -j DROP", []),
])  # fmt: skip
def test_what_iptables_saved_counts(rule: str, expected: list[str]) -> None:
    text = f"*filter\n:INPUT DROP [0:0]\n-A INPUT {rule}\nCOMMIT\n"
    assert told("etc/iptables.rules", text, "iptables-restore /etc/iptables.rules") == expected
    assert told("etc/iptables.rules", text) == []
