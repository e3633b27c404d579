"""Which service lets in whom: one table per service, by what its manual says."""

from __future__ import annotations

import pytest

from plimsoll.model.facts import ServiceSetting
from plimsoll.model.facts.account import PasswordState
from plimsoll.model.facts.service import Mechanism, StartState
from tests.judge.building import (
    OTHER,
    answers,
    pairs,
    passwd,
    seen,
    setting,
    shadow,
    start,
)

CONSOLE = "getty"


@pytest.mark.parametrize(("state", "expected"), [
    ("always", ["root yes"]),
    ("first-boot", ["root yes"]),
    ("on-demand", ["root yes"]),
    ("conditional", ["root perhaps"]),
    ("disabled", []),
    ("not-started", []),
])  # fmt: skip
def test_a_login_needs_a_service_that_is_started(state: StartState, expected: list[str]) -> None:
    assert answers(passwd(), start("telnetd", state=state)) == expected


@pytest.mark.parametrize(("password", "expected"), [
    ("hashed", ["root yes"]),
    ("clear", ["root yes"]),
    ("empty", ["root yes"]),
    ("expired", ["root yes"]),
    ("locked", []),
    ("shadowed", []),
])  # fmt: skip
def test_a_login_needs_a_password_that_can_match(password: PasswordState, expected: list[str]) -> None:
    assert answers(passwd(password=password), start("telnetd")) == expected


def test_the_password_of_shadow_counts_where_passwd_says_so() -> None:
    telnetd = start("telnetd")
    assert answers(passwd(password="shadowed"), shadow(), telnetd) == ["root yes"]
    assert answers(passwd(password="shadowed"), shadow(password="locked"), telnetd) == []
    assert answers(passwd(password="shadowed"), shadow("admin"), telnetd) == []
    assert answers(shadow(), telnetd) == []


def test_where_passwd_has_a_field_of_its_own_beside_shadow_programs_differ() -> None:
    telnetd = start("telnetd")
    assert answers(passwd(password="hashed"), shadow(password="locked"), telnetd) == ["root perhaps"]
    assert answers(passwd(password="empty"), shadow(password="hashed"), telnetd) == ["root perhaps"]
    assert answers(passwd(password="locked"), shadow(password="hashed"), telnetd) == ["root perhaps"]
    assert answers(passwd(password="locked"), shadow(password="locked"), telnetd) == []


def test_of_lines_with_one_name_the_first_counts() -> None:
    first, second = passwd(password="locked", line=1), passwd(line=16)
    assert answers(second, first, start("telnetd")) == []
    assert answers(passwd(line=2), passwd(password="locked", line=10), start("telnetd")) == ["root yes"]
    shadows = shadow(password="locked", line=3), shadow(line=20)
    assert answers(passwd(password="shadowed"), *reversed(shadows), start("telnetd")) == []


def test_a_second_account_with_the_number_0_is_root() -> None:
    sshd = start("sshd")
    refusing = setting("sshd", "permitrootlogin", "no")
    assert answers(passwd("admin", uid=0), sshd, refusing) == []
    assert answers(passwd("admin", uid=1000), sshd, refusing) == ["admin yes"]


def test_a_shell_that_refuses_is_no_login() -> None:
    assert answers(passwd(login_shell=False), start("telnetd")) == []


def test_a_backup_or_template_beside_the_store_does_not_count() -> None:
    copy = passwd("admin", where="etc/passwd.bak", active=False)
    default = passwd("admin", where="etc/defaults/passwd", active=False)
    assert answers(passwd(password="locked"), copy, default, start("telnetd")) == []


def test_a_template_may_become_the_store_where_there_is_none() -> None:
    template = passwd(where="etc_ro/passwd", active=False)
    assert answers(template, start("telnetd")) == ["root perhaps"]
    shadowed = passwd(password="shadowed", where="etc_ro/passwd", active=False)
    hashed, locked = (shadow(password=one, where="etc_ro/shadow", active=False) for one in ("hashed", "locked"))
    assert answers(shadowed, hashed, start("telnetd")) == ["root perhaps"]
    assert answers(shadowed, locked, start("telnetd")) == []


@pytest.mark.parametrize("where", ["usr/share/doc/login/passwd", "usr/examples/passwd", "etc_ro/passwd.bak"])
def test_an_example_never_becomes_the_store(where: str) -> None:
    assert answers(passwd(where=where, active=False), start("telnetd")) == []


