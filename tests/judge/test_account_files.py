"""Whose lines hold after links and start scripts, from the files of a tree to what the rule says."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.looking import ELF, effects_of, finding_of

HASH = "root:$1$qrstuvwx$IB6rKYXGL5TmVJYmhs4uE1:0:0::/:/bin/sh\n"
LOCKED = "root:*:0:0::/:/bin/sh\n"
BASE = {"etc/inittab": "::sysinit:/etc/init.d/rcS\n", "bin/busybox": ELF, "usr/sbin/telnetd": ELF}


def rcs(*lines: str) -> dict[str, str]:
    return {"etc/init.d/rcS": "\n".join(("#!/bin/sh", *lines, "telnetd &", ""))}


@pytest.mark.parametrize(("line", "expected"), [
    ("cp /etc_ro/passwd /etc/passwd", ["refutes"]),
    ("cp -a /etc_ro/* /etc/", ["refutes"]),
    ("cat /etc_ro/passwd > /etc/passwd", ["refutes"]),
    ("[ -f /etc/passwd ] || cp /etc_ro/passwd /etc/passwd", ["refutes"]),
    ("[ -f /mnt/card/x ] && cp /etc_ro/passwd /etc/passwd", ["suspects"]),
    ("reset() {\ncp /etc_ro/passwd /etc/passwd\n}", ["suspects"]),
    ("# cp /etc_ro/passwd /etc/passwd", ["suspects"]),
    ("make_accounts > /etc/passwd", ["suspects"]),
])  # fmt: skip
def test_a_template_holds_when_it_is_put_in_place(line: str, expected: list[str]) -> None:
    assert effects_of(FIXED_ACCOUNT, {**BASE, **rcs(line), "etc_ro/passwd": HASH}) == expected


def test_a_locked_template_in_place_of_a_hash_opens_nothing() -> None:
    files = {**BASE, **rcs("cp /etc_ro/passwd /etc/passwd"), "etc/passwd": HASH, "etc_ro/passwd": LOCKED}
    assert effects_of(FIXED_ACCOUNT, files) == []


def test_accounts_of_another_partition_that_may_come_in_their_place_leave_it_open() -> None:
    files = {**BASE, "etc/passwd": HASH}
    kept = {**files, **rcs("[ -f /mnt/cfg/passwd ] && cp /mnt/cfg/passwd /etc/passwd")}
    assert effects_of(FIXED_ACCOUNT, {**files, **rcs()}) == ["refutes"]
    assert effects_of(FIXED_ACCOUNT, kept) == ["suspects"]


def test_a_backup_that_is_made_and_put_back_changes_nothing_for_sure() -> None:
    files = {**BASE, "etc/passwd": HASH, **rcs("cp /etc/passwd /tmp/passwd")}
    assert effects_of(FIXED_ACCOUNT, files) == ["refutes"]


@pytest.mark.parametrize(("target", "expected"), [("/var/passwd", ["refutes"]), ("/var/other", ["suspects"])])
def test_a_link_is_followed_to_what_a_script_puts_there(target: str, expected: list[str]) -> None:
    files = {**BASE, **rcs("cp /etc_ro/passwd /var/passwd"), "etc_ro/passwd": HASH}
    assert effects_of(FIXED_ACCOUNT, files, {"etc/passwd": target}) == expected


def test_a_template_of_shadow_holds_with_the_passwd_in_its_place() -> None:
    files = {
        **BASE,
        **rcs("cp /usr/share/defaults/shadow /etc/shadow"),
        "etc/passwd": "root:x:0:0::/:/bin/sh\n",
        "usr/share/defaults/shadow": "root:$1$qrstuvwx$IB6rKYXGL5TmVJYmhs4uE1:0:0:99999:7:::\n",
    }
    assert effects_of(FIXED_ACCOUNT, files) == ["refutes"]


def test_a_published_default_is_named_of_a_template_too() -> None:
    weak = "root:ab01FAX.bQRSU:0:0::/:/bin/sh\n"
    files = {**BASE, **rcs("cp /etc_ro/passwd.default /etc/passwd"), "etc_ro/passwd.default": weak}
    finding = finding_of(FIXED_ACCOUNT, files)
    assert [one.effect for one in finding.bearings] == ["refutes"]


def test_copies_that_go_round_end() -> None:
    files = {**BASE, "etc/passwd": HASH, **rcs("cp /etc/passwd /tmp/passwd", "cp /tmp/passwd /etc/passwd")}
    assert effects_of(FIXED_ACCOUNT, files)[0] in ("refutes", "suspects")
