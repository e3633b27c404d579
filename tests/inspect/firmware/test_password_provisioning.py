from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._password_commands import commands as read_commands
from plimsoll.inspect.firmware._shell_words import assignments, origins, shell_text, unquoted, word_at
from plimsoll.inspect.firmware.password_provisioning import PasswordProvisionings
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
        (b'useradd -m -p "$(openssl passwd -1 hunter2)" dev', ("useradd", "dev", "constant")),
        (b"usermod -p `mkpasswd -m sha-512 hunter2 saltsalt` dev", ("usermod", "dev", "constant")),
        (b"H=$(echo hunter2 | mkpasswd -s)\nusermod -p $H dev", ("usermod", "dev", "constant")),
        (b'H=`cryptpw -m des -S ab hunter2`\nsed -i "s|^root:[^:]*|root:$H|" /etc/shadow',
         ("sed", "root", "constant")),
        (b"usermod -p $(openssl passwd -1 $p) dev", ("usermod", "dev", "unknown")),
        (b"echo 'root:hunter2' > /tmp/pw\nchpasswd < /tmp/pw", ("chpasswd", "root", "constant")),
        (b'echo "$1:$2" > /tmp/pw\nchpasswd < /tmp/pw', ("chpasswd", "", "user")),
        (b"passwd root <<EOF\nhunter2\nhunter2\nEOF", ("passwd", "root", "constant")),
        (b"passwd <<< hunter2", ("passwd", "root", "constant")),
        (b'echo -e "hunter2\\nhunter2" | adduser -h /root -s /bin/sh dev', ("adduser", "dev", "constant")),
        (b"cat > /etc/passwd <<EOF\nroot:" + HASH + b":0:0::/:/bin/sh\nnobody:*:99:99::/:/bin/false\nEOF",
         ("cat", "root", "constant")),
        (b"cat <<'EOF' >> /etc/shadow\nroot:" + HASH + b":0:0:99999:7:::\nEOF", ("cat", "root", "constant")),
        (b"chage -d 0 root", ("chage", "root", "user")),
        (b"chage root --lastday 0", ("chage", "root", "user")),
        (b"passwd -e admin >/dev/null", ("passwd", "admin", "user")),
        (b"passwd --expire admin", ("passwd", "admin", "user")),
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
        (b"gen() {\n  cat /sys/class/net/eth0/address | md5sum\n}\nPW=$(gen)", "identifier"),
        (b"gen() { openssl rand -hex 8; }\nPW=`gen x`", "random"),
        (b"gen() {\n  # from /dev/urandom\n  hexdump /tmp/x\n}\nPW=$(gen)", "unknown"),
        (b"PW=$(mkpasswd -S $(openssl rand -hex 4) $OTHER)", "unknown"),
        (b": nothing", "unknown"),
    ],
)
def test_the_source_is_followed_through_variables(value: bytes, source: str) -> None:
    assert commands(value + b'\necho "root:$PW" | chpasswd\n') == [("chpasswd", "root", source)]


@pytest.mark.parametrize(("call", "source"), [
    (b"set_it $(cat /sys/class/net/eth0/address)", "identifier"),
    (b"set_it hunter2", "constant"),
    (b"set_it \"$(head -c 9 /dev/urandom | base64)\"", "random"),
    (b"set_it $OTHER", "unknown"),
    (b"set_it one\nset_it two", "unknown"),
    (b"set_it_up hunter2", "unknown"),
])  # fmt: skip
def test_the_words_a_function_is_called_with_are_followed(call: bytes, source: str) -> None:
    body = b'set_it() {\n  echo "root:$1" | chpasswd\n}\n'
    assert commands(body + call + b"\n") == [("chpasswd", "root", source)]


@pytest.mark.parametrize(("library", "source"), [
    (b"PW=$(cat /sys/class/net/eth0/address)\n", "identifier"),
    (b"make_pw() {\n  tr -dc a-z < /dev/urandom | head -c 9\n}\nPW=$(make_pw)\n", "random"),
    (b"ADMIN_PASS=hunter2\nPW=$ADMIN_PASS\n", "constant"),
    (b"OTHER_PASS=hunter2\n", "unknown"),
])  # fmt: skip
@pytest.mark.parametrize("reads", [b". /lib/setup.sh\n", b"source /lib/linked.sh\n"])
def test_a_file_that_the_script_reads_is_followed(library: bytes, source: str, reads: bytes) -> None:
    files = {SCRIPT: b"#!/bin/sh\n" + reads + b'echo "root:$PW" | chpasswd\n', "lib/setup.sh": library}
    seen = observe(PasswordProvisionings(), files, {"lib/linked.sh": "setup.sh"})
    assert [one.fact.source for one in seen if isinstance(one.fact, PasswordProvisioning)] == [source]
    assert "hunter2" not in repr(seen)


def test_a_file_that_the_script_does_not_read_tells_nothing() -> None:
    files = {SCRIPT: b'#!/bin/sh\n. /lib/a.sh\necho "root:$PW" | chpasswd\n', "lib/b.sh": b"PW=$(openssl rand 9)\n"}
    (one,) = observe(PasswordProvisionings(), files)
    assert isinstance(one.fact, PasswordProvisioning) and one.fact.source == "unknown"


def test_an_account_that_is_made_is_told_with_its_number_and_shell() -> None:
    (one,) = observe(PasswordProvisionings(), {SCRIPT: b"#!/bin/sh\necho 'dev::0:0::/:/bin/sh' >> /etc/passwd\n"})
    assert isinstance(one.fact, PasswordProvisioning)
    assert (one.fact.account, one.fact.uid, one.fact.shell) == ("dev", 0, "/bin/sh")


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
        list(read_commands(line, 0, line))
