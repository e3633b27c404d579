"""The implementation extra information for testing (IXIT): 29 tables, begun with what is declared and what was seen.

Tables and fields are those of ETSI TS 103 701 V2.1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.catalogue.ixit import Table as IxitTable
from plimsoll.catalogue.ixit import load_tables
from plimsoll.model.assessment import Assessment, ClaimResult
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Claim
from plimsoll.report import words
from plimsoll.report._outline import chosen
from plimsoll.report.facts import tell
from plimsoll.report.papers._evidence import OUTCOMES, PLACES, claims
from plimsoll.report.papers._rows import SeenRow, seen_rows
from plimsoll.report.papers.conformance import identification
from plimsoll.report.papers.paper import (
    NOT_SHOWN,
    NOTHING,
    Blank,
    Block,
    Cell,
    Code,
    Heading,
    Line,
    Paper,
    Paragraph,
    Table,
    cell,
    given_or_blank,
    paper,
)
from plimsoll.report.visible import clip, say, sentence

ROWS = 200
"""Rows of a table that are begun from what was seen; the JSON report has the rest."""

TO_CONFIRM = "seen; to be confirmed by the maker"
DECLARED = "as declared"


def extra_information(
    assessment: Assessment,
    catalogue: Catalogue,
    form: DeclarationForm = NOTHING,
    tables: Sequence[IxitTable] | None = None,
) -> Paper:
    """Make the IXIT; without `tables`, those of the catalogue."""
    blocks = [block for table in tables or load_tables() for block in _table(table, assessment, form)]
    return paper(
        "ixit",
        "Implementation extra information for testing (IXIT), draft",
        assessment,
        (Heading("Identification"), identification(assessment, form), *blocks, *_claims(assessment)),
        is_not=(
            "It is not the maker's declaration until the maker has read every row, filled the blanks and signed it.",
            "A row marked as seen tells what is in the bytes and pages that were looked at, not what is intended; that "
            "a table has no such row does not say that there is nothing to declare.",
            NOT_SHOWN,
        ),
    )


def _table(form: IxitTable, assessment: Assessment, declared: DeclarationForm) -> Iterator[Block]:
    yield Heading(f"{form.id}: {form.title}")
    yield Paragraph((f"Needed when one of these is claimed: {', '.join(form.provisions)}.",))
    seen = seen_rows(assessment, form.id)
    if not form.rows:
        yield _single(form, declared.rows(form.id), seen)
        return
    rows = [_declared_row(form, row) for row in declared.rows(form.id)]
    rows += [_seen_row(form, row, number) for number, row in enumerate(seen[:ROWS], len(rows) + 1)]
    yield Table(f"Rows of {form.id}", (*form.field_names, "Where from"), (*rows, _empty_row(form, bool(rows))))
    if len(seen) > ROWS:
        more = words.counted(
            len(seen) - ROWS, "{count} more row in the JSON report", "{count} more rows in the JSON report"
        )
        yield Paragraph((say(more) + ".",))


def _declared_row(form: IxitTable, row: Mapping[str, str]) -> tuple[Cell, ...]:
    return (*(cell(given_or_blank(row.get(one.name, ""), one.gloss)) for one in form.fields), cell(DECLARED))


def _seen_row(form: IxitTable, row: SeenRow, number: int) -> tuple[Cell, ...]:
    fields = {"ID": f"{form.id.partition('-')[2]}-{number}", **row.fields}
    cells = (cell(given_or_blank(fields.get(one.name, ""), one.gloss)) for one in form.fields)
    return (*cells, ((TO_CONFIRM,), (Code(row.where),)))


def _empty_row(form: IxitTable, others: bool) -> tuple[Cell, ...]:
    asked = "further rows, or that there are none" if others else "a row for each item, or that there is none"
    return (*(cell(Blank(one.gloss)) for one in form.fields), cell(Blank(asked)))


def _single(form: IxitTable, declared: Sequence[Mapping[str, str]], seen: Sequence[SeenRow]) -> Table:
    rows = tuple(_field(one.name, one.gloss, declared, seen) for one in form.fields)
    return Table(f"Fields of {form.id}", ("Field", "Content", "Where from"), rows)


def _field(name: str, gloss: str, declared: Sequence[Mapping[str, str]], seen: Sequence[SeenRow]) -> tuple[Cell, ...]:
    lines: list[Line] = []
    origins: list[Line] = []
    for row in declared:
        if row.get(name, "").strip():
            lines.append((clip(row[name]),))
            origins.append((DECLARED,))
    for one in seen:
        if name in one.fields:
            lines.append((one.fields[name],))
            origins.append((TO_CONFIRM, Code(one.where)))
    return cell(name), tuple(lines) or cell(Blank(gloss)), tuple(origins)


def _claims(assessment: Assessment) -> Iterator[Block]:
    rows = tuple(_claim(assessment, one, fact, result) for one, fact, result in claims(assessment))
    if rows:
        yield Heading("What became of the claims")
        yield Paragraph(("A claim is never evidence: it is set against what was seen.",))
        yield Table("Claims of the declaration", ("Claim", "What became of it", "What was seen"), rows)


def _claim(assessment: Assessment, one: Observation, fact: Claim, result: ClaimResult) -> tuple[Cell, ...]:
    against = chosen(assessment.observations, result.observations)
    shown: list[Line] = [(tell(other.fact), Code(other.where)) for other in against[:PLACES]]
    if len(against) > PLACES:
        shown.append((words.counted(len(against) - PLACES, "and {count} more place", "and {count} more places"),))
    became: Cell = ((OUTCOMES[result.outcome],), (sentence(result.why),))
    return ((tell(fact),), (Code(one.where),)), became, tuple(shown)
