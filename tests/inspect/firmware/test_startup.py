"""What is started at boot, followed from init to the programs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._shell import read_script
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)
INITTAB = b"::sysinit:/etc/init.d/rcS\n::respawn:/sbin/getty 115200 ttyS0\n"
BASE = {"bin/busybox": ELF}
LINKS = {
    "bin/sh": "busybox",
    "sbin/getty": "../bin/busybox",
    "sbin/init": "../bin/busybox",
    "usr/sbin/telnetd": "../../bin/busybox",
    "usr/sbin/httpd": "../../bin/busybox",
}


def started(files: Mapping[str, bytes], links: Mapping[str, str] = LINKS) -> list[StartedProgram]:
    found = observe(Startup(), {**BASE, **files}, links)
    return [one.fact for one in found if isinstance(one.fact, StartedProgram)]


def of(program: str, files: Mapping[str, bytes], links: Mapping[str, str] = LINKS) -> list[StartedProgram]:
    return [one for one in started(files, links) if one.program == program]


def states(script: bytes, files: Mapping[str, bytes] = {}) -> list[str]:
    rcs = b"#!/bin/sh\n" + script
    return [one.state for one in of("telnetd", {"etc/inittab": INITTAB, "etc/init.d/rcS": rcs, **files})]


def openwrt(script: bytes, link: bool = True, config: bytes = b"") -> list[StartedProgram]:
    files = {
        "etc/inittab": b"::sysinit:/etc/init.d/rcS S boot\n",
        "etc/rc.common": b"#!/bin/sh\n",
        "etc/init.d/telnet": b"#!/bin/sh /etc/rc.common\nSTART=50\n" + script,
        "etc/rc.d/K01x": b"",
        "etc/config/telnet": config,
    }
    return of("telnetd", files, {**LINKS, **({"etc/rc.d/S50telnet": "../init.d/telnet"} if link else {})})


@pytest.mark.parametrize(
    "script",
    [
        b"telnetd &\n",
        b"/usr/sbin/telnetd -l /bin/login\n",
        b"echo starting; exec telnetd\n",
        b'D=/usr/sbin\nPROG=$D/telnetd\n"$PROG" -F\n',
        b"start-stop-daemon -S -q -p /var/run/t.pid --exec /usr/sbin/telnetd -- -F\n",
        b"start-stop-daemon -Sbmq -x /usr/sbin/telnetd\n",
        b"busybox telnetd\n",
        b"mount -a && telnetd\n",
        b"[ -x /usr/sbin/telnetd ] && telnetd\n",
        b"[ -x /usr/sbin/telnetd ] || exit 0\ntelnetd\n",
        b"if [ -e /usr/sbin/telnetd -a 1 ]; then :; fi\ntelnetd\n",
        b"if [ ! -x /usr/sbin/telnetd ]; then\n exit 1\nfi\ntelnetd\n",
        b"go() {\n telnetd\n}\ngo\n",
        b"case 1 in\n 0) true;;\n 1) telnetd;;\nesac\n",
        b"for x in a; do telnetd; done\n",
        b"if [ 1 = 1 ]; then telnetd; fi\n",
        b"[ ! -f /var/run/telnetd.pid ] && telnetd\n",
        b"telnetd \\\n  -F\n",
    ],
)
def test_a_program_that_nothing_holds_back_is_always_started(script: bytes) -> None:
    assert states(script) == ["always"]


@pytest.mark.parametrize(
    "script",
    [
        b"# telnetd\n",
        b"echo starting telnetd\n",
        b"echo telnetd; true # telnetd &\n",
        b"cat <<EOF\ntelnetd\nEOF\n",
        b"cat <<-'E F'\n\ttelnetd\n\tE F\ntrue\n",
        b"stop() {\n telnetd\n}\ntrue\n",
        b"killall telnetd\n",
        b"[ -x /usr/sbin/absent ] && telnetd\n",
        b"[ -f /etc/absent.conf ] || exit 0\ntelnetd\n",
        b"if [ -f /etc/absent ]; then telnetd; fi\n",
        b"case 2 in\n 2) true;;\n *) telnetd;;\nesac\n",
        b"exit 0\ntelnetd\n",
        b"x='\ntelnetd\n'\n",
    ],
)
def test_a_program_that_is_only_named_is_not_started(script: bytes) -> None:
    assert states(script) == ["not-started"]


@pytest.mark.parametrize(
    "script",
    [
        b'if [ "$(nvram get telnet)" = 1 ]; then telnetd; fi\n',
        b'[ "`uci get x.y.z`" = "1" ] && telnetd\n',
        b"[ -f /tmp/debug ] && telnetd\n",
        b'case "$(cat /proc/cmdline)" in\n *debug*) telnetd;;\nesac\n',
        b"if grep -q debug /proc/cmdline; then true; else telnetd; fi\n",
        b"if [ $A = 1 ] && [ $B = 1 ]; then exit 0; fi\ntelnetd\n",
        b"while read x; do telnetd; done\n",
        b"ON=0\nload() {\n ON=1\n}\nload\n[ $ON = 1 ] && telnetd\n",
        b"[ ! -f /system/.done ] && telnetd\n",
        b"ON=0\nread ON\n[ $ON = 1 ] && telnetd\n",
        b"if grep -q a /proc/mtd; then ON=1; fi\n[ $ON = 1 ] && telnetd\n",
    ],
)
def test_a_condition_that_the_tree_does_not_decide_is_told(script: bytes) -> None:
    assert states(script) == ["conditional"]


def test_the_condition_is_given_as_written() -> None:
    rcs = b'#!/bin/sh\nif [ "$(nvram get telnet)" = 1 ]; then telnetd; fi\n'
    (one,) = of("telnetd", {"etc/inittab": INITTAB, "etc/init.d/rcS": rcs})
    assert one.condition == '[ "$(nvram get telnet)" = 1 ]'


def test_a_start_until_the_product_is_set_up_is_first_boot() -> None:
    assert states(b"[ ! -f /etc/.configured ] && telnetd\n") == ["first-boot"]
    assert states(b"if [ -f /etc/.configured ]; then true; else telnetd; fi\n") == ["first-boot"]


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (b'd=`xmldbc -g /runtime/device/devconfsize`\n[ "$d" = "0" ] && telnetd\n', "first-boot"),
        (b'if [ "$(nvram get restore_defaults)" = "1" ]; then telnetd; fi\n', "first-boot"),
        (b'd=`xmldbc -g /runtime/device/devconfsize`\n[ "$d" != "0" ] && telnetd\n', "conditional"),
        (b'd=`xmldbc -g /runtime/device/devconfsize`\n[ "$d" = "1" ] && telnetd\n', "conditional"),
        (b'd=`xmldbc -g /runtime/device/devconfsize`\nd=$other\n[ "$d" = "0" ] && telnetd\n', "conditional"),
        (b'd=`xmldbc -g /device/telnet`\n[ "$d" = "0" ] && telnetd\n', "conditional"),
    ],
)
def test_a_start_while_a_unit_has_no_settings_of_its_own_is_first_boot(script: bytes, state: str) -> None:
    assert states(script) == [state]


@pytest.mark.parametrize("guard", [b"false", b"[ 0 = 1 ]", b'[ "no" = "yes" ]'])
def test_a_start_behind_a_constant_is_disabled(guard: bytes) -> None:
    assert states(b"if " + guard + b"; then telnetd; fi\n") == ["disabled"]


def test_a_switch_in_the_file_of_settings_counts() -> None:
    script = b'. /etc/default/telnet\n[ "$ENABLED" = 1 ] || exit 0\ntelnetd\n'
    assert states(script, {"etc/default/telnet": b"ENABLED=0\n"}) == ["disabled"]
    assert states(script, {"etc/default/telnet": b"ENABLED=1\n"}) == ["always"]


def test_scripts_that_rcs_runs_are_followed_with_start() -> None:
    files = {
        "etc/inittab": INITTAB,
        "etc/init.d/rcS": b'#!/bin/sh\nfor i in /etc/init.d/S??* ;do\n [ ! -f "$i" ] && continue\n case "$i" in\n'
        b" *.sh)\n ( trap - INT\n set start\n . $i\n )\n ;;\n *)\n $i start\n ;;\n esac\ndone\n",
        "etc/init.d/S50telnet": b"#!/bin/sh\nstart() {\n telnetd -F\n}\nstop() {\n killall telnetd\n httpd\n}\n"
        b'case "$1" in\n start)\n start\n ;;\n stop)\n stop\n ;;\n restart|reload)\n stop\n start\n ;;\nesac\n',
        "etc/init.d/X50httpd": b"#!/bin/sh\nhttpd\n",
    }
    assert [(one.state, one.arguments) for one in of("telnetd", files)] == [("always", ("-F",))]
    assert [one.state for one in of("httpd", files)] == ["not-started"]
    assert [one.state for one in of("S50telnet", files)] == ["always"]


def test_scripts_that_include_each_other_end() -> None:
    files = {
        "etc/inittab": INITTAB,
        "etc/init.d/rcS": b"#!/bin/sh\n. /etc/a.sh\n",
        "etc/a.sh": b"#!/bin/sh\nsh /etc/b.sh\n",
        "etc/b.sh": b"#!/bin/sh\n. /etc/a.sh\ntelnetd\n",
    }
    assert {one.state for one in of("telnetd", files)} == {"always"}


def test_an_openwrt_script_with_a_start_link_is_started() -> None:
    script = b"start_service() {\n procd_open_instance\n procd_set_param command /usr/sbin/telnetd -F\n}\n"
    assert [(one.state, one.mechanism) for one in openwrt(script)] == [("always", "procd")]
    assert [(one.state, one.mechanism) for one in openwrt(script, link=False)] == [("disabled", "procd")]


@pytest.mark.parametrize(
    ("config", "state"),
    [(b"config telnet\n", "always"), (b"config telnet\n option enable '0'\n", "disabled"), (b"", "conditional")],
)
def test_an_openwrt_script_heeds_the_switch_in_its_configuration(config: bytes, state: str) -> None:
    script = (
        b'start_service() {\n local enable\n [ "${enable}" = "0" ] && return 1\n'
        b" procd_set_param command /usr/sbin/telnetd\n}\n"
    )
    assert [one.state for one in openwrt(script, config=config)] == [state]


def test_a_console_of_inittab_is_recorded() -> None:
    (one,) = of("getty", {"etc/inittab": INITTAB})
    assert (one.mechanism, one.state, one.path) == ("inittab", "always", "bin/busybox")


def test_a_commented_line_of_inittab_is_not_recorded() -> None:
    assert of("getty", {"etc/inittab": b"#" + INITTAB.split(b"\n")[1] + b"\n::sysinit:/bin/sh\n"}) == []


def test_sysv_takes_the_links_of_its_default_level_alone() -> None:
    files = {
        "etc/inittab": b"id:3:initdefault:\nl2:2:wait:/etc/init.d/rc 2\nl3:3:wait:/etc/init.d/rc 3\n",
        "etc/init.d/rc": b"#!/bin/sh\n",
        "etc/init.d/telnet": b'#!/bin/sh\ncase "$1" in start) telnetd;; esac\n',
        "etc/init.d/web": b'#!/bin/sh\ncase "$1" in start) httpd;; esac\n',
    }
    links = {**LINKS, "etc/rc3.d/S20telnet": "../init.d/telnet", "etc/rc2.d/S20web": "../init.d/web"}
    assert [one.state for one in of("telnetd", files, links)] == ["always"]
    assert [one.state for one in of("httpd", files, links)] == ["not-started"]


def test_a_name_with_a_byte_that_is_no_text_is_escaped() -> None:
    files = {"etc/inittab": b"::sysinit:/etc/\xff.sh\n", "etc/\udcff.sh": b"#!/bin/sh\ntelnetd\n"}
    assert {(one.program, one.state) for one in started(files)} >= {("%FF.sh", "always"), ("telnetd", "always")}


def test_secrets_on_a_command_line_are_hidden() -> None:
    rcs = b"#!/bin/sh\ntelnetd -u admin:hunter2\nhttpd --password hunter2 x:hunter2@y PASS=hunter2\n"
    found = started({"etc/inittab": INITTAB, "etc/init.d/rcS": rcs})
    assert "hunter2" not in repr(found)


def test_a_script_of_a_partition_that_is_mounted_on_the_way_is_conditional() -> None:
    rcs = b"#!/bin/sh\n/system/init/app.sh &\n/usr/bin/gone\n"
    found = started({"etc/inittab": INITTAB, "etc/init.d/rcS": rcs})
    assert [(one.state, one.path) for one in found if one.program == "app.sh"] == [("conditional", "")]
    assert all(one.program != "gone" for one in found)


def test_a_tree_without_init_says_nothing() -> None:
    assert started({"x.sh": b"#!/bin/sh\ntelnetd\n"}, {"usr/sbin/telnetd": "../../bin/busybox"}) == []


PIECES = (
    "if |then |fi\n|case |in |a) |;;|esac\n|{ |}\n|f() |<<E\n|'|\"|$(|`|&& |exit\n|"
    "for |do |done\n|else |\\|elif |x |; |A=1 |$A |${|) |( "
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES.encode().split(b"|")) | st.binary(max_size=8)))
def test_reading_any_bytes_ends_without_an_error(parts: list[bytes]) -> None:
    read_script(b"".join(parts), {b"1": b"start"})


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (b'echo "root:hunter2:0:0::/:/bin/sh" >> /etc/passwd\n', [("echo", "echo", "always")]),
        (b"printf 'a:hunter2:0:0::/:/bin/sh\\n' > /etc/passwd\n", [("printf", "printf", "always")]),
        (b'[ -n "$x" ] && sed -i "s|^root:[^:]*:|root:hunter2:|" /etc/shadow\n', [("sed", "sed", "conditional")]),
        (b"# echo root:hunter2:0:0::/:/bin/sh >> /etc/passwd\n", []),
        (b"echo started\nsed -i s/a/b/ /etc/motd\n", []),
    ],
)
def test_a_command_that_changes_the_accounts_is_told_without_its_words(
    script: bytes, expected: list[tuple[str, str, str]]
) -> None:
    files = {"etc/inittab": INITTAB, "etc/init.d/rcS": b"#!/bin/sh\n" + script}
    found = [one for one in started(files) if one.program in ("echo", "printf", "sed")]
    assert [(one.program, one.command, one.state) for one in found] == expected
    assert "hunter2" not in repr(found)


def test_init_of_ralinks_kit_reads_its_table_elsewhere() -> None:
    table = b"::sysinit:/etc_ro/rcS\n"
    files = {"etc_ro/inittab": table, "etc_ro/rcS": b"#!/bin/sh\n#telnetd\nhttpd &\n"}
    assert [one.state for one in of("httpd", files)] == ["always"]
    assert [one.state for one in of("telnetd", files)] == ["not-started"]
    own = {"etc/inittab": INITTAB, "etc/init.d/rcS": b"#!/bin/sh\n"}
    assert [one.state for one in of("httpd", files | own)] == ["not-started"]


@pytest.mark.parametrize(
    "words",
    [
        b"-H 'Authorization: Bearer 4fK9qLmZ27RtVb6X'",
        b"-sH 'X-Api-Key: 4fK9qLmZ27RtVb6X'",
        b"--header='Authorization: token 4fK9qLmZ27RtVb6X'",
        b"-HX-Token:4fK9qLmZ27RtVb6X",
        b"-H 'Cookie: session=4fK9qLmZ27RtVb6X'",
    ],
)
def test_a_token_in_a_header_is_not_shown(words: bytes) -> None:
    script = b"#!/bin/sh\ntelnetd " + words + b" http://api.halyard.test/\n"
    (one,) = of("telnetd", {"etc/inittab": INITTAB, "etc/init.d/rcS": script})
    assert "4fK9" not in one.command + " ".join(one.arguments)
    assert one.arguments[-1] == "http://api.halyard.test/"
    assert "***" in one.command


@pytest.mark.parametrize(
    ("word", "shown"), [(b"/etc/ssl/client.key", "/etc/ssl/client.key"), (b"4fK9qLmZ27RtVb6X", "***")]
)
def test_the_file_of_a_key_is_no_secret(word: bytes, shown: str) -> None:
    script = b"#!/bin/sh\ncurl --key " + word + b" https://api.halyard.test/\n"
    (one,) = of("curl", {"etc/inittab": INITTAB, "etc/init.d/rcS": script, "usr/bin/curl": b"\x7fELF"})
    assert one.arguments[1] == shown
