from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._credential_values import is_secret_name, is_secret_value, meaning_of
from plimsoll.inspect.firmware.credentials import MOST, Credentials
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import Credential
from tests.firmware import observe, observe_all

INSPECTOR = Credentials()


def found(path: str, data: bytes) -> list[tuple[Credential, bytes]]:
    observations, inspections, secrets = observe_all(INSPECTOR, {path: data})
    assert all(one.status == "completed" for one in inspections), inspections
    facts = [one.fact for one in observations if isinstance(one.fact, Credential)]
    return [(fact, secrets[fact.secret.digest]) for fact in facts]


def short(path: str, data: bytes) -> list[tuple[str, str, str, bytes]]:
    return [(one.subject, one.kind, one.role, value) for one, value in found(path, data)]


@pytest.mark.parametrize(
    ("path", "line", "expected"),
    [
        ("etc/hostapd.conf", b"wpa_passphrase=halyard1234", ("wpa", "passphrase", "accepts", b"halyard1234")),
        ("etc/wpa_supplicant.conf", b'\tpsk="two words 1"', ("wpa", "passphrase", "presents", b"two words 1")),
        ("etc/config/wireless", b"\toption key 'halyard1234'", ("wpa", "passphrase", "accepts", b"halyard1234")),
        ("etc/config/ddns", b"\toption password 'hunter2'", ("dyndns", "password", "presents", b"hunter2")),
        ("etc/mosquitto.conf", b"remote_password hunter2", ("mqtt", "password", "presents", b"hunter2")),
        ("etc/app.json", b'{"adminPassword": "hunter2"}', ("http", "password", "accepts", b"hunter2")),
        ("etc/app.xml", b"<Web><Password>hunter2</Password></Web>", ("http", "password", "accepts", b"hunter2")),
        ("etc/app.xml", b'<p name="http_passwd" value="hunter2"/>', ("http", "password", "accepts", b"hunter2")),
        ("etc/nvram.default", b"http_passwd=admin", ("http", "password", "accepts", b"admin")),
        ("etc/init.d/x", b"#!/bin/sh\nexport MQTT_PASS='hunter2'", ("mqtt", "password", "presents", b"hunter2")),
        ("etc/init.d/x", b"#!/bin/sh\nROOT_PASSWORD=hunter2; x", ("login", "password", "accepts", b"hunter2")),
        ("etc/snmp/snmpd.conf", b"rocommunity public default", ("snmp", "community", "accepts", b"public")),
        ("etc/snmpd.conf", b"com2sec ro default private", ("snmp", "community", "accepts", b"private")),
        ("usr/bin/up", b"#!/bin/sh\ncurl -s -u dev:hunter2 http://x/", ("http", "password", "presents", b"hunter2")),
        ("usr/bin/up", b"#!/bin/sh\nsshpass -p hunter2 ssh a@b", ("ssh", "password", "presents", b"hunter2")),
        ("usr/bin/up", b"#!/usr/bin/lua\nx='ftp://dev:hunter2@1.2.3.4/'", ("ftp", "password", "presents", b"hunter2")),
        ("usr/bin/app", b"\x7fELF\0rtsp://a:hunter2@10.0.0.1/s\0", ("rtsp", "password", "presents", b"hunter2")),
        ("etc/a.conf", b"api_key=4f9d8a7b6c5e4f3a2b1c", ("cloud", "token", "presents", b"4f9d8a7b6c5e4f3a2b1c")),
        ("preseed.cfg", b"d-i passwd/root-password password hunter2", ("login", "password", "accepts", b"hunter2")),
        ("bin/seed", b'#!/bin/sh\nadd "$F" "ssh-console/password" "password" "hunter2"',
         ("ssh", "password", "unknown", b"hunter2")),
        ("etc/wps.conf", b"wps_pin=12345670", ("wps", "pin", "accepts", b"12345670")),
    ],
)  # fmt: skip
def test_a_secret_is_read_in_each_form(path: str, line: bytes, expected: tuple[str, str, str, bytes]) -> None:
    assert short(path, b"first\n" * (not line.startswith((b"#!", b"\x7f"))) + line + b"\nlast\n") == [expected]


