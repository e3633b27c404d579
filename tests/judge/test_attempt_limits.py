"""Which limits on wrong logins cover which started service."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.password_care import ATTEMPTS
from plimsoll.model.evidence import Observation
from tests.judge.building import effects, found, setting, start
from tests.judge.looking import ELF, effects_of


@pytest.mark.parametrize(("service", "limit", "expected"), [
    ("sshd", setting("sshd", "maxauthtries", "3"), ("supports",)),
    ("sshd", setting("sshd", "maxauthtries", "1000"), ("suspects",)),
    ("sshd", setting("sshd", "maxauthtries", "3", active=False), ()),
    ("sshd", setting("sshd", "port", "22"), ()),
    ("dropbear", setting("sshd", "maxauthtries", "3"), ()),
    ("dropbear", setting("dropbear", "maxauthtries", "3"), ("supports",)),
    ("vsftpd", setting("vsftpd", "max_login_fails", "3"), ("supports",)),
    ("sshd", setting("sshd", "faillock", "deny=3"), ("supports",)),
    ("sshd", setting("pam", "tally2", "deny=3"), ("supports",)),
    ("dropbear", setting("sshd", "faillock", "deny=3"), ()),
    ("dropbear", setting("pam", "tally2", "deny=3"), ()),
    ("mosquitto", setting("pam", "tally2", "deny=3"), ()),
    ("telnetd", setting("login", "fail_delay", "3"), ("supports",)),
    ("telnetd", setting("login", "fail_delay", "0"), ("suspects",)),
    ("sshd", setting("login", "fail_delay", "3"), ()),
    ("lighttpd", setting("lighttpd", "server.port", "80"), ()),
    ("mosquitto", setting("mosquitto", "listener", "1883"), ()),
])  # fmt: skip
def test_a_limit_counts_for_the_service_that_it_covers(
    service: str, limit: Observation, expected: tuple[str, ...]
) -> None:
    assert effects(ATTEMPTS, start(service), limit) == expected
    assert effects(ATTEMPTS, start(service, state="disabled"), limit) == ()


@pytest.mark.parametrize(("arguments", "expected"), [
    (("-T", "3"), ("supports",)),
    (("-T3",), ("supports",)),
    (("-T", "900"), ("suspects",)),
    (("-T", "${MaxAuthTries}"), ()),
    (("-p", "22"), ()),
])  # fmt: skip
def test_the_option_of_dropbear_counts(arguments: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert effects(ATTEMPTS, start("dropbear", *arguments)) == expected


@pytest.mark.parametrize(("jail", "value", "why"), [
    ("sshd.enabled", "true", "fail2ban-server is started and shuts out who guesses passwords of sshd"),
    ("sshd-ddos.enabled", "true", "fail2ban-server is started and shuts out who guesses passwords of sshd"),
    ("sshd.enabled", "false", "fail2ban-server, which shuts out who guesses passwords, is started"),
    ("vsftpd.enabled", "true", "fail2ban-server, which shuts out who guesses passwords, is started"),
])  # fmt: skip
def test_a_guard_covers_what_it_is_told_to_watch(jail: str, value: str, why: str) -> None:
    given = start("sshd"), start("fail2ban-server", line=1), setting("fail2ban-server", jail, value)
    assert [str(one.why) for one in found(ATTEMPTS, *given).bearings] == [why]


@pytest.mark.parametrize(("rule", "expected"), [
    ("iptables -A INPUT -p tcp --dport 23 -m recent --update --seconds 60 --hitcount 4 -j DROP", ["supports"]),
    ("iptables -A INPUT -p tcp --dport 23 -m hashlimit --hashlimit-above 3/min -j DROP", ["supports"]),
    ("iptables -A INPUT -p tcp --dport 22 -m recent --update --seconds 60 -j DROP", []),
    ("iptables -A INPUT -p tcp --dport 23 -j ACCEPT", []),
    ("# iptables -A INPUT -p tcp --dport 23 -m recent --update -j DROP", []),
    ("[ -f /mnt/x/y ] && iptables -A INPUT -p tcp --dport 23 -m recent --update -j DROP", []),
])  # fmt: skip
def test_a_rule_of_a_packet_filter_covers_the_service_of_its_port(rule: str, expected: list[str]) -> None:
    files = {
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{rule}\ntelnetd\n",
        **dict.fromkeys(("usr/sbin/telnetd", "usr/sbin/iptables"), ELF),
    }
    assert effects_of(ATTEMPTS, files) == expected
