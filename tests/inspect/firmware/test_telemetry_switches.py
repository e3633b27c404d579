import pytest

from plimsoll.inspect.firmware.telemetry_switches import TelemetrySwitches
from plimsoll.model.facts import TelemetrySwitch
from tests.firmware import observe


def switches(path: str, text: bytes) -> list[tuple[str, str]]:
    found = [one.fact for one in observe(TelemetrySwitches(), {path: text})]
    return [(one.name, one.state) for one in found if isinstance(one, TelemetrySwitch)]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/agent.conf", b"enable_telemetry = 1\n", ("enable_telemetry", "on")),
        ("etc/agent.conf", b"telemetry=off\n", ("telemetry", "off")),
        ("etc/agent.conf", b"disable_telemetry = true\n", ("disable_telemetry", "off")),
        ("etc/agent.json", b'{"crash_reporting": true, "fps": 25}', ("crash_reporting", "on")),
        ("etc/agent.json", b'{"analytics": {"enabled": false}}', ("analytics.enabled", "off")),
        ("etc/agent.ini", b"[telemetry]\nserver = t.halyard.net\nenabled = yes\n", ("telemetry.enabled", "on")),
        ("etc/config/agent", b"config telemetry\n\toption enabled '1'\n", ("telemetry.enabled", "on")),
        ("etc/config/agent", b"config main\n\toption usage_statistics '0'\n", ("usage_statistics", "off")),
        ("etc/agent.xml", b"<SendStatistics>1</SendStatistics>\n", ("SendStatistics", "on")),
        ("etc/agent.yaml", b"telemetry:\n  enabled: true\n", ("telemetry.enabled", "on")),
        ("etc/init.d/S90", b"#!/bin/sh\nexport SEND_USAGE=1\n", ("SEND_USAGE", "on")),
        ("etc/uci-defaults/9", b"#!/bin/sh\nuci set agent.main.analytics=1\n", ("agent.main.analytics", "on")),
    ],
)
def test_a_switch_is_read_in_every_form(path: str, text: bytes, expected: tuple[str, str]) -> None:
    assert switches(path, text) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/agent.conf", b"# enable_telemetry = 1\n"),
        ("etc/agent.conf", b"telemetry_port = 1883\ntelemetry_interval = 1.5\ntelemetry_version=1/2\n"),
        ("etc/agent.conf", b"telemetry_url = https://t.halyard.net\n"),
        ("etc/schema.json", b'{"telemetry": {"type": "boolean", "enabled": true}}'),
        ("usr/lib/node_modules/x/config.json", b'{"telemetry": true}'),
        ("www/i18n/en.json", b'{"telemetry": "on"}'),
        ("usr/share/doc/agent/agent.conf", b"enable_telemetry = 1\n"),
        ("www/app.js", b"telemetry: true\n"),
        ("boot/config-5.10.1", b"CONFIG_INTEL_TELEMETRY=y\n"),
        ("etc/luci.conf", b"statistics = 1\nstats=1\n"),
        ("etc/agent.conf", b"telemetry is on when you say yes\n"),
    ],
)
def test_other_words_are_none(path: str, text: bytes) -> None:
    assert switches(path, text) == []


def test_a_hostile_file_is_read_within_bounds() -> None:
    switches("etc/agent.json", b'{"telemetry": {' * 40_000)
    switches("etc/agent.conf", b"telemetry" * 60_000)