def test_a_long_text_in_json_does_not_hide_the_block() -> None:
    about = b"of old: " + b"words, " * 60
    data = b'{"about": "' + about + b'", "mqtt": {"note": "' + about + b'",\n "password": "hunter2"}}\n'
    assert short("etc/app.json", data) == [("mqtt", "password", "presents", b"hunter2")]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("etc/pam.d/common", b"password required pam_unix.so\npassword: x\n"),
        ("etc/nsswitch.conf", b"passwd: files\n"),
        ("etc/a.conf", b"password_file=/etc/pw\npassword=/etc/secret\nuse_password=yes\npasswordless=maybe\n"),
        ("etc/a.conf", b"password=\npassword=''\npass=0\nshow_pass=true\nbypass=word\n"),
        ("etc/init.d/x", b'#!/bin/sh\nPWD=/tmp\nPASS=$1\nPASS="$(cat /x)"\nPASS=`cat x`\n'),
        ("www/login.html", b'<input type="password" name="password" value="hunter2">\n'),
        ("www/app.js", b'var password = "hunter2"; form.password="x";\n'),
        ("www/lang/de.json", b'{"password": "Passwort"}\n'),
        ("etc/strings.xml", b"<Password>Passwort</Password>\n"),
        ("usr/lib/python/x.py", b'password = "hunter2"\n'),
        ("etc/app.json", b'{"password": "string", "Password": "Password"}\n'),
        ("etc/a.conf", b"token=abc\nsecret=short\n"),
        ("etc/a.conf", b"challengePassword = A challenge password\n"),
        ("lib/wifi.sh", b'wpa_passphrase=$key\npsk="${key}"\n'),
        ("etc/a.json", b'{"password": {"type": "string"}}\n'),
        ("usr/lib/python3/x.py", b"# http://dev:hunter2@10.0.0.1/\n"),
        ("bin/seed", b'#!/bin/sh\ndb_input high passwd/root-password\npassword password "$X"\n'),
        ("etc/a.templates", b"http://[[user][:pass]@]host/\n"),
        ("etc/passwd", b"password:x:1:1::/:/bin/sh\n"),
        ("etc/shadow", b"pass:hunter2:1:0:9:7:::\n"),
        ("bin/app", b"\x7fELF\0http://%s:%s@%s/\0password=%s\0"),
        ("etc/a.conf", b"root_password=$6$saltsalt$" + b"a" * 86 + b"\n"),
        ("usr/bin/up", b"#!/bin/sh\ncurl -u $USER:$PASS http://x/\ncurl -u dev:$PASS http://x/\n"),
        ("etc/a.conf", b"# see http://host:80/a@b\n"),
    ],
)
def test_what_is_no_secret_is_not_taken_for_one(path: str, data: bytes) -> None:
    assert found(path, data) == []


@pytest.mark.parametrize(
    "value", [b"changeme", b"%PASSWORD%", b"<password>", b"xxxxxxxx", b"your-password", b"${PASS}", b"@PASS@", b"****"]
)
def test_a_word_to_be_filled_in_is_told(value: bytes) -> None:
    assert [one.placeholder for one, _ in found("etc/a.conf", b"password=" + value + b"\n")] == [True]


def test_an_address_of_an_example_is_a_placeholder() -> None:
    line = b"proxy = http://user:pass@proxy.example.com/\n"
    assert [one.placeholder for one, _ in found("etc/wgetrc", line)] == [True]


@pytest.mark.parametrize(
    ("path", "line"),
    [("etc/a.conf", b"# password=hunter2\n"), ("usr/share/doc/a.conf", b"password=hunter2\n"),
     ("etc/a.xml", b"<!-- as in\n  <password>hunter2</password>\n -->\n"),
     ("etc/a.conf.example", b"password=hunter2\n"), ("etc/a.xml", b"<!-- <password>hunter2</password> -->\n")],
)  # fmt: skip
def test_a_secret_in_a_comment_or_an_example_is_not_in_use(path: str, line: bytes) -> None:
    assert [one.active for one, _ in found(path, line)] == [False]


def test_the_user_name_beside_a_password_goes_with_it() -> None:
    assert [one.account for one, _ in found("etc/a.conf", b"mqtt_username=dev\nmqtt_password=hunter2\n")] == ["dev"]
    assert [one.account for one, _ in found("etc/a.conf", b"ftp_username=dev\nmqtt_password=hunter2\n")] == [""]


SIGNED = (
    b"#!/bin/sh\nsign=`cat /etc/config/image_sign`\n[ -f /x ] && telnetd -l /usr/sbin/login -u Yard:$sign -i $lf &\n"
)


