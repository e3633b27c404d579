"""What a maker declares of a product: identity, ICS and IXIT, as one form.

The words are those of ETSI TS 103 701 V2.1.1: the ICS is the table of EN 303 645 Annex B filled in, the IXIT are 29
tables that say how each claim is implemented. An empty text says the same as one that is absent; a form in its normal
shape holds neither empty texts, nor rows or tables without any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

import msgspec

FORMAT = "plimsoll.declaration/1"

Support = Literal["Y", "N", "N/A", ""]
"""Empty while the row is not answered."""

OLD_TABLES = {"11-ComMech": "11-SecComMech", "15-Intf": "15-PhyIntf", "28-ExtAPI": "28-LogIntf"}
"""Tables of V1.1.1 by what took their place in V2.1.1. Logical interfaces of 15-Intf belong to 28-LogIntf."""

OLD_FIELDS = {"Communication Mechanisms": "Secure Communication Mechanisms"}
"""Fields of V1.1.1 by what took their place, in every table that has them."""


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which product is declared: one model at one software version."""

    maker: str = ""
    model: str = ""
    """Model designation, as on the product."""
    hardware_version: str = ""
    software_version: str = ""
    user_documentation: str = ""
    """Where the user's documentation is to be had."""
    interfaces: tuple[str, ...] = ()
    """Interfaces that the product offers."""
    associated_services: tuple[str, ...] = ()
    """Digital services that belong to the product, such as a cloud or an app."""


class IcsRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer for one provision."""

    support: Support = ""
    detail: str = ""
    """Measures and IXIT rows for Y; the reason for N; the absent condition or feature for N/A."""


class DeclarationForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The whole declaration."""

    product: Identity = Identity()
    ics: dict[str, IcsRow] = {}
    """By provision of EN 303 645 V3.1.3, such as 5.1-1."""
    ixit: dict[str, tuple[dict[str, str], ...]] = {}
    """Rows by table, such as 1-AuthMech; a row is its fields by name. A table that is filled in once has one row."""
    format: str = FORMAT

    def rows(self, table: str) -> tuple[dict[str, str], ...]:
        """Give the rows of a table, none when it is absent."""
        return self.ixit.get(table, ())

    @cached_property
    def ids(self) -> dict[str, Counter[str]]:
        """How often each ID is given in each table."""
        return {table: Counter(row["ID"] for row in rows if row.get("ID")) for table, rows in self.ixit.items()}


def normal(form: DeclarationForm) -> DeclarationForm:
    """Drop empty texts, and rows and tables that hold nothing."""
    identity = msgspec.structs.replace(
        form.product,
        interfaces=tuple(filter(None, form.product.interfaces)),
        associated_services=tuple(filter(None, form.product.associated_services)),
    )
    ics = {provision: row for provision, row in form.ics.items() if row != IcsRow()}
    tables = {table: tuple(_filled(rows)) for table, rows in form.ixit.items()}
    return DeclarationForm(identity, ics, {table: rows for table, rows in tables.items() if rows}, form.format)


def _filled(rows: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows:
        if kept := {field: text for field, text in row.items() if text}:
            yield kept


def pointer(*parts: str) -> str:
    """Write the steps into a form as a JSON pointer without its leading `/` (RFC 6901)."""
    return "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)


def ics_pointer(provision: str) -> str:
    """Point to a row of the ICS: `ics/5.1-1`."""
    return pointer("ics", provision)


def row_pointer(form: DeclarationForm, table: str, row: int, field: str = "") -> str:
    """Point to a row of a table, or to a field of it: `ixit/1-AuthMech/AuthMech-1/Description`.

    A row is named by its ID, or by `[n]`, from 1, where it has none or shares it. A table of one row without an ID is
    a form that is filled in once, and its fields follow at once: `ixit/2-UserInfo/Support Period`.
    """
    rows = form.rows(table)
    id = rows[row].get("ID", "")
    named = id if id and form.ids[table][id] == 1 else f"[{row + 1}]"
    steps = [named] if id or len(rows) > 1 else []
    return pointer("ixit", table, *steps, *([field] if field else []))
