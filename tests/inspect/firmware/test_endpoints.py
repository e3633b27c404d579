"""Addresses: found in programs, scripts and configuration, with purpose, once a file."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.endpoints import Endpoints
from plimsoll.model.facts import Endpoint
from tests.firmware import observe


def endpoints(path: str, data: bytes) -> list[Endpoint]:
    return [fact for one in observe(Endpoints(), {path: data}) if isinstance(fact := one.fact, Endpoint)]


def test_an_address_in_a_script_is_active_with_its_parts() -> None:
    assert endpoints("usr/bin/send", b"#!/bin/sh\ncurl https://API.halyard.test:8443/v1/x?key=1\n") == [
        Endpoint("https", "api.halyard.test", 8443, "/v1/x", "cloud", "send", True)
    ]


def test_the_usual_port_is_filled_in() -> None:
    (one,) = endpoints("etc/bridge.conf", b"address mqtt://broker.halyard.test\n")
    assert (one.scheme, one.port, one.active) == ("mqtt", 1883, True)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("usr/share/doc/readme", b"see http://updates.halyard.test/fw\n"),
        ("etc/motd.example", b"http://updates.halyard.test/fw\n"),
        ("usr/bin/x", b"#!/bin/sh\n# http://updates.halyard.test/fw\n"),
        ("usr/bin/x", b"#!/bin/sh\necho 'a # b' # http://updates.halyard.test/fw\n"),
        ("usr/bin/x", b"\x7fELF\0\0http://updates.halyard.test/fw\0"),
    ],
)
def test_documentation_comments_and_strings_of_programs_are_not_active(path: str, data: bytes) -> None:
    assert [one.active for one in endpoints(path, data)] == [False]


def test_a_hash_inside_quotes_is_no_comment() -> None:
    assert [one.active for one in endpoints("usr/bin/x", b"#!/bin/sh\ncurl '# x' http://a.halyard.test/\n")] == [True]


@pytest.mark.parametrize(
    ("line", "purpose"),
    [
        (b"src/gz base http://feeds.halyard.test/opkg/base", "update"),
        (b"http://telemetry.halyard.test/", "telemetry"),
        (b"ntp_server=http://pool.halyard.test/", "time"),
        (b"http://www.halyard.test/", "unknown"),
        (b"http://www.halyard.test/data # update", "update"),
    ],
)
def test_the_purpose_is_told_by_words_around(line: bytes, purpose: str) -> None:
    assert [one.purpose for one in endpoints("etc/x.conf", line + b"\n")] == [purpose]


def test_namespaces_and_names_without_a_dot_are_no_endpoints() -> None:
    data = b"http://www.w3.org/2000/svg http://schemas.xmlsoap.org/soap/ http://foo http://...\n"
    assert endpoints("www/a.xml", data) == []


def test_a_variable_host_is_kept_as_written() -> None:
    assert [one.host for one in endpoints("usr/bin/x", b"#!/bin/sh\nwget http://$SERVER/fw.bin\n")] == ["$server"]


def test_the_same_address_is_told_once_a_file() -> None:
    assert len(endpoints("etc/a", b"http://a.halyard.test/x\n" * 5)) == 1


def test_a_path_is_cut_and_control_bytes_end_it() -> None:
    (one,) = endpoints("etc/a", b"http://a.halyard.test/" + b"x" * 500 + b"\x1b[31m\n")
    assert len(one.path) <= 200
    assert "\x1b" not in one.path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"url=http://john.doe:12345@api.halyard.net/v1\n", ("http", "api.halyard.net", 80, "/v1")),
        (b"url=rtsp://unit:kedge7anchor@192.0.2.7:8554/live\n", ("rtsp", "192.0.2.7", 8554, "/live")),
        (b"hook=https://hooks.slack.com/services/T0/B0/kedge7\n", ("https", "hooks.slack.com", 443, "/services/***")),
    ],
)
def test_an_address_is_told_without_its_login_and_tokens(
    text: bytes, expected: tuple[str, str, int | None, str]
) -> None:
    (one,) = observe(Endpoints(), {"etc/agent.conf": text})
    assert isinstance(one.fact, Endpoint)
    assert (one.fact.scheme, one.fact.host, one.fact.port, one.fact.path) == expected
    assert one.excerpt is not None
    assert not any(word in one.excerpt.text for word in ("12345", "kedge7"))
