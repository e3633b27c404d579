"""Claims on encrypted communication, set against what is started and spoken to in clear."""

from __future__ import annotations

import pytest

from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Endpoint,
    TlsSetting,
)
from plimsoll.model.facts.claim import Statement
from tests.judge.building import script, seen, setting, start
from tests.judge.claiming import BROKER, RUN_UPDATE, TELNET, outcome, own_update, result
from tests.judge.publishing import (
    claim,
)


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((TELNET,), id="telnet"),
        pytest.param((start("tftpd"),), id="tftp"),
        pytest.param(BROKER, id="mqtt on 1883"),
        pytest.param((*BROKER, setting("mosquitto", "listener", "8883", line=1)), id="mqtt on 1883 beside 8883"),
        pytest.param((start("mosquitto", "-p", "1883"),), id="mqtt by its option"),
        pytest.param((*RUN_UPDATE, *own_update("signature", "on")), id="a signed update over http"),
        pytest.param(
            (
                start("lighttpd"),
                setting("lighttpd", "ssl.engine", "enable"),
                seen(TlsSetting("lighttpd", "minimum-version", "TLSv1"), "etc/lighttpd.conf", 4),
            ),
            id="TLS 1.0",
        ),
    ],
)
@pytest.mark.parametrize("statement", ["encrypted-communication", "tls-minimum"])
def test_tls_1_2_for_all_is_contradicted(statement: Statement, evidence: tuple[Observation, ...]) -> None:
    answer = result(claim(statement, "all communication over TLS 1.2"), *evidence)
    assert answer.outcome == "contradicted"
    assert answer.observations


def test_tls_1_2_for_all_is_contradicted_by_telemetry_in_clear() -> None:
    report = "usr/sbin/report"
    sent = start("curl", "-d", "@/tmp/x", "http://t.halyard.example", where=report, line=2)
    address = seen(Endpoint("http", "t.halyard.example", None, "", "telemetry", "", True), report, 2)
    assert outcome(claim("tls-minimum", "1.2"), script(report), sent, address) == "contradicted"
    assert outcome(claim("tls-minimum", "1.2"), address) == "untested"
    assert outcome(claim("tls-minimum", "TLS 1.2 to the cloud"), script(report), sent, address) == "contradicted"
    assert outcome(claim("tls-minimum", "HTTP over TLS 1.2"), script(report), sent, address) == "contradicted"
    assert outcome(claim("tls-minimum", "web interface: TLS 1.2"), script(report), sent, address) == "untested"
    assert outcome(claim("tls-minimum", "SSH and TLS 1.2 on port 443"), script(report), sent, address) == "untested"


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param((), id="nothing seen"),
        pytest.param((start("dropbear"),), id="ssh"),
        pytest.param((start("telnetd", state="not-started"),), id="telnet that is not started"),
        pytest.param((start("telnetd", state="conditional"),), id="telnet that may be started"),
        pytest.param((start("mosquitto"),), id="mqtt, not told where to listen"),
        pytest.param((BROKER[0], setting("mosquitto", "listener", "1883 127.0.0.1")), id="mqtt on loopback"),
        pytest.param((*BROKER, setting("mosquitto", "bind_address", "localhost")), id="mqtt bound to loopback"),
        pytest.param(
            (BROKER[0], setting("mosquitto", "listener", "8883"), setting("mosquitto", "certfile", "/etc/c", line=1)),
            id="mqtt over TLS",
        ),
        pytest.param((start("lighttpd"),), id="a web server that may redirect"),
        pytest.param(
            (seen(TlsSetting("lighttpd", "minimum-version", "TLSv1.0"), "etc/lighttpd.conf"),), id="no such server"
        ),
        pytest.param(own_update("signature", "on"), id="an address of a script that is not started"),
    ],
)
def test_encryption_is_never_borne_out_by_an_image_and_untested_without_a_contradiction(
    evidence: tuple[Observation, ...],
) -> None:
    assert outcome(claim("encrypted-communication", "all communication over TLS 1.2"), *evidence) == "untested"


def test_a_claim_on_one_protocol_is_not_contradicted_by_another() -> None:
    assert outcome(claim("encrypted-communication", "MQTT to the broker over TLS 1.2"), TELNET) == "untested"
    assert outcome(claim("encrypted-communication", "MQTT to the broker over TLS 1.2"), *BROKER) == "contradicted"
    assert outcome(claim("tls-minimum", "TLS 1.2 to the cloud"), TELNET) == "untested"


def test_tls_1_3_is_contradicted_by_a_server_that_accepts_1_2() -> None:
    server = start("lighttpd"), setting("lighttpd", "ssl.engine", "enable")
    version = seen(TlsSetting("lighttpd", "minimum-version", "TLSv1.2"), "etc/lighttpd.conf", 4)
    assert outcome(claim("tls-minimum", "1.3"), *server, version) == "contradicted"
    assert outcome(claim("tls-minimum", "1.2"), *server, version) == "untested"
    assert outcome(claim("tls-minimum", "1.3"), version) == "untested"
