"""Update clients and what they check, from programs, configuration and scripts."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.updates import Updates
from plimsoll.model.facts import UpdateClient, UpdateTrust
from tests.firmware import observe


def trust(path: str, data: bytes) -> list[tuple[str, str, str]]:
    facts = [one.fact for one in observe(Updates(), {path: data})]
    return [(one.client, one.check, one.state) for one in facts if isinstance(one, UpdateTrust)]


def clients(path: str, data: bytes) -> list[str]:
    return [one.fact.name for one in observe(Updates(), {path: data}) if isinstance(one.fact, UpdateClient)]


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("etc/opkg.conf", b"dest root /\noption check_signature\n", ("opkg", "signature", "on")),
        ("etc/opkg.conf", b"dest root /\noption check_signature 1\n", ("opkg", "signature", "on")),
        ("etc/opkg.conf", b"dest root /\n# option check_signature\n", ("opkg", "signature", "off")),
        ("etc/swupdate.cfg", b'globals: {\n public-key-file = "/etc/key.pem";\n}\n', ("swupdate", "signature", "on")),
        ("etc/swupdate.cfg", b'globals: {\n // public-key-file = "x";\n}\n', ("swupdate", "signature", "off")),
        ("etc/rauc/system.conf", b"[system]\npath=/x\n[keyring]\npath=/etc/ca.pem\n", ("rauc", "signature", "on")),
        ("etc/rauc/system.conf", b"[system]\npath=/x\n", ("rauc", "signature", "unknown")),
        ("etc/mender/mender.conf", b'{"ArtifactVerifyKey": "/etc/k"}', ("mender", "signature", "on")),
        ("etc/mender/mender.conf", b'{"ServerURL": "https://x"}', ("mender", "signature", "off")),
        ("etc/ostree/remotes.d/a.conf", b"[remote]\ngpg-verify=false\n", ("ostree", "signature", "off")),
        ("etc/apt/sources.list", b"deb [trusted=yes] http://x y main\n", ("apt", "signature", "off")),
        ("etc/apt/sources.list", b"# deb [trusted=yes] http://x\ndeb http://x y main\n", ("apt", "signature", "on")),
    ],
)
def test_trust_is_read_from_configuration(path: str, data: bytes, expected: tuple[str, str, str]) -> None:
    assert trust(path, data) == [expected]


FETCH = b"#!/bin/sh\nwget -O /tmp/fw http://u.halyard.test/fw.bin\n"


@pytest.mark.parametrize(
    ("lines", "check"),
    [
        (b"mtd write /tmp/fw firmware\n", "none"),
        (b"mtd -r -e fw write /tmp/fw firmware\n", "none"),
        (b"# openssl dgst -sha256 -verify key /tmp/fw\nmtd write /tmp/fw firmware\n", "none"),
        (b'[ "$(md5sum < /tmp/fw)" = "$sum" ] && flashcp /tmp/fw /dev/mtd3\n', "checksum"),
        (b"openssl dgst -sha256 -verify /etc/k -signature s /tmp/fw && dd if=/tmp/fw of=/dev/mtd3\n", "signature"),
        (b"sha256sum -c s && usign -V -m /tmp/fw -p /etc/k && sysupgrade /tmp/fw\n", "signature"),
    ],
)
def test_a_script_of_the_makers_own_is_told_by_what_it_checks(lines: bytes, check: str) -> None:
    assert [one[1] for one in trust("usr/sbin/up", FETCH + lines)] == [check]
    assert clients("usr/sbin/up", FETCH + lines) == ["vendor-script"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"fw_update /tmp/fw\n", {("none", "unknown")}),
        (b"md5sum -c /tmp/s && sysupgrade /tmp/fw\n", {("checksum", "on"), ("none", "unknown")}),
        (b"mtd write /tmp/fw firmware\n", {("none", "off")}),
    ],
)
def test_what_a_program_checks_that_a_script_hands_the_update_to_is_not_known(
    lines: bytes, expected: set[tuple[str, str]]
) -> None:
    assert {one[1:] for one in trust("usr/sbin/up", FETCH + lines)} == expected


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("usr/sbin/up", FETCH),
        ("usr/sbin/flash", b"#!/bin/sh\nmtd write /tmp/fw firmware\n"),
        ("usr/share/doc/up.sh", FETCH + b"mtd write /tmp/fw firmware\n"),
        ("usr/sbin/up", FETCH + b"# mtd write /tmp/fw firmware\n"),
        ("lib/upgrade/common.sh", FETCH + b"mtd write /tmp/fw firmware\n"),
    ],
)
def test_half_an_update_or_a_text_about_one_is_no_client(path: str, data: bytes) -> None:
    assert clients(path, data) == []


def test_update_programs_are_known_by_their_names_where_programs_are_kept() -> None:
    assert clients("bin/opkg", b"\x7fELF") == ["opkg"]
    assert clients("usr/share/bash-completion/opkg", b"\x7fELF") == []


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"[1]", b'{"ArtifactVerifyKey":', b"[" * 100_000])
def test_a_broken_configuration_is_no_error(data: bytes) -> None:
    trust("etc/mender/mender.conf", data)
    trust("etc/rauc/system.conf", data)


@pytest.mark.parametrize(
    ("line", "algorithm"),
    [
        (b"openssl dgst -md5 -verify /etc/k -signature /tmp/s /tmp/fw", "md5"),
        (b"openssl dgst -sha256 -verify /etc/k -signature /tmp/s /tmp/fw", "sha256"),
        (b"openssl cms -verify -CAfile /etc/ca.pem -in /tmp/fw", ""),
        (b"usign -V -m /tmp/fw -p /etc/k", "ed25519"),
    ],
)
def test_the_method_of_a_signature_is_that_of_its_program(line: bytes, algorithm: str) -> None:
    observations = observe(Updates(), {"usr/sbin/up": FETCH + line + b" && mtd write /tmp/fw firmware\n"})
    assert [one.fact.algorithm for one in observations if isinstance(one.fact, UpdateTrust)] == [algorithm]
