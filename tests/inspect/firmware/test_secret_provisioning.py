from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.secret_provisioning import MOST, SecretProvisionings
from plimsoll.model.facts import SecretProvisioning
from tests.firmware import observe, observe_all

INSPECTOR = SecretProvisionings()


def found(script: bytes, path: str = "etc/init.d/S40keys") -> list[tuple[str, str, str]]:
    facts = [one.fact for one in observe(INSPECTOR, {path: b"#!/bin/sh\n" + script})]
    return [(one.subject, one.source, one.command) for one in facts if isinstance(one, SecretProvisioning)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (b"K=$(head -c 8 /dev/urandom | md5sum)\nuci set wireless.@wifi-iface[0].key=$K\n", ("wpa", "random", "uci")),
        (b"uci -q set wireless.default_radio0.key=\"$(fw_printenv -n wifi_key)\"\n", ("wpa", "per-device", "uci")),
        (b"MAC=$(cat /sys/class/net/eth0/address)\nnvram set wl0_wpa_psk=$MAC\n", ("wpa", "identifier", "nvram")),
        (b"nvram_set 2860 http_passwd \"$(dd if=/dev/mtd3 bs=1 count=8)\"\n", ("http", "per-device", "nvram")),
        (b"nvram set http_passwd=$1\n", ("http", "user", "nvram")),
        (b"nvram set http_passwd=admin\n", ("http", "constant", "nvram")),
        (b"P=$(pwgen 12 1)\nhtpasswd -cb /etc/lighttpd.user admin $P\n", ("http", "random", "htpasswd")),
        (b"KEY=$(openssl rand -hex 8)\ncat > /tmp/hostapd.conf <<EOF\nssid=x\nwpa_passphrase=$KEY\nEOF\n",
         ("wpa", "random", "echo")),
        (b"KEY=$(openssl rand -hex 8)\necho \"wpa_passphrase=$KEY\" >> /tmp/hostapd.conf\n", ("wpa", "random", "echo")),
        (b"KEY=`fw_printenv -n key`\nsed -i \"s/wpa_passphrase=.*/wpa_passphrase=$KEY/\" /etc/hostapd.conf\n",
         ("wpa", "per-device", "echo")),
        (b"P=$(pwgen 8)\n(echo $P; echo $P) | smbpasswd -s -a guest\n", ("samba", "random", "smbpasswd")),
    ],
)  # fmt: skip
def test_a_command_that_sets_a_secret_is_seen_with_its_source(script: bytes, expected: tuple[str, str, str]) -> None:
    assert found(script) == [expected]


@pytest.mark.parametrize(
    "script",
    [
        b"uci set network.lan.ipaddr=$IP\nnvram set lan_ipaddr=$IP\n",
        b"# nvram set http_passwd=$(pwgen)\n",
        b"nvram get http_passwd\nuci get wireless.@wifi-iface[0].key\n",
        b"wpa_passphrase=$KEY\n",
        b"cat <<EOF\nx\nEOF\nwpa_passphrase=$KEY\n",
    ],
)
def test_what_sets_no_secret_is_not_taken_for_it(script: bytes) -> None:
    assert found(script) == []


def test_documentation_does_not_count() -> None:
    assert found(b"nvram set http_passwd=$(pwgen)\n", "usr/share/doc/x.sh") == []


def test_a_constant_is_never_in_clear() -> None:
    observations, _, _ = observe_all(INSPECTOR, {"etc/init.d/x": b"#!/bin/sh\nnvram set http_passwd=halyard12\n"})
    assert observations
    assert "halyard12" not in repr(observations)


def test_the_number_of_one_script_is_bounded() -> None:
    assert len(found(b"nvram set http_passwd=$1\n" * (MOST + 5))) == MOST
