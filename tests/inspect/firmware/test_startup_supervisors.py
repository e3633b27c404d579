"""What runit, daemontools and s6 start, and the console that busybox's init gives without an inittab."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)
PROGRAMS = ("sbin/runit", "sbin/runit-init", "usr/bin/runsvdir", "bin/s6-svscan", "usr/bin/svscan", "usr/bin/setuidgid")
FILES = {"bin/busybox": ELF, "usr/sbin/lighttpd": ELF, **dict.fromkeys(PROGRAMS, ELF)}
LINKS = {
    "bin/sh": "busybox",
    "sbin/init": "../bin/busybox",
    "usr/sbin/telnetd": "../../bin/busybox",
    "sbin/getty": "../bin/busybox",
}
RUN = b"#!/bin/sh\nexec 2>&1\nexec telnetd -F\n"


def started(
    files: Mapping[str, bytes], links: Mapping[str, str] = {}, modes: Mapping[str, int] = {}, program: str = "telnetd"
) -> list[tuple[str, str]]:
    seen = observe(Startup(), {**FILES, **files}, {**LINKS, **links}, {**dict.fromkeys(files, 0o755), **modes})
    facts = [one.fact for one in seen if isinstance(one.fact, StartedProgram) and one.fact.program == program]
    return [(one.mechanism, one.state) for one in facts]


def booted(line: bytes, files: Mapping[str, bytes], modes: Mapping[str, int] = {}) -> list[tuple[str, str]]:
    return started({"etc/inittab": b"::respawn:" + line + b"\n", **files}, modes=modes)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"/usr/bin/runsvdir /var/service", "var/service/telnetd/run"),
        (b"/usr/bin/runsvdir -P /var/service log:...", "var/service/telnetd/run"),
        (b"/bin/s6-svscan -t 0 /etc/s6", "etc/s6/telnetd/run"),
        (b"/usr/bin/svscan /service", "service/telnetd/run"),
    ],
)
def test_a_service_of_a_supervisor_is_started(line: bytes, path: str) -> None:
    assert booted(line, {path: RUN}) == [("runit", "always")]


def test_runit_may_be_init() -> None:
    files = {
        "etc/runit/1": b"#!/bin/sh\nmount -a\n",
        "etc/runit/2": b"#!/bin/sh\nexec env - PATH=/bin runsvdir -P /etc/service 'log: ...'\n",
        "etc/sv/telnetd/run": RUN,
    }
    links = {"sbin/init": "runit-init", "etc/service/telnetd": "/etc/sv/telnetd"}
    assert started(files, links) == [("runit", "always")]
    assert started(files, {"sbin/init": "runit-init"}) == [("script", "not-started")]


@pytest.mark.parametrize(
    ("files", "modes"),
    [
        ({"var/service/telnetd/run": RUN, "var/service/telnetd/down": b""}, {}),
        ({"var/service/telnetd/run": RUN}, {"var/service/telnetd/run": 0o644}),
        ({"var/service/.telnetd/run": RUN}, {}),
        ({"var/service/telnetd/finish": RUN}, {}),
        ({"etc/sv/telnetd/run": RUN}, {}),
        ({"var/service/telnetd/run": b"#!/bin/sh\n# exec telnetd -F\n"}, {}),
    ],
)
def test_a_service_that_stays_down_is_not(files: dict[str, bytes], modes: dict[str, int]) -> None:
    found = booted(b"/usr/bin/runsvdir /var/service", files, modes)
    assert all(state in ("disabled", "not-started") for _, state in found)


def test_a_supervisor_that_is_not_started_starts_nothing() -> None:
    assert booted(b"/usr/sbin/lighttpd", {"var/service/telnetd/run": RUN}) == [("script", "not-started")]


def test_a_user_that_s6_changes_to_is_told() -> None:
    files = {
        "etc/inittab": b"::respawn:/bin/s6-svscan /etc/s6\n",
        "etc/s6/web/run": b"#!/bin/sh\nexec s6-setuidgid www lighttpd\n",
    }
    seen = observe(Startup(), {**FILES, **files}, LINKS, dict.fromkeys(files, 0o755))
    assert [
        one.fact.user for one in seen if isinstance(one.fact, StartedProgram) and one.fact.program == "lighttpd"
    ] == ["www"]


def test_a_getty_of_a_supervisor_is_a_console() -> None:
    run = b"#!/bin/sh\nexec getty -L ttyS0 115200 vt100\n"
    files = {"etc/inittab": b"::respawn:/usr/bin/runsvdir /var/service\n", "var/service/tty/run": run}
    assert started(files, program="getty") == [("runit", "always")]


def test_busybox_gives_a_shell_on_the_console_where_there_is_no_inittab() -> None:
    files = {"etc/init.d/rcS": b"#!/bin/sh\nmount -a\n"}
    assert started(files, program="sh") == [("inittab", "conditional")]
    assert started({**files, "etc/inittab": b"::sysinit:/etc/init.d/rcS\n"}, program="sh") == []
    assert started(files, {"sbin/init": "/usr/sbin/lighttpd"}, program="sh") == []
