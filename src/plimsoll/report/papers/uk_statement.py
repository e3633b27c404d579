"""A draft of the statement of compliance that the United Kingdom asks for with a connectable product.

Contents: the minimum of Schedule 4 of the Product Security and Telecommunications Infrastructure (Security Requirements
for Relevant Connectable Products) Regulations 2023 (SI 2023/1007), in our own words. The three requirements are those
of Schedule 1, by the catalogue's crosswalk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue, Scheme
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._crosswalk import Demand, bearing, bearing_findings, bearing_verdict, demands, scheme_of
from plimsoll.report.papers._evidence import observations_of, reasons, seen
from plimsoll.report.papers.paper import (
    NOT_SHOWN,
    NOTHING,
    Blank,
    Block,
    Cell,
    Code,
    Heading,
    Items,
    Line,
    Paper,
    Paragraph,
    Table,
    cell,
    given_or_blank,
    paper,
)
from plimsoll.report.visible import clip

SCHEME = "uk-psti"
"""Beginning of the scheme's id in the catalogue."""
REQUIREMENTS = "Schedule 1"
"""Beginning of the clauses that are the security requirements."""
PASSWORDS = "Schedule 1 para 1"
"""The one requirement that does not speak of every product: it speaks of those that have passwords."""

IS_NOT = (
    "It is not a statement of compliance: only the manufacturer, or who acts for it, can make one, and answers for it.",
    "Read the regulations as they stand today before anything of this is used; the wording here is ours.",
    NOT_SHOWN,
)


def statement_of_compliance(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING) -> Paper:
    """Make the draft; it declares nothing that the verdicts do not show."""
    blocks = tuple(_blocks(assessment, catalogue, form))
    title = "Statement of compliance (United Kingdom, product security), draft"
    return paper("uk-statement", title, assessment, blocks, is_not=IS_NOT)


def is_shown(assessment: Assessment, demand: Demand) -> bool:
    """Tell whether a requirement is shown to hold, or, for that on passwords, not to apply."""
    verdict = bearing_verdict(assessment, demand)
    return verdict is Verdict.PASS or (verdict is Verdict.NOT_APPLICABLE and demand.clause == PASSWORDS)


def _blocks(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm) -> Iterator[Block]:
    scheme = scheme_of(catalogue, SCHEME)
    required = _requirements(scheme)
    yield Heading("1. Product")
    yield Items(tuple(_product(assessment, form)))
    yield Heading("2. Manufacturer")
    yield Items(tuple(_manufacturer(assessment, form)))
    yield Heading("3. Who makes this statement")
    yield Paragraph(("This statement is prepared by or on behalf of the manufacturer:", Blank("which of the two")))
    yield Heading("4. Security requirements")
    yield from _declaration(assessment, required)
    rows = tuple(_row(assessment, catalogue, one) for one in required)
    yield Table("The requirements of Schedule 1 and what was seen", _COLUMNS, rows)
    yield Heading("5. Defined support period")
    yield Paragraph(("The one that was right when the manufacturer first supplied the product.",))
    yield Items(tuple(_support_period(assessment)))
    yield Heading("6. Signature")
    signed = ("signature", "name of the signatory", "function of the signatory", "place of issue", "date of issue")
    yield Items(tuple((f"{what.capitalize()}:", Blank(what)) for what in signed))
    if scheme:
        yield Heading("What this rests on")
        yield Paragraph((scheme.title + ";", scheme.status + "."))


_COLUMNS = ("Requirement", "In our words", "What bears on it", "Verdict over that", "What was seen")


def _requirements(scheme: Scheme | None) -> tuple[Demand, ...]:
    return tuple(one for one in demands(scheme) if one.clause.startswith(REQUIREMENTS)) if scheme else ()


def _product(assessment: Assessment, form: DeclarationForm) -> Iterator[Line]:
    given, product = form.product, assessment.product
    yield "Type:", given_or_blank(product.model or given.model, "product type, such as the model designation")
    yield "Batch:", Blank("batch, or that it holds for every batch")
    yield (
        "Software version looked at:",
        given_or_blank(product.version or given.software_version, "software version"),
    )


def _manufacturer(assessment: Assessment, form: DeclarationForm) -> Iterator[Line]:
    yield "Name:", given_or_blank(assessment.product.maker or form.product.maker, "name of each manufacturer")
    yield "Address:", Blank("address of each manufacturer")
    yield "Authorised representative:", Blank("name and address of each, or that there is none")


def _declaration(assessment: Assessment, required: Sequence[Demand]) -> Iterator[Block]:
    missing = [one.clause for one in required if not is_shown(assessment, one)]
    if required and not missing:
        yield Paragraph(
            (
                "The evidence below shows each requirement that applies. For the manufacturer to declare:",
                Blank("that in its opinion each applicable requirement, or a condition deemed to be it, is met"),
            )
        )
        return
    yield Paragraph(
        ("No declaration can be drawn up on this evidence. These are not shown to hold:",)
        if required
        else ("No declaration can be drawn up: the catalogue does not hold the requirements.",)
    )
    if missing:
        yield Items(tuple((clause,) for clause in missing))
    yield Paragraph(
        ("For the manufacturer, on evidence of its own:", Blank("what it declares of each of them, and on what"))
    )


def _row(assessment: Assessment, catalogue: Catalogue, demand: Demand) -> tuple[Cell, ...]:
    findings = bearing_findings(assessment, catalogue, demand)
    return (
        cell(demand.clause),
        tuple((one,) for one in demand.summaries),
        bearing(assessment, catalogue, demand),
        cell(bearing_verdict(assessment, demand)),
        (*reasons(findings), *seen(assessment, findings)) or cell("nothing"),
    )


def _support_period(assessment: Assessment) -> Iterator[Line]:
    model = assessment.product.model
    for one, fact in observations_of(assessment, facts.SupportPeriod):
        if fact.ends_on and model and fact.model == model:
            confirm = Blank("confirmation that it was right at first supply")
            yield "Published for this model: until", clip(fact.ends_on), Code(one.where), confirm
            return
    yield "Until:", Blank("end of the defined support period, as a date")