@pytest.mark.parametrize(
    ("script", "active"),
    [(SIGNED, [True]), (SIGNED.replace(b"[ -f", b"# [ -f"), [False]), (b"#!/bin/sh\ntelnetd\n", [])],
)
def test_a_login_whose_password_is_the_text_of_a_file_is_told(script: bytes, active: list[bool]) -> None:
    files = {"etc/init.d/S80telnetd": script, "etc/config/image_sign": b"halyard_ab12\n"}
    observations, _, secrets = observe_all(INSPECTOR, files)
    facts = [one.fact for one in observations if isinstance(one.fact, Credential)]
    assert [one.active for one in facts] == active
    for one in facts:
        assert (one.subject, one.account, one.role) == ("telnetd", "Yard", "accepts")
        assert secrets[one.secret.digest] == b"halyard_ab12"


def test_a_login_on_the_command_line_of_telnetd_is_a_secret() -> None:
    line = b"#!/bin/sh\ntelnetd -u Yard:hunter2 &\n"
    assert short("etc/init.d/rcS", line) == [("telnetd", "password", "accepts", b"hunter2")]


SENT = [
    (b"ftpput -u bob -p hunter22 ftp.maker.net a /tmp/a", "ftp", "bob"),
    (b"busybox ftpget -v -u bob -p hunter22 ftp.maker.net a a", "ftp", "bob"),
    (b"ncftpput -u 'bob' -p 'hunter22' ftp.maker.net / /tmp/a", "ftp", "bob"),
    (b"lftp -u bob,hunter22 ftp.maker.net -e 'put a; quit'", "ftp", "bob"),
    (b'lftp -c "open -u bob,hunter22 ftp.maker.net; put a"', "ftp", "bob"),
    (b"wget -q --user=bob --password=hunter22 http://x.maker.net/a", "http", ""),
    (b"wget --http-password hunter22 --http-user bob http://x.maker.net/a", "http", ""),
    (b"smbclient //nas.maker.net/x -U bob%hunter22 -c 'put a'", "smb", "bob"),
    (b"mount -t cifs -o ro,username=bob,password=hunter22 //nas.maker.net/x /mnt", "smb", "bob"),
]


@pytest.mark.parametrize(("line", "subject", "account"), SENT)
def test_a_password_on_a_command_line_is_shown_to_a_peer(line: bytes, subject: str, account: str) -> None:
    told = found("usr/bin/up", b"#!/bin/sh\n" + line + b"\n")
    assert {(fact.subject, fact.account, fact.role, value) for fact, value in told} == {
        (subject, account, "presents", b"hunter22")
    }


@pytest.mark.parametrize("line", [line for line, _, _ in SENT])
def test_a_command_is_told_without_its_password(line: bytes) -> None:
    files = {"etc/inittab": b"::sysinit:/bin/up\n", "bin/up": b"#!/bin/sh\n" + line + b"\n", "bin/busybox": b"\x7fELF"}
    names = ("ftpput", "ftpget", "ncftpput", "lftp", "wget", "smbclient", "mount")
    observations, _, _ = observe_all([INSPECTOR, Startup()], files, {f"bin/{name}": "busybox" for name in names})
    assert observations and "hunter22" not in repr(observations)


@pytest.mark.parametrize(
    "line",
    [
        b"ftpget -u anonymous -p me@maker.net ftp.maker.net a a",
        b"ftpput -u $U -p $P ftp.maker.net a a",
        b"ftpput -P 2121 ftp.maker.net a a",
        b"lftp -u bob,$PASSWORD ftp.maker.net",
        b"echo 'usage: ftpput -u bob -p hunter22 HOST'",
        b"# ftpput -u bob -p hunter22 ftp.maker.net a a",
        b"mount -t ext4 -o ro /dev/sda1 /mnt",
    ],
)
def test_a_command_without_a_secret_of_the_image_gives_none(line: bytes) -> None:
    assert [fact for fact, _ in found("usr/bin/up", b"#!/bin/sh\n" + line + b"\n") if fact.active] == []


def test_factory_settings_of_a_reference_design_are_read() -> None:
    ((fact, value),) = found("etc_ro/Wireless/RT/RT_default_novlan", b"Login=admin\nPassword=hunter2\n")
    assert (fact.account, fact.role, value) == ("admin", "unknown", b"hunter2")


def test_a_secret_is_never_in_clear() -> None:
    observations, _, _ = observe_all(INSPECTOR, {"etc/a.conf": b"password=hunter2\n"})
    assert observations and "hunter2" not in repr(observations)


def test_the_number_of_one_file_is_bounded() -> None:
    data = b"".join(b"password=hunter%d\n" % number for number in range(MOST + 10))
    assert len(found("etc/a.conf", data)) == MOST


