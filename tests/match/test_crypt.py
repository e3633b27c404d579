from __future__ import annotations

import base64
import hashlib
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.match import _crypt
from plimsoll.match._crypt import seconds_per_try, verify
from plimsoll.model.facts.account import HashFamily

KNOWN: tuple[tuple[bytes, bytes, HashFamily], ...] = (
    (b"Hello world!", b"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "sha256crypt"),
    (
        b"Hello world!",
        b"$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
        "sha512crypt",
    ),
)
"""Made with `openssl passwd`."""


def openssl(option: str, password: str) -> bytes:
    command = ["openssl", "passwd", option, "-salt", "halyard1", "-stdin"]
    try:
        done = subprocess.run(command, input=password.encode(), capture_output=True, check=True, timeout=10)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("openssl cannot be run: install openssl")
    return done.stdout.strip()


def needs_libcrypt() -> None:
    if _crypt._libcrypt() is None:
        pytest.skip("no libcrypt: install libcrypt1")


@pytest.mark.parametrize(("password", "secret", "family"), KNOWN)
def test_known_hashes_hold(password: bytes, secret: bytes, family: HashFamily) -> None:
    assert verify(password, secret, family)
    assert _crypt._sha_crypt(password, secret) == secret
    assert not verify(password + b"x", secret, family)


@pytest.mark.parametrize(
    ("option", "family"), [("-1", "md5crypt"), ("-apr1", "apr1"), ("-5", "sha256crypt"), ("-6", "sha512crypt")]
)
@pytest.mark.parametrize("password", ["a", "admin", "a password of more than thirty-two bytes" * 3])
def test_our_own_schemes_agree_with_openssl(option: str, family: HashFamily, password: str) -> None:
    secret = openssl(option, password)
    assert _crypt._IN_PYTHON[family](password.encode(), secret) == secret
    assert verify(password.encode(), secret, family)
    assert not verify(b"other", secret, family)


@pytest.mark.parametrize("setting", [b"$1$halyard1$", b"$5$halyard1$", b"$6$rounds=1000$halyard1$"])
@pytest.mark.parametrize("password", [b"", b"x", b"\xff\xfe", b"k" * 70])
def test_our_own_schemes_agree_with_libcrypt(setting: bytes, password: bytes) -> None:
    needs_libcrypt()
    family: HashFamily = "md5crypt" if setting.startswith(b"$1$") else "sha256crypt"
    assert _crypt._IN_PYTHON[family](password, setting) == _crypt._with_libcrypt(password, setting)


@pytest.mark.parametrize(
    ("setting", "family"),
    [
        (b"ab", "des"),
        (b"_J9..rasm", "bsdi-des"),
        (b"$y$j9T$halyard1", "yescrypt"),
        (b"$sha1$24680$halyard1", "sha1crypt"),
        (b"$3$", "nt"),
    ],
)
def test_the_rest_is_libcrypts(setting: bytes, family: HashFamily) -> None:
    needs_libcrypt()
    secret = _crypt._with_libcrypt(b"admin", setting)
    if secret is None:
        pytest.skip(f"this libcrypt has no {family}")
    assert verify(b"admin", secret, family) and not verify(b"other", secret, family)


def test_bcrypt_is_checked() -> None:
    import bcrypt

    secret = bcrypt.hashpw(b"admin", bcrypt.gensalt(4))
    assert verify(b"admin", secret, "bcrypt") and not verify(b"other", secret, "bcrypt")


@pytest.mark.parametrize(
    ("secret", "family"),
    [
        (hashlib.md5(b"admin").hexdigest().encode(), "unsalted-md5"),
        (hashlib.sha1(b"admin").hexdigest().upper().encode(), "unsalted-sha1"),
        (b"{SHA}" + base64.b64encode(hashlib.sha1(b"admin").digest()), "unsalted-sha1"),
        (b"{SSHA}" + base64.b64encode(hashlib.sha1(b"adminsalt").digest() + b"salt"), "ldap-salted-sha1"),
    ],
)
def test_plain_digests_are_checked(secret: bytes, family: HashFamily) -> None:
    assert verify(b"admin", secret, family) and not verify(b"other", secret, family)


@pytest.mark.parametrize(
    ("secret", "family"),
    [
        (b"$6$rounds=999999999$salt$" + b"a" * 86, "sha512crypt"),
        (b"$2b$31$" + b"a" * 53, "bcrypt"),
        (b"$y$jZZZ$salt$" + b"a" * 43, "yescrypt"),
        (b"$sha1$4000000000$salt$" + b"a" * 28, "sha1crypt"),
        (b"_zzzz" + b"a" * 15, "bsdi-des"),
        (b"$argon2id$v=19$m=1,t=1,p=1$aaaaaaaaaaa$" + b"a" * 43, "argon2"),
        (b"anything", "unknown"),
    ],
)
def test_what_would_cost_too_much_or_is_not_known_is_not_tried(secret: bytes, family: HashFamily) -> None:
    assert seconds_per_try(secret, family) is None
    assert not verify(b"admin", secret, family)


def test_without_libcrypt_the_usual_families_are_still_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_crypt, "_libcrypt", lambda: None)
    password, secret, family = KNOWN[0]
    assert verify(password, secret, family)
    assert seconds_per_try(b"ab" + b"a" * 11, "des") is None


@given(st.binary(max_size=120), st.sampled_from(sorted(_crypt._SECONDS)))
@settings(max_examples=150, deadline=None)
def test_any_hash_is_tried_without_an_error(secret: bytes, family: HashFamily) -> None:
    verify(b"admin", secret, family)
    verify(b"admin", b"$1$" + secret, "md5crypt")
    verify(b"admin", b"$2b$05$" + secret, "bcrypt")
