"""Whether what a declaration refers to is there, and does not refer back (TS 103 701: rows refer to others by ID).

IDs are compared without case, hyphens and underscores. A word is taken for a reference where it is built like the IDs
of the table that the field names rows of, or like the short name of a table and a number, such as `AuthMech-2`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from plimsoll.catalogue.ixit import Table
from plimsoll.declare.remark import Remark
from plimsoll.knowledge.declared_words import is_vague, refers_only, says_none
from plimsoll.model.declaration import OLD_TABLES, DeclarationForm, ics_pointer, row_pointer
from plimsoll.model.message import message

Entry = tuple[str, int, str]
"""A text: table, row and field; the ICS has no table, and its provision stands for the field."""

_TOKEN = re.compile(r"[^\s,;()/]+")
_NUMBER = re.compile(r"[0-9]{1,9}[a-z]?$")
_PROVISION = re.compile(r"[56](?:\.[0-9]{1,2})?-[0-9]{1,2}[A-Za-z]?")


def check_references(form: DeclarationForm, tables: Sequence[Table]) -> Iterator[Remark]:
    """Give remarks on references to rows that do not exist, and on texts that refer to one another in a circle."""
    ids = {table: {_key(row["ID"]) for row in rows if row.get("ID")} for table, rows in form.ixit.items()}
    yield from _mentions(form, tables, ids)
    yield from _fields(form, tables, ids)
    yield from _circles(form)


def _key(id: str) -> str:
    return id.strip().lower().replace("-", "").replace("_", "")


def _texts(form: DeclarationForm) -> Iterator[tuple[Entry, str]]:
    for provision, answer in form.ics.items():
        yield ("", 0, provision), answer.detail
    for table, rows in form.ixit.items():
        for number, row in enumerate(rows):
            yield from (((table, number, field), text) for field, text in row.items() if field != "ID")


def _place(form: DeclarationForm, entry: Entry) -> str:
    table, row, field = entry
    return row_pointer(form, table, row, field) if table else ics_pointer(field)


def _mentions(form: DeclarationForm, tables: Sequence[Table], ids: dict[str, set[str]]) -> Iterator[Remark]:
    """Look in every text for words built like an ID of a table that has no such row, nor one that begins so."""
    names = {table.id.partition("-")[2]: [table.id] for table in tables}
    names |= {old.partition("-")[2]: [new] for old, new in OLD_TABLES.items()} | {"Intf": ["15-PhyIntf", "28-LogIntf"]}
    there = {name: sorted(set().union(*(ids.get(table, set()) for table in meant))) for name, meant in names.items()}
    mention = re.compile(rf"\b({'|'.join(sorted(names))})[-_]?([0-9]{{1,4}}[a-z]?\b|(?<=[-_])[A-Z][\w-]{{0,60}})")
    for entry, text in _texts(form):
        for name, rest in dict.fromkeys(match.groups() for match in mention.finditer(text)):
            numbered = rest[0].isdigit()
            if _is_there(_key(name + rest), there[name], prefix=not numbered) or _is_there(_key(rest), there[name]):
                continue
            what = message(
                "{id} is referred to, and table {tables} has no such row",
                id=f"{name}-{rest}",
                tables=" or ".join(names[name]),
            )
            yield Remark("reference", _place(form, entry), what, "error" if numbered else "warning")


def _is_there(key: str, there: Sequence[str], *, prefix: bool = False) -> bool:
    """Look for an ID, or for one that begins so, among sorted ones."""
    at = bisect_left(there, key)
    return at < len(there) and (there[at].startswith(key) if prefix else there[at] == key)


def _fields(form: DeclarationForm, tables: Sequence[Table], ids: dict[str, set[str]]) -> Iterator[Remark]:
    """Look at the fields that name rows of other tables."""
    for table in tables:
        for field in (one for one in table.fields if one.refers_to):
            there = set().union(*(ids.get(target, set()) for target in field.refers_to))
            stems = {_NUMBER.sub("", id) for id in there} - {""}
            for number, row in enumerate(form.rows(table.id)):
                text = row.get(field.name, "")
                if not text or says_none(text) or is_vague(text):
                    continue
                for token in _strangers(text, there, stems):
                    what = message(
                        "{id} is no row of table {tables}", id=repr(token), tables=" or ".join(field.refers_to)
                    )
                    yield Remark("reference", row_pointer(form, table.id, number, field.name), what, "error")


def _strangers(text: str, there: set[str], stems: set[str]) -> Iterator[str]:
    """Give the words that look like the IDs that are there, by all but their number, and are none of them."""
    for token in dict.fromkeys(_TOKEN.findall(text)):
        key = _key(token.strip(".:\"'`"))
        stem = _NUMBER.sub("", key)
        if key not in there and stem != key and stem in stems:
            yield token


def _circles(form: DeclarationForm) -> Iterator[Remark]:
    """Give the texts that never come to one that says something: what is left when all that do are taken away."""
    onward = {entry: set(targets) for entry, targets in _links(form) if targets}
    behind: dict[Entry, list[Entry]] = {}
    for entry, targets in onward.items():
        for target in targets:
            behind.setdefault(target, []).append(entry)
    settled = [target for target in behind if target not in onward]
    while settled:
        for entry in behind.get(settled.pop(), ()):
            if onward.pop(entry, None) is not None:
                settled.append(entry)
    for entry in onward:
        yield Remark("circular", _place(form, entry), message("this only refers to what refers back"), "error")


def _links(form: DeclarationForm) -> Iterator[tuple[Entry, list[Entry]]]:
    """Give each text that does nothing but refer, with the texts that it refers to."""
    rows: dict[str, tuple[str, int]] = {}
    for table, several in form.ixit.items():
        for number, row in enumerate(several):
            rows.setdefault(_key(row.get("ID", "")), (table, number))
    rows.pop("", None)
    for entry, text in _texts(form):
        if said := refers_only(text):
            yield entry, list(_targets(form, entry, _TOKEN.findall(said), rows))


def _targets(
    form: DeclarationForm, entry: Entry, tokens: Iterable[str], rows: dict[str, tuple[str, int]]
) -> Iterator[Entry]:
    """A reference from a field to a row of its own table means the same field there, else the row's description."""
    provisions = {provision.lower(): provision for provision in form.ics}
    for token in tokens:
        word = token.strip(".:\"'")
        if _PROVISION.fullmatch(word) and word.lower() in provisions:
            yield "", 0, provisions[word.lower()]
        elif _key(word) in rows:
            table, row = rows[_key(word)]
            yield table, row, entry[2] if table == entry[0] else "Description"
