"""Whether the IXIT tables are filled in (TS 103 701 V2.1.1, Annex A.3): rows, IDs, fields, and what their texts say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.catalogue.ixit import Table
from plimsoll.declare.remark import Remark
from plimsoll.knowledge.declared_words import is_unconfirmed, is_vague, unfinished
from plimsoll.model.declaration import DeclarationForm, pointer, row_pointer
from plimsoll.model.message import message

ASKED_BY = {
    "2-UserInfo": {
        "Documentation of Change Mechanisms": "5.1-4",
        "Publication of Vulnerability Disclosure Policy": "5.2-1",
        "Support Period": "5.3-13",
        "Publication of Support Period": "5.3-13",
        "Publication of Non-Updatable": "5.3-14",
        "Documentation of Replacement": "5.3-15B",
        "Model Designation": "5.3-16",
        "Documentation of Sensors": "5.8-3",
        "Documentation of Secure Setup": "5.12-2",
        "Documentation of Setup Check": "5.12-3",
        "Documentation of Personal Data": "6-1",
        "Documentation of Telemetry Data": "6-5",
        "Documentation of Deletion": "5.11-3",
    },
    "4-Conf": {
        "Confirmation of Vulnerability Actions": "5.2-2",
        "Confirmation of Vulnerability Monitoring": "5.2-3",
        "Confirmation of Update Procedures": "5.3-8",
        "Confirmation of Secure Management": "5.5-8",
        "Confirmation of Secure Development": "5.6-9",
    },
    "9-ReplSup": {"Isolation": "5.3-15A", "Hardware Replacement": "5.3-15B"},
}
"""For the forms that are filled in once: the provision that a field is for; without its claim nobody asks for it."""


def check_ixit(form: DeclarationForm, tables: Sequence[Table]) -> Iterator[Remark]:
    """Give remarks on every table, and on the tables that a claim needs and that hold nothing."""
    known = {table.id: table for table in tables}
    for table in form.ixit:
        if table not in known:
            what = message("TS 103 701 V2.1.1 has no table {table}", table=table)
            yield Remark("unknown", pointer("ixit", table), what, "error")
    yield from _needed(form, tables)
    for one in tables:
        yield from _identified(form, one)
        for number, row in enumerate(form.rows(one.id)):
            yield from _filled(form, one, number, row)
            yield from _said(form, one, number, row)


def _needed(form: DeclarationForm, tables: Sequence[Table]) -> Iterator[Remark]:
    claimed = {provision for provision, row in form.ics.items() if row.support == "Y"}
    described = {provision for table in tables if form.rows(table.id) for provision in table.provisions}
    for table in tables:
        asking = [provision for provision in table.provisions if provision in claimed]
        if asking and not form.rows(table.id):
            what = message(
                "{title} are not declared, and {provisions} are tested against them",
                title=table.title,
                provisions=", ".join(asking),
            )
            alone = any(provision not in described for provision in asking)
            yield Remark("missing", pointer("ixit", table.id), what, "error" if alone else "warning")


def _identified(form: DeclarationForm, table: Table) -> Iterator[Remark]:
    rows = form.rows(table.id)
    if not table.rows:
        if len(rows) > 1:
            what = message("this table is filled in once, and has {count} rows", count=len(rows))
            yield Remark("duplicate", pointer("ixit", table.id), what, "error")
        return
    for number, row in enumerate(rows):
        if not row.get("ID", "").strip():
            what = message("row {number} has no ID, so nothing can refer to it", number=number + 1)
            yield Remark("missing", row_pointer(form, table.id, number), what, "error")
    for id, times in form.ids.get(table.id, {}).items():
        if times > 1:
            what = message("the ID {id} is given {times} times", id=repr(id), times=times)
            yield Remark("duplicate", pointer("ixit", table.id), what, "error")


def _filled(form: DeclarationForm, table: Table, number: int, row: Mapping[str, str]) -> Iterator[Remark]:
    absent = [field for field in table.field_names if not row.get(field) and _is_asked(form, table, field, row)]
    if absent:
        what = message("not filled in: {fields}", fields=", ".join(absent))
        yield Remark("missing", row_pointer(form, table.id, number), what, "warning" if table.rows else "error")
    for field in row:
        if field in table.field_names:
            continue
        place = row_pointer(form, table.id, number, field)
        if field in table.v1_fields:
            what = message("{field} is a field of V1.1.1 only", field=repr(field))
            yield Remark("unknown", place, what, "note")
        else:
            what = message("table {table} has no field {field}", table=table.id, field=repr(field))
            yield Remark("unknown", place, what, "warning")


def _is_asked(form: DeclarationForm, table: Table, field: str, row: Mapping[str, str]) -> bool:
    if field == "ID":
        return False
    if not table.rows:
        provision = ASKED_BY.get(table.id, {}).get(field, "")
        return provision in form.ics and form.ics[provision].support == "Y"
    return _is_relevant(field, row)


def _is_relevant(field: str, row: Mapping[str, str]) -> bool:
    """Say whether a field bears on its row: how a password comes about does not where there is no password."""
    factor = row.get("Authentication Factor", "").lower()
    return field != "Password Generation Mechanism" or not factor or "pass" in factor or "pin" in factor


def _said(form: DeclarationForm, table: Table, number: int, row: Mapping[str, str]) -> Iterator[Remark]:
    glosses = {field.name: field.gloss for field in table.fields}
    for field, text in row.items():
        place = row_pointer(form, table.id, number, field)
        if is_unconfirmed(text):
            what = message("this was seen, and is still to be confirmed")
            yield Remark("unconfirmed", place, what, "warning")
        elif todo := unfinished(text):
            what = message("this says itself that something is still to be done: {words}", words=repr(todo))
            yield Remark("unfinished", place, what, "warning")
        elif field != "ID" and is_vague(text) and _is_relevant(field, row):
            if text.strip(" .!").lower() == "yes" and _takes_yes(table, glosses.get(field, "")):
                continue
            yield Remark(
                "vague", place, message("{text} says nothing that can be assessed", text=repr(text)), "warning"
            )


def _takes_yes(table: Table, gloss: str) -> bool:
    return gloss.startswith("yes or no") or table.id == "4-Conf"
