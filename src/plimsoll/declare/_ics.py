"""Whether the ICS is answered by its rules (TS 103 701, ICS; EN 303 645 V3.1.3, provision 5.0-1 and Annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.catalogue.status import conditions_in
from plimsoll.declare.remark import Kind, Remark, Severity
from plimsoll.knowledge.declared_words import is_unconfirmed, is_vague, says_not_yet, unfinished
from plimsoll.model.criterion import Catalogue, Provision
from plimsoll.model.declaration import DeclarationForm, IcsRow, ics_pointer
from plimsoll.model.message import Message, message

_WORD = re.compile(r"[a-z]{4,}")
_SILENT_WORDS = re.compile(
    r"with|that|this|from|have|been|does|only|them|they|there|over|into|us(?:ed?|es|ing)|exists?|present|support(?:ed)?"
    r"|devices?|product|network|services?|absent|condition|feature|applicable"
)


def check_ics(form: DeclarationForm, catalogue: Catalogue) -> Iterator[Remark]:
    """Give remarks on every row of the ICS, and on the rows that it lacks."""
    for provision in catalogue.provisions:
        row = form.ics.get(provision.id, IcsRow())
        yield from _support(provision, row, catalogue.conditions)
        yield from _words(provision.id, row)
    yield from _numbers(form, catalogue)


def _support(provision: Provision, row: IcsRow, meanings: Mapping[str, str]) -> Iterator[Remark]:
    mandatory = provision.level == "mandatory"
    match row.support:
        case "" if mandatory:
            yield _remark("missing", provision.id, "error", message("a mandatory provision is not answered"))
        case "":
            yield _remark("missing", provision.id, "warning", message("a recommendation is not answered"))
        case "N" if mandatory:
            what = message("a mandatory provision is answered N, so the product does not conform")
            yield _remark("not-claimed", provision.id, "error", what)
        case "N/A":
            yield from _not_applicable(provision, row, meanings)
    if row.support in ("N", "N/A") and not mandatory and is_vague(row.detail):
        what = message("a recommendation that is not followed needs a reason (provision 5.0-1)")
        yield _remark("no-reason", provision.id, "error", what)
    if row.support == "Y" and not row.detail:
        what = message("a claim names its measures, and the IXIT rows that describe them")
        yield _remark("missing", provision.id, "warning", what)


def _not_applicable(provision: Provision, row: IcsRow, meanings: Mapping[str, str]) -> Iterator[Remark]:
    marks = conditions_in(provision.status)
    if not marks:
        what = message("status {status} has no condition or feature, so N/A is not open to it", status=provision.status)
        yield _remark("not-applicable", provision.id, "error", what)
        return
    listed = "; ".join(f"{mark}: {meanings.get(mark, '')}" for mark in marks)
    if is_vague(row.detail):
        if provision.level == "mandatory":
            what = message("N/A needs a Detail that names what is absent ({listed})", listed=listed)
            yield _remark("not-applicable", provision.id, "error", what)
    elif says_not_yet(row.detail):
        what = message("that nothing has happened yet is no absence: the mechanism is asked for, not the event")
        yield _remark("circular", provision.id, "error", what)
    elif not any(_names(row.detail, mark, meanings.get(mark, "")) for mark in marks):
        what = message("Detail does not name what is absent ({listed})", listed=listed)
        yield _remark("not-applicable", provision.id, "warning", what)


def _names(detail: str, mark: str, meaning: str) -> bool:
    """Say whether a detail names a condition, by its mark or by a word of its meaning in any ending."""
    folded = detail.lower()
    if re.search(rf"(?:\(|condition |feature |\bc ?\(?|\bf ?\(?){re.escape(mark)}\b", folded):
        return True
    return bool(_stems(meaning) & _stems(folded))


def _stems(text: str) -> set[str]:
    return {word[:6] for word in _WORD.findall(text.lower()) if not _SILENT_WORDS.fullmatch(word)}


def _words(provision: str, row: IcsRow) -> Iterator[Remark]:
    if is_unconfirmed(row.detail):
        what = message("this was seen, and is still to be confirmed")
        yield _remark("unconfirmed", provision, "warning", what)
    elif todo := unfinished(row.detail):
        what = message("this says itself that something is still to be done: {words}", words=repr(todo))
        yield _remark("unfinished", provision, "warning", what)
    elif row.detail and row.support in ("Y", "") and is_vague(row.detail):
        yield _remark("vague", provision, "warning", message("{text} says nothing", text=repr(row.detail)))


def _numbers(form: DeclarationForm, catalogue: Catalogue) -> Iterator[Remark]:
    """Remark on numbers that V3.1.3 does not have; those of V2.1.1 are told with what took their place."""
    ids = {provision.id for provision in catalogue.provisions}
    for number in form.ics:
        now = [provision.id for provision in catalogue.provisions if provision.v2_id == number]
        if number in ids:
            continue
        if now:
            what = message(
                "{number} is a number of EN 303 645 V2.1.1; in V3.1.3 it is {now}", number=number, now=", ".join(now)
            )
            yield _remark("numbering", number, "error", what)
        else:
            what = message("EN 303 645 V3.1.3 has no provision {number}", number=number)
            yield _remark("unknown", number, "error", what)


def _remark(kind: Kind, provision: str, severity: Severity, what: Message) -> Remark:
    return Remark(kind, ics_pointer(provision), what, severity)
