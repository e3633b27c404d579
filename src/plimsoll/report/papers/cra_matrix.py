"""A conformity matrix for the essential requirements of the Cyber Resilience Act, by the catalogue's crosswalk.

Clauses: Regulation (EU) 2024/2847, Annex I, and those of its articles and of Annex II that the crosswalk names. The
summaries are in our own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.message import Message
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._crosswalk import (
    Demand,
    bearing,
    bearing_findings,
    bearing_verdict,
    clause_order,
    demands,
    scheme_of,
)
from plimsoll.report.papers._evidence import seen
from plimsoll.report.papers.paper import (
    NOT_SHOWN,
    NOTHING,
    Blank,
    Block,
    Cell,
    Heading,
    Paper,
    Paragraph,
    Table,
    cell,
    paper,
)
from plimsoll.report.visible import sentence

SCHEME = "eu-cra"
"""Beginning of the scheme's id in the catalogue."""
ANNEX_I = (
    "Annex I Part I (1)",
    *(f"Annex I Part I (2)({letter})" for letter in "abcdefghijklm"),
    *(f"Annex I Part II ({number})" for number in range(1, 9)),
)
"""Every point of Annex I."""

IS_NOT = (
    "It is not an EU declaration of conformity, no risk assessment and no technical documentation.",
    "That a criterion bears on a clause says that it aims at the same outcome. A verdict here is that of the criteria, "
    "never that of the clause: a clause asks for more than they do.",
    NOT_SHOWN,
)
_COLUMNS = ("Clause", "In our words", "What bears on it", "Verdict over that", "What was seen", "Open")


def conformity_matrix(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING) -> Paper:
    """Make the matrix: every point of Annex I, and the other clauses that the crosswalk names."""
    blocks = tuple(_blocks(assessment, catalogue))
    return paper("cra-matrix", "Conformity matrix, Cyber Resilience Act, draft", assessment, blocks, is_not=IS_NOT)


def _blocks(assessment: Assessment, catalogue: Catalogue) -> Iterator[Block]:
    scheme = scheme_of(catalogue, SCHEME)
    found = {one.clause: one for one in demands(scheme)} if scheme else {}
    clauses = sorted({*ANNEX_I, *(one for one in found if one.startswith("Annex I "))}, key=clause_order)
    yield from _part("Annex I", [found.get(one) or _unmapped(one) for one in clauses], assessment, catalogue)
    rest = [demand for clause, demand in found.items() if clause not in clauses]
    if rest:
        yield from _part("Other clauses", rest, assessment, catalogue)
    if scheme:
        yield Heading("What this rests on")
        yield Paragraph((scheme.title + ";", scheme.status + "."))


def _part(title: str, found: Iterable[Demand], assessment: Assessment, catalogue: Catalogue) -> Iterator[Block]:
    yield Heading(title)
    yield Table(f"{title} and what was seen", _COLUMNS, tuple(_row(assessment, catalogue, one) for one in found))


def _unmapped(clause: str) -> Demand:
    return Demand(clause, (), (), (), False)


def _row(assessment: Assessment, catalogue: Catalogue, demand: Demand) -> tuple[Cell, ...]:
    findings = bearing_findings(assessment, catalogue, demand)
    words = tuple((one,) for one in demand.summaries) or cell("not looked at by Plimsoll: read it in the regulation")
    return (
        cell(demand.clause),
        (*words, *(cell("known at second hand") if demand.likely else ())),
        bearing(assessment, catalogue, demand) or cell("nothing"),
        cell(bearing_verdict(assessment, demand)),
        seen(assessment, findings) or cell("nothing"),
        _open(assessment, catalogue, demand),
    )


def _open(assessment: Assessment, catalogue: Catalogue, demand: Demand) -> Cell:
    """Tell what would settle what bears on a clause, and that the rest of it is for the maker to show."""
    if not (demand.criteria or demand.provisions):
        return cell(Blank("how the clause is met, and where that is shown"))
    findings = [one for one in bearing_findings(assessment, catalogue, demand) if one.verdict is Verdict.INCONCLUSIVE]
    settle: dict[str, None] = dict.fromkeys(_told(text) for one in findings for text in one.settle)
    if bearing_verdict(assessment, demand) is Verdict.FAIL:
        settle = {"What is not met must be put right.": None, **settle}
    return (*((text,) for text in settle), (Blank("how the rest of the clause is met, and where that is shown"),))


def _told(text: Message) -> str:
    return sentence(text)