def test_the_store_of_another_root_in_the_tree_does_not_count() -> None:
    other = passwd("admin", where="recovery/etc/passwd")
    assert answers(passwd(password="locked"), other, start("telnetd")) == []
    linked = passwd(where="etc/config/passwd")
    assert answers(linked, other, start("telnetd")) == ["root yes"]
    stray = shadow(where="recovery/etc/shadow")
    assert answers(passwd(password="shadowed"), stray, start("telnetd")) == []


def test_a_shadow_that_etc_leads_to_counts() -> None:
    assert answers(passwd(password="shadowed"), shadow(where="etc/config/shadow"), start("telnetd")) == ["root yes"]


def test_a_service_of_another_tree_lets_nobody_in() -> None:
    assert answers(passwd(), start("telnetd", tree=OTHER)) == []
    assert answers(passwd(tree=OTHER), start("telnetd", tree=OTHER)) == ["root yes"]


@pytest.mark.parametrize(("arguments", "expected"), [
    ((), ["root yes"]),
    (("-l", "/bin/login"), ["root yes"]),
    (("-l", "/bin/sh"), []),
    (("-l", "/usr/bin/cli"), ["root perhaps"]),
    (("-u", "admin:word"), []),
    (("-b", "127.0.0.1"), []),
])  # fmt: skip
def test_telnetd_hands_over_to_login_unless_told_otherwise(arguments: tuple[str, ...], expected: list[str]) -> None:
    assert answers(passwd(), start("telnetd", *arguments)) == expected


def test_a_console_behind_the_case_decides_nothing() -> None:
    assert answers(passwd(), start(CONSOLE, "-L", "ttyS0", mechanism="inittab")) == ["root perhaps"]


@pytest.mark.parametrize(("arguments", "root", "admin"), [
    ((), "yes", "yes"),
    (("-p", "2222"), "yes", "yes"),
    (("-FE",), "yes", "yes"),
    (("-s",), "no", "no"),
    (("-Fs",), "no", "no"),
    (("-t",), "no", "no"),
    (("-g",), "no", "yes"),
    (("-w",), "no", "yes"),
    (("-G", "staff"), "perhaps", "perhaps"),
    (("-b", "-s"), "yes", "yes"),
    (("-bs",), "yes", "yes"),
    (("-P", "/var/run/sgw"), "yes", "yes"),
    (("-p", "$PORT"), "yes", "yes"),
    (("$OPTIONS",), "perhaps", "perhaps"),
    (("-F", "$OPTIONS", "-s"), "no", "no"),
])  # fmt: skip
def test_dropbear_heeds_its_flags(arguments: tuple[str, ...], root: str, admin: str) -> None:
    dropbear = start("dropbear", *arguments)
    for caller, expected in ((passwd(), root), (passwd("admin", uid=1000), admin)):
        given = [one.answer for one in pairs(caller, dropbear)]
        assert given == ([] if expected == "no" else [expected])


def test_of_two_dropbears_one_that_refuses_does_not_speak_for_the_other() -> None:
    assert answers(passwd(), start("dropbear"), start("dropbear", "-s", line=1)) == ["root perhaps"]
    perhaps = start("dropbear", "-s", line=1, state="conditional")
    assert answers(passwd(), start("dropbear"), perhaps) == ["root yes"]
    perhaps = start("dropbear", line=1, state="conditional")
    assert answers(passwd(), start("dropbear", "-s"), perhaps) == ["root perhaps"]


@pytest.mark.parametrize(("arguments", "expected"), [
    ("-p 22", ["root yes"]),
    ("", ["root yes"]),
    ("-s", ["root perhaps"]),
    ("-F -g", ["root perhaps"]),
    ("-G staff", ["root perhaps"]),
])  # fmt: skip
def test_arguments_in_a_file_of_settings_count_for_dropbear(arguments: str, expected: list[str]) -> None:
    dropbear = start("dropbear", "-R", "$DROPBEAR_ARGS")
    assert answers(passwd(), dropbear, setting("dropbear", "arguments", arguments)) == expected


