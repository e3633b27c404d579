"""Accounts that a reset puts back, from files to verdicts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.looking import ELF, effects_of, finding_of

HASH = "$1$qrstuvwx$IB6rKYXGL5TmVJYmhs4uE1"
SHADOW = f"root:{HASH}:0:0:99999:7:::\n"
LOCKED = "root:*:0:0:99999:7:::\n"
RESET = "usr/sbin/factory-reset"
FILES = {
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/init.d/rcS": "#!/bin/sh\ntelnetd &\n",
    "bin/busybox": ELF,
    "usr/sbin/telnetd": ELF,
    "usr/sbin/chpasswd": ELF,
    "etc/passwd": "root:x:0:0::/:/bin/sh\n",
    "etc/shadow": LOCKED,
    "etc/defaults/shadow": SHADOW,
    RESET: "#!/bin/sh\ncp /etc/defaults/shadow /etc/shadow\nsync\nreboot\n",
}


def effects(changed: Mapping[str, str] = {}, links: Mapping[str, str] = {}) -> list[str]:
    return effects_of(FIXED_ACCOUNT, {**FILES, **changed}, links)


def test_a_password_that_a_reset_puts_back_is_a_suspicion() -> None:
    assert effects() == ["suspects"]
    assert str(finding_of(FIXED_ACCOUNT, FILES).bearings[0].why) == (
        "factory-reset sets the product back, and puts in place a password of root that is the same in every unit; "
        "telnetd may let it in from then on"
    )


def test_a_passwd_with_a_password_that_a_reset_puts_back_is_a_suspicion() -> None:
    reset = "#!/bin/sh\ncp /etc/defaults/passwd /etc/passwd\n"
    assert effects({RESET: reset, "etc/defaults/passwd": f"root:{HASH}:0:0::/:/bin/sh\n"}) == ["suspects"]
    assert effects({RESET: reset, "etc/defaults/passwd": f"root:{HASH}:0:0::/:/bin/false\n"}) == []


def test_a_password_that_is_in_place_already_is_told_once() -> None:
    assert effects({"etc/shadow": SHADOW}) == ["refutes"]


def test_a_link_to_where_the_reset_writes_is_followed() -> None:
    files = {path: text for path, text in FILES.items() if path != "etc/shadow"}
    files |= {"data/shadow": LOCKED, RESET: "#!/bin/sh\ncp /etc/defaults/shadow /data/shadow\n"}
    assert effects_of(FIXED_ACCOUNT, files, {"etc/shadow": "/data/shadow"}) == ["suspects"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"etc/defaults/shadow": LOCKED}, id="locked"),
        pytest.param({"etc/defaults/shadow": f"guest:{HASH}:0:0:99999:7:::\n"}, id="an account that there is not"),
        pytest.param({"etc/passwd": "root:x:0:0::/:/sbin/nologin\n"}, id="a shell that refuses"),
        pytest.param({"etc/init.d/rcS": "#!/bin/sh\n# telnetd &\n"}, id="no service asks"),
        pytest.param({RESET: "#!/bin/sh\n# cp /etc/defaults/shadow /etc/shadow\nrm -rf /data\n"}, id="a comment"),
        pytest.param({RESET: "#!/bin/sh\ncp /etc/defaults/shadow /tmp/shadow\n"}, id="put elsewhere"),
        pytest.param({RESET: "", "usr/sbin/notes": FILES[RESET]}, id="no reset"),
        pytest.param({RESET: "", "usr/share/doc/factory-reset": FILES[RESET]}, id="documentation"),
        pytest.param(
            {RESET: FILES[RESET] + 'echo "root:$(fw_printenv -n password)" | chpasswd\n'}, id="then one of the unit"
        ),
        pytest.param(
            {"etc/init.d/rcS": '#!/bin/sh\necho "root:$(fw_printenv -n password)" | chpasswd\ntelnetd &\n'},
            id="each boot sets one of the unit",
        ),
    ],
)
def test_what_no_reset_puts_back_is_silent(changed: Mapping[str, str]) -> None:
    assert effects(changed) == []
