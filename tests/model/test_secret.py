"""Secrets keep their shape and a salted digest only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.secret import conceal


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_the_same_secret_under_the_same_salt_has_the_same_digest(secret: bytes, salt: bytes) -> None:
    assert conceal(secret, salt) == conceal(secret, salt)


def test_another_salt_gives_another_digest() -> None:
    assert conceal(b"secret", b"one").digest != conceal(b"secret", b"two").digest


@given(st.binary())
def test_the_shape_holds_nothing_of_the_secret_but_kinds_of_characters(secret: bytes) -> None:
    concealed = conceal(secret, b"salt")
    assert set(concealed.shape) <= set("aA9*") or secret.startswith(b"$")
    assert len(concealed.shape) <= 70


def test_the_scheme_of_a_crypt_hash_stays_readable() -> None:
    assert conceal(b"$6$Ab1/xyz$qq", b"salt").shape == "$6$Aa9*aaa*aa"


def test_the_end_of_a_long_secret_is_kept_so_that_its_owner_knows_it() -> None:
    assert conceal(b"correcthorse", b"salt").tail == "se"
    assert conceal(b"hunter234", b"salt").tail == ""
    assert conceal(b"correcthors\x1b", b"salt").tail == ""