@pytest.mark.parametrize(("settings", "root", "admin"), [
    ([("passwordauth", "on"), ("rootpasswordauth", "on")], "yes", "yes"),
    ([("port", "22")], "yes", "yes"),
    ([("passwordauth", "off")], "no", "no"),
    ([("passwordauth", "0")], "no", "no"),
    ([("rootpasswordauth", "off")], "no", "yes"),
    ([("rootlogin", "0")], "no", "yes"),
    ([("passwordauth", "on"), ("passwordauth", "off")], "perhaps", "perhaps"),
    ([], "perhaps", "perhaps"),
])  # fmt: skip
def test_dropbear_of_openwrt_heeds_its_settings(settings: list[tuple[str, str]], root: str, admin: str) -> None:
    dropbear = start("dropbear", "-F", "-P", "$pid_file", mechanism="procd")
    told = [setting("dropbear", *one, line=line) for line, one in enumerate(settings)]
    refusing = start("dropbear", "-F", "-s", mechanism="procd", state="conditional")
    for caller, expected in ((passwd(), root), (passwd("admin", uid=1000), admin)):
        assert [one.answer for one in pairs(caller, dropbear, refusing, *told)] == (
            [] if expected == "no" else [expected]
        )


@pytest.mark.parametrize(("arguments", "state", "expected"), [
    (("-F", "-R"), "always", ["root yes"]),
    (("-F", "-P", "$pid_file"), "always", ["root yes"]),
    (("-F", "$OPTIONS"), "always", ["root perhaps"]),
    (("-F", "-p", "22"), "conditional", ["root perhaps"]),
    (("-F", "-s"), "always", []),
])  # fmt: skip
def test_dropbear_of_procd_without_settings_is_told_by_its_command_alone(
    arguments: tuple[str, ...], state: StartState, expected: list[str]
) -> None:
    assert answers(passwd(), start("dropbear", *arguments, mechanism="procd", state=state)) == expected


@pytest.mark.parametrize(("arguments", "mechanism", "expected"), [
    ((), "sysv", []),
    (("-B",), "sysv", ["root yes"]),
    (("-B", "-s"), "sysv", []),
    ((), "procd", ["root perhaps"]),
])  # fmt: skip
def test_dropbear_refuses_empty_passwords_unless_told(
    arguments: tuple[str, ...], mechanism: Mechanism, expected: list[str]
) -> None:
    assert answers(passwd(password="empty"), start("dropbear", *arguments, mechanism=mechanism)) == expected


@pytest.mark.parametrize(("settings", "root", "admin"), [
    ([], "perhaps", "perhaps"),
    ([("port", "22")], "perhaps", "yes"),
    ([("permitrootlogin", "yes")], "yes", "yes"),
    ([("permitrootlogin", "Yes")], "yes", "yes"),
    ([("permitrootlogin", "no")], "no", "yes"),
    ([("permitrootlogin", "prohibit-password")], "no", "yes"),
    ([("permitrootlogin", "without-password")], "no", "yes"),
    ([("permitrootlogin", "forced-commands-only")], "no", "yes"),
    ([("permitrootlogin", "yes"), ("permitrootlogin", "no")], "perhaps", "yes"),
    ([("permitrootlogin", "yes"), ("passwordauthentication", "no")], "no", "no"),
    ([("permitrootlogin", "yes"), ("passwordauthentication", "no"), ("usepam", "yes")], "perhaps", "perhaps"),
    (
        [("passwordauthentication", "no"), ("usepam", "yes"), ("kbdinteractiveauthentication", "no")],
        "no", "no",
    ),
    ([("permitrootlogin", "yes"), ("authenticationmethods", "publickey")], "no", "no"),
    ([("permitrootlogin", "yes"), ("authenticationmethods", "publickey,password password")], "yes", "yes"),
    ([("permitrootlogin", "yes"), ("allowusers", "maria")], "perhaps", "perhaps"),
    ([("permitrootlogin", "yes"), ("match", "address 10.0.0.0/8")], "perhaps", "perhaps"),
])  # fmt: skip
def test_sshd_heeds_its_settings(settings: list[tuple[str, str]], root: str, admin: str) -> None:
    told = [setting("sshd", *one, line=line) for line, one in enumerate(settings)]
    for caller, expected in ((passwd(), root), (passwd("admin", uid=1000), admin)):
        given = [one.answer for one in pairs(caller, start("sshd"), *told)]
        assert given == ([] if expected == "no" else [expected])


def test_settings_that_nothing_reads_do_not_count() -> None:
    example = setting("sshd", "permitrootlogin", "yes", active=False)
    assert answers(passwd(), start("sshd"), example) == ["root perhaps"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-oPermitRootLogin=no",), []),
        (("-o", "PermitRootLogin no"), []),
        (("-De", "-o", "PermitRootLogin=no", "-o", "PermitRootLogin=yes"), []),
        (("-o", "PasswordAuthentication=no", "-oUsePAM=no"), []),
        (("-o", "MaxAuthTries=3"), ["root yes"]),
        (("-p", "2222"), ["root yes"]),
        (("-o", "$MORE"), ["root perhaps"]),
        (("$SSHD_OPTS",), ["root perhaps"]),
        (("-f", "/etc/other"), ["root perhaps"]),
        (("-f", "/etc/sshd.conf"), ["root yes"]),
    ],
)
def test_options_of_sshd_overrule_its_settings(options: tuple[str, ...], expected: list[str]) -> None:
    told = setting("sshd", "permitrootlogin", "yes")
    assert answers(passwd(), start("sshd", *options), told) == expected


