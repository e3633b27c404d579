"""Tells whether a password opens a hash, within a bound on what one try may cost.

The system's libcrypt does the work where there is one; md5crypt, apr1 and SHA-crypt are also here in Python, from the
descriptions of Poul-Henning Kamp's scheme and of Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512".
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import hashlib
import hmac
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from plimsoll.model.facts.account import HashFamily

MOST_SECONDS = 0.5
"""A hash whose one try costs more than this, at the rates below, is not tried."""

_ROUNDS = re.compile(rb"\$[56]\$rounds=([0-9]{1,9})\$")
_SECONDS: dict[HashFamily, float] = {
    "unsalted-md5": 2e-6, "unsalted-sha1": 2e-6, "ldap-salted-sha1": 2e-6, "des": 5e-6, "nt": 5e-6, "md5crypt": 1.1e-4,
    "apr1": 5.5e-4, "sha256crypt": 1.1e-3, "sha512crypt": 1.5e-3, "bcrypt": 2e-3, "bsdi-des": 2e-3, "sunmd5": 6e-3,
    "yescrypt": 1.4e-2, "gost-yescrypt": 1.5e-2, "sha1crypt": 2e-2, "scrypt": 5e-2,
}  # fmt: skip
"""What one try costs at the usual settings of a family, measured with libcrypt on one core; fixed, so that the same
words are tried on every machine."""

_BY_LIBCRYPT: frozenset[HashFamily] = frozenset(
    ("des", "bsdi-des", "nt", "md5crypt", "sha256crypt", "sha512crypt", "sunmd5", "sha1crypt", "scrypt", "yescrypt",
     "gost-yescrypt")
)  # fmt: skip
_USUAL = {
    "yescrypt": re.compile(rb"\$y\$j[5-9AB]T\$"),
    "gost-yescrypt": re.compile(rb"\$gy\$j[5-9AB]T\$"),
    "scrypt": re.compile(rb"\$7\$[A-C]U\.\.\.\./\.\.\.\."),
    "sunmd5": re.compile(rb"\$md5(?:,rounds=[0-9]{1,4})?\$"),
    "sha1crypt": re.compile(rb"\$sha1\$[0-9]{1,5}\$"),
    "bsdi-des": re.compile(rb"_[./0-9A-Za-z]{2}\.\."),
}
"""Settings that cost what the table says; those with more rounds or memory are not tried."""


def seconds_per_try(secret: bytes, family: HashFamily) -> float | None:
    """Give what one try of this hash costs; None when it cannot be tried here, or costs too much."""
    if family not in _SECONDS or ((usual := _USUAL.get(family)) is not None and not usual.match(secret)):
        return None
    if family in _BY_LIBCRYPT and _libcrypt() is None and family not in _IN_PYTHON:
        return None
    seconds = _SECONDS[family]
    if (rounds := _ROUNDS.match(secret)) is not None:
        seconds *= max(int(rounds[1]), 1000) / 5000
    if family == "bcrypt":
        seconds *= 2.0 ** (int(secret[4:6]) - 5) if secret[4:6].isdigit() else 2.0**31
    return seconds if seconds <= MOST_SECONDS else None


def verify(password: bytes, secret: bytes, family: HashFamily) -> bool:
    """Tell whether the password opens the hash; False also for a hash that cannot be tried or is malformed."""
    if b"\0" in password or seconds_per_try(secret, family) is None:
        return False
    secret = secret.partition(b",")[0] if family == "des" else secret
    if family == "bcrypt":
        return _opens_bcrypt(password, secret)
    if (check := _PLAIN.get(family)) is not None:
        return check(password, secret)
    if family == "nt" and not secret.startswith(b"$3$"):
        secret = b"$3$$" + secret.lower()
    made = _with_libcrypt(password, secret) if family in _BY_LIBCRYPT else None
    if made is None and family in _IN_PYTHON:
        made = _IN_PYTHON[family](password, secret)
    return made is not None and hmac.compare_digest(made, secret)


def _opens_bcrypt(password: bytes, secret: bytes) -> bool:
    import bcrypt

    try:
        return bcrypt.checkpw(password[:72], secret)
    except ValueError:
        return False


def _opens_salted_sha1(password: bytes, secret: bytes) -> bool:
    """Check `{SSHA}`: base64 of the digest over password and salt, and the salt."""
    try:
        raw = base64.b64decode(secret.removeprefix(b"{SSHA}"), validate=True)
    except binascii.Error:
        return False
    return len(raw) > 20 and hashlib.sha1(password + raw[20:], usedforsecurity=False).digest() == raw[:20]


def _opens_sha1(password: bytes, secret: bytes) -> bool:
    digest = hashlib.sha1(password, usedforsecurity=False).digest()
    if secret.startswith(b"{SHA}"):
        return base64.b64encode(digest) == secret[5:]
    return digest.hex().encode() == secret.lower()


def _opens_md5(password: bytes, secret: bytes) -> bool:
    return hashlib.md5(password, usedforsecurity=False).hexdigest().encode() == secret.lower()


_PLAIN: dict[HashFamily, Callable[[bytes, bytes], bool]] = {
    "unsalted-md5": _opens_md5,
    "unsalted-sha1": _opens_sha1,
    "ldap-salted-sha1": _opens_salted_sha1,
}


@cache
def _libcrypt() -> Any:
    """Load crypt_r of the system; None where there is none, as with musl."""
    for name in ("libcrypt.so.1", "libcrypt.so.2"):
        try:
            crypt_r = ctypes.CDLL(name).crypt_r
        except (OSError, AttributeError):
            continue
        crypt_r.restype = ctypes.c_char_p
        crypt_r.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
        return crypt_r
    return None


_CRYPT_DATA_BYTES = 256 << 10
"""Room for struct crypt_data: 32 KiB in libxcrypt, 128 KiB in old glibc."""


def _with_libcrypt(password: bytes, secret: bytes) -> bytes | None:
    crypt_r = _libcrypt()
    if crypt_r is None:
        return None
    made: bytes | None = crypt_r(password, secret, ctypes.create_string_buffer(_CRYPT_DATA_BYTES))
    return None if made is None or made.startswith(b"*") else made


_ALPHABET = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _encode(digest: bytes, triples: list[tuple[int, ...]]) -> bytes:
    """Write groups of bytes, highest first, six bits at a time, lowest first."""
    text = bytearray()
    for triple in triples:
        number = int.from_bytes(bytes(digest[index] for index in triple), "big")
        for shift in range(0, (len(triple) * 8 + 5) // 6 * 6, 6):
            text.append(_ALPHABET[number >> shift & 63])
    return bytes(text)


def _md5_crypt(password: bytes, secret: bytes) -> bytes | None:
    """Compute `$1$` or `$apr1$`, with the salt of `secret`."""
    match = re.match(rb"(\$1\$|\$apr1\$)([^$]{0,8})", secret)
    if match is None:
        return None
    magic, salt = match.groups()
    inner = hashlib.md5(password + salt + password, usedforsecurity=False).digest()
    start = password + magic + salt + _repeated(inner, len(password))
    for bit in range(len(password).bit_length()):
        start += b"\0" if len(password) >> bit & 1 else password[:1]
    digest = _stretched(hashlib.md5, hashlib.md5(start, usedforsecurity=False).digest(), password, salt, 1000)
    triples: list[tuple[int, ...]] = [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5), (11,)]
    return magic + salt + b"$" + _encode(digest, triples)


def _sha_crypt(password: bytes, secret: bytes) -> bytes | None:
    """Compute `$5$` or `$6$`, with the rounds and the salt of `secret`."""
    match = re.match(rb"\$([56])\$(?:rounds=([0-9]{1,9})\$)?([^$]{0,16})", secret)
    if match is None:
        return None
    new, rounds, salt = hashlib.sha256 if match[1] == b"5" else hashlib.sha512, 5000, match[3]
    if match[2] is not None:
        rounds = min(max(int(match[2]), 1000), 999_999_999)
    inner = new(password + salt + password).digest()
    start = password + salt + _repeated(inner, len(password))
    for bit in range(len(password).bit_length()):
        start += inner if len(password) >> bit & 1 else password
    digest = new(start).digest()
    long_password = _repeated(new(password * len(password)).digest(), len(password))
    long_salt = _repeated(new(salt * (16 + digest[0])).digest(), len(salt))
    digest = _stretched(new, digest, long_password, long_salt, rounds)
    head = secret[: match.start(3)] + salt + b"$"
    return head + _encode(digest, _sha256_order() if match[1] == b"5" else _sha512_order())


def _stretched(new: Callable[[bytes], Any], digest: bytes, password: bytes, salt: bytes, rounds: int) -> bytes:
    """Do the rounds that both schemes share."""
    for number in range(rounds):
        odd = number & 1
        middle = (salt if number % 3 else b"") + (password if number % 7 else b"")
        digest = new((password if odd else digest) + middle + (digest if odd else password)).digest()
    return digest


def _repeated(block: bytes, length: int) -> bytes:
    return (block * (length // len(block) + 1))[:length]


def _sha256_order() -> list[tuple[int, ...]]:
    return [_turned((at, at + 10, at + 20), -at % 3) for at in range(10)] + [(31, 30)]


def _sha512_order() -> list[tuple[int, ...]]:
    return [_turned((at, at + 21, at + 42), at % 3) for at in range(21)] + [(63,)]


def _turned(triple: tuple[int, ...], by: int) -> tuple[int, ...]:
    return triple[by:] + triple[:by]


_IN_PYTHON: dict[HashFamily, Callable[[bytes, bytes], bytes | None]] = {
    "md5crypt": _md5_crypt,
    "apr1": _md5_crypt,
    "sha256crypt": _sha_crypt,
    "sha512crypt": _sha_crypt,
}
