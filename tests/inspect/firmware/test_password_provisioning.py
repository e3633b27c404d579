from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._shell_words import assignments, origins, shell_text, unquoted, word_at
from plimsoll.inspect.firmware.password_provisioning import PasswordProvisionings, _commands
from plimsoll.model.facts import PasswordProvisioning
from plimsoll.model.locator import FileSpan, parse_place
from tests.firmware import observe, observe_all

HASH = b"$1$saltsalt$" + b"abcXYZ01./" * 2 + b"ab"
SCRIPT = "etc/init.d/setup"


def commands(lines: bytes, path: str = SCRIPT) -> list[tuple[str, str, str]]:
    facts = [one.fact for one in observe(PasswordProvisionings(), {path: b"#!/bin/sh\n" + lines})]
    return [(one.command, one.account, one.source) for one in facts if isinstance(one, PasswordProvisioning)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'echo "root:hunter2" | chpasswd', ("chpasswd", "root", "constant")),
        (b"echo root:'" + HASH + b"' | /usr/sbin/chpasswd -e", ("chpasswd", "root", "constant")),
        (b"chpasswd <<< 'admin:hunter2'", ("chpasswd", "admin", "constant")),
        (b"chpasswd <<EOF\nadmin:hunter2\nEOF", ("chpasswd", "admin", "constant")),
        (b"(echo hunter2; sleep 1; echo hunter2) | passwd root", ("passwd", "root", "constant")),
        (b'echo -e "hunter2\\nhunter2" | passwd admin >/dev/null', ("passwd", "admin", "constant")),
        (b'printf "%s\\n%s\\n" "$p" "$p" | passwd', ("passwd", "root", "unknown")),
        (b"passwd -d root", ("passwd", "root", "constant")),
        (b"usermod -p '" + HASH + b"' root", ("usermod", "root", "constant")),
        (b'useradd -m -p "$(openssl passwd -1 hunter2)" dev', ("useradd", "dev", "unknown")),
        (b"sed -i 's|^root:[^:]*:|root:" + HASH + b":|' /etc/shadow", ("sed", "root", "constant")),
        (b'sed -i "s/root::/root:$hash:/" /etc/shadow', ("sed", "root", "unknown")),
        (b'echo "support:' + HASH.replace(b"$", b"\\$") + b':0:0::/:/bin/sh" >> /etc/passwd',
         ("echo", "support", "constant")),
        (b'echo "user:$(gen-crypt $PASSWORD):1:0:99999:7:::" >> /etc/shadow', ("echo", "user", "unknown")),
        (b"passwd root", ("passwd", "root", "user")),
        (b"if [ -t 0 ]; then passwd; fi", ("passwd", "root", "user")),
    ],
)  # fmt: skip
def test_each_way_to_set_a_password_is_read(line: bytes, expected: tuple[str, str, str]) -> None:
    assert commands(b"p=$(x)\n" + line + b"\n") == [expected]


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (b"PW=hunter2", "constant"),
        (b"PW='hunter2'", "constant"),
        (b"X=hunter2\nPW=$X", "constant"),
        (b"PW=$(head -c 8 /dev/urandom | base64)", "random"),
        (b"PW=`openssl rand -hex 8`", "random"),
        (b"PW=$(pwgen 12 1)", "random"),
        (b"PW=$(fw_printenv -n password)", "per-device"),
        (b"PW=$(dd if=/dev/mtd5 bs=1 skip=64 count=12)", "per-device"),
        (b"PW=$(nvram get factory_password)", "per-device"),
        (b"PW=$(nvram get http_passwd)", "unknown"),
        (b"PW=$(cat /sys/class/net/eth0/address)", "identifier"),
        (b"MAC=$(ifconfig eth0 | awk '{print $5}')\nPW=$(echo -n $MAC | md5sum | cut -c 1-8)", "identifier"),
        (b"PW=$(fw_printenv -n serial)", "identifier"),
        (b"PW=$(cat /sys/class/net/eth0/address)$(openssl rand -hex 4)", "random"),
        (b"S=$(dd if=/dev/mtd5 bs=1 count=12)\nM=$(cat /sys/class/net/eth0/address)\nPW=$S$M", "per-device"),
        (b"read -p 'New password: ' PW", "user"),
        (b"PW=$1", "user"),
        (b"set_it() {\nPW=$1", "unknown"),
        (b"PW=$(mkpasswd -S $(openssl rand -hex 4) $OTHER)", "unknown"),
        (b": nothing", "unknown"),
    ],
)
def test_the_source_is_followed_through_variables(value: bytes, source: str) -> None:
    assert commands(value + b'\necho "root:$PW" | chpasswd\n') == [("chpasswd", "root", source)]


