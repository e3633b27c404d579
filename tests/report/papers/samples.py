"""Assessments over the whole catalogue, with the verdicts that a test asks for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from plimsoll.catalogue import load
from plimsoll.judge.engine import criterion_verdict
from plimsoll.model import facts
from plimsoll.model.assessment import Assessment, Bearing, ClaimResult, Finding, ProvisionResult
from plimsoll.model.evidence import Observation
from plimsoll.model.locator import Clause, Page, place
from plimsoll.model.message import message
from plimsoll.model.product import Declaration, MakerDomain, Window
from plimsoll.model.verdict import Effect, Verdict, combine_all
from tests.report.sample import bad

CATALOGUE = load()
EFFECTS: Mapping[Verdict, Effect] = {Verdict.PASS: "confirms", Verdict.FAIL: "refutes", Verdict.INCONCLUSIVE: "blocks"}
SITE = MakerDomain("halyard.example")
FILE = Declaration("tidewatch.toml", "00" * 32)


def page(path: str = "security", at: int = 0, length: int = 9) -> str:
    """Mint a place on the maker's pages."""
    return place(Page(f"https://halyard.example/{path}".encode(), "ab" * 32, at, length))


def published(*found: facts.Fact) -> Assessment:
    """Make an assessment in which some facts were seen on the maker's pages."""
    seen = tuple(Observation(one, page(at=at), "maker", window="maker") for at, one in enumerate(found))  # type: ignore[arg-type]
    return msgspec.structs.replace(bad(), sources=(*bad().sources, SITE), observations=(*bad().observations, *seen))


def judged(verdicts: Mapping[str, Verdict], windows: Mapping[str, Window] | None = None) -> Assessment:
    """Make an assessment with a finding for each criterion named, and the provisions that follow from them."""
    findings = tuple(
        _finding(criterion, verdict, (windows or {}).get(criterion, "maker")) for criterion, verdict in verdicts.items()
    )
    by_criterion = {one.id: [] for one in CATALOGUE.criteria} | {one.criterion: [one] for one in findings}
    provisions = []
    for one in CATALOGUE.provisions:
        criteria = tuple(criterion.id for criterion in CATALOGUE.criteria_of(one.id))
        verdict = combine_all(criterion_verdict(by_criterion[id]) for id in criteria)
        provisions.append(ProvisionResult(one.id, one.title, one.level, one.capability, verdict, criteria))
    return msgspec.structs.replace(
        bad(), sources=(*bad().sources, SITE), provisions=tuple(provisions), findings=findings, criteria=()
    )


def declared(assessment: Assessment, *claims: tuple[facts.Claim, str]) -> Assessment:
    """Add a declaration with some claims, each with what became of it."""
    made, results = list(assessment.observations), []
    for number, (claim, outcome) in enumerate(claims):
        where = place(Clause(b"tidewatch.toml", f"ics/{number}".encode()))
        results.append(ClaimResult(len(made), outcome, message("for a test")))  # type: ignore[arg-type]
        made.append(Observation(claim, where, "declaration", basis="declared", window="declaration"))
    return msgspec.structs.replace(
        assessment,
        sources=(*assessment.sources, FILE),
        observations=tuple(made),
        claims=tuple(results),
    )


def _finding(criterion: str, verdict: Verdict, window: Window) -> Finding:
    why = message("decided for a test")
    bearings = (Bearing(EFFECTS[verdict], why, (0,)),) if verdict in EFFECTS else ()
    return Finding(f"{criterion}-{window}", criterion, window, verdict, why, bearings)
