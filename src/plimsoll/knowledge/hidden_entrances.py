"""The list of known ways in beside the usual one, which goes with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class KnownEntrance(msgspec.Struct, frozen=True):
    """One way in."""

    id: str
    """Kebab-case, stable."""
    word: str
    """ASCII text that stands in the program which has it, and nowhere else."""
    opens: str
    """What it opens and to whom, in a few words of ours."""
    source: str
    """Where it was made public."""


class HiddenEntrances(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    entrances: tuple[KnownEntrance, ...]


@cache
def load() -> HiddenEntrances:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("hidden_entrances.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), HiddenEntrances)
