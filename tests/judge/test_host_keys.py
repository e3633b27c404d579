"""Whether a server of SSH has a host key of the image: where it lies, what brings it there, what makes another."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.communicated_secrets import SHARED_KEYS
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import PrivateKey, StartedProgram
from tests.judge.building import effects, found, seen, setting, start
from tests.judge.looking import ELF, from_files

PLACE = "etc/dropbear/dropbear_rsa_host_key"
TEMPLATE = "usr/share/keys/dropbear_rsa_host_key"


def key(path: str = PLACE, container: str = "dropbear") -> Observation:
    return seen(PrivateKey("rsa", 2048, container, purpose="ssh-host"), path, 1)


@pytest.mark.parametrize(("path", "container", "program", "expected"), [
    (PLACE, "dropbear", "dropbear", ("refutes",)),
    ("etc/ssh/ssh_host_ed25519_key", "openssh", "sshd", ("refutes",)),
    ("etc/ssh_host_rsa_key", "pem", "sshd", ("refutes",)),
    (TEMPLATE, "dropbear", "dropbear", ("suspects",)),
    ("opt/backup/ssh_host_rsa_key", "openssh", "sshd", ("suspects",)),
    (PLACE, "dropbear", "sshd", ("suspects",)),
])  # fmt: skip
def test_a_host_key_counts_where_the_server_looks(
    path: str, container: str, program: str, expected: tuple[str, ...]
) -> None:
    assert effects(SHARED_KEYS, key(path, container), start(program)) == expected


@pytest.mark.parametrize(("arguments", "expected"), [
    ((f"/{TEMPLATE}", "/etc/dropbear/"), "refutes"),
    ((f"/{TEMPLATE}", "/etc/dropbear"), "refutes"),
    (("-f", f"/{TEMPLATE}", f"/{PLACE}"), "refutes"),
    (("-r", "/usr/share/keys/*", "/etc/dropbear/"), "refutes"),
    ((f"/{TEMPLATE}", "/tmp/keys"), "suspects"),
    (("/usr/share/other/*", "/etc/dropbear/"), "suspects"),
])  # fmt: skip
def test_a_key_that_a_start_script_copies_counts_where_it_is_put(arguments: tuple[str, ...], expected: str) -> None:
    copy = start("cp", *arguments, line=1)
    assert effects(SHARED_KEYS, key(TEMPLATE), start("dropbear", line=2), copy) == (expected,)


def test_a_copy_under_a_condition_is_a_suspicion() -> None:
    copy = start("cp", f"/{TEMPLATE}", "/etc/dropbear/", line=1, state="conditional")
    assert effects(SHARED_KEYS, key(TEMPLATE), start("dropbear", line=2), copy) == ("suspects",)
    never = start("cp", f"/{TEMPLATE}", "/etc/dropbear/", line=1, state="disabled")
    assert effects(SHARED_KEYS, key(TEMPLATE), start("dropbear", line=2), never) == ("suspects",)


def test_a_script_that_makes_a_key_in_its_place_leaves_it_open() -> None:
    made = start("dropbearkey", "-t", "rsa", "-f", f"/{PLACE}", line=1)
    finding = found(SHARED_KEYS, key(), start("dropbear", line=2), made)
    assert [(one.effect, one.sureness) for one in finding.bearings] == [("suspects", "likely")]
    other = start("dropbearkey", "-t", "rsa", "-f", "/tmp/key", line=1)
    assert effects(SHARED_KEYS, key(), start("dropbear", line=2), other) == ("refutes",)
    missing = start("ssh-keygen", "-A", line=1)
    assert effects(SHARED_KEYS, key("etc/ssh/ssh_host_rsa_key", "openssh"), start("sshd", line=2), missing) == (
        "refutes",
    )


def test_a_server_that_is_told_its_keys_looks_nowhere_else() -> None:
    own = key("data/keys/host", "openssh"), start("sshd")
    assert effects(SHARED_KEYS, *own, setting("sshd", "hostkey", "/data/keys/host")) == ("refutes",)
    assert effects(SHARED_KEYS, *own, setting("sshd", "hostkey", "/data/keys/other")) == ("suspects",)
    given = start("dropbear", "-r", f"/{TEMPLATE}")
    assert effects(SHARED_KEYS, key(TEMPLATE), given) == ("refutes",)
    assert effects(SHARED_KEYS, key(), given) == ("suspects",)


def test_from_files_with_a_key_of_a_template_that_a_start_script_copies() -> None:
    text = "\0\0\0\7ssh-rsa"
    files = {
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": "#!/bin/sh\n[ -f /etc/dropbear/x ] || cp /rom_keys/dropbear_rsa_host_key /etc/dropbear/\n",
        "usr/sbin/dropbear": ELF,
        "rom_keys/dropbear_rsa_host_key": text,
    }
    copies = [one.fact for one in from_files(files).observations if isinstance(one.fact, StartedProgram)]
    assert ("cp", "first-boot", ("/rom_keys/dropbear_rsa_host_key", "/etc/dropbear/")) in [
        (one.program, one.state, one.arguments) for one in copies
    ]
