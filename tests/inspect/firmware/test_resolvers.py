import pytest

from plimsoll.inspect.firmware.resolvers import Resolvers
from plimsoll.model.facts import Endpoint
from tests.firmware import observe


def servers(path: str, text: bytes) -> list[tuple[str, str]]:
    found = [one.fact for one in observe(Resolvers(), {path: text})]
    return [(one.scheme, one.host) for one in found if isinstance(one, Endpoint)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/resolv.conf", b"search lan\nnameserver 8.8.8.8\n", ("dns", "8.8.8.8")),
        ("etc/dnsmasq.conf", b"no-resolv\nserver=114.114.114.114\n", ("dns", "114.114.114.114")),
        ("etc/config/network", b"config interface 'wan'\n\tlist dns '1.1.1.1'\n", ("dns", "1.1.1.1")),
        ("etc/systemd/resolved.conf", b"[Resolve]\nFallbackDNS=9.9.9.9 8.8.8.8\n", ("dns", "9.9.9.9")),
        ("etc/ntp.conf", b"driftfile /x\nserver ntp.halyard.net iburst\n", ("ntp", "ntp.halyard.net")),
        ("etc/chrony/chrony.conf", b"pool 2.debian.pool.ntp.org iburst\n", ("ntp", "2.debian.pool.ntp.org")),
        ("etc/config/system", b"config timeserver 'ntp'\n\tlist server '0.openwrt.pool.ntp.org'\n",
         ("ntp", "0.openwrt.pool.ntp.org")),
        ("etc/init.d/S49ntp", b"#!/bin/sh\nntpd -n -p time.halyard.net &\n", ("ntp", "time.halyard.net")),
        ("etc/init.d/S49ntp", b"#!/bin/sh\nntpclient -s -h time.halyard.net\n", ("ntp", "time.halyard.net")),
        ("etc/init.d/S49ntp", b"#!/bin/sh\nntpdate -b -t 5 time.halyard.net\n", ("ntp", "time.halyard.net")),
    ],
)  # fmt: skip
def test_servers_are_read_from_settings_and_commands(path: str, text: bytes, expected: tuple[str, str]) -> None:
    assert servers(path, text) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/resolv.conf", b"# nameserver 8.8.8.8\nnameserver 127.0.0.1\nnameserver 192.168.1.1\n"),
        ("etc/ntp.conf", b"server 127.127.1.0\n#server ntp.halyard.net\n"),
        ("etc/config/network", b"config interface 'lan'\n\toption ipaddr '8.8.8.8'\n"),
        ("etc/init.d/S49ntp", b"#!/bin/sh\nntpd -n -p $SERVER\n# ntpdate time.halyard.net\nkillall ntpd\n"),
        ("usr/share/doc/ntp/examples/ntp.conf", b"server ntp.halyard.net\n"),
        ("etc/dnsmasq.conf", b"server=/lan/192.168.1.1\n"),
    ],
)
def test_the_own_network_and_comments_are_none(path: str, text: bytes) -> None:
    assert servers(path, text) == []
