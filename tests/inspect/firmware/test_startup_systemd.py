"""What systemd starts, followed from the default target."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._units import words_of
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)
LIB = "usr/lib/systemd/system/"
ETC = "etc/systemd/system/"
WANTS = ETC + "multi-user.target.wants/"
BASE = {
    "etc/machine-id": b"\n",
    "usr/lib/systemd/systemd": ELF,
    "usr/bin/busybox": ELF,
    "usr/sbin/sshd": ELF,
    "usr/sbin/agetty": ELF,
    "usr/bin/app": ELF,
    LIB + "graphical.target": b"[Unit]\nRequires=multi-user.target\n",
    LIB + "multi-user.target": b"[Unit]\nRequires=basic.target\n",
    LIB + "basic.target": b"[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target\n",
    LIB + "sysinit.target": b"[Unit]\nDescription=x\n",
    LIB + "sockets.target": b"[Unit]\n",
    LIB + "timers.target": b"[Unit]\n",
    LIB + "getty.target": b"[Unit]\n",
}
LINKS = {
    "sbin": "usr/sbin",
    "bin": "usr/bin",
    "lib": "usr/lib",
    "usr/sbin/init": "../lib/systemd/systemd",
    "usr/bin/sh": "busybox",
    "usr/sbin/telnetd": "../bin/busybox",
    LIB + "default.target": "graphical.target",
}
TELNET = (
    b"[Unit]\nDescription=telnet\n[Service]\nExecStart=/usr/sbin/telnetd -F\n[Install]\nWantedBy=multi-user.target\n"
)
WANTED = {WANTS + "telnet.service": "/usr/lib/systemd/system/telnet.service"}


def started(
    files: Mapping[str, bytes], links: Mapping[str, str] = {}, modes: Mapping[str, int] = {}
) -> list[StartedProgram]:
    found = observe(Startup(), {**BASE, **files}, {**LINKS, **links}, modes)
    return [one.fact for one in found if isinstance(one.fact, StartedProgram)]


def of(program: str, files: Mapping[str, bytes], links: Mapping[str, str] = {}) -> list[StartedProgram]:
    return [one for one in started(files, links) if one.program == program]


def states(unit: bytes, files: Mapping[str, bytes] = {}, links: Mapping[str, str] = WANTED) -> list[str]:
    return [one.state for one in of("telnetd", {LIB + "telnet.service": unit, **files}, links)]


def command(lines: bytes, files: Mapping[str, bytes] = {}) -> list[str]:
    unit = b"[Service]\n" + lines
    return [
        one.command for one in of("app", {LIB + "app@eth0.service": unit, **files}, {WANTS + "app@eth0.service": "x"})
    ]


def with_unit(lines: bytes) -> bytes:
    return TELNET.replace(b"Description=telnet\n", lines)


def test_a_wanted_service_is_started_with_its_place_and_user() -> None:
    unit = TELNET.replace(b"[Install]", b"User=nobody\n[Install]")
    found = observe(Startup(), {**BASE, LIB + "telnet.service": unit}, {**LINKS, **WANTED})
    (one,) = [one for one in found if isinstance(one.fact, StartedProgram) and one.fact.program == "telnetd"]
    assert one.fact == StartedProgram(
        "telnetd", "/usr/sbin/telnetd -F", "systemd", "always", "usr/bin/busybox", "nobody", "", ("-F",)
    )
    assert one.where.endswith(f"/{LIB}telnet.service+{unit.index(b'ExecStart'):#x}:30")


def test_a_service_that_nothing_wants_is_disabled() -> None:
    assert states(TELNET, links={}) == ["disabled"]


def test_a_service_without_a_unit_is_not_started() -> None:
    files = {LIB + "app.service": b"[Service]\nExecStart=/usr/bin/app\n"}
    assert [one.state for one in of("sshd", files, {WANTS + "app.service": "../app.service"})] == ["not-started"]


@pytest.mark.parametrize("mask", ["/dev/null", "../../../dev/null"])
def test_a_masked_service_is_disabled(mask: str) -> None:
    assert states(TELNET, links={**WANTED, ETC + "telnet.service": mask}) == ["disabled"]


def test_an_empty_unit_masks_too() -> None:
    assert states(TELNET, {ETC + "telnet.service": b""}) == ["disabled"]


def test_a_wish_that_is_linked_to_nothing_is_taken_back() -> None:
    links = {LIB + "multi-user.target.wants/telnet.service": "../telnet.service", WANTS + "telnet.service": "/dev/null"}
    assert states(TELNET, links=links) == ["disabled"]


@pytest.mark.parametrize(
    "files",
    [
        {"usr/share/doc/telnet/telnet.service": TELNET},
        {LIB + "telnet.service.bak": TELNET},
        {"usr/lib/systemd/user/telnet.service": TELNET},
    ],
)
def test_units_outside_the_search_path_start_nothing(files: Mapping[str, bytes]) -> None:
    app = {LIB + "app.service": b"[Service]\nExecStart=/usr/bin/app\n", WANTS + "app.service": b"x"}
    assert [one.state for one in of("telnetd", {**app, **files}, WANTED)] == ["not-started"]


def test_comments_and_an_empty_assignment_start_nothing() -> None:
    assert states(
        b"[Service]\n#ExecStart=/usr/sbin/telnetd\n; ExecStart=/usr/sbin/telnetd\nExecStart=/usr/bin/app\n"
    ) == ["not-started"]
    reset = b"[Service]\nExecStart=/usr/sbin/telnetd\nExecStart=\nExecStart=/usr/bin/app\n"
    assert states(reset) == ["not-started"]


def test_a_drop_in_replaces_the_command() -> None:
    files = {
        LIB + "telnet.service": TELNET,
        ETC + "telnet.service.d/10-port.conf": b"[Service]\nExecStart=\nExecStart=/usr/sbin/telnetd -p 2323\n",
    }
    assert [one.arguments for one in of("telnetd", files, WANTED)] == [("-p", "2323")]
    masked = {ETC + "telnet.service.d/10-port.conf": "/dev/null"}
    hidden = {LIB + "telnet.service": TELNET, LIB + "telnet.service.d/10-port.conf": b"[Service]\nExecStart=\n"}
    assert [one.arguments for one in of("telnetd", hidden, {**WANTED, **masked})] == [("-F",)]


def test_wishes_are_followed_from_unit_to_unit() -> None:
    files = {LIB + "a.service": b"[Unit]\nWants=b.target\n", LIB + "b.target": b"[Unit]\nRequires=telnet.service\n"}
    assert states(TELNET, files, {WANTS + "a.service": "x"}) == ["always"]


def test_units_that_want_each_other_end() -> None:
    files = {
        LIB + "a.service": b"[Unit]\nWants=b.service\n",
        LIB + "b.service": b"[Unit]\nWants=a.service telnet.service\n",
    }
    assert states(TELNET, files, {WANTS + "a.service": "x"}) == ["always"]


def test_the_default_target_is_that_of_the_link() -> None:
    links = {ETC + "default.target": "/usr/lib/systemd/system/rescue.target", **WANTED}
    assert states(TELNET, {LIB + "rescue.target": b"[Unit]\nWants=sysinit.target\n"}, links) == ["disabled"]


@pytest.mark.parametrize("target", ["/elsewhere/x.service", "../../../../../x", "telnet.service"])
def test_a_unit_that_links_out_of_the_tree_or_to_itself_is_passed_over(target: str) -> None:
    assert states(TELNET, links={**WANTED, ETC + "telnet.service": target}) == ["always"]


def test_an_alias_is_the_unit_it_names() -> None:
    links = {ETC + "tel.service": "/usr/lib/systemd/system/telnet.service", WANTS + "tel.service": "x"}
    assert states(TELNET, links=links) == ["always"]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"ConditionPathExists=/usr/bin/app\n", "always"),
        (b"ConditionPathExists=/etc/absent\n", "not-started"),
        (b"ConditionPathExists=!/usr/bin/app\n", "not-started"),
        (b"ConditionPathExists=!/etc/.configured\n", "first-boot"),
        (b"ConditionPathExists=/data/debug\n", "conditional"),
        (b"ConditionPathExists=|/etc/absent\nConditionPathExists=|/usr/bin/app\n", "always"),
        (b"ConditionPathExists=|/etc/absent\nConditionPathExists=|/data/x\n", "conditional"),
        (b"ConditionPathExists=/etc/absent\nConditionPathExists=\n", "always"),
        (b"ConditionFirstBoot=yes\n", "first-boot"),
        (b"ConditionFirstBoot=no\n", "always"),
        (b"ConditionKernelCommandLine=debug\n", "conditional"),
        (b"ConditionVirtualization=!container\n", "always"),
        (b"ConditionVirtualization=yes\n", "not-started"),
        (b"ConditionCapability=CAP_NET_ADMIN\n", "always"),
        (b"ConditionPathIsReadWrite=/sys\n", "always"),
        (b"ConditionPathIsReadWrite=/etc\n", "conditional"),
        (b"ConditionPathExists=!/etc/initrd-release\n", "always"),
        (b"AssertPathExists=/etc/absent\n", "not-started"),
        (b"ConditionPathIsDirectory=/usr/bin/app\n", "not-started"),
        (b"ConditionDirectoryNotEmpty=/usr/bin\n", "conditional"),
    ],
)
def test_conditions_decide_how_a_service_starts(line: bytes, state: str) -> None:
    assert states(with_unit(line)) == [state]


def test_the_condition_of_a_unit_is_given_as_written() -> None:
    unit = with_unit(b"ConditionKernelCommandLine=debug\n")
    (one,) = of("telnetd", {LIB + "telnet.service": unit}, WANTED)
    assert one.condition == "ConditionKernelCommandLine=debug"


def test_a_unit_whose_condition_fails_still_pulls_in_what_it_wants() -> None:
    files = {LIB + "a.service": b"[Unit]\nConditionPathExists=/etc/absent\nWants=telnet.service\n"}
    assert states(TELNET, files, {WANTS + "a.service": "x"}) == ["always"]


@pytest.mark.parametrize(
    ("unit", "text", "service"),
    [
        ("tel.socket", b"[Socket]\nListenStream=23\nAccept=yes\n", "tel@.service"),
        ("tel.socket", b"[Socket]\nListenStream=23\n", "tel.service"),
        ("tel.socket", b"[Socket]\nListenStream=23\nService=other.service\n", "other.service"),
        ("tel.timer", b"[Timer]\nOnBootSec=5\n", "tel.service"),
        ("tel.timer", b"[Timer]\nOnBootSec=5\nUnit=other.service\n", "other.service"),
        ("tel.path", b"[Path]\nPathExists=/tmp/x\n", "tel.service"),
    ],
)
def test_what_a_socket_timer_or_path_starts_is_on_demand(unit: str, text: bytes, service: str) -> None:
    files = {LIB + unit: text, LIB + service: TELNET}
    assert [one.state for one in of("telnetd", files, {WANTS + unit: "x"})] == ["on-demand"]
    assert [one.state for one in of("telnetd", files)] == ["disabled"]
    both = {WANTS + unit: "x", WANTS + service.replace("@.", "@1."): "x"}
    assert "always" in [one.state for one in of("telnetd", files, both)]


def test_a_socket_under_a_condition_starts_its_service_under_that_condition() -> None:
    socket = b"[Unit]\nConditionKernelCommandLine=debug\n[Socket]\nListenStream=23\n"
    files = {LIB + "telnet.socket": socket, LIB + "telnet.service": TELNET}
    (one,) = of("telnetd", files, {WANTS + "telnet.socket": "x"})
    assert (one.state, one.condition) == ("conditional", "ConditionKernelCommandLine=debug")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"ExecStart=-/usr/bin/app a\n", "/usr/bin/app a"),
        (b"ExecStart=@/usr/bin/app name a\n", "/usr/bin/app a"),
        (b"ExecStart=+!!/usr/bin/app a\n", "/usr/bin/app a"),
        (b"ExecStart=:/usr/bin/app $A\n", "/usr/bin/app $A"),
        (b"ExecStart=/usr/bin/app %i %p %N 100%%\n", "/usr/bin/app eth0 app app@eth0 100%"),
        (b"ExecStart=app 'a b' \"c\"\n", "app a b c"),
        (b"ExecStart=/usr/bin/app \\\n # no\n  -x\n", "/usr/bin/app -x"),
        (b'Environment=A=1 "B=2 3"\nExecStart=/usr/bin/app $A $B ${B} $$C\n', "/usr/bin/app 1 2 3 2 3 $C"),
        (b"EnvironmentFile=/etc/default/app\nExecStart=/usr/bin/app $ARGS $NONE\n", "/usr/bin/app -p 80"),
        (b"EnvironmentFile=-/etc/default/none\nExecStart=/usr/bin/app $ARGS\n", "/usr/bin/app"),
        (b"EnvironmentFile=-/run/app.env\nExecStart=/usr/bin/app $ARGS\n", "/usr/bin/app $ARGS"),
        (b"ExecStartPre=/usr/bin/app pre\n", "/usr/bin/app pre"),
    ],
)
def test_commands_are_read_as_systemd_reads_them(lines: bytes, expected: str) -> None:
    assert command(lines, {"etc/default/app": b'# x\nARGS="-p 80"\n'}) == [expected]


def test_a_file_of_variables_that_is_needed_and_not_there_is_a_condition() -> None:
    unit = TELNET.replace(b"[Install]", b"EnvironmentFile=/etc/default/none\n[Install]")
    assert states(unit) == ["conditional"]


def test_an_instance_is_read_from_its_template() -> None:
    files = {LIB + "tel@.service": b"[Service]\nUser=%i\nExecStart=/usr/sbin/telnetd -F %I\n"}
    (one,) = of("telnetd", files, {WANTS + "tel@dev-ttyS0.service": "../tel@.service"})
    assert (one.arguments, one.user) == (("-F", "dev/ttyS0"), "dev-ttyS0")


def test_commands_for_a_shell_are_followed() -> None:
    line = b"ExecStart=/bin/sh -c 'echo x; exec /usr/sbin/telnetd -l /bin/sh'\n"
    assert [
        one.arguments for one in of("telnetd", {LIB + "a.service": b"[Service]\n" + line}, {WANTS + "a.service": "x"})
    ] == [("-l", "/bin/sh")]
    guarded = b"[Service]\nExecStart=/bin/sh -c '[ $(nvram get t) = 1 ] && telnetd'\n"
    assert states(guarded) == ["conditional"]
    assert states(b"[Service]\nExecStart=/bin/sh -c 'echo telnetd'\n") == ["not-started"]


def test_a_script_that_a_unit_runs_is_followed_and_named() -> None:
    files = {
        LIB + "a.service": b"[Service]\nExecStart=/usr/bin/start.sh\n",
        "usr/bin/start.sh": b"#!/bin/sh\n. /usr/share/app/lib\n/usr/sbin/telnetd\n",
        "usr/share/app/lib": b"#!/bin/sh\nX=1\n",
    }
    found = {one.path: (one.state, one.mechanism) for one in started(files, {WANTS + "a.service": "x"})}
    assert found["usr/bin/start.sh"] == found["usr/share/app/lib"] == found["usr/bin/busybox"] == ("always", "systemd")


def test_consoles_are_recorded() -> None:
    getty = b"[Service]\nExecStart=-/sbin/agetty -o '-p -- \\\\u' --noclear %I $TERM\nStandardInput=tty\n"
    files = {
        LIB + "getty@.service": getty,
        LIB + "serial-getty@.service": getty,
        "usr/lib/systemd/system-generators/systemd-getty-generator": ELF,
        LIB + "debug-shell.service": b"[Service]\nExecStart=/bin/sh\nStandardInput=tty\n",
    }
    links = {
        ETC + "getty.target.wants/getty@tty1.service": "/usr/lib/systemd/system/getty@.service",
        WANTS + "getty.target": "../getty.target",
        WANTS + "debug-shell.service": "x",
    }
    found = [(one.program, one.state, one.mechanism) for one in started(files, links) if one.program != "telnetd"]
    assert ("agetty", "always", "systemd") in found
    assert ("agetty", "conditional", "systemd") in found
    assert ("sh", "always", "systemd") in found


def test_sysv_scripts_count_where_the_generator_is_and_no_unit_takes_their_place() -> None:
    files = {
        "etc/init.d/telnet": b'#!/bin/sh\ncase "$1" in start) telnetd;; esac\n',
        LIB + "a.service": b"[Service]\nExecStart=app\n",
    }
    links = {"etc/rc3.d/S20telnet": "../init.d/telnet", WANTS + "a.service": "x"}
    generator = {"usr/lib/systemd/system-generators/systemd-sysv-generator": ELF}
    assert [one.state for one in of("telnetd", {**files, **generator}, links)] == ["always"]
    assert [one.state for one in of("telnetd", files, links)] == ["not-started"]
    masked = {**links, ETC + "telnet.service": "/dev/null"}
    assert [one.state for one in of("telnetd", {**files, **generator}, masked)] == ["not-started"]


def test_hostile_units_come_to_an_end() -> None:
    many = {f"{LIB}u{number}.service": b"[Unit]\nWants=u%d.service\n[Service]\nExecStart=/usr/bin/app\n" % (number + 1)
            for number in range(3500)}  # fmt: skip
    deep = b"[Service]\n" + b"".join(b"Environment=A%d=${A%d}${A%d}\n" % (n + 1, n, n) for n in range(500))
    deep += b'ExecStart=/bin/sh -c "' + b"${A500}" * 1000 + b'"\n' + b"ExecStart=" + b"'\\x41" * 4000 + b"\n"
    long = b"[Service]\nExecStart=/usr/bin/app " + b"\\\n %i " * 100_000
    wide = b"[Unit]\n" + (b"Wants=" + b"%N-x.service " * 150 + b"\n") * 130
    paths = (
        b"[Unit]\n"
        + b"ConditionPathExists=|"
        + b"/a" * 4000
        + b"\n"
        + (b"ConditionPathExists=" + b"/a" * 500 + b"\n") * 150
    )
    shared = {LIB + f"service.d/{number}.conf": wide for number in range(60)} | {LIB + "service.d/p.conf": paths}
    files = {**BASE, **many, **shared, LIB + "deep.service": deep, LIB + "long.service": long}
    links = {**LINKS, WANTS + "u0.service": "x", WANTS + "deep.service": "x", WANTS + "long.service": "x"}
    facts = [
        one.fact for one in observe(Startup(), files, links, status="partial") if isinstance(one.fact, StartedProgram)
    ]
    assert [one.state for one in facts if one.program == "telnetd"] == ["conditional"]


@pytest.mark.parametrize(
    ("presets", "state"),
    [
        ({}, "conditional"),
        ({"90-x.preset": b"disable *\n"}, "disabled"),
        ({"90-x.preset": b"disable *\n", "10-x.preset": b"#disable telnet*\nenable tel*.service\n"}, "conditional"),
        ({"10-x.preset": b"disable *\n", "90-x.preset": b"enable telnet.service\n"}, "disabled"),
    ],
)
def test_presets_hold_where_the_tree_has_no_machine_id(presets: Mapping[str, bytes], state: str) -> None:
    files = {f"usr/lib/systemd/system-preset/{name}": text for name, text in presets.items()}
    files |= {LIB + "telnet.service": TELNET, "etc/machine-id": b"uninitialized\n"}
    assert [one.state for one in of("telnetd", files)] == [state]
    assert [one.state for one in of("telnetd", files, {ETC + "telnet.service": "/dev/null"})] == ["disabled"]
    assert [one.state for one in of("telnetd", {**files, "etc/machine-id": b"\n"})] == ["disabled"]
    alone = {**files, LIB + "telnet.service": TELNET.partition(b"[Install]")[0]}
    assert [one.state for one in of("telnetd", alone)] == ["disabled"]


PIECES = b"[Service]\n|ExecStart=|/usr/bin/app |\\\n|$A|${|%i|%|'|\"|\\x4|;|\n|[Unit]\nWants=|telnet.service |User="


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split(b"|")) | st.binary(max_size=6)))
def test_reading_any_unit_ends_without_an_error(parts: list[bytes]) -> None:
    data = b"".join(parts)
    words_of(data)
    observe(Startup(), {**BASE, LIB + "telnet.service": data}, {**LINKS, **WANTED})
