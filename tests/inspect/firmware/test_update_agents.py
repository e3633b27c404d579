"""Update agents and package managers: what each is set to, by the keys of its own documentation, and the traps."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.updates import Updates
from plimsoll.model.facts import Endpoint, Fact, UpdateClient, UpdateGuard, UpdateTrust
from tests.firmware import observe

SWUPDATE = """
/* public-key-file = "/not/this.pem"; */
globals: {
    verbose = true;
    # ca-path = "/nor/this";
    public-key-file = "/etc/swupdate/key.pem";
    no-downgrading = "2.1";
};
identify: ( { name = "board"; value = "x"; } );
suricatta: { url = "https://updates.halyard.test"; polldelay = 3600; %s };
"""
RAUC = b"""[system]
compatible=Halyard Mk 2
bootloader=uboot
min-bundle-version=3.0
[keyring]
path=ca.pem
[polling]
source-url=https://updates.halyard.test/b.raucb
interval-sec=86400
[slot.rootfs.0]
device=/dev/mmcblk0p1
[slot.rootfs.1]
device=/dev/mmcblk0p2
[slot.data.0]
device=/dev/mmcblk0p3
"""


def facts(path: str, data: bytes) -> list[Fact]:
    return [one.fact for one in observe(Updates(), {path: data})]


def trust(path: str, data: bytes) -> set[tuple[str, str, str]]:
    return {(one.client, one.check, one.state) for one in facts(path, data) if isinstance(one, UpdateTrust)}


def test_swupdate_is_read_with_its_key_interval_and_guard() -> None:
    found = facts("etc/swupdate.cfg", (SWUPDATE % "").encode())
    assert UpdateClient("swupdate", "conditional", None, 3600) in found
    assert UpdateTrust("swupdate", "signature", "on", "sha256-rsa") in found
    assert UpdateGuard("swupdate", "rollback", "on", "no-downgrading 2.1") in found
    assert not any(isinstance(one, UpdateTrust) and one.check == "certificate" for one in found)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("nocheckcert = true;", True), ("nocheckcert = false;", False), ("# nocheckcert = true;\n", False)],
)
def test_swupdate_may_be_told_not_to_check_certificates(setting: str, expected: bool) -> None:
    found = trust("etc/swupdate.cfg", (SWUPDATE % setting).encode())
    assert (("swupdate", "certificate", "off") in found) is expected


def test_rauc_is_read_with_slots_polling_and_guard() -> None:
    found = facts("etc/rauc/system.conf", RAUC)
    assert UpdateClient("rauc", "conditional", True, 86400) in found
    assert UpdateTrust("rauc", "signature", "on", "cms") in found
    assert UpdateGuard("rauc", "slots", "on", "2 slots of class rootfs") in found
    assert UpdateGuard("rauc", "rollback", "on", "min-bundle-version 3.0") in found
    assert sum(isinstance(one, UpdateGuard) for one in found) == 2


def test_mender_is_read_with_its_parts() -> None:
    found = facts(
        "etc/mender/mender.conf",
        b'{"ServerURL": "https://m.halyard.test", "UpdatePollIntervalSeconds": 1800, "ArtifactVerifyKeys": ["/k"],\n'
        b'"RootfsPartA": "/dev/a", "RootfsPartB": "/dev/b", "HttpsClient": {"SkipVerify": true}}',
    )
    assert UpdateClient("mender", "conditional", True, 1800) in found
    assert UpdateTrust("mender", "signature", "on") in found
    assert UpdateTrust("mender", "certificate", "off") in found
    assert UpdateGuard("mender", "slots", "on", "RootfsPartA and RootfsPartB") in found


@pytest.mark.parametrize(
    ("lines", "scheme", "unchecked"),
    [
        (b"hawkbit_server = updates.halyard.test:8443\n", "https", False),
        (b"hawkbit_server = updates.halyard.test\nssl = false\n", "http", False),
        (b"hawkbit_server = updates.halyard.test\nssl_verify = false\n", "https", True),
        (b"hawkbit_server = updates.halyard.test\n# ssl_verify = false\n", "https", False),
    ],
)
def test_a_client_of_hawkbit_names_its_server(lines: bytes, scheme: str, unchecked: bool) -> None:
    path = "etc/rauc-hawkbit-updater/config.conf"
    found = facts(path, b"[client]\n" + lines)
    assert [one.scheme for one in found if isinstance(one, Endpoint)] == [scheme]
    assert (("hawkbit", "certificate", "off") in trust(path, b"[client]\n" + lines)) is unchecked


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (b"url=https://o.test\n", {("ostree", "signature", "on")}),
        (b"url=https://o.test\ngpg-verify=false\n", {("ostree", "signature", "off")}),
        (b"url=https://o.test\ngpg-verify=false\nsign-verify=true\n", {("ostree", "signature", "on")}),
        (
            b"url=https://o.test\ntls-permissive=true\n",
            {("ostree", "signature", "on"), ("ostree", "certificate", "off")},
        ),
    ],
)
def test_a_remote_of_ostree_asks_for_signatures_unless_told_not_to(
    settings: bytes, expected: set[tuple[str, str, str]]
) -> None:
    assert trust("etc/ostree/remotes.d/a.conf", b'[remote "a"]\n' + settings) == expected
    assert trust("ostree/repo/config", b'[core]\nrepo_version=1\n[remote "a"]\n' + settings) == expected
    assert trust("ostree/repo/config", b"[core]\nrepo_version=1\n") == set()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (b"Enabled=true\nMetadataURI=https://f.test/a\n", {("fwupd", "signature", "on")}),
        (b"Enabled=true\nMetadataURI=https://f.test/a\nKeyring=none\n", {("fwupd", "signature", "off")}),
        (b"Enabled=false\nMetadataURI=https://f.test/a\nKeyring=none\n", set()),
        (b"Enabled=true\nMetadataURI=file:///usr/share/a\nKeyring=none\n", set()),
    ],
)
def test_a_remote_of_fwupd_counts_when_it_is_enabled(settings: bytes, expected: set[tuple[str, str, str]]) -> None:
    assert trust("etc/fwupd/remotes.d/a.conf", b"[fwupd Remote]\n" + settings) == expected


def test_fwupd_may_take_what_is_not_trusted() -> None:
    assert trust("etc/fwupd/fwupd.conf", b"[fwupd]\nOnlyTrusted=false\n") == {("fwupd", "signature", "off")}
    assert trust("etc/fwupd/fwupd.conf", b"[fwupd]\n#OnlyTrusted=false\n") == set()


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("etc/apk/repositories", b"https://a.test/v3/main\n", {("apk", "signature", "on")}),
        ("etc/apk/repositories", b"#https://a.test/v3/main\n", set()),
        ("etc/apt/sources.list.d/a.sources", b"Types: deb\nURIs: http://a.test\n", {("apt", "signature", "on")}),
        ("etc/apt/sources.list.d/a.sources", b"URIs: http://a\nTrusted: yes\n", {("apt", "signature", "off")}),
        ("etc/apt/sources.list.d/a.sources", b"Enabled: no\nURIs: http://a\nTrusted: yes\n", set()),
        ("etc/apt/apt.conf.d/99", b'APT::Get::AllowUnauthenticated "true";\n', {("apt", "signature", "off")}),
        ("etc/apt/apt.conf.d/99", b'// APT::Get::AllowUnauthenticated "true";\n', set()),
        ("etc/apt/apt.conf.d/99", b'Acquire::https::Verify-Peer "false";\n', {("apt", "certificate", "off")}),
        (
            "etc/opkg.conf",
            b"option check_signature\noption signature_type gpg-asc\noption no_check_certificate\n",
            {("opkg", "signature", "on"), ("opkg", "certificate", "off")},
        ),
    ],
)
def test_package_managers_are_read(path: str, data: bytes, expected: set[tuple[str, str, str]]) -> None:
    assert trust(path, data) == expected


def test_unattended_upgrades_are_automatic_when_they_are_on() -> None:
    on = facts("etc/apt/apt.conf.d/20auto-upgrades", b'APT::Periodic::Unattended-Upgrade "1";\n')
    off = facts("etc/apt/apt.conf.d/20auto-upgrades", b'APT::Periodic::Unattended-Upgrade "0";\n')
    assert on == [UpdateClient("apt", "conditional", True, 86400)]
    assert off == [UpdateClient("apt", "conditional", False)]


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc/swupdate/examples/configuration/swupdate.cfg",
        "usr/share/doc/rauc/examples/etc/rauc/system.conf",
        "etc/swupdate.cfg.example",
        "usr/lib/tmpfiles.d/swupdate.conf",
        "usr/share/recipes/swupdate.cfg",
    ],
)
def test_examples_and_files_of_other_programs_say_nothing(path: str) -> None:
    assert facts(path, (SWUPDATE % "nocheckcert = true;").encode()) == []


@pytest.mark.parametrize(
    "data", [b"", b"{" * 50_000, b"/*" * 50_000, b"a = " * 20_000, b'x = "' + b"\\" * 9999, b"\xff"]
)
@pytest.mark.parametrize("path", ["etc/swupdate.cfg", "etc/rauc/system.conf", "etc/apt/sources.list.d/a.sources"])
def test_broken_settings_are_no_error(path: str, data: bytes) -> None:
    facts(path, data)
