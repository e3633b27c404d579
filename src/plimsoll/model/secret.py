"""Secrets keep their shape and a salted digest; the clear text stays in memory with those that must compare it."""

from __future__ import annotations

import hmac
import re

import msgspec


class Concealed(msgspec.Struct, frozen=True):
    """A secret that was seen, without the secret."""

    digest: str
    """HMAC-SHA-256 of the exact bytes, hexadecimal; the key is the salt of the assessment."""
    length: int
    """Number of bytes."""
    shape: str
    """Crypt scheme prefix as it stands, then one mark per character: a lower, A upper, 9 digit, * other; 64 at most."""
    tail: str = ""
    """Last two characters, by which an owner knows it; empty for a secret so short that they would tell much of it."""


SHORTEST_WITH_TAIL = 10
"""Characters of the shortest secret whose end is kept."""
_TAIL = re.compile(rb"[\x21-\x7e]{2}\Z")
_CRYPT_PREFIX = re.compile(rb"\$[0-9a-z]{1,4}\$")


def conceal(secret: bytes, salt: bytes) -> Concealed:
    """Keep of a secret what may be shown and compared.

    The salt makes digests of one assessment useless against a table made beforehand. It does not protect a secret
    that can be guessed from somebody who holds the salt: digests are for telling same from different.
    """
    digest = hmac.digest(salt, secret, "sha256").hex()
    prefix = _CRYPT_PREFIX.match(secret)
    known = prefix[0].decode("ascii") if prefix else ""
    marks = "".join(map(_mark, secret[len(known) : 64]))
    tail = _TAIL.search(secret) if len(secret) >= SHORTEST_WITH_TAIL else None
    return Concealed(digest, len(secret), known + marks, tail[0].decode("ascii") if tail else "")


def _mark(byte: int) -> str:
    if 0x61 <= byte <= 0x7A:
        return "a"
    if 0x41 <= byte <= 0x5A:
        return "A"
    if 0x30 <= byte <= 0x39:
        return "9"
    return "*"