def test_options_of_sshd_open_what_its_settings_close() -> None:
    told = setting("sshd", "permitrootlogin", "no")
    assert answers(passwd(), start("sshd"), told) == []
    assert answers(passwd(), start("sshd", "-o", "PermitRootLogin=yes"), told) == ["root yes"]


def test_starts_of_sshd_that_differ_leave_it_open() -> None:
    told = setting("sshd", "permitrootlogin", "yes")
    both = start("sshd"), start("sshd", "-o", "PermitRootLogin=no", line=1)
    assert answers(passwd(), *both, told) == ["root perhaps"]


def test_another_file_of_sshd_holds_where_it_is_named() -> None:
    main, own = (
        seen(ServiceSetting("sshd", "permitrootlogin", value, active), where, line)
        for value, active, where, line in (("no", True, "etc/ssh/sshd_config", 0), ("yes", False, "etc/own.conf", 0))
    )
    later = seen(ServiceSetting("sshd", "permitrootlogin", "no", active=False), "etc/own.conf", 5)
    assert answers(passwd(), start("sshd", "-f", "/etc/own.conf"), main, own, later) == ["root yes"]
    assert answers(passwd(), start("sshd"), main, own, later) == []
    block = seen(ServiceSetting("sshd", "match", "user guest", active=False), "etc/own.conf", 3)
    assert answers(passwd(), start("sshd", "-f", "/etc/own.conf"), main, own, later, block) == ["root perhaps"]


def test_sshd_refuses_empty_passwords_unless_told() -> None:
    empty, root = passwd(password="empty"), setting("sshd", "permitrootlogin", "yes")
    assert answers(empty, start("sshd"), root) == []
    told = setting("sshd", "permitemptypasswords", "yes", line=1)
    assert answers(empty, start("sshd"), root, told) == ["root yes"]


def test_tinysshd_takes_keys_only() -> None:
    assert answers(passwd(), start("tinysshd")) == []


@pytest.mark.parametrize(("program", "path", "root", "admin"), [
    ("ftpd", "bin/busybox", "yes", "yes"),
    ("ftpd", "usr/sbin/ftpd", "perhaps", "yes"),
    ("proftpd", "", "perhaps", "yes"),
    ("vsftpd", "", "perhaps", "perhaps"),
])  # fmt: skip
def test_servers_of_ftp_differ_in_whom_they_let_in(program: str, path: str, root: str, admin: str) -> None:
    server = start(program, path=path)
    assert answers(passwd(), server) == [f"root {root}"]
    assert answers(passwd("admin", uid=1000), server) == [f"admin {admin}"]


def test_vsftpd_lets_accounts_in_when_told() -> None:
    admin = passwd("admin", uid=1000)
    assert answers(admin, start("vsftpd"), setting("vsftpd", "local_enable", "YES")) == ["admin yes"]
    assert answers(admin, start("vsftpd"), setting("vsftpd", "local_enable", "NO")) == []
    listed = setting("vsftpd", "userlist_enable", "YES", line=1)
    assert answers(admin, start("vsftpd"), setting("vsftpd", "local_enable", "YES"), listed) == ["admin perhaps"]


def test_pure_ftpd_with_a_store_of_its_own_asks_for_no_account_of_the_system() -> None:
    admin = passwd("admin", uid=1000)
    assert answers(admin, start("pure-ftpd", "-l", "puredb:/etc/pure.pdb")) == []
    assert answers(admin, start("pure-ftpd", "-l", "puredb:/etc/pure.pdb", "-l", "unix")) == ["admin yes"]
    assert answers(admin, start("pure-ftpd"), setting("pure-ftpd", "anonymousonly", "yes")) == []
    assert answers(admin, start("pure-ftpd"), setting("pure-ftpd", "puredb", "/etc/pure.pdb")) == ["admin perhaps"]


def test_a_web_server_asks_for_no_account_of_the_system() -> None:
    assert answers(passwd(), start("lighttpd")) == []
