"""The algorithms that dropbear was built with, by the names in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware.ssh_programs import SshPrograms
from plimsoll.model.facts import BuiltInAlgorithms
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)


def lists(data: bytes, path: str = "usr/sbin/dropbear") -> dict[str, tuple[str, ...]]:
    found = observe(SshPrograms(), {path: data})
    return {one.fact.list: one.fact.names for one in found if isinstance(one.fact, BuiltInAlgorithms)}


def test_names_between_zero_bytes_are_read() -> None:
    data = ELF + b"\0aes128-ctr\x003des-cbc\0hmac-md5\0diffie-hellman-group1-sha1\0ssh-dss\0"
    assert lists(data) == {
        "ciphers": ("aes128-ctr", "3des-cbc"),
        "macs": ("hmac-md5",),
        "kexalgorithms": ("diffie-hellman-group1-sha1",),
        "hostkeyalgorithms": ("ssh-dss",),
    }


@pytest.mark.parametrize("text", [b"\0no 3des-cbc here\0", b"3des-cbc", b"\0hmac-md5-96\0", b""])
def test_a_name_within_other_words_is_none(text: bytes) -> None:
    assert lists(ELF + text) == {}


def test_other_programs_are_not_read() -> None:
    assert lists(ELF + b"\x003des-cbc\0", "usr/bin/ssh") == {}
    assert lists(b"#!/bin/sh\n\x003des-cbc\0") == {}


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(data: bytes) -> None:
    lists(ELF + data)
