"""Messages and passwords that go to brokers and peers in clear, and logs that go to others."""

from __future__ import annotations

import pytest

from plimsoll.judge.rule import Rule
from plimsoll.judge.rules.communicated_secrets import SENT_SECRETS
from plimsoll.judge.rules.control import CONTROL
from tests.judge.looking import ELF, effects_of

_SYSTEM: dict[str, str | bytes] = {
    "bin/busybox": ELF,
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/init.d/rcS": "#!/bin/sh\nmosquitto -c /etc/mosquitto/mosquitto.conf\n/usr/bin/agent\n",
    "usr/sbin/mosquitto": ELF,
    "usr/bin/ftpput": ELF,
    "usr/bin/wget": ELF,
    "usr/bin/coap-client": ELF,
}
_LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
_BRIDGE = (
    "connection cloud\naddress broker.halyard-home.net:{port}\n{check}remote_username unit\nremote_password kedge7\n"
)


def said_of(rule: Rule, **files: str | bytes) -> list[str]:
    paths = {name.replace("__", "/").replace("_DOT_", "."): content for name, content in files.items()}
    return effects_of(rule, {**_SYSTEM, **paths}, _LINKS)


def bridge(port: int, check: str = "") -> dict[str, str | bytes]:
    return {"etc__mosquitto__mosquitto_DOT_conf": _BRIDGE.format(port=port, check=check)}


def agent(text: str) -> dict[str, str | bytes]:
    return {"usr__bin__agent": text}


def test_a_bridge_that_shows_its_password_in_clear_decides() -> None:
    assert said_of(SENT_SECRETS, **bridge(1883)) == ["refutes"]


def test_a_bridge_over_tls_does_not() -> None:
    assert said_of(SENT_SECRETS, **bridge(8883, "bridge_cafile /etc/ca.pem\n")) == []


def test_a_bridge_in_a_file_that_is_not_read_is_a_suspicion() -> None:
    files = {"etc__mosquitto__old_DOT_conf": _BRIDGE.format(port=1883, check="")}
    assert said_of(SENT_SECRETS, **files) == ["suspects"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("ftpput -u unit -p kedge7anchor ftp.halyard-home.net a /tmp/a", ["refutes"]),
        ("ftpput -u unit -p kedge7anchor 127.0.0.1 a /tmp/a", []),
        ("ftpput -u unit -p $WORD ftp.halyard-home.net a /tmp/a", []),
        ("wget -q --post-data='user=unit&password=kedge7anchor' http://api.halyard-home.net/login", ["refutes"]),
        ("wget -q --post-data='user=unit&password=kedge7anchor' https://api.halyard-home.net/login", []),
        ("# ftpput -u unit -p kedge7anchor ftp.halyard-home.net a /tmp/a", []),
    ],
)
def test_passwords_in_commands_that_are_always_in_clear(command: str, expected: list[str]) -> None:
    assert said_of(SENT_SECRETS, **agent(f"#!/bin/sh\n{command}\n")) == expected


def test_a_client_in_a_source_is_a_suspicion() -> None:
    text = "#!/usr/bin/python3\nc.username_pw_set('unit', word)\nc.connect('broker.halyard-home.net', 1883)\n"
    assert said_of(SENT_SECRETS, **agent(text)) == ["suspects"]
    assert said_of(CONTROL, **agent(text)) == ["suspects"]
    assert said_of(CONTROL, **agent(text.replace("c.connect", "c.tls_set()\nc.connect"))) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("coap-client -m put -e on coap://hub.halyard-home.net/lamp", ["suspects"]),
        ("coap-client -m put -e on coaps://hub.halyard-home.net/lamp", []),
        ("coap-client -m put -e on coap://127.0.0.1/lamp", []),
        ("echo coap-client -m put coap://hub.halyard-home.net/lamp", []),
    ],
)
def test_orders_by_coap(command: str, expected: list[str]) -> None:
    assert said_of(CONTROL, **agent(f"#!/bin/sh\n{command}\n")) == expected
