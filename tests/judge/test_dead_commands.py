"""Commands that no boot comes to never decide: functions without a call, `if false`, what follows exit, other branches
of a start script, and here-documents that nobody runs; what a script writes and runs does."""

from __future__ import annotations

import base64

import pytest

from plimsoll.judge.rules.certificate_checks import CERTIFICATES
from plimsoll.judge.rules.control import CONTROL
from plimsoll.judge.rules.passwords import FIXED_ACCOUNT, SHARED_KEY
from plimsoll.judge.rules.service_secrets import SERVICE_SECRETS
from tests.judge.looking import ELF, effects_of

BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"k" * 32
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()} dev@maker"
SYSTEM = {
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/shadow": "root:*:0:0:99999:7:::\n",
    "bin/busybox": ELF,
    **dict.fromkeys(("usr/sbin/dropbear", "usr/bin/curl", "usr/sbin/chpasswd", "usr/bin/sshpass", "usr/bin/ssh"), ELF),
}
LINKS = {"sbin/init": "../bin/busybox", "bin/sh": "busybox", "usr/bin/wget": "../../bin/busybox"}
LINES = {
    SHARED_KEY: (
        f'echo "{KEY}" >> /root/.ssh/authorized_keys',
        f"cat >> /root/.ssh/authorized_keys <<END\n{KEY}\nEND",
        "cp /etc/keys/authorized_keys /root/.ssh/authorized_keys",
        "cp /etc/keys/authorized_keys /root/.ssh",
    ),
    FIXED_ACCOUNT: ('echo "root:Kestrel88x" | chpasswd',),
    SERVICE_SECRETS: (
        "curl -u admin:Kestrel88x https://api.kestrel-cloud.net/x -o /tmp/x",
        "sshpass -p Kestrel88x ssh bob@relay.kestrel-cloud.net",
    ),
    CERTIFICATES: ("curl -k https://api.kestrel-cloud.net/x -o /tmp/x",),
    CONTROL: ("wget -qO- http://api.kestrel-cloud.net/x | sh",),
}
CASES = [(rule, line) for rule, lines in LINES.items() for line in lines]
DEAD = {
    "function": "set_up() {\n%s\n}\n",
    "false": "if false; then\n%s\nfi\n",
    "exit": "dropbear\nexit 0\n%s\n",
    "exec": "dropbear\nexec /bin/busybox init\n%s\n",
    "branch": "set -- start\ncase debug-$1 in\ndebug)\n%s\n;;\nesac\n",
    "document": "cat > /tmp/later.sh <<EOF\n%s\nEOF\n",
    "nowhere": "cat > /dev/null <<EOF\n%s\nEOF\n",
}
LIVE = {
    "plain": "%s\n",
    "function": "set_up() {\n%s\n}\nset_up\n",
    "document": "cat > /tmp/now.sh <<EOF\n%s\nEOF\nsh /tmp/now.sh\n",
}


def effects(rule: object, start_script: str) -> list[str]:
    files = {**SYSTEM, "etc/init.d/rcS": f"#!/bin/sh\n{start_script}dropbear\n"}
    if "/etc/keys" in start_script:
        files["etc/keys/authorized_keys"] = KEY + "\n"
    return effects_of(rule, files, LINKS)  # type: ignore[arg-type]  # one of the rules above


@pytest.mark.parametrize("way", DEAD)
@pytest.mark.parametrize(("rule", "line"), CASES, ids=[line[:30] for _, line in CASES])
def test_what_is_never_run_does_not_decide(rule: object, line: str, way: str) -> None:
    assert "refutes" not in effects(rule, DEAD[way] % line)


@pytest.mark.parametrize("way", LIVE)
@pytest.mark.parametrize(("rule", "line"), CASES, ids=[line[:30] for _, line in CASES])
def test_what_is_run_does(rule: object, line: str, way: str) -> None:
    if way == "document" and "<<END" in line:
        pytest.skip("a here-document within another is not joined with the bytes that stand in it")
    assert "refutes" in effects(rule, LIVE[way] % line)


def test_keys_that_are_copied_elsewhere_are_a_suspicion() -> None:
    assert effects(SHARED_KEY, "cp /etc/keys/authorized_keys /tmp/keys\n") == ["suspects"]
    assert effects(SHARED_KEY, "cp /etc/keys/authorized_keys /home/nobody/.ssh\n") == ["refutes"]
