from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.login_constants import LoginConstants
from plimsoll.model.facts import Credential
from tests.firmware import observe_all

PROMPT = b"\0Password: \0"


def found(data: bytes, path: str = "usr/sbin/telnetd", head: bytes = b"\x7fELF\0\0") -> list[tuple[str, bytes]]:
    observations, inspections, secrets = observe_all(LoginConstants(), {path: head + data})
    assert all(one.status == "completed" for one in inspections), inspections
    facts = [one.fact for one in observations if isinstance(one.fact, Credential)]
    assert all((one.subject, one.role) == ("login", "accepts") for one in facts)
    return [(one.account, secrets[one.secret.digest]) for one in facts]


@pytest.mark.parametrize("word", [b"xc3511", b"7ujMko0admin", b"Halyard!12x", b"Hal9yard#"])
def test_a_password_beside_a_name_is_seen(word: bytes) -> None:
    assert found(b"\0root\0\0\0\0" + word + b"\0" + PROMPT) == [("root", word)]
    assert found(b"\0admin\0" + word + b"\0crypt\0") == [("admin", word)]


@pytest.mark.parametrize(
    "word",
    [
        b"sha256", b"Password", b"password", b"ext4fs", b"AES-128-CBC", b"HTTP/1.1", b"user_name2", b"%s:%d#1A",
        b"/etc/x1A#", b"12345", b"2.6.36-Rc1", b"deadbeef01", b"Enter your name", b"admin", b"operator", b"eth0.1",
        b"xxxxxxxx", b"LOGIN_ERR2", b"base64Encode", b"setUser2", b"WPA2-PSK",
    ],
)  # fmt: skip
def test_a_word_of_programs_is_not_taken_for_one(word: bytes) -> None:
    assert found(b"\0root\0\0\0\0" + word + b"\0" + PROMPT) == []


def test_a_program_that_asks_for_no_login_is_left_alone() -> None:
    assert found(b"\0root\0xc3511\0") == []
    assert found(b"\0root\0xc3511\0Usage: give user and password\0") == []


def test_a_word_that_is_no_neighbour_is_not_taken() -> None:
    assert found(b"\0root\0other words\0xc3511\0" + PROMPT) == []
    assert found(b"\0chroot\0xc3511\0" + PROMPT) == []


def test_a_help_text_is_not_taken() -> None:
    assert found(b"\0root Halyard!12x is an example\0" + PROMPT) == []
    assert found(b"\0root\0Halyard!12x\0" + PROMPT, "usr/share/doc/examples/telnetd") == []


def test_an_image_without_files_is_looked_at() -> None:
    assert found(b"\0admin\0Halyard!12x\0" + PROMPT, "", b"\x01\x02\x03\0") == [("admin", b"Halyard!12x")]
