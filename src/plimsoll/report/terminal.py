"""The assessment for a terminal or a text file: the five verdicts, then why, what to do, and what was not looked at.

No colour unless it is asked for, and nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plimsoll.model.assessment import Assessment
from plimsoll.model.image import ImageMap
from plimsoll.model.message import message
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report._holes import OPEN, STATUSES, Hole, holes, maker_word
from plimsoll.report._outline import (
    Advice,
    Gap,
    Point,
    Reason,
    Section,
    Told,
    claims,
    fixes,
    inspections_not_completed,
    outline,
    settlements,
    windows_not_given,
)
from plimsoll.report._page import Page, Style
from plimsoll.report._software_words import count_components
from plimsoll.report.facts import tell
from plimsoll.report.updating import WayTold, told_ways
from plimsoll.report.visible import say, sentence

PLACES = 3
"""Places that are shown of one finding."""

REASONS = 3
"""Reasons that are shown of one finding."""

CLAIMS = 8
"""Claims of one outcome that are shown."""

VULNERABILITIES = 10
"""Known vulnerabilities that are shown."""

PROBLEMS = 3
"""Unreadable things that are shown of one image."""

WAYS, WAY_PLACES = 10, 4
"""Ways of updating that are shown, and places of each."""

_STYLES: dict[Verdict, Style] = {
    Verdict.PASS: "good",
    Verdict.FAIL: "bad",
    Verdict.INCONCLUSIVE: "open",
    Verdict.NOT_APPLICABLE: "dim",
}


def render(assessment: Assessment, *, width: int = 80, colour: bool = False) -> str:
    """Tell an assessment in lines of at most `width` columns (40 to 120); only a place may be longer."""
    page = Page(width, colour)
    sections = outline(assessment)
    _title(page, assessment)
    for section in sections:
        _verdict(page, section)
    for section in sections:
        if section.points or section.gaps:
            _why(page, section)
    _updating(page, told_ways(assessment))
    _advice(page, "To put it right", fixes(sections))
    _advice(page, "What would settle the rest", settlements(sections))
    _vulnerabilities(page, holes(assessment))
    _claims(page, claims(assessment))
    _missing(page, assessment)
    _ground(page, assessment)
    return page.text()


def _title(page: Page, assessment: Assessment) -> None:
    product = assessment.product
    page.write(words.product_name(product, assessment.sources), style="bold")
    if product.version:
        page.write(say(message("version {version}", version=product.version)))
    page.write(sentence(words.judged(assessment)))
    page.blank()


def _verdict(page: Page, section: Section) -> None:
    result = section.result
    style = _STYLES[result.verdict]
    mark = words.MARKS[result.verdict]
    page.ends(f"{mark} {result.number}  {result.title}", say(words.VERDICTS[result.verdict]), style)
    page.write(sentence(result.why), indent=5)


def _why(page: Page, section: Section) -> None:
    result = section.result
    page.heading(f"{result.number}  {result.title}: {say(words.VERDICTS[result.verdict])}")
    for point in section.points:
        _point(page, point)
    for gap in section.gaps:
        _gap(page, gap)


def _point(page: Page, point: Point) -> None:
    verdict = point.finding.verdict
    verdict_words = say(words.VERDICTS[verdict])
    page.write(f"{verdict_words}: {point.statement}", first=f"{words.MARKS[verdict]} ", style=_STYLES[verdict])
    page.write(", ".join([point.finding.criterion, *point.provisions]), indent=2, style="dim")
    shown = point.reasons[:REASONS]
    for number, reason in enumerate(shown):
        _reason(page, reason, PLACES - len(shown) + 1 if number == 0 else 1)
    _and_more(page, len(point.reasons) - REASONS, "reason", "reasons", indent=2)


def _reason(page: Page, reason: Reason, room: int) -> None:
    """Write a reason with at most `room` places."""
    page.write(say(reason.why), first=f"{say(words.EFFECTS[reason.effect])}: ", indent=2)
    if reason.meaning:
        page.write("; ".join(say(one) for one in reason.meaning), indent=4, style="dim")
    shown = reason.observations[:room]
    for observation in shown:
        page.write(tell(observation.fact), first="- ", indent=4)
        page.write(observation.where, indent=6, style="dim")
    _and_more(page, len(reason.observations) - len(shown), "place", "places", indent=4)


def _gap(page: Page, gap: Gap) -> None:
    page.write(sentence(gap.why), first=f"{words.MARKS[gap.verdict]} ", style=_STYLES[gap.verdict])
    page.write(", ".join(gap.criteria), first="of: ", indent=2, style="dim")


def _and_more(page: Page, count: int, one: str, many: str, *, indent: int) -> None:
    if count > 0:
        page.write(say(words.counted(count, f"and {{count}} more {one}", f"and {{count}} more {many}")), indent=indent)


def _advice(page: Page, title: str, advice: Iterable[Advice]) -> None:
    for number, one in enumerate(advice):
        if number == 0:
            page.heading(title)
        page.write(sentence(one.text), first=", ".join(map(str, one.capabilities)) + "  ", indent=2)


def _vulnerabilities(page: Page, known: Sequence[Hole]) -> None:
    """Write the most urgent ones that are open, each with the maker's word, and count the rest."""
    if not known:
        return
    page.heading("Known vulnerabilities")
    told = [one for one in known if one.status in OPEN]
    for one in told[:VULNERABILITIES]:
        exploited = ", listed as exploited" if one.exploited else ""
        text = f"{one.id}{exploited}, {one.component} {one.version}: {say(STATUSES[one.status])}"
        verdict = Verdict.FAIL if one.status == "affected" else Verdict.INCONCLUSIVE
        page.write(text, first=f"{words.MARKS[verdict]} ", style=_STYLES[verdict])
        page.write(one.why, indent=2)
        if maker := maker_word(one):
            page.write(maker, first="the maker says: ", indent=2)
        page.write(min(one.places), indent=4, style="dim")
    _and_more(page, len(told) - VULNERABILITIES, "that may be open", "that may be open", indent=2)
    closed = len(known) - len(told)
    if closed:
        page.write(say(words.counted(closed, "{count} does not affect it", "{count} do not affect it")), first="– ")


