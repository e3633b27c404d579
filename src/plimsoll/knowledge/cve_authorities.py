"""Makers that are CVE numbering authorities; the list goes with the program."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class CveAuthorityList(msgspec.Struct, frozen=True):
    """The list."""

    date: str
    """ISO 8601."""
    note: str
    makers: dict[str, str]
    """Short name of the authority by the maker's registered domain."""


@cache
def load() -> CveAuthorityList:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("cve_authorities.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), CveAuthorityList)
