"""Rules of packet filters, in the forms of UCI, iptables and nft."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware._iptables import side_of
from plimsoll.inspect.firmware.firewall import Firewall
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Fact, FirewallRule
from tests.firmware import observe

UCI = b"""
config defaults
\toption input 'ACCEPT'

config zone
\toption name 'lan'
\tlist network 'lan'
\toption input 'ACCEPT'

config zone
\toption name 'wan'
\tlist network 'wan'
\tlist network 'wan6'
\toption input 'REJECT'

config rule
\toption name 'Remote'
\toption src 'wan'
\toption proto 'tcp'
\toption dest_port '22 8000-8010'
\toption target 'ACCEPT'
"""


def rules(path: str, text: bytes) -> list[FirewallRule]:
    return [one for one in in_file_order(observe(Firewall(), {path: text})) if isinstance(one, FirewallRule)]


def in_file_order(observations: list[Observation]) -> list[Fact]:
    """Give facts by their place in the file."""
    return [one.fact for one in sorted(observations, key=offset)]


def offset(observation: Observation) -> int:
    """Give where in its file something stands."""
    return int(observation.where.rpartition("+0x")[2].partition(":")[0], 16)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        (b"ppp0", "internet"), (b"ppp+", "internet"), (b"pppoe-wan", "internet"), (b"wwan0", "internet"),
        (b"eth0.2", "unknown"), (b"pppd", "unknown"), (b"br-lan", "lan"), (b"lo", "loopback"),
    ],
)  # fmt: skip
def test_the_name_of_an_interface_tells_its_side(name: bytes, side: str) -> None:
    assert side_of(name) == side


def test_zones_are_policies_and_rules_name_their_ports() -> None:
    lan, wan, remote = rules("etc/config/firewall", UCI)
    assert (lan.operation, lan.side, lan.action) == ("policy", "lan", "accept")
    assert (wan.operation, wan.side, wan.action) == ("policy", "internet", "refuse")
    assert (remote.side, remote.action, remote.protocol) == ("internet", "accept", "tcp")
    assert remote.ports == ((22, 22), (8000, 8010))
    assert not remote.narrowed


def test_a_rule_of_uci_without_a_protocol_holds_for_two() -> None:
    text = b"config rule\n option src wan\n option dest_port 53\n option target ACCEPT\n"
    assert [one.protocol for one in rules("etc/config/firewall", text)] == ["tcp", "udp"]


@pytest.mark.parametrize(
    "line", [b"option enabled '0'", b"option dest 'lan'", b"option target 'MARK'", b"option src ''"]
)
def test_a_rule_that_does_not_let_in_to_the_product_is_left_out(line: bytes) -> None:
    text = b"config rule\n option src wan\n option dest_port 22\n option target ACCEPT\n " + line + b"\n"
    assert rules("etc/config/firewall", text) == []


def test_a_rule_for_one_sender_is_narrowed() -> None:
    text = b"config rule\n option src wan\n option proto tcp\n option src_ip 192.0.2.1\n option target ACCEPT\n"
    assert [one.narrowed for one in rules("etc/config/firewall", text)] == [True]


def test_a_commented_rule_is_none() -> None:
    assert rules("etc/config/firewall", b"#config rule\n#\toption src wan\n#\toption target ACCEPT\n") == []


def test_commands_beside_the_rules_of_uci_are_not_followed() -> None:
    text = b"# iptables -A in a comment\niptables -I input_rule -j DROP\n"
    assert [one.action for one in rules("etc/firewall.user", text)] == ["elsewhere"]


def test_documentation_is_left_out() -> None:
    assert rules("usr/share/doc/firewall/examples/etc/config/firewall", UCI) == []


def test_what_iptables_save_wrote_is_read() -> None:
    text = (
        b"*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n"
        b"-A INPUT -i lo -j ACCEPT\n-A INPUT -i wan0 -p tcp -m tcp --dport 80 -j ACCEPT\n"
        b"-A FORWARD -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"
        b"-A INPUT -s 192.0.2.0/24 -j ACCEPT\n-A INPUT -j own\nCOMMIT\n"
    )
    found = rules("etc/iptables/rules.v4", text)
    assert [(one.operation, one.action, one.side, one.ports, one.narrowed) for one in found] == [
        ("policy", "refuse", "any", (), False),
        ("append", "accept", "loopback", (), False),
        ("append", "accept", "internet", ((80, 80),), False),
        ("append", "accept", "any", (), True),
        ("append", "accept", "any", (), True),
        ("append", "elsewhere", "any", (), False),
    ]


def test_chains_of_nft_that_are_hooked_to_input_are_read() -> None:
    text = b"""table inet filter {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "wan" tcp dport { 22, 443 } accept
    ct state established,related accept
    iif lo accept
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
    tcp dport 23 accept
  }
}
"""
    found = rules("etc/nftables.conf", text)
    assert [(one.operation, one.action, one.side, one.ports, one.narrowed) for one in found] == [
        ("policy", "refuse", "any", (), False),
        ("append", "accept", "internet", ((22, 22), (443, 443)), False),
        ("append", "accept", "any", (), True),
        ("append", "accept", "loopback", (), False),
    ]


@pytest.mark.parametrize("path", ["etc/config/firewall", "etc/iptables/rules.v4", "etc/nftables.conf"])
@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe\n", b"config\nconfig rule\noption\n", b"chain {{{{\n-A\n:INPUT\n*filter\n-A"]
)
def test_nonsense_gives_nothing(path: str, text: bytes) -> None:
    assert rules(path, text) == []


def started(script: bytes) -> list[FirewallRule]:
    files = {"etc/inittab": b"::sysinit:/etc/init.d/rcS\n", "etc/init.d/rcS": b"#!/bin/sh\n" + script}
    links = {"usr/sbin/iptables": "../../sbin/xtables"}
    observed = observe(Startup(), {**files, "sbin/xtables": b"\x7fELF"}, links)
    rules = [one for one in observed if isinstance(one.fact, FirewallRule)]
    return [one for one in in_file_order(rules) if isinstance(one, FirewallRule)]


def test_commands_of_a_start_script_are_rules() -> None:
    found = started(
        b"WAN=wan0\niptables -P INPUT DROP\niptables -A INPUT -i $WAN -p tcp --dport 22:23 -j ACCEPT\n"
        b"iptables -t nat -A PREROUTING -j ACCEPT\niptables -A FORWARD -j ACCEPT\n# iptables -F INPUT\n"
        b"[ -f /tmp/x ] && iptables -I INPUT -p udp -j DROP\n"
    )
    assert [(one.operation, one.action, one.side, one.ports, one.certain) for one in found] == [
        ("policy", "refuse", "any", (), True),
        ("append", "accept", "internet", ((22, 23),), True),
        ("insert", "refuse", "any", (), False),
    ]
