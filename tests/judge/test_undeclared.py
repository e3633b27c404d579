"""What is seen and that no row of a declaration names."""

from __future__ import annotations

import pytest

from plimsoll.judge.claims import Undeclared, undeclared
from plimsoll.model.evidence import Observation
from tests.judge.building import start
from tests.judge.claiming import CAMERA, SENT, TELNET
from tests.judge.publishing import (
    claim,
    together,
)


def kinds(*observations: Observation) -> list[tuple[str, str]]:
    return [(one.kind, str(one.why)) for one in undeclared(together(*observations))]


def test_what_is_seen_and_not_declared_is_told() -> None:
    told = undeclared(together(claim("no-passwords"), CAMERA, SENT, TELNET))
    assert [(one.kind, one.observations) for one in told] == [
        ("sensor", (1,)),
        ("telemetry", (2,)),
        ("interface", (4,)),
    ]
    assert isinstance(told[0], Undeclared)
    assert str(told[2].why) == ("telnetd is started and speaks telnet on port 23, which the declaration does not name")


@pytest.mark.parametrize(
    "observations",
    [
        pytest.param((CAMERA, SENT, TELNET), id="no declaration"),
        pytest.param((claim("sensor", "camera"), CAMERA), id="the sensor is declared"),
        pytest.param((claim("telemetry", "usage counts"), SENT), id="telemetry is declared"),
        pytest.param((claim("interface", "tcp/23"), TELNET), id="the port is declared"),
        pytest.param((claim("interface", "Telnet service"), TELNET), id="the protocol is declared"),
        pytest.param((claim("interface", "HTTPS on tcp/443"), start("lighttpd")), id="the web server is declared"),
        pytest.param((claim("no-passwords"), start("telnetd", state="conditional")), id="it is not sure to start"),
        pytest.param((claim("no-passwords"), start("lighttpd", state="not-started")), id="nothing starts it"),
    ],
)
def test_what_is_declared_or_not_there_is_not_told(observations: tuple[Observation, ...]) -> None:
    assert kinds(*observations) == []


def test_an_interface_that_is_declared_as_switched_off_and_started_is_told() -> None:
    assert [kind for kind, _ in kinds(claim("interface", "telnet: disabled"), TELNET)] == ["interface"]
    assert [kind for kind, _ in kinds(claim("telemetry", "none"), SENT)] == ["telemetry"]
    assert [kind for kind, _ in kinds(claim("sensor", "no camera"), CAMERA)] == ["sensor"]
