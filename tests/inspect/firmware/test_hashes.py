from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware._hashes import hash_alone, hash_family, password_state

A = b"./abcXYZ0189" * 10
KNOWN = {
    "des": b"ab" + A[:11],
    "bsdi-des": b"_" + A[:19],
    "md5crypt": b"$1$saltsalt$" + A[:22],
    "apr1": b"$apr1$saltsalt$" + A[:22],
    "bcrypt": b"$2b$10$" + A[:53],
    "sha256crypt": b"$5$rounds=5000$salt$" + A[:43],
    "sha512crypt": b"$6$salt$" + A[:86],
    "yescrypt": b"$y$j9T$salt$" + A[:43],
    "gost-yescrypt": b"$gy$j9T$salt$" + A[:43],
    "scrypt": b"$7$CU..../....salt$" + A[:43],
    "sha1crypt": b"$sha1$24680$salt$" + A[:28],
    "sunmd5": b"$md5,rounds=904$salt$$" + A[:22],
    "argon2": b"$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" + b"a" * 43,
    "nt": b"$3$$" + b"0f" * 16,
    "unsalted-sha1": b"{SHA}" + b"a" * 27 + b"=",
    "ldap-salted-sha1": b"{SSHA}" + b"a" * 38 + b"==",
    "unsalted-md5": b"0f" * 16,
}


@pytest.mark.parametrize("family", KNOWN)
def test_each_family_is_told_by_its_form(family: str) -> None:
    assert hash_family(KNOWN[family]) == family


@pytest.mark.parametrize(
    ("field", "state"),
    [
        (b"", "empty"),
        (b"x", "shadowed"),
        (b"*", "locked"),
        (b"!", "locked"),
        (b"!!", "locked"),
        (b"!" + KNOWN["sha512crypt"], "locked"),
        (b"*LK*", "locked"),
        (b"admin", "locked"),
        (KNOWN["des"], "hashed"),
        (KNOWN["des"] + b",M.z8", "hashed"),
        (KNOWN["md5crypt"], "hashed"),
        (b"$9$somethingnew", "hashed"),
    ],
)
def test_the_state_is_what_the_field_means_to_crypt(field: bytes, state: str) -> None:
    assert password_state(field) == state


def test_a_hash_alone_needs_a_prefix_and_an_end() -> None:
    whole = KNOWN["md5crypt"]
    assert hash_alone(b"xx" + whole + b"\0", 2) == ("md5crypt", whole)
    assert hash_alone(whole + b"Q", 0) is None
    assert hash_alone(KNOWN["des"], 0) is None


def test_the_self_tests_of_a_c_library_are_no_hash_of_anybody() -> None:
    assert hash_alone(b"$1$abcd0123$" + A[:22], 0) is None
    assert hash_alone(b"$2a$10$" + b"x" * 53, 0) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    password_state(data)
    hash_alone(data, 0)
