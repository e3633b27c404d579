"""The check of certificates, switched off or not, and the lowest version of TLS."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.tls_settings import TlsSettings
from plimsoll.model.facts import TlsSetting
from tests.firmware import observe


def settings(path: str, data: bytes) -> list[TlsSetting]:
    return [fact for one in observe(TlsSettings(), {path: data}) if isinstance(fact := one.fact, TlsSetting)]


def script(line: str) -> list[TlsSetting]:
    return settings("usr/bin/x", f"#!/bin/sh\n{line}\n".encode())


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("curl -k https://a.halyard.test", "curl"),
        ("curl -sSk -o /tmp/x https://a.halyard.test", "curl"),
        ("curl -o /tmp/x \\\n  --insecure https://a.halyard.test", "curl"),
        ("wget -q --no-check-certificate https://a.halyard.test/x", "wget"),
        ("uclient-fetch --no-check-certificate -O- https://a.halyard.test/x", "uclient-fetch"),
        ("requests.get(url, verify=False)", "python"),
        ("curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);", "php"),
        ("https.request({ rejectUnauthorized: false })", "node"),
        ("bridge_insecure true", "mosquitto"),
    ],
)
def test_a_check_that_is_switched_off_is_seen(line: str, client: str) -> None:
    assert [(one.client, one.setting, one.value, one.active) for one in script(line)] == [
        (client, "verify-peer", "off", True)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "curl https://a.halyard.test/-k",
        "curl -o k https://a.halyard.test",
        "curl --key k.pem https://a.halyard.test",
        "curl https://a.halyard.test; grep -k x",
        "curl https://a.halyard.test | sort -k 2",
        "wget https://a.halyard.test",
        "requests.get(url, verify=True)",
        "CURLOPT_SSL_VERIFYPEER, true",
    ],
)
def test_a_check_that_is_on_is_not_seen(line: str) -> None:
    assert script(line) == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("usr/bin/x", b"#!/bin/sh\n# curl -k https://a.halyard.test\n"),
        ("usr/bin/x", b"#!/bin/sh\ntrue # curl -k https://a.halyard.test\n"),
        ("usr/share/doc/curl/usage", b"curl -k https://a.halyard.test\n"),
        ("etc/update.sh.bak", b"curl -k https://a.halyard.test\n"),
    ],
)
def test_comments_documentation_and_backups_are_not_active(path: str, data: bytes) -> None:
    assert [one.active for one in settings(path, data)] == [False]


def test_the_address_in_the_line_goes_with_the_setting() -> None:
    (one,) = script("curl -k 'https://a.halyard.test/v1?x=1'")
    assert one.endpoint == "https://a.halyard.test/v1"


@pytest.mark.parametrize(
    ("path", "line", "value"),
    [
        ("etc/lighttpd.conf", 'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.0")', "TLSv1.0"),
        ("etc/lighttpd/lighttpd.conf", 'ssl.use-sslv3 = "enable"', "SSLv3"),
        ("etc/nginx/nginx.conf", "ssl_protocols TLSv1.2 TLSv1 TLSv1.3;", "TLSv1"),
        ("etc/ssl/openssl.cnf", "MinProtocol = TLSv1.2", "TLSv1.2"),
    ],
)
def test_the_lowest_version_is_read(path: str, line: str, value: str) -> None:
    (one,) = settings(path, line.encode() + b"\n")
    assert (one.setting, one.value, one.active) == ("minimum-version", value, True)
    assert one.client in path
