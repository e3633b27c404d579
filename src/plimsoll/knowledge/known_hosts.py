"""Host names of well-known public services that products send data to."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from plimsoll.model.facts.privacy import HostKind


class KnownService(msgspec.Struct, frozen=True):
    """One service."""

    name: str
    """Its own public name."""
    kind: HostKind
    suffixes: tuple[str, ...]
    """Ends of its host names, lower case, at least one dot in each."""
    source: str
    """Public page that documents them."""


class KnownHosts(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    services: tuple[KnownService, ...]

    def by_suffix(self) -> dict[str, KnownService]:
        """Give each service by the ends of its host names."""
        return {suffix: one for one in self.services for suffix in one.suffixes}


@cache
def load() -> KnownHosts:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("known_hosts.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), KnownHosts)
