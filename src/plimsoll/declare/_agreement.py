"""Whether the entries of a declaration agree: what the ICS answers, and what the tables say of the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.catalogue.status import conditions_in
from plimsoll.declare._ixit import ASKED_BY
from plimsoll.declare.remark import Remark
from plimsoll.knowledge.declared_words import says_none, unfinished
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm, ics_pointer, row_pointer
from plimsoll.model.message import message

_NOT_DONE = re.compile(
    r"\s*(?:is |are )?(?:not (?:supported|implemented|met|fulfilled|provided)|unsupported)[\s.!]*", re.I
)
_PASSWORD = re.compile(r"\b(?:pass ?(?:word|code|phrase)s?|pins?|pin codes?)\b", re.I)
_NO_PASSWORD = re.compile(r"\b(?:no|not|without|never|non)\b", re.I)
_NO_END = re.compile(
    r"\W*(?:for (?:the|its) )?(?:life ?time|life|unlimited|indefinite(?:ly)?|for ?ever|as long as possible)\b.{0,60}",
    re.I,
)
_ABSENT_WITH = {
    "5.8-3": ("22-ExtSens", "external sensors"),
    "6-5": ("24-TelData", "telemetry data"),
    "5.3-2": ("7-UpdMech", "update mechanisms"),
    "5.3-7": ("7-UpdMech", "update mechanisms"),
    "6-6": ("21-PersData", "personal data"),
    "5.1-3": ("1-AuthMech", "authentication mechanisms"),
}
"""Provisions that cannot be not applicable while a table describes the very thing."""


def check_agreement(form: DeclarationForm, catalogue: Catalogue) -> Iterator[Remark]:
    """Give a remark for each pair of entries that cannot both be true."""
    yield from _claimed_and_denied(form)
    yield from _support_period(form)
    yield from _absent_and_described(form)
    yield from _passwords(form)
    yield from _debug(form)
    yield from _same_feature(form, catalogue)


def _support_of(form: DeclarationForm, provision: str) -> str:
    return form.ics[provision].support if provision in form.ics else ""


def _claimed_and_denied(form: DeclarationForm) -> Iterator[Remark]:
    for provision, answer in form.ics.items():
        if answer.support == "Y" and _NOT_DONE.fullmatch(answer.detail):
            what = message("the provision is claimed, and its Detail says {text}", text=repr(answer.detail))
            yield Remark("contradiction", ics_pointer(provision), what, "error")
    for table, fields in ASKED_BY.items():
        for number, row in enumerate(form.rows(table)):
            for field, provision in fields.items():
                text = row.get(field, "")
                if _support_of(form, provision) == "Y" and (says_none(text) or unfinished(text)):
                    what = message(
                        "{provision} is claimed, and {field} says {text}",
                        provision=provision,
                        field=field,
                        text=repr(unfinished(text) or text),
                    )
                    yield Remark("contradiction", row_pointer(form, table, number, field), what, "error")


def _support_period(form: DeclarationForm) -> Iterator[Remark]:
    if _support_of(form, "5.3-13") != "Y":
        return
    for number, row in enumerate(form.rows("2-UserInfo")):
        if _NO_END.fullmatch(text := row.get("Support Period", "")):
            what = message("5.3-13 is claimed, and {text} has no end, so it is no defined period", text=repr(text))
            yield Remark("contradiction", row_pointer(form, "2-UserInfo", number, "Support Period"), what, "error")


def _absent_and_described(form: DeclarationForm) -> Iterator[Remark]:
    for provision, (table, title) in _ABSENT_WITH.items():
        described = [row for row in form.rows(table) if not says_none(row.get("Description", ""))]
        if _support_of(form, provision) == "N/A" and described:
            what = message("N/A, and table {table} describes {title}", table=table, title=title)
            yield Remark("contradiction", ics_pointer(provision), what, "error")


def _passwords(form: DeclarationForm) -> Iterator[Remark]:
    if _support_of(form, "5.1-1") != "N/A":
        return
    for number, row in enumerate(form.rows("1-AuthMech")):
        factor = row.get("Authentication Factor", "")
        if _PASSWORD.search(factor) and not _NO_PASSWORD.search(factor):
            place = row_pointer(form, "1-AuthMech", number, "Authentication Factor")
            what = message("5.1-1 is answered N/A, and a factor is {factor}", factor=repr(factor))
            yield Remark("contradiction", place, what, "error")


def _debug(form: DeclarationForm) -> Iterator[Remark]:
    if _support_of(form, "5.6-4A") != "N/A":
        return
    for table in ("15-PhyIntf", "28-LogIntf"):
        for number, row in enumerate(form.rows(table)):
            if row.get("Debug Interface", "").strip().lower().startswith("yes"):
                place = row_pointer(form, table, number, "Debug Interface")
                yield Remark("contradiction", place, message("5.6-4A is answered N/A, and this is one"), "error")


def _same_feature(form: DeclarationForm, catalogue: Catalogue) -> Iterator[Remark]:
    """Compare the answers of provisions that hang on one and the same condition or feature and on no other."""
    by_mark: dict[str, list[str]] = {}
    for provision in catalogue.provisions:
        if len(marks := conditions_in(provision.status)) == 1:
            by_mark.setdefault(marks[0], []).append(provision.id)
    for mark, provisions in by_mark.items():
        claimed = [id for id in provisions if _support_of(form, id) == "Y"]
        absent = [id for id in provisions if _support_of(form, id) == "N/A"]
        if claimed and absent:
            what = message(
                "N/A, and {claimed} is claimed, which hangs on the same: {meaning}",
                claimed=", ".join(claimed),
                meaning=catalogue.conditions.get(mark, mark),
            )
            for id in absent:
                yield Remark("contradiction", ics_pointer(id), what, "error")
