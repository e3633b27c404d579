import pytest

from plimsoll.inspect.firmware.logged_secrets import LoggedSecrets
from plimsoll.model.facts import LoggedSecret
from tests.firmware import observe


def logged(text: bytes, path: str = "etc/init.d/S40net") -> list[tuple[str, str, str]]:
    found = [one.fact for one in observe(LoggedSecrets(), {path: text})]
    return [(one.what, one.to, one.target) for one in found if isinstance(one, LoggedSecret)]


def script(*lines: bytes) -> list[tuple[str, str, str]]:
    return logged(b"#!/bin/sh\n" + b"\n".join(lines) + b"\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'logger "joining $SSID with $WPA_PSK"', ("WPA_PSK", "system-log", "")),
        (b"logger -t wifi pass=${password}", ("password", "system-log", "")),
        (b'echo "token is $ACCESS_TOKEN" | logger -t cloud', ("ACCESS_TOKEN", "system-log", "")),
        (b'echo "user $u password $user_passwd" >> /var/log/web.log', ("user_passwd", "file", "var/log/web.log")),
        (b"echo psk=$psk > /dev/console", ("psk", "file", "dev/console")),
    ],
)
def test_a_secret_that_is_logged_is_told(line: bytes, expected: tuple[str, str, str]) -> None:
    assert script(line) == [expected]


@pytest.mark.parametrize(
    "line",
    [
        b'echo "root:$PASSWORD" | chpasswd', b'echo "psk=$PSK" > /tmp/wpa.conf', b'logger "password changed"',
        b'# logger "$PASSWORD"', b'logger "$PASSWORD_FILE is missing"', b'logger "${PASSWORD:+set}"',
        b'[ -z "$TOKEN" ] && logger "no token"', b"wpa_passphrase $SSID $PSK >> /etc/wpa.conf",
        b'KEY=$(echo "$SECRET" | sha256sum); logger done', b'curl -H "X: $TOKEN" https://h.test >> /var/log/x.log',
        b'logger "$bypass_mode"',
    ],
)  # fmt: skip
def test_what_goes_elsewhere_is_none(line: bytes) -> None:
    assert script(line) == []


def test_a_traced_script_shows_its_secrets_until_it_stops() -> None:
    assert script(b"set -x", b'curl -u "u:$password" https://h.test') == [("password", "trace", "")]
    assert script(b"set -x", b"ls", b"set +x", b'curl -u "u:$password" https://h.test') == []
    assert logged(b'#!/bin/sh -ex\ncurl -u "u:$password" https://h.test\n') == [("password", "trace", "")]
    assert script(b"set -e", b'curl -u "u:$password" https://h.test') == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/profile.sh", b"#!/bin/sh\nulimit -c unlimited\n", ("", "core-dump", "")),
        ("etc/init.d/rcS", b"#!/bin/sh\necho /data/core.%e > /proc/sys/kernel/core_pattern\n",
         ("", "core-dump", "data/core.%e")),
        ("etc/sysctl.conf", b"kernel.core_pattern=/data/%e.core\n", ("", "core-dump", "data/%e.core")),
        ("etc/security/limits.conf", b"*  soft  core  unlimited\n", ("", "core-dump", "")),
    ],
)  # fmt: skip
def test_core_dumps_that_are_switched_on_are_told(path: str, text: bytes, expected: tuple[str, str, str]) -> None:
    assert logged(text, path) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/init.d/rcS", b"#!/bin/sh\nulimit -c 0\n"),
        ("etc/init.d/rcS", b"#!/bin/sh\n# ulimit -c unlimited\n"),
        ("etc/init.d/rcS", b"#!/bin/sh\necho '|/bin/false' > /proc/sys/kernel/core_pattern\n"),
        ("etc/security/limits.conf", b"#*  soft  core  unlimited\n"),
        ("usr/share/doc/x/examples/limits.conf", b"*  soft  core  unlimited\n"),
    ],
)
def test_core_dumps_that_are_not_are_none(path: str, text: bytes) -> None:
    assert logged(text, path) == []
