"""A password that OpenWrt's first boot gives to an account, from files to verdicts."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT
from tests.judge.looking import ELF, effects_of

SERVICE = (
    "#!/bin/sh /etc/rc.common\nSTART=50\nUSE_PROCD=1\nstart_service() {\n\tprocd_open_instance\n"
    "\tprocd_set_param command /usr/sbin/dropbear -F -R\n\tprocd_close_instance\n}\n"
)
FIRST = "etc/uci-defaults/99-password"
FILES = {
    "bin/busybox": ELF,
    "usr/bin/passwd": ELF,
    "usr/sbin/chpasswd": ELF,
    "usr/sbin/dropbear": ELF,
    "etc/inittab": "::sysinit:/etc/init.d/rcS S boot\n",
    "etc/rc.common": "#!/bin/sh\n",
    "etc/init.d/boot": "#!/bin/sh /etc/rc.common\nSTART=10\nboot() {\n\tuci_apply_defaults\n}\n",
    "etc/init.d/dropbear": SERVICE,
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/shadow": "root:*:0:0:99999:7:::\n",
    FIRST: 'printf "Harbour-77\\nHarbour-77\\n" | passwd root\n',
}
LINKS = {"etc/rc.d/S10boot": "../init.d/boot", "etc/rc.d/S50dropbear": "../init.d/dropbear"}
FIXED = 'echo "root:Harbour-77" | chpasswd\n'


def effects(**changed: str) -> list[str]:
    """Give the effects with some files of other contents: the script, the service, the rest by path."""
    names = {"script": FIRST, "service": "etc/init.d/dropbear", "boot": "etc/init.d/boot"}
    return effects_of(FIXED_ACCOUNT, {**FILES, **{names[one]: text for one, text in changed.items()}}, LINKS)


@pytest.mark.parametrize("script", [FILES[FIRST], FIXED, "#!/bin/sh\n" + FIXED + "exit 0\n"])
def test_a_constant_of_the_first_boot_decides(script: str) -> None:
    assert effects(script=script) == ["refutes"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("# " + FIXED, id="a comment"),
        pytest.param('word=$(head -c 9 /dev/urandom | base64)\necho "root:$word" | chpasswd\n', id="random"),
        pytest.param('echo "root:$(fw_printenv -n password)" | chpasswd\n', id="of the unit"),
    ],
)
def test_what_the_first_boot_does_not_set_to_a_constant_is_silent(script: str) -> None:
    assert effects(script=script) == []


@pytest.mark.parametrize("script", ['if [ "$(uci -q get a.b.c)" = 1 ]; then\n\t' + FIXED + "fi\n", "exit 0\n" + FIXED])
def test_a_constant_that_is_not_seen_to_be_set_is_a_suspicion(script: str) -> None:
    assert effects(script=script) == ["suspects"]


def test_a_first_boot_that_nothing_runs_is_silent() -> None:
    assert effects(boot="#!/bin/sh /etc/rc.common\nSTART=10\nboot() {\n\ttrue\n}\n") == []
    assert effects_of(FIXED_ACCOUNT, FILES, {"etc/rc.d/S50dropbear": "../init.d/dropbear"}) == []


def test_a_service_that_is_not_started_asks_nobody() -> None:
    assert effects_of(FIXED_ACCOUNT, FILES, {"etc/rc.d/S10boot": "../init.d/boot"}) == []


def test_a_system_without_procd_runs_none_of_it() -> None:
    files = {one: text for one, text in FILES.items() if one != "etc/rc.common"}
    files |= {"etc/init.d/rcS": "#!/bin/sh\n/usr/sbin/dropbear -R\n"}
    assert effects_of(FIXED_ACCOUNT, files, LINKS) == []


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param(SERVICE.replace("-F -R", "-F -s"), [], id="takes no passwords"),
        pytest.param(SERVICE.replace("-F -R", "-F $OPTIONS"), ["suspects"], id="told by a variable"),
        pytest.param(
            SERVICE.replace("\tprocd_close", '\t[ "$auth" -eq 0 ] && procd_append_param command -s\n\tprocd_close'),
            ["suspects"],
            id="told by settings that were not seen",
        ),
    ],
)
def test_what_the_service_is_told_is_heeded(service: str, expected: list[str]) -> None:
    assert effects(service=service) == expected
