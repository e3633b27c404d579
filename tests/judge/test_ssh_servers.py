"""What servers of SSH are set to offer: the bad twin, the good twin, and what is no offer."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.judge.rules.ssh_servers import SSH_SERVERS
from tests.judge.looking import ELF, effects_of, finding_of

CONFIG = "etc/ssh/sshd_config"
OLD = {"usr/lib/opkg/status": "Package: openssh-server\nVersion: 6.6p1-1\nStatus: install ok installed\n\n"}
NEW = {"usr/lib/opkg/status": "Package: openssh-server\nVersion: 9.2p1-1\nStatus: install ok installed\n\n"}


def tree(command: str = "/usr/sbin/sshd", **files: str) -> dict[str, str]:
    return {
        "bin/busybox": ELF,
        "usr/sbin/sshd": ELF,
        "usr/sbin/dropbear": ELF,
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{command}\n",
        **files,
    }


def told(config: str, command: str = "/usr/sbin/sshd", more: Mapping[str, str] = {}) -> list[str]:
    return effects_of(SSH_SERVERS, {**tree(command), CONFIG: config, **more}, LINKS)


LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox"}


@pytest.mark.parametrize("config", [
    "KexAlgorithms diffie-hellman-group1-sha1\n",
    "kexalgorithms=diffie-hellman-group1-sha1\nKexAlgorithms curve25519-sha256\n",
])  # fmt: skip
def test_a_key_exchange_that_is_broken_decides(config: str) -> None:
    assert told(config) == ["refutes"]


def test_arcfour_decides_where_the_release_has_it() -> None:
    config = "Ciphers aes128-ctr,arcfour\n"
    assert told(config, more=OLD) == ["refutes"]
    assert told(config, more=NEW) == ["suspects"]
    assert told(config) == ["suspects"]


def test_protocol_1_decides_alone_and_is_ignored_by_newer_releases() -> None:
    ciphers = "Ciphers aes128-ctr\n"
    assert told(ciphers + "Protocol 1\n", more=OLD) == ["refutes"]
    assert told(ciphers + "Protocol 2,1\n", more=OLD) == ["suspects"]
    assert told(ciphers + "Protocol 2,1\n") == ["suspects"]
    assert told(ciphers + "Protocol 2,1\n", more=NEW) == []
    assert told(ciphers + "Protocol 2\n", more=OLD) == []


def test_a_release_that_offers_arcfour_by_default_is_doubted() -> None:
    assert told("Port 22\n", more=OLD) == ["suspects"]
    assert told("Port 22\n", more=NEW) == []


@pytest.mark.parametrize("config", [
    "Ciphers aes128-ctr,aes128-cbc\n",
    "Ciphers +3des-cbc\n",
    "Ciphers ^aes256-cbc\n",
    "MACs hmac-md5\n",
    "MACs hmac-sha2-256,hmac-sha1-96\n",
    "KexAlgorithms +diffie-hellman-group1-sha1\n",
    "KexAlgorithms curve25519-sha256,diffie-hellman-group1-sha1\n",
    "HostKeyAlgorithms ssh-dss\n",
    "PubkeyAcceptedKeyTypes +ssh-dss\n",
    "PubkeyAcceptedAlgorithms +ssh-rsa\n",
    "PermitEmptyPasswords yes\n",
])  # fmt: skip
def test_what_is_weak_or_beside_what_is_sound_is_doubted(config: str) -> None:
    assert told(config) == ["suspects"]


@pytest.mark.parametrize("config", [
    "#Ciphers arcfour\n",
    "Ciphers -arcfour,3des-cbc\n",
    "Ciphers aes128-ctr # not arcfour\n",
    "Ciphers aes128-ctr\nCiphers arcfour\n",
    "Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr\n",
    "MACs hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha1\n",
    "KexAlgorithms curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group14-sha1\n",
    "HostKeyAlgorithms rsa-sha2-512,ssh-ed25519\n",
    "Match User guest\n  PermitEmptyPasswords yes\n",
    "PermitEmptyPasswords no\nPermitRootLogin yes\n",
])  # fmt: skip
def test_what_is_sound_and_what_is_not_in_force_is_not(config: str) -> None:
    assert told(config) == []


def test_the_first_of_included_files_holds() -> None:
    config = "Include /etc/ssh/sshd_config.d/*.conf\nKexAlgorithms diffie-hellman-group1-sha1\n"
    first, second = (f"etc/ssh/sshd_config.d/{name}.conf" for name in ("10-sound", "90-old"))
    good, bad = "KexAlgorithms curve25519-sha256\n", "KexAlgorithms diffie-hellman-group1-sha1\n"
    assert told(config) == ["refutes"]
    assert told(config, more={first: good, second: bad}) == []
    assert told("Include /etc/ssh/sshd_config.d/*.conf\n", more={first: bad, second: good}) == ["refutes"]
    assert told("Port 22\n", more={first: bad}) == []


def test_what_the_command_line_says_counts_as_a_setting() -> None:
    assert told("Port 22\n", "/usr/sbin/sshd -o KexAlgorithms=diffie-hellman-group1-sha1") == ["refutes"]
    assert told("Port 22\n", "/usr/sbin/sshd -o 'Ciphers aes128-cbc'") == ["suspects"]


def test_another_file_counts_where_the_server_is_told_to_read_it() -> None:
    other = {"etc/sshd_config_own": "KexAlgorithms diffie-hellman-group1-sha1\n"}
    assert told("Port 22\n", "/usr/sbin/sshd -f /etc/sshd_config_own", more=other) == ["refutes"]
    assert told("Port 22\n", more=other) == []


def test_a_list_is_read_to_its_end() -> None:
    sound = ",".join(["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr"] * 5)
    assert told(f"Ciphers {sound},3des-cbc\n") == ["suspects"]


@pytest.mark.parametrize(("command", "expected"), [
    ("true", []),
    ("/usr/sbin/sshd -o ListenAddress=127.0.0.1", []),
    ("/usr/sbin/sshd -o MaxAuthTries=3", ["refutes"]),
    ("/usr/sbin/sshd -o KexAlgorithms=curve25519-sha256", []),
    ("/usr/sbin/sshd -oKexAlgorithms=curve25519-sha256 -o KexAlgorithms=diffie-hellman-group1-sha1", []),
    ("/usr/sbin/sshd $OPTIONS", ["suspects"]),
    ("/usr/sbin/sshd -f /data/sshd_config", []),
    ("/usr/sbin/sshd -f /etc/ssh/sshd_config", ["refutes"]),
    ("[ -e /data/ssh ] && /usr/sbin/sshd", ["suspects"]),
])  # fmt: skip
def test_the_server_has_to_be_started_with_that_file(command: str, expected: list[str]) -> None:
    assert told("KexAlgorithms diffie-hellman-group1-sha1\n", command) == expected


@pytest.mark.parametrize("path", ["etc/ssh/sshd_config.bak", "usr/share/doc/openssh/sshd_config", "etc/ssh/ssh_config"])
def test_a_file_that_is_not_read_counts_for_nothing(path: str) -> None:
    assert told("Port 22\n", more={path: "KexAlgorithms diffie-hellman-group1-sha1\n"}) == []


@pytest.mark.parametrize(("command", "expected"), [
    ("/usr/sbin/dropbear -R", []),
    ("/usr/sbin/dropbear -R -B", ["suspects"]),
    ("/usr/sbin/dropbear -R -B -s", []),
    ("/usr/sbin/dropbear -r /etc/dropbear/dropbear_dss_host_key", ["suspects"]),
    ("/usr/sbin/dropbear -p 127.0.0.1:22 -B", []),
])  # fmt: skip
def test_dropbear_is_weighed_by_its_switches(command: str, expected: list[str]) -> None:
    assert effects_of(SSH_SERVERS, tree(command), LINKS) == expected


def test_the_words_name_what_is_broken_only() -> None:
    finding = finding_of(SSH_SERVERS, {**tree(), CONFIG: "Ciphers aes128-cbc,arcfour\n", **OLD}, LINKS)
    assert [str(one.why) for one in finding.bearings] == [
        "sshd is started and offers for ciphers what is broken: arcfour"
    ]


@pytest.mark.parametrize(
    ("names", "command", "expected"),
    [
        (("aes128-ctr", "3des-cbc"), "/usr/sbin/dropbear -R", ["suspects"]),
        (("aes128-ctr", "aes256-ctr"), "/usr/sbin/dropbear -R", []),
        (("aes128-ctr", "3des-cbc"), "/usr/sbin/dropbear -p 127.0.0.1:22", []),
        (("aes128-ctr", "3des-cbc"), "true", []),
        (("ssh-rsa", "rsa-sha2-256"), "/usr/sbin/dropbear -R", []),
        (("ssh-rsa",), "/usr/sbin/dropbear -R", ["suspects"]),
        (("ssh-ed25519", "ssh-dss"), "/usr/sbin/dropbear -R", []),
    ],
)
def test_what_dropbear_was_built_with_is_a_suspicion(names: tuple[str, ...], command: str, expected: list[str]) -> None:
    program = "\x7fELF" + "\0" * 60 + "\0".join(("", *names, ""))
    assert told("Port 22\n", command, more={"usr/sbin/dropbear": program}) == expected
