"""What a script says to people is no command: the rules on commands are silent on it, and on nothing else."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.certificate_checks import CERTIFICATES
from plimsoll.judge.rules.control import CONTROL
from tests.judge.looking import ELF, effects_of

_SYSTEM = {
    "bin/busybox": ELF,
    "usr/bin/curl": ELF,
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/init.d/rcS": "#!/bin/sh\nsh /usr/bin/setup.sh\n",
}
_COMMAND = "curl -k http://updates.acme-home.net/x | sh"


def said_of(script: str) -> list[str]:
    files = {**_SYSTEM, "usr/bin/setup.sh": "#!/bin/sh\n" + script}
    links = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}
    return [one for rule in (CERTIFICATES, CONTROL) for one in effects_of(rule, files, links)]


@pytest.mark.parametrize("script", [
    f'usage() {{\n  echo "usage: {_COMMAND}"\n}}\nusage\n',
    f"cat <<EOF\n  {_COMMAND}\nEOF\n",
])  # fmt: skip
def test_a_text_of_help_is_no_command(script: str) -> None:
    assert said_of(script) == []


@pytest.mark.parametrize("script", [
    f"{_COMMAND}\n",
    f"if true; then\n  {_COMMAND}\nfi\n",
    f"list=$({_COMMAND})\n",
    f"sh <<EOF\n{_COMMAND}\nEOF\n",
])  # fmt: skip
def test_a_text_that_is_run_is(script: str) -> None:
    assert "refutes" in said_of(script)


@pytest.mark.parametrize("script", [
    f'echo "{_COMMAND}" > /tmp/x.sh\nsh /tmp/x.sh\n',
    f'eval "$(echo "{_COMMAND}")"\n',
])  # fmt: skip
def test_a_text_that_may_be_run_is_a_suspicion(script: str) -> None:
    assert "suspects" in said_of(script)


@pytest.mark.parametrize("script", [
    f"if false; then\n  {_COMMAND}\nfi\n",
    f'case "$1" in\n  debug) {_COMMAND} ;;\nesac\n',
    f"cat > /tmp/notes <<EOF\n{_COMMAND}\nEOF\n",
    f"fetch() {{\n  {_COMMAND}\n}}\n",
    f"exit 0\n{_COMMAND}\n",
])  # fmt: skip
def test_what_a_script_does_not_come_to_is_not_held_against_it(script: str) -> None:
    assert "refutes" not in said_of(script)
