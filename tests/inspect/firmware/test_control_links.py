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
