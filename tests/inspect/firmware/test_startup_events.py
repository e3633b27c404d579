"""What super-servers and cron start, what procd appends to a command, and how scripts are named."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._starts import Cause, content
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from plimsoll.sources.tree import Node, Stem, Tree
from tests.firmware import observe, observe_all

ELF = b"\x7fELF" + bytes(60)
INITTAB = b"::sysinit:/etc/init.d/rcS\n"
LINKS = {
    "bin/sh": "busybox",
    "sbin/init": "../bin/busybox",
    **{f"usr/sbin/{name}": "../../bin/busybox" for name in ("telnetd", "inetd", "crond", "run-parts", "flock")},
}
FILES = {"bin/busybox": ELF, "etc/inittab": INITTAB, "usr/sbin/xinetd": ELF, "usr/sbin/cron": ELF, "usr/sbin/sshd": ELF}
INETD = b"telnet stream tcp nowait root /usr/sbin/telnetd telnetd -i -l /bin/login\n"
SERVICE = (
    b"service telnet\n{\n\ttype = UNLISTED\n\tuser = guest\n\tserver = /usr/sbin/telnetd\n\tserver_args = -i\n%s}\n"
)
MAIN = b"defaults\n{\n}\nincludedir /etc/xinetd.d\n"


def started(
    rcs: bytes, files: Mapping[str, bytes] = {}, links: Mapping[str, str] = {}, modes: Mapping[str, int] = {}
) -> list[StartedProgram]:
    found = observe(Startup(), {**FILES, "etc/init.d/rcS": b"#!/bin/sh\n" + rcs, **files}, {**LINKS, **links}, modes)
    return [one.fact for one in found if isinstance(one.fact, StartedProgram)]


def telnetd(rcs: bytes, files: Mapping[str, bytes] = {}, modes: Mapping[str, int] = {}) -> list[StartedProgram]:
    return [one for one in started(rcs, files, {}, modes) if one.program == "telnetd"]


def states(rcs: bytes, files: Mapping[str, bytes] = {}, modes: Mapping[str, int] = {}) -> list[str]:
    return [one.state for one in telnetd(rcs, files, modes)]


def test_an_entry_of_inetd_is_on_demand_while_inetd_runs() -> None:
    (one,) = telnetd(b"inetd\n", {"etc/inetd.conf": b"# x\n" + INETD})
    assert (one.state, one.mechanism, one.user, one.arguments) == (
        "on-demand",
        "inetd",
        "root",
        ("-i", "-l", "/bin/login"),
    )


def test_an_entry_of_inetd_is_disabled_where_inetd_is_not_started() -> None:
    assert states(b"true\n", {"etc/inetd.conf": INETD}) == ["disabled"]


def test_an_entry_of_inetd_has_the_condition_of_inetd() -> None:
    (one,) = telnetd(b"[ $(nvram get debug) = 1 ] && inetd\n", {"etc/inetd.conf": INETD})
    assert (one.state, one.condition) == ("conditional", "[ $(nvram get debug) = 1 ]")


@pytest.mark.parametrize(
    "table",
    [b"#" + INETD, b"# telnet: " + INETD, b"telnet stream tcp nowait root internal\n", b"telnet /usr/sbin/telnetd\n",
     b"telnet stream tcp nowait root /usr/sbin/gone telnetd\n"],
)  # fmt: skip
def test_what_is_no_entry_of_inetd_starts_nothing(table: bytes) -> None:
    assert states(b"inetd\n", {"etc/inetd.conf": table}) == ["not-started"]


def test_an_example_of_inetd_elsewhere_starts_nothing() -> None:
    assert states(b"inetd\n", {"usr/share/doc/inetd.conf": INETD}) == ["not-started"]


def test_inetd_reads_the_table_it_is_told_of() -> None:
    files = {"etc/other.conf": INETD, "etc/inetd.conf": b"\n"}
    assert states(b"/usr/sbin/inetd -q 128 /etc/other.conf &\n", files) == ["on-demand"]


@pytest.mark.parametrize("server", [b"/bin/busybox telnetd -i", b"/usr/sbin/tcpd /usr/sbin/telnetd -i"])
def test_behind_a_wrapper_the_server_is_named_by_its_argument(server: bytes) -> None:
    table = b"telnet stream tcp6 nowait.10 root.root " + server + b"\n"
    (one,) = telnetd(b"inetd\n", {"etc/inetd.conf": table})
    assert (one.state, one.user, one.arguments) == ("on-demand", "root", ("-i",))


def test_a_service_of_xinetd_is_on_demand_while_xinetd_runs() -> None:
    files = {"etc/xinetd.conf": MAIN, "etc/xinetd.d/telnet": SERVICE % b"\tdisable = no\n"}
    (one,) = telnetd(b"xinetd\n", files)
    assert (one.state, one.mechanism, one.user, one.arguments) == ("on-demand", "xinetd", "guest", ("-i",))
    assert states(b"true\n", files) == ["disabled"]


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"etc/xinetd.conf": MAIN, "etc/xinetd.d/telnet": SERVICE % b"\tdisable = yes\n"}, "disabled"),
        ({"etc/xinetd.conf": MAIN, "etc/xinetd.d/telnet": SERVICE % b"#\tdisable = yes\n"}, "on-demand"),
        ({"etc/xinetd.conf": b"defaults\n{\ndisabled = telnet ftp\n}\n" + SERVICE % b""}, "disabled"),
        ({"etc/xinetd.conf": b"defaults\n{\nenabled = ftp\n}\n" + SERVICE % b""}, "disabled"),
        ({"etc/xinetd.conf": b"defaults\n{\nenabled = ftp\nenabled += telnet\n}\n" + SERVICE % b""}, "on-demand"),
        (
            {"etc/xinetd.conf": b"includedir /etc/xinetd.d\n", "etc/xinetd.d/telnet.rpmsave": SERVICE % b""},
            "not-started",
        ),
        ({"etc/xinetd.conf": b"defaults\n{\n}\n", "etc/xinetd.d/telnet": SERVICE % b""}, "not-started"),
        ({"etc/xinetd.d/telnet": SERVICE % b""}, "not-started"),
        ({"etc/xinetd.conf": b"include /etc/xinetd.conf\n" + SERVICE % b""}, "on-demand"),
    ],
)
def test_a_service_of_xinetd_may_be_switched_off(files: Mapping[str, bytes], state: str) -> None:
    assert states(b"xinetd\n", files) == [state]


def test_a_line_of_the_system_crontab_names_its_user() -> None:
    (one,) = telnetd(b"cron\n", {"etc/crontab": b"SHELL=/bin/sh\n*/5 * * * * daemon telnetd -F %% x\n"})
    assert (one.state, one.mechanism, one.user, one.arguments) == ("on-demand", "cron", "daemon", ("-F",))


def test_a_line_of_a_user_crontab_is_run_as_that_user() -> None:
    (one,) = telnetd(b"crond -c /etc/crontabs -b\n", {"etc/crontabs/root": b"0 4 * * mon telnetd\n"})
    assert (one.state, one.user) == ("on-demand", "root")


def test_a_line_of_a_crontab_is_disabled_where_cron_is_not_started() -> None:
    assert states(b"true\n", {"etc/crontabs/root": b"0 4 * * * telnetd\n"}) == ["disabled"]


@pytest.mark.parametrize(
    ("path", "line", "state"),
    [
        ("etc/crontabs/root", b"#0 4 * * * telnetd\n", "not-started"),
        ("etc/crontabs/root", b"0 4 * * * echo telnetd\n", "not-started"),
        ("etc/crontabs/root", b"MAILTO=telnetd\n", "not-started"),
        ("etc/crontabs/root~", b"0 4 * * * telnetd\n", "not-started"),
        ("etc/crontabs/root", b"0 4 * * * date +%s; telnetd\n", "on-demand"),
        ("etc/crontabs/root", b"@reboot telnetd\n", "always"),
        ("etc/crontabs/root", b"@daily telnetd\n", "on-demand"),
        ("etc/crontabs/root", b"0 4 * * * [ $(nvram get x) = 1 ] && telnetd\n", "conditional"),
        ("etc/crontabs/root", b"0 4 * * * flock -n /tmp/l telnetd\n", "on-demand"),
        ("etc/cron.d/telnet", b"0 4 * * * root telnetd\n", "not-started"),
        ("usr/share/doc/crontabs/root", b"0 4 * * * telnetd\n", "not-started"),
    ],
)
def test_lines_for_the_crond_of_busybox(path: str, line: bytes, state: str) -> None:
    assert states(b"crond\n", {path: line}) == [state]


def test_folders_that_a_crontab_names_are_run_with_their_scripts() -> None:
    files = {
        "etc/crontab": b"17 * * * * root cd / && run-parts --report /etc/cron.daily\n",
        "etc/cron.daily/update": b"#!/bin/sh\ntelnetd\n",
        "etc/cron.daily/idle": b"#!/bin/sh\ntelnetd -x\n",
        "etc/cron.daily/.placeholder": b"#!/bin/sh\ntelnetd -y\n",
        "etc/cron.daily/old.sh": b"#!/bin/sh\nsshd\n",
        "etc/cron.weekly/never": b"#!/bin/sh\ntelnetd -z\n",
    }
    modes = {path: 0o755 for path in files if not path.endswith("idle")}
    found = started(b"cron\n", files, {}, modes)
    assert [one.arguments for one in found if one.program == "telnetd"] == [()]
    paths = {one.path: (one.state, one.mechanism) for one in found}
    assert paths["etc/cron.daily/update"] == ("on-demand", "cron")
    assert paths["usr/sbin/sshd"] == ("conditional", "cron")
    assert "etc/cron.weekly/never" not in paths


def test_a_script_that_cron_runs_is_named_whatever_its_language() -> None:
    files = {
        "etc/crontabs/root": b"0 4 * * * /usr/bin/update.sh -q\n0 5 * * * python3 /opt/u.py\n0 6 * * * /opt/v.py\n",
        "usr/bin/update.sh": b"#!/bin/sh\nwget x\n",
        "usr/bin/python3": ELF,
        "opt/u.py": b"import os\ntelnetd\n",
        "opt/v.py": b"#!/usr/bin/python3\ntelnetd\n",
    }
    found = started(b"crond\n", files)
    assert {one.path for one in found if one.state == "on-demand"} >= {"usr/bin/update.sh", "opt/u.py", "opt/v.py"}
    assert [one.state for one in found if one.program == "telnetd"] == ["not-started"]


def openwrt(body: bytes) -> list[StartedProgram]:
    files = {
        "etc/inittab": b"::sysinit:/etc/init.d/rcS S boot\n",
        "etc/rc.common": b"#!/bin/sh\n",
        "etc/init.d/ssh": b"#!/bin/sh /etc/rc.common\nstart_service() {\n procd_open_instance\n" + body + b"}\n",
    }
    found = started(b"", files, {"etc/rc.d/S50ssh": "../init.d/ssh"})
    return [one for one in found if one.program == "sshd"]


def test_what_is_surely_appended_to_a_command_of_procd_counts() -> None:
    body = b" procd_set_param command sshd -F\n procd_append_param command -B\n procd_set_param user nobody\n"
    (one,) = openwrt(body + b" procd_close_instance\n procd_append_param command -x\n")
    assert (one.arguments, one.user, one.state) == (("-F", "-B"), "nobody", "always")


def test_what_is_appended_under_a_condition_is_told_under_that_condition() -> None:
    body = b' procd_set_param command sshd -F\n [ "$x" = 1 ] && procd_append_param command -B\n'
    found = openwrt(body + b" procd_append_param command -p 22\n")
    assert sorted((one.arguments, one.state, one.condition) for one in found) == [
        (("-F", "-B", "-p", "22"), "conditional", '[ "$x" = 1 ]'),
        (("-F", "-p", "22"), "always", ""),
    ]


@pytest.mark.parametrize(
    "line",
    [b"# procd_append_param command -B\n", b"[ 1 = 2 ] && procd_append_param command -B\n",
     b"procd_append_param env -B\n", b"[ -f /etc/absent ] && procd_append_param command -B\n"],
)  # fmt: skip
def test_what_is_not_appended_is_not_told(line: bytes) -> None:
    assert [one.arguments for one in openwrt(b" procd_set_param command sshd -F\n " + line)] == [("-F",)]


def test_a_section_of_openwrt_is_followed_although_the_function_that_goes_through_them_is_read_too() -> None:
    files = {
        "etc/inittab": b"::sysinit:/etc/init.d/rcS S boot\n",
        "etc/rc.common": b"#!/bin/sh\n",
        "lib/functions.sh": b"config_foreach() {\n eval x\n}\n",
        "etc/init.d/ssh": b"#!/bin/sh /etc/rc.common\none() {\n procd_set_param command sshd\n}\n"
        b"start_service() {\n . /lib/functions.sh\n config_foreach one ssh\n}\n",
    }
    found = started(b"", files, {"etc/rc.d/S50ssh": "../init.d/ssh"})
    assert [one.state for one in found if one.program == "sshd"] == ["always"]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (b"if telnetd; then true; fi\n", "always"),
        (b"if ! telnetd -F; then true; fi\n", "always"),
        (b"if [ -f /data/x ]; then true; elif telnetd; then true; fi\n", "conditional"),
        (b"if [ -f /data/x ]; then while telnetd; do sleep 1; done; fi\n", "conditional"),
        (b"if pidof telnetd; then true; fi\n", "not-started"),
        (b"if [ -x telnetd ]; then true; fi\n", "not-started"),
        (b"for telnetd in telnetd; do true; done\n", "not-started"),
    ],
)
def test_a_command_that_decides_a_condition_is_run(line: bytes, state: str) -> None:
    assert states(line) == [state]


OPENRC = b'#!/sbin/openrc-run\ncommand="/usr/sbin/telnetd"\ncommand_args="-F $OPTS"\ndepend() {\n need net\n}\n'


@pytest.mark.parametrize(
    ("inittab", "link", "state"),
    [
        (b"::wait:/sbin/openrc default\n", "etc/runlevels/default/telnet", "always"),
        (b"::wait:/sbin/openrc default\n", "etc/runlevels/shutdown/telnet", "not-started"),
        (b"::wait:/sbin/openrc default\n", "usr/share/doc/telnet", "not-started"),
        (b"::wait:/bin/true\n", "etc/runlevels/default/telnet", "not-started"),
    ],
)
def test_a_script_in_a_run_level_of_openrc_is_started_where_init_runs_openrc(
    inittab: bytes, link: str, state: str
) -> None:
    files = {"etc/inittab": INITTAB + inittab, "sbin/openrc": ELF, "etc/init.d/telnet": OPENRC}
    files["etc/conf.d/telnet"] = b'OPTS="-l/bin/sh"\n'
    (one,) = [one for one in started(b"true\n", files, {link: "/etc/init.d/telnet"}) if one.program == "telnetd"]
    assert one.state == state
    assert state != "always" or (one.mechanism, one.arguments) == ("openrc", ("-F", "-l/bin/sh"))


def test_a_script_under_a_second_hard_name_is_named_by_the_first() -> None:
    nodes = [Node(b"bin/a", "file", 0o755, size=9), Node(b"bin/b", "file", 0o755, link_to=b"bin/a")]
    boot = Boot(Tree(Stem(b"x"), "squashfs", nodes), {b"bin/a": b"#!/bin/sh\n"})
    boot.run((b"/bin/b",), Cause(b"etc/x"))
    (start,) = boot.starts
    assert start.node is not None
    assert (content(start.node), boot.is_script(start.node)) == (b"bin/a", True)


def test_files_that_are_read_into_a_script_are_named() -> None:
    files = {"etc/more.sh": b"telnetd\n", "etc/default/sshd": b"X=1\n"}
    found = started(b". /etc/more.sh\n. /etc/default/sshd\n. /etc/absent.sh\n", files)
    assert {(one.path, one.state) for one in found} >= {("etc/more.sh", "always"), ("bin/busybox", "always")}
    assert [(one.path, one.state) for one in found if one.program == "sshd"] == [("usr/sbin/sshd", "not-started")]


@pytest.mark.parametrize(
    "line",
    [b"sh -c 'true; telnetd'\n", b'sh -c "telnetd -F" &\n', b"su -c telnetd nobody\n", b"su - nobody -c 'telnetd -F'\n",
     b"sh -e /etc/s\n", b"sudo -u nobody telnetd\n", b"sh -c \"sh -c 'telnetd'\"\n"],
)  # fmt: skip
def test_commands_within_commands_are_followed(line: bytes) -> None:
    assert states(line, {"etc/s": b"#!/bin/sh\ntelnetd\n"}) == ["always"]


@pytest.mark.parametrize(
    "line", [b"A=$(/etc/s x)\n", b"echo `/etc/s`\n", b'[ "$(/etc/s)" ] && true\n', b"A=$(a $(b))$(/etc/s)\n"]
)
def test_a_script_that_gives_its_output_to_a_command_is_followed(line: bytes) -> None:
    assert states(line, {"etc/s": b"#!/bin/sh\ntelnetd\n"}) == ["always"]
    assert states(line, {"etc/s": ELF}) == ["not-started"]


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        (b'A="-l /bin/sh"\ntelnetd $A -F\n', ("-l", "/bin/sh", "-F")),
        (b'A="-l /bin/sh"\ntelnetd "$A"\n', ("-l /bin/sh",)),
        (b'C="telnetd -l /bin/sh"\n$C\n', ("-l", "/bin/sh")),
        (b"A=\ntelnetd $A\n", ()),
    ],
)
def test_a_variable_outside_quotes_gives_as_many_words_as_it_holds(line: bytes, arguments: tuple[str, ...]) -> None:
    assert [one.arguments for one in telnetd(line)] == [arguments]


def test_a_variable_of_a_loop_stands_for_each_of_its_values() -> None:
    scripts = {"etc/a": b"#!/bin/sh\ntelnetd -a\n", "etc/b": b"#!/bin/sh\ntelnetd -b\n"}
    for line in (b"sh $i", b". $i", b"$i start"):
        found = telnetd(b"for i in /etc/a /etc/b; do\n" + line + b"\ndone\n", scripts)
        assert sorted(one.arguments for one in found) == [("-a",), ("-b",)]


def test_a_function_of_a_file_that_is_read_is_followed_when_it_is_called() -> None:
    library = b"go() {\n telnetd -F\n}\nother() {\n telnetd -x\n}\n"
    found = telnetd(b". /etc/library.sh\ngo\n", {"etc/library.sh": library})
    assert [(one.state, one.arguments) for one in found] == [("always", ("-F",))]
    own = telnetd(b". /etc/library.sh\ngo() {\n true\n}\ngo\n", {"etc/library.sh": library})
    assert [one.state for one in own] == ["not-started"]


def test_a_function_is_followed_for_each_way_in_which_it_is_called() -> None:
    body = b"go() {\n telnetd\n}\n"
    assert set(states(body + b"[ $x = 1 ] && go\ngo\n")) == {"always", "conditional"}
    assert states(body + b"[ -f /etc/absent ] && go\ngo\n") == ["always"]
    assert states(body + b"[ -f /etc/absent ] && go\n") == ["not-started"]
    assert states(b"go() {\n telnetd\n go\n}\ngo\n") == ["always"]


def test_more_scripts_than_are_followed_leave_no_service_for_not_started() -> None:
    loop = b"#!/bin/sh\n/etc/l.sh $1a &\n/etc/l.sh $1b &\n"
    assert [(one.state, one.condition) for one in telnetd_in_part(b"/etc/l.sh a\n", {"etc/l.sh": loop})] == [
        ("conditional", "there are more start scripts than were followed")
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"etc/inetd.conf": b"#\n" * 1_001 + INETD},
        {"etc/inittab": INITTAB + b"#\n" * 501},
        {"etc/crontabs/root": b"#\n" * 1_001},
        {"etc/xinetd.conf": b"#\n" * 10_001},
        {"etc/init.d/rcS": b"#!/bin/sh\n" + b"#\n" * 140_000},
    ],
)
def test_a_table_that_is_read_in_part_leaves_no_service_for_not_started(files: Mapping[str, bytes]) -> None:
    assert [one.state for one in telnetd_in_part(b"true\n", files)] == ["conditional"]


def telnetd_in_part(rcs: bytes, files: Mapping[str, bytes]) -> list[StartedProgram]:
    """Give the starts of telnetd where not all is followed, and the inspection says so."""
    given = {**FILES, "etc/init.d/rcS": b"#!/bin/sh\n" + rcs, **files}
    facts = [one.fact for one in observe(Startup(), given, LINKS, status="partial")]
    return [one for one in facts if isinstance(one, StartedProgram) and one.program == "telnetd"]


@pytest.mark.parametrize(
    "script",
    [b"A=1\n" * 60_000, b"".join(b"A%d=1\n" % number for number in range(25_000)), b"[ -f /x ] || exit\n" * 14_000,
     b"A=" + b"a" * 4000 + b"\necho " + b"$A" * 100_000, b"if a; then\n" * 20_000, b"echo `" * 40_000,
     b"f() { f; }\n" * 20_000, b"case a in\n" * 20_000, b"/etc/" + b"*a" * 120 + b"b\n", b"/usr/sbin/* &\n" * 15_000,
     b"A=" + b"/a" * 2000 + b"\n" + b"[ -f $A ] && $A\n" * 10_000, b"x=`" * 30_000 + b"$(" * 30_000,
     b"exec " * 50_000 + b"telnetd\n", b"A='" + b"a " * 2_000 + b"'\necho " + b"$A " * 80_000,
     b"/usr/sbin/python " * 10_000 + b"\n", b"x=" + b"$(" * 100_000 + b")" * 30_000],
)  # fmt: skip
def test_hostile_scripts_come_to_an_end(script: bytes) -> None:
    files = {**FILES, "etc/" + "a" * 250: ELF, "usr/sbin/python": ELF, "etc/init.d/rcS": b"#!/bin/sh\n" + script}
    _, inspections, _ = observe_all(Startup(), files, LINKS)
    assert [one.status for one in inspections] in (["completed"], ["partial"])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80))
def test_reading_any_table_ends_without_an_error(inetd: bytes, xinetd: bytes, crontab: bytes) -> None:
    files = {
        "etc/inetd.conf": INETD + inetd,
        "etc/xinetd.conf": SERVICE % xinetd,
        "etc/crontabs/root": b"1 1 1 1 1 " + crontab,
    }
    started(b"inetd\nxinetd\ncrond\n", files)
