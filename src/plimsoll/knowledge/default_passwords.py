"""The list of published default passwords that goes with the program, and the order in which to try it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class DefaultPasswords(msgspec.Struct, frozen=True):
    """Default passwords that have been published."""

    date: str
    """ISO 8601 date of the list."""
    note: str
    general: tuple[str, ...]
    """Words of no maker in particular, most used first."""
    vendor: dict[str, tuple[str, ...]] = {}
    """Words of one maker or platform, by its name in lower case."""

    def __len__(self) -> int:
        return len(self.ordered(()))

    def ordered(self, hints: tuple[str, ...]) -> tuple[str, ...]:
        """Give every word once: those of the makers in `hints`, the general ones, then those of all other makers."""
        hinted = [word for name in sorted(self.vendor) if name in hints for word in self.vendor[name]]
        others = [word for name in sorted(self.vendor) if name not in hints for word in self.vendor[name]]
        return tuple(dict.fromkeys([*hinted, *self.general, *others]))


@cache
def load() -> DefaultPasswords:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("default_passwords.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), DefaultPasswords)
