"""Libraries of TLS whose lines of releases have ended, beside those of endoflife.date, which lists OpenSSL alone."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from plimsoll.knowledge.vulnerability import Lifetime


class EndedLibraries(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    lines: tuple[Lifetime, ...]

    def of(self, product: str) -> tuple[Lifetime, ...]:
        """Give the lines of a component."""
        return tuple(one for one in self.lines if one.product == product)


@cache
def load() -> EndedLibraries:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("ended_libraries.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), EndedLibraries)
