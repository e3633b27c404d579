"""The list of keys that were published for tests, which goes with the program: whoever wants to can sign with them."""

from __future__ import annotations

import base64
import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class TestKey(msgspec.Struct, frozen=True):
    """A key pair whose private half is public."""

    __test__ = False

    public_digest: str
    """SHA-256 of SubjectPublicKeyInfo, hexadecimal."""
    name: str
    """What it is known as."""
    source: str
    """Who published it, and where."""
    public_key: str = ""
    """SubjectPublicKeyInfo in base64, for signatures that do not bring their key along; empty when it is not known."""

    @property
    def der(self) -> bytes:
        """Give SubjectPublicKeyInfo in DER; nothing when it is not known."""
        return base64.b64decode(self.public_key)


class TestKeys(msgspec.Struct, frozen=True):
    """The list."""

    __test__ = False

    date: str
    """ISO 8601."""
    note: str
    keys: tuple[TestKey, ...]


@cache
def load() -> TestKeys:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("test_keys.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), TestKeys)


@cache
def by_digest() -> dict[str, TestKey]:
    """Give the keys by the digest of their public half."""
    return {one.public_digest: one for one in load().keys}
