"""Peers that may steer the product."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.control_links import ControlLinks
from plimsoll.model.facts import ControlLink
from tests.firmware import observe


def links(path: str, text: bytes) -> list[tuple[str, str, str, bool]]:
    found = [one.fact for one in observe(ControlLinks(), {path: text})]
    return [(one.role, one.scheme, one.host, one.active) for one in found if isinstance(one, ControlLink)]


def test_a_management_server_of_uci() -> None:
    text = b"config acs\n option url 'http://user:word@acs.maker.net:7547/x'\n option username u\n"
    assert links("etc/config/easycwmp", text) == [("manager", "http", "acs.maker.net", True)]
    assert "word" not in repr([one.fact for one in observe(ControlLinks(), {"etc/config/easycwmp": text})])


def test_a_management_client_that_is_off() -> None:
    text = b"config acs\n option enabled 0\n option url http://acs.maker.net/\n"
    assert links("etc/config/cwmp", text) == [("manager", "http", "acs.maker.net", False)]


@pytest.mark.parametrize(
    "text",
    [
        b"ACS_URL=http://acs.maker.net:80/\n",
        b'cwmp.acs.url="http://acs.maker.net/acs"\n',
        b'<tr069 enable="1"><ManagementServerURL>http://acs.maker.net/</ManagementServerURL></tr069>\n',
    ],
)
def test_a_management_server_in_default_settings(text: bytes) -> None:
    assert links("etc/defaults/settings.xml", text) == [("manager", "http", "acs.maker.net", True)]


def test_bridges_with_and_without_tls() -> None:
    text = (
        b"# address 192.0.2.9\nconnection one\naddress broker.maker.net:1883\n"
        b"connection two\naddress safe.maker.net:8883\nbridge_cafile /etc/ca.pem\n"
    )
    assert links("etc/mosquitto/mosquitto.conf", text) == [
        ("broker", "mqtt", "broker.maker.net", True),
        ("broker", "mqtts", "safe.maker.net", True),
    ]


def test_what_rsyslog_forwards() -> None:
    text = b"# *.* @old.maker.net\n*.* @@logs.maker.net:514\nauth,authpriv.* /var/log/auth.log\n"
    assert links("etc/rsyslog.conf", text) == [("log-server", "syslog", "logs.maker.net", True)]


def test_what_is_forwarded_by_tls_is_encrypted() -> None:
    text = b"$DefaultNetstreamDriver gtls\n*.* @@logs.maker.net:6514\n"
    found = [one.fact for one in observe(ControlLinks(), {"etc/rsyslog.conf": text})]
    assert [one.encrypted for one in found if isinstance(one, ControlLink)] == [True]


def test_a_fetched_text_that_is_given_to_a_shell() -> None:
    text = b"#!/bin/sh\nwget -q -O - http://cmd.maker.net/run.sh | sh\ncurl -s https://a.maker.net/x | sh\nls | sh\n"
    assert links("usr/bin/poll", text) == [("commands", "http", "cmd.maker.net", True)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("usr/bin/poll", b"#!/bin/sh\n# wget -O - http://cmd.maker.net/run.sh | sh\n"),
        ("usr/bin/poll", b"#!/bin/sh\nwget http://cmd.maker.net/a; cat b | sh\n"),
        ("usr/share/doc/easycwmp/examples/etc/config/easycwmp", b"config acs\n option url http://acs.maker.net/\n"),
        ("usr/share/doc/x/README", b"acs_url=http://acs.maker.net\n"),
        ("etc/rsyslog.conf", b"*.* @\n@@@\n\xff\n"),
        ("etc/config/easycwmp", b"config acs\n option url\n"),
    ],
)
def test_what_is_no_link(path: str, text: bytes) -> None:
    assert links(path, text) == []


def test_a_backup_is_not_in_use() -> None:
    assert links("etc/mosquitto/mosquitto.conf.bak", b"connection a\naddress b.maker.net\n") in ([],)


def peers(path: str, text: bytes) -> list[tuple[str, str, bool]]:
    found = [one.fact for one in observe(ControlLinks(), {path: text})]
    return [(one.role, one.host, one.login) for one in found if isinstance(one, ControlLink) and not one.encrypted]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("opt/a.py", b"c.connect('broker.maker.net', 1883)\n", ("broker", "broker.maker.net", False)),
        (
            "opt/a.py",
            b"c.username_pw_set('unit', word)\nc.connect(host='broker.maker.net', port=1883)\n",
            ("broker", "broker.maker.net", True),
        ),
        (
            "opt/a.js",
            b"mqtt.connect('mqtt://broker.maker.net', {username: u, password: w});\n",
            ("broker", "broker.maker.net", True),
        ),
        (
            "usr/bin/a.lua",
            b'client:login_set("unit", word)\nclient:connect("broker.maker.net", 1883)\n',
            ("broker", "broker.maker.net", True),
        ),
        ("usr/bin/agent", b"\x7fELF\0coap://hub.maker.net/state\0", ("peer", "hub.maker.net", False)),
        ("usr/bin/agent", b"\x7fELF\0tcp://broker.maker.net:1883\0", ("broker", "broker.maker.net", False)),
        ("app.bin", b"\xe9\x06\0\0mqtt://broker.maker.net\0", ("broker", "broker.maker.net", False)),
    ],
)
def test_peers_of_messages(path: str, text: bytes, expected: tuple[str, str, bool]) -> None:
    assert peers(path, text) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("opt/a.py", b"c.tls_set('/etc/ca.pem')\nc.connect('broker.maker.net', 1883)\n"),
        ("opt/a.py", b"# c.connect('broker.maker.net', 1883)\n"),
        ("opt/docs/a.py", b"c.connect('broker.maker.net', 1883)\n"),
        ("opt/a.js", b"mqtt.connect('mqtts://broker.maker.net');\n"),
        ("etc/notes.conf", b"broker connect('broker.maker.net', 1883)\n"),
        ("usr/bin/agent", b"\x7fELF\0coap://%s/state\0coap://[ff02::1]/\0coap://localhost/\0"),
        ("usr/bin/agent", b"\x7fELF\0mqtt://broker.maker.net\0mqtts://broker.maker.net\0"),
        ("usr/bin/agent", b"\x7fELF\0coap://hub.maker.net\0coaps://hub.maker.net\0"),
        ("usr/bin/coap-client", b"\x7fELF\0usage: coap-client coap://coap.me/test\0"),
        ("usr/bin/agent", b"\x7fELF\0ssl://broker.maker.net:8883\0tcp://broker.maker.net:1883\0"),
    ],
)
def test_what_is_no_peer_in_clear(path: str, text: bytes) -> None:
    assert peers(path, text) == []


def test_a_bridge_with_a_password() -> None:
    text = b"connection one\naddress broker.maker.net:1883\nremote_username unit\nremote_password word\n"
    assert peers("etc/mosquitto/mosquitto.conf", text) == [("broker", "broker.maker.net", True)]


@pytest.mark.parametrize(
    ("path", "text", "program"),
    [
        ("etc/syslog.conf", b"*.* @logs.maker.net\n", "syslogd"),
        ("etc/config/system", b"config system\n\toption log_ip 'logs.maker.net'\n", "logd"),
        ("etc/syslog-ng/syslog-ng.conf", b'destination far { udp("logs.maker.net" port(514)); };\n', "syslog-ng"),
        (
            "etc/syslog-ng.conf",
            b'destination far {\n  network(\n    "logs.maker.net" transport("tcp")\n  );\n};\n',
            "syslog-ng",
        ),
    ],
)
def test_servers_of_logs(path: str, text: bytes, program: str) -> None:
    (fact,) = (one.fact for one in observe(ControlLinks(), {path: text}) if isinstance(one.fact, ControlLink))
    assert (fact.role, fact.program, fact.host, fact.encrypted) == ("log-server", program, "logs.maker.net", False)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/syslog-ng.conf", b'source near { udp("192.0.2.7" port(514)); };\n'),
        ("etc/syslog-ng.conf", b'destination far {\n# udp("logs.maker.net");\n};\n'),
        ("etc/syslog-ng.conf", b'destination far { network("logs.maker.net" transport("tls")); };\n'),
        ("etc/config/system", b"config system\n\toption hostname 'box'\n"),
        ("etc/syslog.conf", b"*.* /var/log/messages\n# *.* @logs.maker.net\n"),
    ],
)
def test_logs_that_stay_or_go_encrypted(path: str, text: bytes) -> None:
    assert peers(path, text) == []
