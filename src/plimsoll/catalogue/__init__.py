"""The yardstick as data: capabilities, criteria, the provisions of EN 303 645, and the crosswalks to other schemes.

The data are the TOML files of this folder, in our own words: `capabilities.toml` and `criteria.toml`, written by hand;
one file of provisions; and one file per scheme and edition under `crosswalk/`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from plimsoll.catalogue._check import check
from plimsoll.catalogue._files import read
from plimsoll.model.criterion import Catalogue


@cache
def load() -> Catalogue:
    """Give the catalogue that goes with the program; raise CatalogueError when it contradicts itself."""
    return load_from(files("plimsoll.catalogue"))


def load_from(folder: Traversable | Path) -> Catalogue:
    """Read a catalogue from a folder laid out as this one; raise CatalogueError naming the file and the id at fault."""
    catalogue = read(folder)
    check(catalogue)
    return catalogue
