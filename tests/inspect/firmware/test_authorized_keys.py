from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware.authorized_keys import LINES, AuthorizedKeys, _key
from plimsoll.model.facts import AuthorizedKey
from tests.firmware import observe

BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + b"k" * 32
KEY = b"ssh-ed25519 " + base64.b64encode(BLOB)
DIGEST = hashlib.sha256(BLOB).hexdigest()


def keys(path: str, data: bytes) -> list[AuthorizedKey]:
    return [one.fact for one in observe(AuthorizedKeys(), {path: data}) if isinstance(one.fact, AuthorizedKey)]


@pytest.mark.parametrize(
    ("path", "account"),
    [
        ("root/.ssh/authorized_keys", "root"),
        ("home/support/.ssh/authorized_keys", "support"),
        ("etc/dropbear/authorized_keys", "root"),
        ("var/lib/app/.ssh/authorized_keys", ""),
        ("etc/keys/authorized_keys", ""),
    ],
)
def test_a_key_opens_the_account_of_its_home(path: str, account: str) -> None:
    assert keys(path, KEY + b" dev@host\n") == [AuthorizedKey(account, "ssh-ed25519", DIGEST, "dev@host")]


@pytest.mark.parametrize(
    "line",
    [
        b'no-pty,command="echo hi there" ' + KEY,
        b"  " + KEY + b"\r",
        KEY,
        b'from="10.0.0.0/8" ' + KEY + b" a b",
    ],
)
def test_options_comments_and_blanks_are_let_through(line: bytes) -> None:
    assert [one.public_digest for one in keys("root/.ssh/authorized_keys", line + b"\n")] == [DIGEST]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("root/.ssh/authorized_keys", b""),
        ("root/.ssh/authorized_keys", b"# " + KEY + b"\n"),
        ("root/.ssh/authorized_keys", KEY[:40] + b"\n"),
        ("root/.ssh/authorized_keys", KEY.replace(b"ssh-ed25519 ", b"ssh-rsa ") + b"\n"),
        ("root/.ssh/known_hosts", b"host " + KEY + b"\n"),
        ("root/.ssh/id_ed25519.pub", KEY + b"\n"),
        ("usr/share/doc/x/.ssh/authorized_keys", KEY + b"\n"),
    ],
)
def test_what_opens_nothing_is_no_authorized_key(path: str, data: bytes) -> None:
    assert keys(path, data) == []


def test_a_script_that_adds_a_key_is_seen() -> None:
    line = b"#!/bin/sh\necho '" + KEY + b" dev@host' >> /root/.ssh/authorized_keys\n"
    assert keys("etc/init.d/x", line) == [AuthorizedKey("root", "ssh-ed25519", DIGEST, "dev@host")]
    assert keys("etc/init.d/x", line.replace(b"echo", b"# echo")) == []


def test_lines_are_bounded() -> None:
    lines = b"".join(b"%b c%d\n" % (KEY, number) for number in range(LINES + 5))
    assert len(keys("root/.ssh/authorized_keys", lines)) == LINES


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    list(_key(data, 0, ""))
    list(_key(b"ssh-rsa AAAA" + data, 0, ""))


def test_a_comment_that_may_name_a_person_is_redacted() -> None:
    def comment(words: bytes) -> str:
        (one,) = observe(AuthorizedKeys(), {"root/.ssh/authorized_keys": KEY + b" " + words + b"\n"})
        assert isinstance(one.fact, AuthorizedKey)
        assert b"merle" not in repr(one).encode()
        return one.fact.comment

    assert comment(b"merle@lathe.halyard.net") == "m***@l***.net"
    assert comment(b"merle") == "m***"
    assert comment(b"root@OpenWrt") == "root@OpenWrt"


def test_a_key_in_a_here_document_is_read() -> None:
    script = b"#!/bin/sh\ncat >> /root/.ssh/authorized_keys <<EOF\n" + KEY + b" dev@host\n" + KEY + b"\nEOF\n"
    assert [one.account for one in keys("etc/init.d/S10", script)] == ["root", "root"]


def test_a_key_that_is_only_shown_is_not() -> None:
    line = b"echo " + KEY + b" >> /root/.ssh/authorized_keys\n"
    assert len(keys("etc/init.d/S10", b"#!/bin/sh\n" + line)) == 1
    assert keys("etc/init.d/S10", b"#!/bin/sh\ncat > /dev/null <<EOF\n" + line + b"EOF\n") == []
    assert keys("etc/init.d/S10", b"#!/bin/sh\n# " + line) == []
