"""In which part of a program a vulnerability is: a BusyBox applet, or options and modules of the Linux kernel.

Sources: the names of the source files and functions that the public records of these vulnerabilities name, set against
the documentation of the projects' options. Only what is plain from them is listed; for the rest nothing is left out.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where vulnerabilities of a component are."""

    component: str
    ids: tuple[str, ...]
    """CVE ids."""
    applets: tuple[str, ...] = ()
    """Of BusyBox: where none of them is in the binary, the hole is not."""
    options: tuple[str, ...] = ()
    """Of Linux, with `CONFIG_`: where one of them is off, the hole is not there."""
    modules: tuple[str, ...] = ()
    """Of Linux: names, with `_` for `-`, of the modules that `options` build; where they are built as modules and none
    lies in the image, the hole is not there."""


@cache
def load() -> dict[tuple[str, str], Part]:
    """Give the part for each component and CVE id."""
    text = files("plimsoll.knowledge").joinpath("parts.toml").read_text("utf-8")
    parts = msgspec.convert(tomllib.loads(text)["parts"], tuple[Part, ...])
    return {(part.component, id): part for part in parts for id in part.ids}
