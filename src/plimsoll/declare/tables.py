"""A declaration as a folder of CSV files (RFC 4180) that a spreadsheet opens: `product.csv`, `ics.csv`, one per table.

- `product.csv` and tables that are filled in once: a field per line, its text in the second column.
- `ics.csv`: a provision per line; title and status are there to be read, and are not read back.
- Other tables: a row per line under the names of the fields.

A cell that a spreadsheet would take for a formula begins with `'`, which is taken off again when the file is read
(OWASP, CSV injection). Files come in UTF-8 with a byte order mark; `;` and tab between the cells are read as well.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import load_tables, tables_by_id
from plimsoll.declare.write import natural
from plimsoll.errors import InputError
from plimsoll.model.declaration import DeclarationForm, IcsRow, Identity, normal
from plimsoll.sources.document import LARGEST_BYTES, form_of

PRODUCT, ICS = "product.csv", "ics.csv"
_DANGEROUS = "=+-@\t\r\n＝＋－＠'"
_MOST_FILES = 101
_MOST_COLUMNS = 2_000


def to_csv(form: DeclarationForm) -> dict[str, bytes]:
    """Write the files by name, all tables and provisions among them, those that are not filled in blank."""
    kept = normal(form)
    names = sorted({*(table.id for table in load_tables()), *kept.ixit}, key=natural)
    return {
        PRODUCT: _written(_product(kept.product)),
        ICS: _written(_ics(kept.ics)),
        **{f"{table}.csv": _written(_table(table, kept.rows(table))) for table in names},
    }


def from_csv(files: Mapping[str, bytes]) -> DeclarationForm:
    """Read the files by name; a missing one holds nothing. Raise InputError naming the file and line at fault."""
    if len(files) > _MOST_FILES or sum(map(len, files.values())) > 2 * LARGEST_BYTES:
        raise InputError(f"the tables have more than {_MOST_FILES} files or {2 * LARGEST_BYTES} bytes")
    tree: dict[str, Any] = {"product": {}, "ics": {}, "ixit": {}}
    for name, data in files.items():
        table, dot, suffix = name.rpartition(".")
        if not dot or suffix.lower() != "csv":
            raise InputError(f"{name!r} is not a .csv file")
        if len(data) > LARGEST_BYTES:
            raise InputError(f"{name!r} has {len(data)} bytes, and a table may have {LARGEST_BYTES}")
        lines = _read(name, data)
        match name.lower():
            case "product.csv":
                tree["product"] = _read_product(lines)
            case "ics.csv":
                tree["ics"] = _read_ics(name, lines)
            case _:
                tree["ixit"][table] = _read_form(lines) if _is_form(table) else _read_rows(name, lines)
    form, _ = form_of(tree, "the folder of tables")
    return form


def _product(product: Identity) -> Iterator[Sequence[str]]:
    yield "Field", "Text"
    for field, value in msgspec.structs.asdict(product).items():
        for text in (value or ("",)) if isinstance(value, tuple) else (value,):
            yield field, text


def _ics(ics: Mapping[str, IcsRow]) -> Iterator[Sequence[str]]:
    yield "Provision", "Title", "Status", "Support", "Detail"
    known = {provision.id: provision for provision in load().provisions}
    for id in [*known, *(id for id in sorted(ics, key=natural) if id not in known)]:
        row = ics.get(id, IcsRow())
        title, status = (known[id].title, known[id].status) if id in known else ("", "")
        yield id, title, status, row.support, row.detail


def _table(table: str, rows: Sequence[Mapping[str, str]]) -> Iterator[Sequence[str]]:
    given = tables_by_id()[table].field_names if table in tables_by_id() else ()
    fields = list(dict.fromkeys([*given, *(field for row in rows for field in row)]))
    if _is_form(table):
        yield "Field", "Text", *(f"Text {number}" for number in range(2, len(rows) + 1))
        for field in fields:
            yield field, *([row.get(field, "") for row in rows] or [""])
    else:
        yield fields
        for row in rows:
            yield [row.get(field, "") for field in fields]


def _is_form(table: str) -> bool:
    return table in tables_by_id() and not tables_by_id()[table].rows


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([_guarded(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in _DANGEROUS else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _DANGEROUS else cell


def _read(name: str, data: bytes) -> list[list[str]]:
    """Read the lines that hold anything, without their guards; the cells are parted by what parts the first line."""
    try:
        text = data.decode("utf-8-sig")
        delimiter = max(",;\t", key=lambda mark: _columns(text, mark))
        lines = [line for line in _lines(text, delimiter) if any(line)]
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name!r} is not in UTF-8: byte {error.start} does not fit", hint="save it as CSV in UTF-8"
        ) from error
    except csv.Error as error:
        raise InputError(f"{name!r} is not CSV: {error}") from error
    if (widest := max(map(len, lines), default=0)) > _MOST_COLUMNS:
        raise InputError(f"{name!r} has {widest} columns, and may have {_MOST_COLUMNS}")
    return [[_unguarded(cell) for cell in line] for line in lines]


def _columns(text: str, delimiter: str) -> int:
    """Count the cells of the first line; none when it is parted by something else."""
    try:
        return len(next(_lines(text, delimiter), []))
    except csv.Error:
        return 0


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _read_product(lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    product: dict[str, Any] = {}
    for field, texts in _pairs(lines):
        if isinstance(getattr(Identity(), field, ""), tuple):
            product.setdefault(field, []).extend(filter(None, texts))
        else:
            product[field] = "".join(texts[:1])
    return product


def _read_ics(name: str, lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in _read_rows(name, lines):
        provision = row.get("Provision", "")
        if provision in found:
            raise InputError(f"{name!r} answers the provision {provision!r:.40} twice")
        found[provision] = {"support": row.get("Support", ""), "detail": row.get("Detail", "")}
    return found


def _read_form(lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    pairs = list(_pairs(lines))
    width = max((len(texts) for _, texts in pairs), default=0)
    return [{field: texts[at] for field, texts in pairs if texts[at:] and texts[at]} for at in range(width)]


def _pairs(lines: Sequence[Sequence[str]]) -> Iterator[tuple[str, Sequence[str]]]:
    return ((line[0], line[1:]) for line in lines[1:])


def _read_rows(name: str, lines: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    if not lines:
        return []
    heading, *rows = lines
    if len(set(filter(None, heading))) != len(list(filter(None, heading))):
        raise InputError(f"{name!r} has two columns of one name")
    for number, row in enumerate(rows, 2):
        if any(row[len(heading) :]) or any(cell for field, cell in zip(heading, row, strict=False) if not field):
            raise InputError(f"{name!r} has text in line {number} outside the named columns")
    return [{field: cell for field, cell in zip(heading, row, strict=False) if field and cell} for row in rows]
