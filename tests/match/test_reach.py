"""How far services are reached: by the address they are bound to, and by the packet filter as shipped."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware.firewall import Firewall
from plimsoll.inspect.firmware.service_settings import ServiceSettings
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.match.services import Services
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Service
from tests.firmware import observe

ELF = b"\x7fELF"
ZONES = (
    b"config zone\n option name lan\n list network lan\n option input ACCEPT\n"
    b"config zone\n option name wan\n list network wan\n option input "
)
OPEN = b"config rule\n option src wan\n option proto tcp\n option dest_port 22\n option target ACCEPT\n"


def reach(program: str, script: bytes = b"", files: Mapping[str, bytes] = {}) -> list[tuple[int | None, str]]:
    given = {
        "etc/inittab": b"::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": b"#!/bin/sh\n" + script + b"\n",
        f"usr/sbin/{program}": ELF,
        "sbin/fw3": ELF,
        "sbin/iptables": ELF,
        **files,
    }
    observed = observe([Startup(), ServiceSettings(), Firewall()], given)
    found = Services().match(Evidence(tuple(observed)))
    facts = [one.fact for one in found if isinstance(one, Observation)]
    return [(one.port, one.reach) for one in facts if isinstance(one, Service)]


@pytest.mark.parametrize(
    ("program", "path", "text"),
    [
        ("sshd", "etc/ssh/sshd_config", b"ListenAddress 127.0.0.1\n"),
        ("uhttpd", "etc/config/uhttpd", b"config uhttpd main\n list listen_http 127.0.0.1:80\n"),
        ("lighttpd", "etc/lighttpd/lighttpd.conf", b'server.bind = "localhost"\nserver.port = 80\n'),
        ("nginx", "etc/nginx/nginx.conf", b"http { server {\nlisten 127.0.0.1:80 default_server;\n} }\n"),
        ("boa", "etc/boa.conf", b"Port 80\nListen 127.0.0.1\n"),
        ("thttpd", "etc/thttpd.conf", b"host=127.0.0.1\nport=8080\n"),
        ("vsftpd", "etc/vsftpd.conf", b"listen=YES\nlisten_address=127.0.0.1\n"),
        ("mosquitto", "etc/mosquitto/mosquitto.conf", b"listener 1883 127.0.0.1\n"),
        ("snmpd", "etc/snmp/snmpd.conf", b"agentaddress udp:127.0.0.1:161\n"),
        ("redis-server", "etc/redis/redis.conf", b"bind 127.0.0.1 -::1\nport 6379\n"),
    ],
)
def test_what_its_own_settings_bind_to_loopback_is_local(program: str, path: str, text: bytes) -> None:
    assert [one for _, one in reach(program, program.encode(), {path: text})] == ["local"]


@pytest.mark.parametrize(
    ("program", "path", "text"),
    [
        ("sshd", "etc/ssh/sshd_config", b"#ListenAddress 127.0.0.1\n"),
        ("sshd", "etc/ssh/sshd_config", b"ListenAddress 127.0.0.1\nListenAddress 0.0.0.0\n"),
        ("mosquitto", "etc/mosquitto/mosquitto.conf", b"listener 1884 127.0.0.1\nlistener 1883\n"),
        ("lighttpd", "etc/lighttpd/lighttpd.conf", b'$SERVER["socket"] == "127.0.0.1:81" { }\n'),
        ("redis-server", "etc/redis/redis.conf", b"bind 127.0.0.1 192.0.2.4\n"),
        ("boa", "usr/share/doc/boa/examples/boa.conf", b"Port 80\nListen 127.0.0.1\n"),
    ],
)
def test_what_may_listen_elsewhere_is_reached_from_the_network(program: str, path: str, text: bytes) -> None:
    assert [one for _, one in reach(program, program.encode(), {path: text})] == ["network"]


def test_settings_that_the_service_does_not_read_say_nothing() -> None:
    files = {"etc/thttpd.conf": b"host=127.0.0.1\n"}
    assert reach("thttpd", b"thttpd -C /tmp/made.conf", files) == [(80, "network")]


def test_a_port_that_the_firewall_opens_is_reached_from_the_internet() -> None:
    files = {"etc/config/firewall": ZONES + b"REJECT\n" + OPEN}
    assert reach("dropbear", b"fw3 start\ndropbear", files) == [(22, "internet")]


@pytest.mark.parametrize(
    ("script", "rules"),
    [
        pytest.param(b"fw3 start\ndropbear", ZONES + b"REJECT\n", id="closed"),
        pytest.param(b"dropbear", ZONES + b"REJECT\n" + OPEN, id="the filter is not started"),
        pytest.param(b"fw3 start\ndropbear -p 192.168.1.1:22", ZONES + b"REJECT\n" + OPEN, id="bound to the home"),
        pytest.param(b"fw3 start\ndropbear -p 2222", ZONES + b"REJECT\n" + OPEN, id="another port"),
        pytest.param(b"fw3 start\ndropbear", ZONES + b"REJECT\n" + OPEN.replace(b"tcp", b"udp"), id="another protocol"),
        pytest.param(
            b"fw3 start\ndropbear",
            ZONES + b"REJECT\n" + OPEN.replace(b"ACCEPT", b"DROP") + OPEN,
            id="refused before it is let in",
        ),
    ],
)
def test_what_is_not_seen_to_be_let_in_is_reached_from_the_network(script: bytes, rules: bytes) -> None:
    assert [one for _, one in reach("dropbear", script, {"etc/config/firewall": rules})] == ["network"]


def test_rules_of_the_owner_that_are_not_followed_leave_it_open() -> None:
    files = {"etc/config/firewall": ZONES + b"REJECT\n" + OPEN, "etc/firewall.user": b"iptables -I INPUT -j own\n"}
    assert reach("dropbear", b"fw3 start\ndropbear", files) == [(22, "network")]


def test_a_zone_that_lets_all_in_opens_every_port() -> None:
    assert reach("telnetd", b"fw3 start\ntelnetd", {"etc/config/firewall": ZONES + b"ACCEPT\n"}) == [(23, "internet")]


def test_a_service_that_is_bound_to_the_home_interface_is_not_let_in_from_the_internet() -> None:
    files = {
        "etc/config/firewall": ZONES + b"ACCEPT\n",
        "etc/config/dropbear": b"config dropbear\n option Port 22\n option Interface lan\n",
    }
    assert reach("dropbear", b"fw3 start\ndropbear", files) == [(22, "network")]


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (b"iptables -A INPUT -i wan -p tcp --dport 23 -j ACCEPT", "internet"),
        (b"iptables -A INPUT -p tcp --dport 23 -j ACCEPT", "network"),
        (b"iptables -A INPUT -i eth1 -p tcp --dport 23 -j ACCEPT", "network"),
        (b"iptables -A INPUT -j own\niptables -A INPUT -i wan -p tcp --dport 23 -j ACCEPT", "network"),
        (b"iptables -A INPUT -i wan -p tcp --dport 23 -j ACCEPT\niptables -I INPUT -i wan -j DROP", "network"),
        (b"iptables -A INPUT -i wan -p tcp --dport 23 -j ACCEPT\niptables -F", "network"),
        (b"iptables -A INPUT -s 192.0.2.1 -i wan -p tcp --dport 23 -j ACCEPT", "network"),
        (b"[ -e /tmp/a ] && iptables -A INPUT -i wan -p tcp --dport 23 -j ACCEPT", "network"),
    ],
)
def test_commands_of_iptables_are_followed_in_their_order(commands: bytes, expected: str) -> None:
    assert [one for _, one in reach("telnetd", b"telnetd\n" + commands)] == [expected]


@pytest.mark.parametrize(
    ("program", "path", "text", "script", "port"),
    [
        ("lighttpd", "etc/lighttpd/lighttpd.conf", b"server.port = 8080\n", b"lighttpd", 8080),
        ("sshd", "etc/ssh/sshd_config", b"Port 2222\n", b"sshd", 2222),
        ("sshd", "etc/ssh/sshd_config", b"Port 2222\n", b"sshd -p 22", 22),
        ("uhttpd", "etc/config/uhttpd", b"config uhttpd\n list listen_http '[::]:8000'\n", b"uhttpd", 8000),
        ("nginx", "etc/nginx/nginx.conf", b"listen 80;\nlisten 443 ssl;\n", b"nginx", 80),
        ("boa", "etc/boa.conf", b"Port 99999\n", b"boa", 80),
    ],
)
def test_the_port_comes_from_the_settings_unless_the_command_line_names_one(
    program: str, path: str, text: bytes, script: bytes, port: int
) -> None:
    assert reach(program, script, {path: text}) == [(port, "network")]
