"""What OpenWrt's first boot runs: the scripts of /etc/uci-defaults."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

BOOT = b"#!/bin/sh /etc/rc.common\nSTART=10\nboot() {\n\tmkdir -p /tmp/run\n\tuci_apply_defaults\n}\n"
TELNET = (
    b"#!/bin/sh /etc/rc.common\nSTART=50\nstart_service() {\n procd_open_instance\n"
    b" procd_set_param command /usr/sbin/telnetd\n procd_close_instance\n}\n"
)
FILES = {
    "bin/busybox": b"\x7fELF" + bytes(60),
    "etc/inittab": b"::sysinit:/etc/init.d/rcS S boot\n",
    "etc/rc.common": b"#!/bin/sh\n",
    "etc/init.d/boot": BOOT,
    "etc/init.d/telnet": TELNET,
}
LINKS = {"usr/sbin/telnetd": "../../bin/busybox", "etc/rc.d/S10boot": "../init.d/boot"}


def first_boot(
    script: bytes, files: Mapping[str, bytes] = {}, links: Mapping[str, str] = LINKS
) -> list[tuple[str, str, str]]:
    """Give the starts of telnetd that are not switched off: state, condition, and the file that they stand in."""
    given = {**FILES, "etc/uci-defaults/50-telnet": script, **files}
    return [
        (one.fact.state, one.fact.condition, one.where.partition("!squashfs@0x1000/")[2].partition("+")[0])
        for one in observe(Startup(), given, links)
        if isinstance(one.fact, StartedProgram)
        and one.fact.program == "telnetd"
        and one.fact.state not in ("disabled", "not-started")
    ]


@pytest.mark.parametrize("script", [b"telnetd\nexit 0\n", b"#!/bin/sh\n\n/usr/sbin/telnetd -F &\n"])
def test_a_script_of_the_first_boot_is_followed(script: bytes) -> None:
    assert first_boot(script) == [("first-boot", "/etc/uci-defaults", "etc/uci-defaults/50-telnet")]


def test_a_start_script_that_reads_the_folder_itself_is_followed() -> None:
    boot = BOOT.replace(b"uci_apply_defaults", b"cd /etc/uci-defaults\n\tfor i in $(ls); do ( . ./$i ) && rm $i; done")
    assert [one[0] for one in first_boot(b"telnetd\n", {"etc/init.d/boot": boot})] == ["first-boot"]


def test_a_script_that_is_followed_by_its_pattern_counts_once() -> None:
    loop = b'for f in /etc/uci-defaults/*; do\n . "$f"\n done\n cd /etc/uci-defaults'
    found = first_boot(b"telnetd\n", {"etc/init.d/boot": BOOT.replace(b"uci_apply_defaults", loop)})
    assert [one[0] for one in found] == ["always"]


def test_a_condition_of_a_script_of_the_first_boot_is_heeded() -> None:
    assert [one[0] for one in first_boot(b'[ "$(uci -q get x.y.z)" = 1 ] && telnetd\n')] == ["conditional"]


@pytest.mark.parametrize("script", [b"# telnetd\n", b"exit 0\ntelnetd\n", b"#!/usr/bin/lua\ntelnetd\n"])
def test_what_a_script_of_the_first_boot_does_not_run_is_not_followed(script: bytes) -> None:
    assert first_boot(script) == []


@pytest.mark.parametrize("word", [b"disable", b"stop", b"enabled", b"enable"])
def test_a_start_script_that_is_told_to_start_nothing_is_not_followed(word: bytes) -> None:
    assert first_boot(b"/etc/init.d/telnet %s\n" % word) == []


@pytest.mark.parametrize("word", [b"start", b"restart"])
def test_a_start_script_that_is_told_to_start_is_followed(word: bytes) -> None:
    assert [one[0] for one in first_boot(b"/etc/init.d/telnet %s\n" % word)] == ["first-boot"]


@pytest.mark.parametrize(
    ("files", "links"),
    [
        pytest.param({}, {"usr/sbin/telnetd": "../../bin/busybox"}, id="boot has no start link"),
        pytest.param({"etc/init.d/boot": BOOT.replace(b"uci_apply", b"# uci_apply")}, LINKS, id="in a comment"),
        pytest.param({"etc/init.d/boot": BOOT.replace(b"uci_apply_defaults", b"true")}, LINKS, id="boot reads none"),
        pytest.param(
            {"etc/uci-defaults/50-telnet": b"", "rom/etc/uci-defaults/1": b"telnetd\n"}, LINKS, id="elsewhere"
        ),
    ],
)
def test_scripts_of_a_first_boot_that_nothing_reads_are_not_followed(
    files: Mapping[str, bytes], links: Mapping[str, str]
) -> None:
    assert first_boot(b"telnetd\n", files, links) == []


def test_a_tree_that_is_not_of_openwrt_has_no_such_first_boot() -> None:
    files = {one: text for one, text in FILES.items() if one != "etc/rc.common"}
    found = observe(Startup(), {**files, "etc/uci-defaults/50-telnet": b"telnetd\n"}, LINKS)
    assert {
        one.fact.state for one in found if isinstance(one.fact, StartedProgram) and one.fact.program == "telnetd"
    } <= {"not-started"}
