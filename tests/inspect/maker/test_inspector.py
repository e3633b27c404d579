"""A whole visit: all inspectors in order, requests counted, failures kept apart, same in and same out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker import MAKER_INSPECTORS, SiteInspector, Visit, look_at_site
from plimsoll.inspect.maker.inspector import MOST_FACTS, printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Search
from plimsoll.model.locator import Page, parse_place
from plimsoll.model.message import message
from plimsoll.sources.site import Site
from tests.inspect.maker import policies
from tests.inspect.maker.sites import HOME, SHELL, TODAY, WELCOME, Answer, closed, html, page, plain, site

LINKS = "".join(
    f'<a href="/{path}{number}">{words}</a> '
    for number in range(30)
    for path, words in (
        ("vdp", "Report a vulnerability"),
        ("eol", "End of life"),
        ("adv", "Security advisories"),
        ("privacy", "Product privacy"),
        ("feed", "Security RSS"),
    )
)
BUSY = html("<p>Lamps.</p>" * 60 + LINKS)
TXT = plain(
    "Contact: mailto:a@maker.example\nExpires: 2027-01-01T00:00:00Z\n"
    + "".join(f"Policy: {HOME}/p{n}\nCSAF: {HOME}/{n}/provider-metadata.json\n" for n in range(9))
)
VISIT = Visit("Cam 200", tuple(f"{HOME}/given{n}" for n in range(9)), TODAY)


@pytest.mark.parametrize(
    ("answers", "rest"),
    [
        ({"/": BUSY}, 404),
        ({"/": BUSY}, WELCOME),
        ({"/": BUSY, "/.well-known/security.txt": TXT}, 404),
        ({}, BUSY),
        ({}, SHELL),
        ({}, closed("unreachable")),
        ({}, policies.GOOD),
        ({"/": BUSY}, policies.CVE_LIST),
        ({}, TXT),
    ],
)
def test_a_visit_stays_within_its_requests(answers: dict[str, Answer], rest: Answer) -> None:
    made = site(answers, rest)
    _, inspections = look_at_site(made, MAKER_INSPECTORS, VISIT)
    assert {one.status for one in inspections} <= {"completed", "partial"}
    assert len(made.responses) <= 36
    plain_made = site(answers, rest)
    look_at_site(plain_made, MAKER_INSPECTORS, Visit("Cam 200", (), TODAY))
    assert len(plain_made.responses) <= 30


@pytest.mark.parametrize(
    "rest", [404, SHELL, WELCOME, policies.GOOD, policies.NEWS, policies.PROMPT, closed("unreachable"), TXT]
)
def test_the_same_pages_give_the_same_observations_and_one_search_for_each_subject(rest: Answer) -> None:
    first = look_at_site(site({"/": BUSY}, rest), MAKER_INSPECTORS, VISIT)
    second = look_at_site(site({"/": BUSY}, rest), MAKER_INSPECTORS, VISIT)
    assert first == second
    subjects = [one.fact.subject for one in first[0] if isinstance(one.fact, Search)]
    assert sorted(subjects) == sorted(
        ("security-txt", "disclosure-policy", "support-period", "advisories", "sbom", "sensors", "telemetry")
    )
    assert msgspec.json.decode(msgspec.json.encode(first[0]), type=tuple[Observation, ...]) == first[0]


def test_every_place_parses_and_stands_in_a_page_that_was_asked_for() -> None:
    made = site({"/": BUSY, "/.well-known/security.txt": TXT}, policies.GOOD)
    seen, _ = look_at_site(made, MAKER_INSPECTORS, VISIT)
    digests = {one.sha256: one for one in made.responses}
    for one in seen:
        for text in (one.where, *one.because):
            where = parse_place(text)
            assert isinstance(where, Page)
            body = digests[where.sha256].body
            assert where.offset is None or where.length is None or where.offset + where.length <= len(body)


class _Broken(SiteInspector):
    id = "broken"
    title = what = limits = "It breaks."

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        yield self.conclude(Search("sbom", "absent", 0), site.get("/").at())
        raise ValueError(visit.model)


class _Flood(_Broken):
    id = "flood"

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        where = site.get("/").at()
        while True:
            yield self.conclude(Search("sbom", "absent", 0), where)


class _Short(_Broken):
    id = "short"

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        yield Cut(message("enough"))


def test_an_inspector_that_fails_stops_no_other() -> None:
    seen, inspections = look_at_site(site({}), [_Broken(), _Short()], VISIT)
    assert len(seen) == 1
    assert [(one.inspector, one.status, one.window) for one in inspections] == [
        ("broken", "failed", "maker"),
        ("short", "partial", "maker"),
    ]
    assert "Cam 200" not in str(inspections[0].reason)


def test_an_inspector_that_does_not_end_is_cut() -> None:
    seen, (inspection,) = look_at_site(site({}), [_Flood()], VISIT)
    assert len(seen) == MOST_FACTS
    assert inspection.status == "partial"


def test_ids_are_unique_and_texts_are_there() -> None:
    assert len({one.id for one in MAKER_INSPECTORS}) == len(MAKER_INSPECTORS)
    for one in MAKER_INSPECTORS:
        assert one.title.endswith("?")
        assert one.what.endswith(".")
        assert one.limits.endswith(".")


def test_quotes_show_what_is_not_printable() -> None:
    assert printable("a\x1b[2J\u202eb  c\n") == "a\\x1b[2J\\u202eb c"
    assert len(printable("\x1b" * 500)) == 200


PIECES = (
    "<p>",
    "</p>",
    "<p hidden>",
    "<td>",
    "<tr>",
    "<table>",
    "</table>",
    "<h1>",
    "</h1>",
    "<h2>Out of scope</h2>",
    "<!--",
    "-->",
    "<a href='https://hackerone.com/x'>",
    "<a href='/report'>",
    "</a>",
    "<a href='mailto:psirt@maker.example'>",
    "<textarea>",
    "If you have found a vulnerability in our products, please report it to us. ",
    "Report a vulnerability",
    "form",
    "\x00",
    "We will acknowledge your report within 5 days. ",
    "until it is resolved",
    "psirt@maker.example",
    "é脆",
    "&nbsp;",
    "\u202e",
    "Security updates until 31 December 2030. ",
    "Cam 200",
    "Model",
    "Support until",
    "2030-12-31",
    "CVE-2026-11111 ",
    "CVE-2026-11112 ",
    "Security advisories",
    "last updated 3 March 2026",
    "camera",
    " has a microphone. ",
    " 5 years ",
    ". ",
    "Contact: mailto:a@maker.example\n",
    "Expires: 2027-01-01T00:00:00Z\n",
    "<script>",
    "</script>",
    "<html lang=de>",
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(["text/html", "text/plain", "application/json", ""])
)
def test_no_page_makes_an_inspector_fail(pieces: list[str], media: str) -> None:
    made = site({}, page("".join(pieces), media))
    seen, inspections = look_at_site(made, MAKER_INSPECTORS, Visit("Cam 200", (f"{HOME}/given",), TODAY))
    assert [str(one.reason) for one in inspections if one.status == "failed"] == []
    size = len(made.responses[0].body)
    for one in seen:
        where = parse_place(one.where)
        assert isinstance(where, Page)
        assert where.offset is None or where.length is None or where.offset + where.length <= size
