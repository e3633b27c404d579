"""Keys whose private halves are published: by projects for development, and in public packages for tests."""

from __future__ import annotations

import base64
import tomllib
from functools import cache, cached_property
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


class PublishedKeys(msgspec.Struct, frozen=True, dict=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    keys: tuple[KnownKey, ...]

    def find(self, public: str, other: str = "") -> KnownKey | None:
        """Give the key of a digest; `other` may be the first digits of one."""
        if public and (found := self._by_digest.get(public)) is not None:
            return found
        if len(other) >= SHORTEST_PREFIX:
            return next((one for one in self.keys if one.other.startswith(other)), None)
        return None

    @cached_property
    def _by_digest(self) -> dict[str, KnownKey]:
        return {one.public: one for one in reversed(self.keys) if one.public}


class _Package(msgspec.Struct, frozen=True):
    """A public package, with digest and file of each private key in it."""

    package: str
    keys: tuple[tuple[str, str], ...]


class _TestKeys(msgspec.Struct, frozen=True):
    """The list that scripts/build_test_keys.py writes."""

    date: str
    packages: tuple[_Package, ...]


@cache
def load() -> PublishedKeys:
    """Read both lists; they are part of the program, so a fault in them is ours."""
    text = files("plimsoll.knowledge").joinpath("published_keys.toml").read_text("utf-8")
    listed = msgspec.convert(tomllib.loads(text), PublishedKeys)
    tests = msgspec.json.decode(files("plimsoll.knowledge").joinpath("test_keys.json").read_bytes(), type=_TestKeys)
    known = {one.public for one in listed.keys}
    more = (
        KnownKey(f"{path.rpartition('/')[2]} in {one.package}", path, digest)
        for one in tests.packages
        for digest, path in one.keys
        if digest not in known
    )
    return PublishedKeys(max(listed.date, tests.date), listed.note, (*listed.keys, *more))
