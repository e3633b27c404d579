"""Keys whose private halves are published by the projects that ship them for development."""

from __future__ import annotations

import base64
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

SHORTEST_PREFIX = 16
"""Fewest hexadecimal digits of a digest by which a key is known."""


class KnownKey(msgspec.Struct, frozen=True):
    """One key; at least one of its digests is there."""

    name: str
    """Whose key it is, for a person."""
    source: str
    """Where it is published, and under which licence."""
    public: str = ""
    """SHA-256 of SubjectPublicKeyInfo, hexadecimal."""
    other: str = ""
    """The digest by which its own system names it."""
    key: str = ""
    """SubjectPublicKeyInfo in base64, for signatures that do not bring their key along; empty when it is not known."""

    @property
    def der(self) -> bytes:
        """Give SubjectPublicKeyInfo in DER; nothing when it is not known."""
        return base64.b64decode(self.key)


class PublishedKeys(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    keys: tuple[KnownKey, ...]

    def find(self, public: str, other: str = "") -> KnownKey | None:
        """Give the key of a digest; `other` may be the first digits of one."""
        for one in self.keys:
            if public and one.public == public:
                return one
            if len(other) >= SHORTEST_PREFIX and one.other.startswith(other):
                return one
        return None


@cache
def load() -> PublishedKeys:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("published_keys.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), PublishedKeys)