def _updating(page: Page, ways: Sequence[WayTold]) -> None:
    for number, way in enumerate(ways[:WAYS]):
        if number == 0:
            page.heading("How the product is updated")
        page.write(" ".join(say(one) for one in way.sentences), first=f"{say(way.name)}: ", indent=2)
        if way.missing:
            page.write("; ".join(say(one) for one in way.missing), first="not seen: ", indent=4)
        for place in way.places[:WAY_PLACES]:
            page.write(place, indent=6, style="dim")
        _and_more(page, len(way.places) - WAY_PLACES, "place", "places", indent=6)
    _and_more(page, len(ways) - WAYS, "way", "ways", indent=2)


def _claims(page: Page, told: Sequence[Told]) -> None:
    """Write the claims that something was seen of, and count the rest."""
    if not told:
        return
    page.heading("What the maker claims")
    for outcome in ("contradicted", "undeclared", "borne-out"):
        ones = [one for one in told if one.outcome == outcome]
        verdict = words.OUTCOME_VERDICTS[outcome]
        for one in ones[:CLAIMS]:
            text = (
                f"{say(words.OUTCOMES[outcome])}: {tell(one.claim.fact)}" if one.claim else say(words.OUTCOMES[outcome])
            )
            page.write(text, first=f"{words.MARKS[verdict]} ", style=_STYLES[verdict])
            page.write(say(one.why), indent=2)
            for observation in (*([one.claim] if one.claim else []), *one.observations[:1]):
                page.write(observation.where, indent=4, style="dim")
        _and_more(page, len(ones) - CLAIMS, "such claim", "such claims", indent=2)
    untested = sum(one.outcome == "untested" for one in told)
    if untested:
        page.write(say(words.counted(untested, "{count} claim is untested", "{count} claims are untested")), first="? ")


def _missing(page: Page, assessment: Assessment) -> None:
    lines = [sentence(words.WINDOWS[window]) for window in windows_not_given(assessment)]
    lines += [sentence(words.inspection(one)) for one in inspections_not_completed(assessment)]
    for image in assessment.images:
        lines += _unread(image)
    for number, line in enumerate(lines):
        if number == 0:
            page.heading("What was not looked at")
        page.write(line, first="- ", indent=2)


def _unread(image: ImageMap) -> Iterable[str]:
    if words.unknown_bytes(image):
        yield say(words.not_understood(image))
    yield from (f"{one.where}: {say(words.opaque(one))}" for one in image.opaque[:PROBLEMS])
    yield from (f"{problem.where}: {say(problem.message)}" for problem in image.problems[:PROBLEMS])
    more = sum(max(0, len(lines) - PROBLEMS) for lines in (image.problems, image.opaque))
    if more > 0:
        yield say(words.counted(more, "and {count} more thing that could not be read", "and {count} more such things"))


def _ground(page: Page, assessment: Assessment) -> None:
    page.heading("What this rests on")
    lines = [*map(words.source, assessment.sources), *map(words.understood, assessment.images)]
    lines += count_components(assessment)
    for line in (*lines, *map(words.known, assessment.knowledge)):
        page.write(sentence(line), indent=2)
    page.blank()
    page.write("All places and evidence: `--format json` prints them; `-o report.html` writes a page to read.")
