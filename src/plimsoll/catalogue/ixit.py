"""What a maker must tell of a product: the 29 IXIT tables of ETSI TS 103 701 V2.1.1 with their fields.

Names and numbers are those of the specification; glosses are in our own words (`ixit.toml`).
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from plimsoll.catalogue._table import read_table


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field of a table."""

    name: str
    gloss: str
    """What goes into it."""
    refers_to: tuple[str, ...] = ()
    """Tables whose rows it names by ID; empty when it holds text only."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One IXIT table."""

    id: str
    """Number and short name, such as 1-AuthMech."""
    title: str
    rows: bool
    """True for one row per item, keyed by ID; False for a form that is filled in once."""
    fields: tuple[Field, ...]
    """In the order of the specification; `ID` first where there are rows."""
    provisions: tuple[str, ...]
    """Provisions of EN 303 645 V3.1.3 that are tested against it."""
    v1_name: str
    """Its name in V1.1.1."""
    v1_differences: str = ""
    v1_fields: dict[str, str] = {}
    """Fields of V1.1.1 that V2.1.1 has not, each with the field that took its place, or nothing."""
    note: str = ""
    certainty: Literal["sure", "likely"] = "sure"

    @property
    def field_names(self) -> tuple[str, ...]:
        """Name the fields in order."""
        return tuple(field.name for field in self.fields)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tables: tuple[Table, ...]


@cache
def load_tables() -> tuple[Table, ...]:
    """Give the 29 tables in order; raise CatalogueError when our file is malformed."""
    return read_table("ixit.toml", _File).tables


@cache
def tables_by_id() -> dict[str, Table]:
    """Give the tables by their V2.1.1 id, in order."""
    return {table.id: table for table in load_tables()}
