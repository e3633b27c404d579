"""Archives that a script unpacks over /etc: the command is read, and what they bring is weighed as if it lay there."""

from __future__ import annotations

import base64
import datetime
import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from scripts.twins.images import image
from scripts.twins.tree import Files, link, script, text

from plimsoll.assess import assess
from plimsoll.inspect.firmware._shell import read_script
from plimsoll.inspect.firmware._unpacked import unpacked
from plimsoll.model.product import Product

SHADOW = "root:$6$abcdefgh$" + "A" * 86 + ":19700:0:99999:7:::\n"


def read(line: str) -> list[tuple[bytes, bytes]]:
    commands = read_script(b"#!/bin/sh\n" + line.encode() + b"\n", {})
    return [(one.archive, one.folder) for one in unpacked(commands)]


@pytest.mark.parametrize("line", [
    "tar xf /usr/a.tar -C /etc",
    "tar -xzf /usr/a.tar -C /etc/",
    "tar zxvf /usr/a.tar -C /etc",
    "tar -C /etc -x -f /usr/a.tar",
    "tar -x -z -f/usr/a.tar -C/etc",
    "tar --extract --file=/usr/a.tar --directory=/etc",
    "tar --extract --file /usr/a.tar --directory /etc",
    "busybox tar xJf /usr/a.tar -C /etc",
    "cd /etc && tar xf /usr/a.tar",
    "cd /etc\n/bin/tar xf /usr/a.tar",
    "unzip -o /usr/a.tar -d /etc",
])  # fmt: skip
def test_a_command_that_unpacks_is_read(line: str) -> None:
    assert read(line) == [(b"/usr/a.tar", b"/etc")]


@pytest.mark.parametrize("line", [
    "tar cf /usr/a.tar -C /etc passwd",
    "tar tf /usr/a.tar -C /etc",
    "tar xf a.tar -C /etc",
    "tar xf /usr/a.tar",
    "tar xf $1 -C /etc",
    "tar xf /usr/a.tar -C $D",
    "tar",
    "tar xf",
    "unzip -l /usr/a.tar",
    "echo tar xf /usr/a.tar -C /etc",
])  # fmt: skip
def test_another_is_not(line: str) -> None:
    assert read(line) == []


def archive(files: dict[str, str]) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content.encode()))
    return whole.getvalue()


def told(
    tmp_path: Path,
    command: str,
    inside: dict[str, str],
    more: Mapping[str, tuple[int, bytes]] = {},
    criterion: str = "no-fixed-account-is-accepted",
) -> list[str]:
    program = Path(sys.executable).read_bytes()[:100_000]
    files: Files = {
        "bin/busybox": (0o755, program),
        "usr/sbin/telnetd": (0o755, program),
        "sbin/init": link("../bin/busybox"),
        "bin/sh": link("busybox"),
        "etc/inittab": text("::sysinit:/etc/init.d/rcS\n"),
        "etc/init.d/rcS": script(f"{command}\n/usr/sbin/telnetd\n"),
        "etc/passwd": text("root:x:0:0:root:/root:/bin/sh\n"),
        "etc/shadow": text("root:*:19700:0:99999:7:::\n"),
        "usr/share/defaults.tar.gz": (0o644, archive(inside)),
        **more,
    }
    (tmp_path / "image.bin").write_bytes(image("cpio-uimage", files))
    assessment = assess(tmp_path / "image.bin", Product(), today=datetime.date(2026, 11, 25))
    found = [one for one in assessment.findings if one.criterion == criterion]
    return [one.effect for finding in found for one in finding.bearings if one.effect != "blocks"]


@pytest.mark.parametrize(("command", "inside", "expected"), [
    ("tar xzf /usr/share/defaults.tar.gz -C /etc", {"./shadow": SHADOW}, ["refutes"]),
    ("tar xzf /usr/share/defaults.tar.gz -C /", {"etc/shadow": SHADOW}, ["refutes"]),
    ("[ -f /data/x ] || tar xzf /usr/share/defaults.tar.gz -C /etc", {"shadow": SHADOW}, ["suspects"]),
    ("true", {"shadow": SHADOW}, []),
    ("tar xzf /usr/share/defaults.tar.gz -C /tmp", {"shadow": SHADOW}, []),
    ("tar xzf /usr/share/defaults.tar.gz -C /etc", {"motd": "hello\n"}, []),
    ("# tar xzf /usr/share/defaults.tar.gz -C /etc", {"shadow": SHADOW}, []),
])  # fmt: skip
def test_accounts_that_an_archive_brings_count_where_it_is_unpacked(
    tmp_path: Path, command: str, inside: dict[str, str], expected: list[str]
) -> None:
    assert told(tmp_path, command, inside) == expected


HASHED: Files = {"etc/shadow": text(SHADOW)}
UNPACK = "tar xzf /usr/share/defaults.tar.gz -C /\n"
SSHD = "/usr/sbin/sshd"
CONFIG = "etc/ssh/sshd_config"


@pytest.mark.parametrize(("command", "inside", "own", "expected"), [
    (UNPACK + SSHD, "PermitRootLogin yes\n", "PermitRootLogin no\n", ["refutes"]),
    (UNPACK + SSHD, "PermitRootLogin no\n", "PermitRootLogin yes\n", []),
    (UNPACK + SSHD, "Port 22\n", "PermitRootLogin yes\n", ["suspects"]),
    (f"[ -f /data/x ] && {UNPACK}{SSHD}", "PermitRootLogin no\n", "PermitRootLogin yes\n", ["suspects"]),
    (f"[ -f /data/x ] && {UNPACK}{SSHD}", "PermitRootLogin yes\n", "Port 22\n", ["suspects"]),
    (SSHD, "PermitRootLogin yes\n", "PermitRootLogin no\n", []),
    (f"tar xzf /usr/share/defaults.tar.gz -C /tmp\n{SSHD}", "PermitRootLogin yes\n", "PermitRootLogin no\n", []),
])  # fmt: skip
def test_settings_that_an_archive_brings_take_the_place_of_those_that_lie_there(
    tmp_path: Path, command: str, inside: str, own: str, expected: list[str]
) -> None:
    program = Path(sys.executable).read_bytes()[:100_000]
    more: Files = {**HASHED, CONFIG: text(own), "usr/sbin/sshd": (0o755, program)}
    assert told(tmp_path, f"{command}\nexit 0", {CONFIG: inside}, more) == expected


@pytest.mark.parametrize(("command", "expected"), [
    (UNPACK + SSHD, ["refutes"]),
    (f"[ -f /data/x ] && {UNPACK}{SSHD}", ["suspects"]),
    (SSHD, []),
])  # fmt: skip
def test_keys_that_an_archive_brings_open_the_account(tmp_path: Path, command: str, expected: list[str]) -> None:
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"k" * 32
    key = f"ssh-ed25519 {base64.b64encode(blob).decode()} dev@maker\n"
    program = Path(sys.executable).read_bytes()[:100_000]
    more: Files = {"usr/sbin/sshd": (0o755, program), CONFIG: text("Port 22\n")}
    inside = {"root/.ssh/authorized_keys": key}
    assert told(tmp_path, f"{command}\nexit 0", inside, more, "no-shared-key-grants-login") == expected