@given(st.binary(max_size=120), st.binary(max_size=120))
@settings(deadline=None)
def test_any_bytes_are_read_without_an_error(key: bytes, value: bytes) -> None:
    is_secret_name(key)
    is_secret_value(value, meaning_of(key, value))


def test_the_web_login_that_ralinks_kit_restores_lets_somebody_in() -> None:
    text = b"Login=yard\nPassword=halyard12\n#Password=other\nWpaPSK=x\n"
    (seen,) = [one.fact for one in observe(Credentials(), {"etc_ro/Wireless/RT2860AP/RT2860_default_vlan": text})
               if isinstance(one.fact, Credential) and one.fact.subject == "http"]  # fmt: skip
    assert (seen.role, seen.kind, seen.secret.length, seen.active) == ("accepts", "password", 9, True)
    assert not [one for one in observe(Credentials(), {"usr/share/doc/RT2860_default_x": text})
                if isinstance(one.fact, Credential) and one.fact.active and one.fact.subject == "http"]  # fmt: skip


TOKEN = b"4fK9qLmZ27RtVb6XwYcD81sP"


@pytest.mark.parametrize(
    "command",
    [
        b"curl -s -H 'Authorization: Bearer %s' http://api.maker.net/v1",
        b'curl -sH "Authorization: token %s" http://api.maker.net/v1',
        b"curl --header 'X-Api-Key: %s' http://api.maker.net/v1",
        b"curl -H X-Auth-Token:%s http://api.maker.net/v1",
        b'curl -H "Accept: */*" \\\n  -H "authorization: bearer %s" \\\n  http://api.maker.net/v1',
        b"wget -q --header='Authorization: Bearer %s' -O - http://api.maker.net/v1",
        b'uclient-fetch --header "X-Device-Token: %s" http://api.maker.net/v1',
        b"/usr/bin/curl -H 'api-key: %s' http://api.maker.net/v1 | grep ok",
    ],
)
def test_a_token_in_a_header_is_read(command: bytes) -> None:
    ((fact, value),) = found("usr/bin/status", b"#!/bin/sh\n" + command % TOKEN + b"\n")
    assert (fact.subject, fact.kind, fact.role, fact.active, fact.placeholder, value) == (
        "cloud", "token", "presents", True, False, TOKEN,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        b"curl -H 'Authorization: Bearer '$TOKEN http://x/",
        b'curl -H "Authorization: Bearer $TOKEN" http://x/',
        b'curl -H "Authorization: Bearer ${TOKEN}" http://x/',
        b'curl -H "Authorization: Bearer $(cat /data/token)" http://x/',
        b'curl -H "Authorization: Bearer `cat /data/token`" http://x/',
        b'curl -H "Authorization: Bearer 4fK9qLmZ27RtVb6X$SERIAL" http://x/',
        b"curl -H 'Authorization: AWS4-HMAC-SHA256' http://x/",
        b"curl -H 'Authorization: Digest username=4fK9qLmZ27RtVb6X' http://x/",
        b"curl -H 'Content-Type: application/json' http://x/",
        b"curl -H 'X-Api-Key: secret' http://x/",
        b"curl -H 'Idempotency: 4fK9qLmZ27RtVb6XwYcD81sP' http://x/",
        b"echo 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP'",
        b"curl http://x/; echo -H 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP'",
        b"wget -H 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP' http://x/",
    ],
)
def test_what_is_no_token_of_a_header_is_not_read(command: bytes) -> None:
    assert short("usr/bin/status", b"#!/bin/sh\n" + command + b"\n") == []


@pytest.mark.parametrize("word", [b"YOUR_API_TOKEN_HERE", b"<token>", b"xxxxxxxxxxxxxxxx", b"%TOKEN%", b"@TOKEN@"])
def test_a_word_to_be_filled_in_is_no_token(word: bytes) -> None:
    given = found("usr/bin/status", b"#!/bin/sh\ncurl -H 'Authorization: Bearer %s' http://x/\n" % word)
    assert all(fact.placeholder for fact, _ in given)


def test_a_token_in_a_comment_or_in_documentation_is_not_in_use() -> None:
    line = b"curl -H 'Authorization: Bearer %s' http://x/\n" % TOKEN
    assert [one.active for one, _ in found("usr/bin/status", b"#!/bin/sh\n# " + line)] == [False]
    assert [one.active for one, _ in found("usr/share/doc/api/examples/s", b"#!/bin/sh\n" + line)] == [False]
