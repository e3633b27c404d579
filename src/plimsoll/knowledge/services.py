"""The list of programs that take a login or listen, which goes with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from plimsoll.model.facts.service import LoginKind


class KnownService(msgspec.Struct, frozen=True):
    """A program that takes a login or listens, as it is without settings."""

    protocol: str
    login: LoginKind
    port: int | None = None
    encrypted: bool | None = None
    """None where settings decide."""
    port_option: str = ""
    """The option that names the port on its command line."""


class Services(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    programs: dict[str, KnownService]
    """By base name."""


@cache
def load() -> Services:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("services.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Services)
