"""The implementation conformance statement (ICS), as far as it can be filled in from what was seen.

The table is that of EN 303 645 V3.1.3, Annex B, with the columns Reference, Status, Support and Detail; the rules for
Support are those of ETSI TS 103 701 V2.1.1. An ICS is the maker's own claim: what stands in it here is a proposal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.catalogue.status import conditions_in
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue, Provision
from plimsoll.model.declaration import DeclarationForm, Support
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._evidence import (
    claimed,
    claims_on,
    criteria_standing_for,
    findings_of,
    provision_result,
    provision_verdict,
    seen,
)
from plimsoll.report.papers.paper import (
    NOT_SHOWN,
    NOTHING,
    Blank,
    Block,
    Cell,
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
from plimsoll.report.visible import clip, sentence

IS_NOT = (
    "It is not the maker's declaration until the maker has read every row, filled the blanks and signed it.",
    NOT_SHOWN,
)
_COLUMNS = ("Reference", "Status", "Support", "Detail: what was claimed and seen", "Verdict of Plimsoll")
_ICS: Mapping[str, Support] = {"supported": "Y", "not-supported": "N", "not-applicable": "N/A"}


def conformance_statement(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING) -> Paper:
    """Make the ICS: every provision of the catalogue in the order of the standard; what is declared comes first."""
    return paper(
        "ics",
        "Implementation conformance statement (ICS), draft",
        assessment,
        tuple(_blocks(assessment, catalogue, form)),
        is_not=IS_NOT,
    )


def ics_claim(assessment: Assessment, form: DeclarationForm, number: str) -> Support:
    """Give the Support that is claimed for a provision; empty when none is, or when claims disagree."""
    if number in form.ics:
        return form.ics[number].support
    claims = (fact for _, fact, _ in claims_on(assessment, number) if fact.statement in _ICS)
    found = {_ICS[one.statement] for one in claims}
    return found.pop() if len(found) == 1 else ""


def may_not_apply(provision: Provision) -> bool:
    """Tell whether N/A is allowed at all: only where the status names a condition or a feature."""
    return bool(conditions_in(provision.status))


def _blocks(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm) -> Iterator[Block]:
    yield Heading("Identification")
    yield identification(assessment, form)
    yield Heading("How to read it")
    yield Items(
        (
            ("Y: supported. N: not supported. N/A: allowed only where the status names a condition or a feature.",),
            ("N on a mandatory provision ends the assessment as not conformant.",),
            ("N or N/A on a recommendation needs a reason in writing (provision 5.0-1).",),
            ("A Support that stands here without a claim is a proposal from what was seen, to be confirmed.",),
        )
    )
    for number in (*(one.number for one in catalogue.capabilities), None):
        yield Heading(_section(catalogue, number), 3)
        of_it = [one for one in catalogue.provisions if one.capability == number]
        rows = tuple(_row(assessment, catalogue, form, one) for one in of_it)
        yield Table(f"Provisions of EN 303 645 V3.1.3: {_section(catalogue, number)}", _COLUMNS, rows)
    yield Heading("Conditions and features")
    yield Paragraph(("The numbers and letters in brackets, in our own words.",))
    yield Items(tuple((f"({mark}) {meaning}",) for mark, meaning in catalogue.conditions.items()))
    yield Heading("Signature")
    yield Items(tuple((f"{what}:", Blank(what)) for what in ("name", "function", "place and date", "signature")))


def identification(assessment: Assessment, form: DeclarationForm) -> Items:
    """Give the fields by which TS 103 701 identifies what is tested."""
    given, product = form.product, assessment.product
    interfaces, services = ", ".join(given.interfaces), ", ".join(given.associated_services)
    fields = (
        ("Maker:", product.maker, given.maker, "name of the maker"),
        ("Model:", product.model, given.model, "model designation"),
        ("Hardware version:", "", given.hardware_version, "hardware version"),
        ("Software version:", product.version, given.software_version, "software version"),
        ("User documentation:", "", given.user_documentation, "where the user documentation is"),
        ("Offered interfaces:", "", interfaces, "which interfaces are offered; see tables 15, 27 and 28 of the IXIT"),
        ("Associated services:", "", services, "which services the product is used with"),
    )
    return Items(tuple(_identified(*field) for field in fields))


def _identified(name: str, assessed: str, declared: str, what: str) -> Line:
    """Give a field; what is declared of another product than the assessed one is told beside it."""
    value = given_or_blank(assessed or declared, what)
    if not (assessed and declared) or assessed == declared:
        return name, value
    return name, value, "but declared as", clip(declared), Blank("a declaration of this very model and version")


def _section(catalogue: Catalogue, number: int | None) -> str:
    titles = [one.title for one in catalogue.capabilities if one.number == number]
    return f"{number}. {titles[0]}" if titles else "Outside the five capabilities"


def _row(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm, provision: Provision) -> tuple[Cell, ...]:
    verdict = provision_verdict(assessment, provision.id)
    claim = ics_claim(assessment, form, provision.id)
    return (
        ((provision.id,), (provision.title,)),
        cell(provision.status),
        tuple(_claimed_support(claim, provision, verdict)) if claim else _seen_support(provision, verdict),
        (*_detail(assessment, catalogue, form, provision), *_asked(provision, verdict, claim)),
        cell(verdict),
    )


def _claimed_support(claim: Support, provision: Provision, verdict: Verdict) -> Iterator[Line]:
    yield (claim, "(as claimed)")
    if claim == "Y" and verdict is Verdict.FAIL:
        yield ("What was seen contradicts it:", Blank("N, or what puts it right"))
    if claim == "N/A" and not may_not_apply(provision):
        yield ("N/A is not allowed here:", Blank("Y or N"))
    elif claim == "N/A" and verdict is not Verdict.NOT_APPLICABLE:
        yield ("That the condition is absent was not shown.",)


def _seen_support(provision: Provision, verdict: Verdict) -> Cell:
    match verdict:
        case Verdict.PASS:
            return (("Y",), _TO_CONFIRM)
        case Verdict.FAIL:
            return (("N",), _TO_CONFIRM)
        case Verdict.NOT_APPLICABLE if may_not_apply(provision):
            return (("N/A",), _TO_CONFIRM)
        case _:
            return cell(Blank("Y, N or N/A" if may_not_apply(provision) else "Y or N"))


_TO_CONFIRM: Line = ("seen;", Blank("confirmation by the maker"))


def _detail(
    assessment: Assessment, catalogue: Catalogue, form: DeclarationForm, provision: Provision
) -> Iterator[Line]:
    declared = form.ics[provision.id].detail if provision.id in form.ics else ""
    if declared.strip():
        yield ("Declared:", clip(declared))
    yield from claimed(assessment, provision.id)
    result = provision_result(assessment, provision.id)
    if result and result.why:
        yield (sentence(result.why),)
    elif not result:
        yield ("The assessment does not speak of it.",)
    yield from seen(assessment, findings_of(assessment, criteria_standing_for(assessment, catalogue, provision.id)))


def _asked(provision: Provision, verdict: Verdict, claim: Support) -> Iterator[Line]:
    """Name what the Detail of a row must say, by its Support: as claimed, else as seen."""
    support = claim or _PROPOSED.get(verdict, "")
    if support == "N/A":
        yield (Blank("which condition or feature is absent"),)
    if support in ("N", "N/A") and provision.level == "recommended":
        yield (Blank("the reason why it is not followed (provision 5.0-1)"),)
    if support in ("Y", ""):
        yield (Blank("the measures, and the rows of the IXIT that describe them"),)


_PROPOSED: Mapping[Verdict, Support] = {Verdict.PASS: "Y", Verdict.FAIL: "N", Verdict.NOT_APPLICABLE: "N/A"}
