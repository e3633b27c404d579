"""Modes of files that hold private keys."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.key_files import KeyFiles
from plimsoll.model.facts import KeyFile
from tests.firmware import observe

KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_the_mode_of_a_key_is_told(mode: int) -> None:
    found = observe(KeyFiles(), {"etc/ssl/own.key": KEY}, modes={"etc/ssl/own.key": mode})
    assert [one.fact for one in found] == [KeyFile("etc/ssl/own.key", mode, 0)]


def test_a_host_key_of_dropbear_is_known_by_its_name() -> None:
    found = observe(KeyFiles(), {"etc/dropbear/dropbear_rsa_host_key": b"\0\0\0\x07ssh-rsa\0"})
    assert [one.fact for one in found] == [KeyFile("etc/dropbear/dropbear_rsa_host_key", 0o644, 0)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("usr/share/doc/openssl/examples/own.key", KEY),
        ("usr/lib/python3/dist-packages/test/own.pem", KEY),
        ("etc/ssl/own.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n"),
        ("etc/ssl/own.key", b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n"),
        ("etc/dropbear/dropbear_rsa_host_key", b""),
    ],
)
def test_what_is_no_key_in_use(path: str, text: bytes) -> None:
    assert observe(KeyFiles(), {path: text}) == []
