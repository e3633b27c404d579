"""Secrets of VPNs, joined with what starts the VPN, and with what may put another secret in their place."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from plimsoll.judge.rules.communicated_secrets import SHARED_KEYS
from plimsoll.judge.rules.service_secrets import SERVICE_SECRETS
from tests.judge.looking import ELF, effects_of, finding_of

PRIVATE = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
WIREGUARD = f"[Interface]\nAddress = 10.9.0.2/24\nPrivateKey = {PRIVATE}\n[Peer]\nEndpoint = vpn.maker.net:51820\n"
SYSTEM = {
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "bin/busybox": ELF,
    **dict.fromkeys(("usr/bin/wg", "usr/sbin/ipsec", "usr/sbin/openvpn"), ELF),
    "usr/bin/wg-quick": "#!/bin/bash\ntrue\n",
}
LINKS = {"sbin/init": "../bin/busybox", "bin/sh": "busybox", "bin/sed": "busybox"}
LOGIN = {"etc/openvpn/login.conf": "bob\nKestrel8831x\n"}


def effects(command: str, **files: str) -> list[str]:
    given = {**SYSTEM, "etc/init.d/rcS": f"#!/bin/sh\n{command}\n"}
    return effects_of(SERVICE_SECRETS, {**given, **files}, LINKS)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("wg-quick up wg0", "refutes"),
        ("wg-quick up /etc/wireguard/wg0.conf", "refutes"),
        ("wg setconf wg0 /etc/wireguard/wg0.conf", "refutes"),
        ("[ -e /data/vpn ] && wg-quick up wg0", "suspects"),
        ("wg-quick up wg1", "suspects"),
        ("wg-quick down wg0", "suspects"),
        ("# wg-quick up wg0", "suspects"),
        ("wg genkey > /etc/wireguard/key\nwg-quick up wg0", "suspects"),
        ('sed -i "s|^PrivateKey.*|PrivateKey = $KEY|" /etc/wireguard/wg0.conf\nwg-quick up wg0', "suspects"),
        ("wg set wg0 private-key /data/key", "suspects"),
    ],
)
def test_the_key_of_wireguard_counts_where_it_is_put_to_use(command: str, expected: str) -> None:
    assert effects(command, **{"etc/wireguard/wg0.conf": WIREGUARD}) == [expected]


def test_a_key_of_wireguard_in_an_example_does_not_count() -> None:
    assert effects("wg-quick up wg0", **{"usr/share/doc/wireguard/wg0.conf": WIREGUARD}) == []
    assert (
        effects("wg-quick up wg0", **{"etc/wireguard/wg0.conf": WIREGUARD.replace(PRIVATE, "<key of the unit>")}) == []
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [("ipsec start", ["refutes"]), ("ipsec stop", []), ("true", []), ("ipsec start --conf $X", ["refutes"])],
)
def test_a_shared_secret_of_ipsec_counts_where_that_is_started(command: str, expected: list[str]) -> None:
    assert effects(command, **{"etc/ipsec.secrets": 'unit.maker gw.maker : PSK "Kestrel8831x"\n'}) == expected


@pytest.mark.parametrize(
    ("command", "named", "expected"),
    [
        ("openvpn --config /etc/openvpn/c.conf", "/etc/openvpn/login.conf", "refutes"),
        ("openvpn --cd /etc/openvpn --config c.conf", "login.conf", "refutes"),
        ("openvpn --config /etc/openvpn/d.conf", "/etc/openvpn/login.conf", "suspects"),
        ("openvpn --config /etc/openvpn/c.conf", "/data/login.conf", "suspects"),
        ("openvpn --remote x --auth-user-pass /etc/openvpn/login.conf", "/data/login.conf", "refutes"),
        ("true", "/etc/openvpn/login.conf", "suspects"),
    ],
)
def test_the_login_of_openvpn_counts_where_its_configuration_is_read(command: str, named: str, expected: str) -> None:
    config = f"client\nremote vpn.maker.net\nauth-user-pass {named}\n"
    assert effects(command, **{"etc/openvpn/c.conf": config, **LOGIN}) == [expected]


KEY = (
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    .decode()
)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("openvpn --config /etc/openvpn/c.ovpn", "refutes"),
        ("openvpn --cd /etc/openvpn --config c.ovpn", "refutes"),
        ("openvpn --config /etc/openvpn/other.ovpn", "suspects"),
    ],
)
def test_a_key_within_the_configuration_of_openvpn_counts(command: str, expected: str) -> None:
    files = {
        **SYSTEM,
        "etc/init.d/rcS": f"#!/bin/sh\n{command}\n",
        "etc/openvpn/c.ovpn": f"client\nremote vpn.maker.net\n<key>\n{KEY}</key>\n",
    }
    assert effects_of(SHARED_KEYS, files, LINKS) == [expected]


def test_no_secret_is_told_in_clear() -> None:
    files = {**SYSTEM, "etc/init.d/rcS": "#!/bin/sh\nwg-quick up wg0\n", "etc/wireguard/wg0.conf": WIREGUARD}
    assert PRIVATE not in repr(finding_of(SERVICE_SECRETS, files, LINKS))
