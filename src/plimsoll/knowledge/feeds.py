"""Where the official feeds are; the list goes with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec

from plimsoll.errors import UnknownName


class Feed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one source publishes."""

    source: str
    addresses: tuple[str, ...]
    """`{year}` stands for each year from `since` on."""
    usual: bool
    """Fetched when no source is named."""
    since: int = 0
    interval_s: float = 0.0
    """Least time between two requests."""

    def files(self, year: int, base: str = "") -> tuple[tuple[str, str], ...]:
        """Give the name and address of each file up to a year; `base` is a copy of the feeds, BASE/SOURCE/PATH."""
        years = range(self.since, year + 1)
        wanted = (one.replace("{year}", str(each)) for one in self.addresses
                  for each in (years if "{year}" in one else (year,)))  # fmt: skip
        found = []
        for address in wanted:
            path = urlsplit(address).path.lstrip("/")
            found.append((f"{self.source}-{path.replace('/', '-')}",
                          f"{base.rstrip('/')}/{self.source}/{path}" if base else address))  # fmt: skip
        return tuple(found)


@cache
def load() -> tuple[Feed, ...]:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("feeds.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["feed"], tuple[Feed, ...])


def choose(names: tuple[str, ...], *, all: bool = False) -> tuple[Feed, ...]:
    """Give the feeds of these sources, or the usual ones, or all; raise UnknownName."""
    known = {feed.source: feed for feed in load()}
    for name in names:
        if name not in known:
            raise UnknownName(f"no source is called {name!r}", hint=f"one of {', '.join(known)}")
    return tuple(feed for feed in known.values() if (feed.source in names if names else all or feed.usual))
