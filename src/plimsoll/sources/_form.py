"""From plain tables and texts to the form of a declaration: names of TS 103 701 V1.1.1, and bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from plimsoll.errors import InputError
from plimsoll.model.declaration import FORMAT, OLD_FIELDS, OLD_TABLES, DeclarationForm, IcsRow, Identity, ics_pointer

LONGEST_TEXT = 32_000
"""Characters of one field; a cell of a spreadsheet holds 32,767."""

_TABLE = re.compile(r"[1-9][0-9]?-[A-Za-z][A-Za-z0-9]{0,19}")
_PROVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.()-]{0,19}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NAME = 80


class Renaming(msgspec.Struct, frozen=True):
    """A name of V1.1.1 that was taken for one of V2.1.1."""

    old: str
    new: str


def plain_form(tree: Any) -> tuple[Any, tuple[Renaming, ...]]:
    """Bring the tables under their V2.1.1 names, and a table that is filled in once into a row.

    What has another shape is left as it is: the conversion to the form names it.
    """
    if not isinstance(tree, dict) or not isinstance(tree.get("ixit"), dict):
        return tree, ()
    renamed: dict[str, Renaming] = {}
    ixit: dict[str, list[Any]] = {}
    for table, value in tree["ixit"].items():
        rows = [value] if isinstance(value, dict) else value
        if not isinstance(rows, list | tuple):
            return tree, ()
        if table in OLD_TABLES:
            renamed[table] = Renaming(table, OLD_TABLES[table])
        for row in rows:
            ixit.setdefault(_table_of(table, row), []).append(_row(row, renamed))
    return {**tree, "ixit": ixit}, tuple(renamed.values())


def _table_of(table: str, row: Any) -> str:
    if table == "15-Intf" and isinstance(row, dict) and "logical" in str(row.get("Type", "")).lower():
        return "28-LogIntf"
    return OLD_TABLES.get(table, table)


def _row(row: Any, renamed: dict[str, Renaming]) -> Any:
    if not isinstance(row, dict):
        return row
    for old, new in OLD_FIELDS.items():
        if old in row and new not in row:
            renamed[old] = Renaming(old, new)
            row = {new if field == old else field: text for field, text in row.items()}
    return row


def convert_form(plain: Any) -> DeclarationForm:
    """Convert plain tables and texts; raise InputError that names the entry which has another shape."""
    frame: _Frame = _convert(plain, "the file", _Frame)
    ics = {provision: _convert(row, f"the ICS row {provision!r:.40}", IcsRow) for provision, row in frame.ics.items()}
    ixit = {
        table: tuple(_convert(row, f"row {at} of {table!r:.40}", dict[str, str]) for at, row in enumerate(rows, 1))
        for table, rows in frame.ixit.items()
    }
    return DeclarationForm(frame.product, ics, ixit, frame.format)


class _Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A declaration down to its entries."""

    product: Identity = Identity()
    ics: dict[str, Any] = {}
    ixit: dict[str, tuple[Any, ...]] = {}
    format: str = FORMAT


def _convert(value: Any, what: str, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{what}: {_FIELD.sub(_named(value), str(error))}") from error


def _named(value: Any) -> Callable[[re.Match[str]], str]:
    """Name the field that a conversion of texts by name fails at: it is the first that is not a text."""

    def name(_: re.Match[str]) -> str:
        wrong = next((key for key, one in value.items() if not isinstance(one, str)), "")
        return f" - at {wrong!r:.80}"

    return name


_FIELD = re.compile(r" - at `\$\[\.\.\.\]`$")


def check_texts(form: DeclarationForm) -> None:
    """Raise InputError for a name that cannot be one, or a text that is too long or no Unicode."""
    for provision in form.ics:
        if not _PROVISION.fullmatch(provision):
            raise InputError(f"{provision!r:.80} in the ICS is not the number of a provision, such as 5.1-1")
    for table in form.ixit:
        if not _TABLE.fullmatch(table):
            raise InputError(f"{table!r:.80} is not the name of an IXIT table, such as 1-AuthMech")
    for where, text, longest in _texts(form):
        if len(text) > longest:
            raise InputError(f"{where:.200} has {len(text)} characters, and may have {longest}")
        if _SURROGATE.search(text):
            raise InputError(f"{where!r:.200} holds half of a surrogate pair, which is no Unicode text")


def _texts(form: DeclarationForm) -> Iterator[tuple[str, str, int]]:
    """Give each text with where it stands and how long it may be, names of fields among them."""
    for name, value in msgspec.structs.asdict(form.product).items():
        for text in value if isinstance(value, tuple) else (value,):
            yield f"product/{name}", text, LONGEST_TEXT
    for provision, row in form.ics.items():
        yield ics_pointer(provision), row.detail, LONGEST_TEXT
    for table, rows in form.ixit.items():
        for number, fields in enumerate(rows):
            for field, text in fields.items():
                where = f"row {number + 1} of {table}"
                if not field:
                    raise InputError(f"{where} has a field without a name")
                yield f"the name of a field in {where}", field, _LONGEST_NAME
                yield f"{field!r} in {where}", text, LONGEST_TEXT
