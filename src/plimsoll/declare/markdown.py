"""A declaration for people to read: Markdown with tables (GitHub flavour), in which no text of the maker is markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import tables_by_id
from plimsoll.declare.remark import Remark
from plimsoll.declare.write import natural
from plimsoll.model.declaration import DeclarationForm, Identity, normal

_MARKUP = frozenset("\\`*_[]~#|{}!")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def to_markdown(form: DeclarationForm, remarks: Iterable[Remark] = ()) -> str:
    """Write a declaration, and before it what there is to say of it, where that is given."""
    kept = normal(form)
    lines = [
        "# Declaration",
        "",
        "What the maker says of the product: ICS and IXIT in the terms of ETSI TS 103 701. It is no evidence.",
        *_remarks(list(remarks)),
        *_product(kept.product),
        *_ics(kept),
    ]
    for table in sorted(kept.ixit, key=natural):
        lines += _table(table, kept.rows(table))
    return "\n".join(lines) + "\n"


def _remarks(remarks: Sequence[Remark]) -> Iterator[str]:
    if remarks:
        yield from ("", "## To be put right", "", *_head("", "Entry", "Remark"))
        yield from (_line(one.severity, one.place, str(one.message)) for one in remarks)


def _product(product: Identity) -> Iterator[str]:
    yield from ("", "## Product", "", *_head("Field", "Text"))
    for field, value in msgspec.structs.asdict(product).items():
        yield _line(field.replace("_", " ").capitalize(), "\n".join(value) if isinstance(value, tuple) else value)


def _ics(form: DeclarationForm) -> Iterator[str]:
    known = {provision.id: provision for provision in load().provisions}
    yield from ("", "## ICS", "", *_head("Provision", "Title", "Status", "Support", "Detail"))
    for number in [*known, *sorted(set(form.ics) - set(known), key=natural)]:
        title, status = (known[number].title, known[number].status) if number in known else ("", "")
        row = form.ics.get(number)
        yield _line(number, title, status, row.support if row else "", row.detail if row else "")


def _table(table: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    known = tables_by_id().get(table)
    given = known.field_names if known else ()
    yield from ("", f"## IXIT {_shown(table)}{f': {known.title}' if known else ''}")
    for row in rows:
        name = f": {_shown(row['ID'])}" if row.get("ID") else ""
        yield from ("", *([f"### Row{name}", ""] if known is None or known.rows else []), *_head("Field", "Text"))
        for field in [*given, *(field for field in row if field not in given)]:
            if field != "ID" and (row.get(field) or field in given):
                yield _line(field, row.get(field, ""))


def _head(*names: str) -> tuple[str, str]:
    return _line(*names), _line(*("---" for _ in names))


def _line(*cells: str) -> str:
    return "| " + " | ".join(_shown(cell) for cell in cells) + " |"


def _shown(text: str) -> str:
    """Write a text so that it is shown as it is, in one line; what hides or reorders characters is spelt out."""
    return "<br>".join("".join(map(_character, line)) for line in text.replace("\r\n", "\n").split("\n"))


def _character(one: str) -> str:
    if one in _MARKUP:
        return f"\\{one}"
    if one in _ENTITIES:
        return _ENTITIES[one]
    if unicodedata.category(one) in _HIDDEN:
        return f"\\\\u{{{ord(one):x}}}" if one != "\t" else " "
    return one
