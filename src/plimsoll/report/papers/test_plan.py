"""A test plan by ETSI TS 103 701 V2.1.1: which groups and cases apply, which were carried out, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.catalogue.test_cases import TestGroup, load_cases
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue, Provision
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.message import message
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._evidence import provision_verdict, reasons, seen
from plimsoll.report.papers._rollup import Case, Group, Unit, rolled_up, rolled_up_group
from plimsoll.report.papers.conformance import ics_claim, identification, may_not_apply
from plimsoll.report.papers.paper import (
    NOTHING,
    Blank,
    Block,
    Cell,
    Heading,
    Items,
    LaboratoryVerdict,
    Line,
    Paper,
    Paragraph,
    Table,
    cell,
    paper,
)
from plimsoll.report.visible import prose

IS_NOT = (
    "It is not a test report: a program looked at what it was given and carried out few units. Every other unit stands "
    "as INCONCLUSIVE until a laboratory has carried it out, and so do its case and its group.",
)
_RULES = (
    "A unit passes when its criterion holds, and fails when it is broken. When not carried out it is INCONCLUSIVE.",
    "A case fails when a unit fails; it passes when every unit passes. A group goes by its cases in the same way.",
    "All means all: one mechanism, interface or component that is not covered keeps a unit from passing.",
    "That a provision does not apply follows from the ICS and not from a test, and only where that was looked for.",
    "A declaration is never evidence: it says what is tested.",
)


def plan_of_tests(
    assessment: Assessment,
    catalogue: Catalogue,
    form: DeclarationForm = NOTHING,
    groups: Sequence[TestGroup] | None = None,
) -> Paper:
    """Make the plan; without `groups`, those of the catalogue."""
    planned = tuple(groups or load_cases())
    return paper(
        "test-plan",
        "Test plan by TS 103 701, draft",
        assessment,
        tuple(_blocks(assessment, catalogue, form, planned)),
        is_not=IS_NOT,
    )


def overall(assessment: Assessment, catalogue: Catalogue, form: DeclarationForm, groups: Sequence[Group]) -> Verdict:
    """Give the verdict over the product: it passes only when every provision of the catalogue is accounted for."""
    rolled = {one.provision: one.verdict for one in groups}
    verdicts: list[Verdict] = []
    for one in catalogue.provisions:
        claim = ics_claim(assessment, form, one.id)
        verdict = provision_verdict(assessment, one.id)
        if verdict is Verdict.FAIL or (claim == "N" and one.level == "mandatory"):
            verdicts.append(Verdict.FAIL)
        elif claim == "Y":
            verdicts.append(rolled.get(one.id, Verdict.INCONCLUSIVE))
        elif not _out_of_it(claim, one, verdict):
            verdicts.append(Verdict.INCONCLUSIVE)
    return rolled_up(verdicts)


def _out_of_it(claim: str, provision: Provision, verdict: Verdict) -> bool:
    """Tell whether nothing is tested: a recommendation that is not claimed, or a condition that was shown absent."""
    if claim == "N":
        return provision.level == "recommended"
    return claim == "N/A" and may_not_apply(provision) and verdict is Verdict.NOT_APPLICABLE


def _blocks(
    assessment: Assessment, catalogue: Catalogue, form: DeclarationForm, planned: Sequence[TestGroup]
) -> Iterator[Block]:
    provisions = {one.id: one for one in catalogue.provisions}
    groups = [rolled_up_group(assessment, one) for one in planned if one.provision in provisions]
    yield Heading("What is tested")
    yield identification(assessment, form)
    yield Heading("How verdicts are formed")
    yield Items(tuple((rule,) for rule in _RULES))
    yield Heading("Outcome")
    yield Paragraph(("Over the whole product:", LaboratoryVerdict(overall(assessment, catalogue, form, groups))))
    yield Table(
        "Test groups, one for each provision",
        ("Group", "Does it apply?", "Cases", "Verdict"),
        tuple(_group_row(assessment, form, provisions[one.provision], one) for one in groups),
    )
    for one in groups:
        yield from _group(assessment, provisions[one.provision], one)
    yield from _without_cases(catalogue, {one.provision for one in groups})


def _group_row(assessment: Assessment, form: DeclarationForm, provision: Provision, group: Group) -> tuple[Cell, ...]:
    return (
        ((provision.id,), (provision.title,)),
        _applies(ics_claim(assessment, form, provision.id), provision, group),
        tuple((one.case.id, LaboratoryVerdict(one.verdict)) for one in group.cases),
        cell(LaboratoryVerdict(group.verdict)),
    )


def _applies(claim: str, provision: Provision, group: Group) -> Cell:
    lines: list[Line] = []
    match claim:
        case "Y":
            lines.append(("yes: claimed",))
        case "N" if provision.level == "mandatory":
            lines.append(("not claimed; the provision is mandatory",))
        case "N":
            lines.append(("no: not claimed;", Blank("the reason (provision 5.0-1)")))
        case "N/A":
            lines.append(("claimed not to apply;", Blank("how the absence of its condition was checked")))
        case _ if may_not_apply(provision):
            lines.append((f"{provision.status}:", Blank("whether it applies, from the ICS")))
        case _:
            lines.append(("yes: for every product",))
    if group.refuted and claim in ("N/A", "N"):
        lines.append(("what was seen contradicts that it does not matter",))
    return tuple(lines)


def _group(assessment: Assessment, provision: Provision, group: Group) -> Iterator[Block]:
    yield Heading(f"{provision.id} {provision.title}", 3)
    if group.refuted:
        yield Paragraph(("What was seen breaks the provision, so the group fails whatever else is tested.",))
    yield Table(
        f"Cases and units of {provision.id}",
        ("Unit", "Passes when", "Verdict"),
        tuple(row for case in group.cases for row in _case_rows(case)),
    )
    told = (*reasons(group.findings), *seen(assessment, group.findings))
    if told:
        yield Paragraph(("What bears on the provision:",))
        yield Items(told)


def _case_rows(case: Case) -> Iterator[tuple[Cell, ...]]:
    needs = ", ".join(case.case.inputs) or "not stated"
    about = message("{kind}; needs {needs}", kind=case.case.kind, needs=needs)
    windows = ", ".join(dict.fromkeys(one.window for one in case.findings if one.bearings))
    looked = message("looked at through: {windows}", windows=windows or "nothing")
    purpose: Cell = ((prose(case.case.purpose),), (about,), (looked,))
    yield cell(f"Case {case.case.id}"), purpose, cell(LaboratoryVerdict(case.verdict))
    yield from (_unit_row(unit) for unit in case.units)


def _unit_row(unit: Unit) -> tuple[Cell, ...]:
    carried = unit.verdict is not Verdict.INCONCLUSIVE
    last: Cell = cell(LaboratoryVerdict(unit.verdict))
    if not carried:
        last = ((LaboratoryVerdict(unit.verdict), "not carried out"), (Blank("result of the laboratory"),))
    return cell(unit.id), tuple((text,) for text in unit.pass_when), last


def _without_cases(catalogue: Catalogue, covered: set[str]) -> Iterator[Block]:
    rest = [one for one in catalogue.provisions if one.id not in covered]
    if not rest:
        return
    yield Heading("Provisions whose cases are not listed here")
    yield Paragraph(("Plan them by the specification itself; this paper says nothing of them.",))
    rows = tuple((cell(f"{one.id} {one.title}"), cell(Blank("cases and verdicts"))) for one in rest)
    yield Table("Provisions outside this plan", ("Group", "Cases"), rows)
