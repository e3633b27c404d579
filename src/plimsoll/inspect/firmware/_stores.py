"""What a key store holds, and the passwords that its makers publish."""

from __future__ import annotations

from functools import cache

import msgspec

from plimsoll.inspect.firmware._key_forms import FoundKey
from plimsoll.knowledge import default_passwords

MOST_ENTRIES = 500
"""Most entries read of one store."""

_DOCUMENTED = ("changeit", "", "android", "notasecret", "password", "123456", "changeme", "secret", "keystore")
"""Documented for key stores: Java's `cacerts`, no password at all, Android's key for debugging, Google's PKCS #12 of
service accounts; then what tutorials use most."""


class Store(msgspec.Struct, frozen=True):
    """A key store as far as it could be read."""

    form: str
    """pkcs12, jks, jceks or bks."""
    keys: tuple[FoundKey, ...]
    certificates: tuple[bytes, ...]
    """In DER."""
    password: str | None = None
    """The published password that opens it; None when it needs none, or is closed."""


@cache
def published_words() -> tuple[str, ...]:
    """Give the passwords to try, those of key stores first."""
    return tuple(dict.fromkeys((*_DOCUMENTED, *default_passwords.load().general)))
