"""Starts that are taken back again, and programs that a script asks for before it starts them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

FILES = {"bin/busybox": b"\x7fELF" + bytes(60), "etc/inittab": b"::sysinit:/etc/init.d/rcS\n"}
LINKS = {
    "bin/sh": "busybox",
    "sbin/init": "../bin/busybox",
    "usr/sbin/telnetd": "../../bin/busybox",
    "usr/bin/killall": "../../bin/busybox",
}


def started(rcs: bytes, files: Mapping[str, bytes] = {}) -> list[str]:
    seen = observe(Startup(), {**FILES, "etc/init.d/rcS": b"#!/bin/sh\n" + rcs, **files}, LINKS)
    facts = [one.fact for one in seen if isinstance(one.fact, StartedProgram) and one.fact.program == "telnetd"]
    return [one.state for one in facts if one.state != "not-started"]


@pytest.mark.parametrize(
    ("rcs", "expected"),
    [
        (b"telnetd\nkillall telnetd\n", ["conditional"]),
        (b"telnetd\n[ -e /data/x ] || killall -9 telnetd\n", ["conditional"]),
        (b"killall telnetd\ntelnetd\n", ["always"]),
        (b"telnetd\nkillall -HUP telnetd\n", ["always"]),
        (b"telnetd\nkillall other\n", ["always"]),
        (b"telnetd\nif false; then\nkillall telnetd\nfi\n", ["always"]),
        (b"telnetd\n/etc/later.sh\n", ["conditional"]),
        (
            b"D=`nvram get restore_defaults`\n"
            b"if [ $D = 1 ] && [ -e /bin/sh ]; then telnetd; else killall telnetd; fi\n",
            ["first-boot"],
        ),
    ],
)
def test_a_start_that_a_script_may_end_is_not_sure(rcs: bytes, expected: list[str]) -> None:
    later = {"etc/later.sh": b"#!/bin/sh\nkillall telnetd\n"}
    found = started(rcs, later)
    assert found == expected


@pytest.mark.parametrize(
    ("rcs", "expected"),
    [
        (b"which telnetd >/dev/null && telnetd\n", ["always"]),
        (b"if command -v telnetd; then telnetd; fi\n", ["always"]),
        (b"if ! type telnetd; then telnetd; fi\n", []),
        (b"which debugd && telnetd\n", ["conditional"]),
        (b"command -v telnetd\n", []),
        (b"if command -V telnetd; then true; fi\n", []),
    ],
)
def test_a_program_that_is_there_is_found(rcs: bytes, expected: list[str]) -> None:
    assert started(rcs) == expected