def test_the_name_of_the_account_is_followed_too() -> None:
    assert commands(b'U=admin\necho "$U:x1y2" | chpasswd\n') == [("chpasswd", "admin", "constant")]
    assert commands(b'echo "$U:x1y2" | chpasswd\n') == [("chpasswd", "", "constant")]


def test_a_command_over_two_lines_is_one() -> None:
    assert commands(b"echo root:hunter2 \\\n | chpasswd\n") == [("chpasswd", "root", "constant")]


@pytest.mark.parametrize(
    "line",
    [
        b"# echo root:hunter2 | chpasswd",
        b"echo 'use passwd to set a password'",
        b"passwd -l root",
        b"grep -q ^root: /etc/shadow",
        b"cp /rom/etc/shadow /etc/shadow",
        b"sed -i 's|^root:[^:]*:|root:*:|' /etc/shadow",
        b"sed -i 's|/bin/ash|/bin/false|' /etc/passwd",
        b'echo "ftp:*:55:55:ftp:/home/ftp:/bin/false" >> /etc/passwd',
        b'echo "user:x:1000:1000::/:/bin/sh" >> /etc/passwd',
        b"chmod 600 /etc/shadow",
        b"passwd=$(nvram get x)",
        b"h=$(sed -ne 's/^root:\\([^:]*\\):.*/\\1/p' /etc/passwd)\nsed -i \"s/^root:x:/root:$h:/\" /etc/shadow",
        b"useradd -r -s /bin/false svc",
    ],
)
def test_what_sets_no_password_is_no_provisioning(line: bytes) -> None:
    assert commands(line + b"\n") == []


@pytest.mark.parametrize("path", ["usr/share/doc/setup.sh", "usr/lib/tests/setup"])
def test_a_script_of_documentation_sets_nothing(path: str) -> None:
    assert commands(b"echo root:hunter2 | chpasswd\n", path) == []


def test_the_constant_is_at_its_bytes_and_never_in_clear() -> None:
    data = b'#!/bin/sh\nPW="hunter2"; echo "root:$PW" | chpasswd\n'
    (one,), _, secrets = observe_all(PasswordProvisionings(), {SCRIPT: data})
    span = parse_place(one.where)
    assert isinstance(span, FileSpan) and span.offset is not None and span.length is not None
    assert data[span.offset : span.offset + span.length] == b"hunter2" == next(iter(secrets.values()))
    assert "hunter2" not in repr(one)


def test_words_are_read_with_their_quotes() -> None:
    assert word_at(b'"a b"$(c "d e")x; y', 0) == b'"a b"$(c "d e")x'
    assert word_at(b"'a;b' c", 0) == b"'a;b'"
    assert word_at(b"`a b`|c", 0) == b"`a b`"
    assert unquoted(b'"a\\$b"') == b"a$b"


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    text = shell_text(b"echo a:b | chpasswd " + data)
    known = assignments(text)
    origins(data, known)
    for line in (text, b"sed s|root:x:|root:" + data + b":| /etc/shadow", b"usermod -p " + data):
        list(_commands(line, 0, line))
