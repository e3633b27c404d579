"""Servers that take orders from anybody, by what they are and by how they are set."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.service_settings import ServiceSettings
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.judge.rules.communication import OPEN_SERVICES
from tests.firmware import observe
from tests.judge.building import effects


def answers(program: str, path: str, settings: bytes) -> tuple[str, ...]:
    observed = observe(
        [Startup(), ServiceSettings()],
        {
            "etc/inittab": b"::sysinit:/etc/init.d/rcS\n",
            "etc/init.d/rcS": b"#!/bin/sh\n" + program.encode() + b"\n",
            f"usr/sbin/{program}": b"\x7fELF",
            path: settings,
        },
    )
    return effects(OPEN_SERVICES, *observed)


REDIS = "etc/redis/redis.conf"
BROKER = "etc/mosquitto/mosquitto.conf"


@pytest.mark.parametrize(
    ("program", "path", "settings"),
    [
        ("redis-server", REDIS, b"bind 0.0.0.0\nprotected-mode no\n"),
        ("redis-server", REDIS, b"# bind 127.0.0.1\n# requirepass secret\n"),
        ("redis-server", REDIS, b"bind 0.0.0.0\nprotected-mode yes\n"),
        ("mosquitto", BROKER, b"listener 1883\nallow_anonymous true\n"),
    ],
)
def test_who_asks_nobody_is_doubted(program: str, path: str, settings: bytes) -> None:
    assert answers(program, path, settings) == ("suspects",)


@pytest.mark.parametrize(
    ("program", "path", "settings"),
    [
        ("redis-server", REDIS, b"bind 127.0.0.1 ::1\n"),
        ("redis-server", REDIS, b"bind 0.0.0.0\nrequirepass Harbour-77\n"),
        ("redis-server", REDIS, b"protected-mode yes\n"),
        ("mosquitto", BROKER, b"listener 1883\nallow_anonymous false\npassword_file /etc/mosquitto/users\n"),
        ("mosquitto", BROKER, b"listener 1883\n# allow_anonymous true\n"),
        ("mosquitto", BROKER, b"listener 1883 127.0.0.1\nallow_anonymous true\n"),
        ("mosquitto", "usr/share/doc/mosquitto/examples/mosquitto.conf", b"allow_anonymous true\n"),
    ],
)
def test_who_asks_or_is_not_reached_is_not(program: str, path: str, settings: bytes) -> None:
    assert answers(program, path, settings) == ()
