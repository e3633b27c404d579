from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.sent_identifiers import SentIdentifiers
from plimsoll.model.facts import SentIdentifier
from tests.firmware import observe
from tests.inspect.elves import elf


def found(body: bytes, path: str = "usr/bin/report") -> list[SentIdentifier]:
    seen = observe(SentIdentifiers(), {path: b"#!/bin/sh\n" + body})
    return [one.fact for one in seen if isinstance(one.fact, SentIdentifier)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'curl -s "https://api.halyard.test/r?mac=$MAC"\n',
         SentIdentifier("mac", "api.halyard.test", False, "request")),
        (b"S=$(cat /sys/class/net/eth0/address)\nwget -q http://api.halyard.test/$S\n",
         SentIdentifier("mac", "api.halyard.test", True, "request")),
        (b'curl -d "id=$(fw_printenv -n serial#)" https://a.halyard.test/\n',
         SentIdentifier("serial", "a.halyard.test", False, "request")),
        (b'curl -H "X-Device: ${DEVICE_ID}" \\\n  https://a.halyard.test/\n',
         SentIdentifier("uuid", "a.halyard.test", False, "request")),
        (b'mosquitto_pub -h broker.halyard.test -t "devices/$SERIAL_NO/state" -m on\n',
         SentIdentifier("serial", "broker.halyard.test", True, "message")),
        (b'mosquitto_pub -h broker.halyard.test --cafile /etc/ca.pem -t "d/$IMEI" -m on\n',
         SentIdentifier("imei", "broker.halyard.test", False, "message")),
    ],
)  # fmt: skip
def test_an_identifier_that_a_command_sends_is_told(body: bytes, expected: SentIdentifier) -> None:
    assert found(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'# curl "https://api.halyard.test/r?mac=$MAC"\n', id="a comment"),
        pytest.param(b'curl "https://127.0.0.1/r?mac=$MAC"\n', id="the unit itself"),
        pytest.param(b'curl "https://api.halyard.test/r?day=$DAY"\n', id="another variable"),
        pytest.param(b'curl "https://api.halyard.test/r?v=$SNAPSHOT"\n', id="a word that begins like one"),
        pytest.param(b"echo curl needs a $MAC\n", id="no address"),
        pytest.param(b"S=$(date +%s)\ncurl https://api.halyard.test/$S\n", id="another source"),
        pytest.param(b"MAC=$(cat /sys/class/net/eth0/address)\nhostname cam-$MAC\n", id="nothing is sent"),
    ],
)
def test_what_sends_none_is_not_told(body: bytes) -> None:
    assert found(body) == []


def test_an_example_is_not_told() -> None:
    assert found(b"curl https://api.halyard.test/$MAC\n", "usr/share/doc/agent/examples/report") == []


def test_the_form_of_an_address_in_a_program_is_told() -> None:
    text = b"\0https://api.halyard.test/v1/boot?fw=%s&mac=%s\0/cgi-bin/login?user=%s\0"
    seen = observe(SentIdentifiers(), {"usr/bin/agent": elf() + text})
    assert [one.fact for one in seen] == [SentIdentifier("mac", "api.halyard.test", False, "form")]


def test_a_long_command_is_read_to_a_limit() -> None:
    assert found(b"curl https://api.halyard.test/ " + b"x" * 100_000 + b" $MAC\n") == []
