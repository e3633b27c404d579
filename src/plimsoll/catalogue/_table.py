"""One TOML file of this folder, read straight into a struct."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TypeVar

import msgspec

from plimsoll.errors import CatalogueError

T = TypeVar("T", bound=msgspec.Struct)


def read_table(file: str, kind: type[T]) -> T:
    """Read a file of the catalogue; raise CatalogueError naming the file when it is malformed."""
    try:
        return msgspec.convert(tomllib.loads(files("plimsoll.catalogue").joinpath(file).read_text("utf-8")), kind)
    except (ValueError, OSError) as error:
        raise CatalogueError(f"{file}: {error}") from error
